using SimEval.Worlds.Driving.Metrics;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Metrics;

/// <summary>
/// Against polynomials fitted in exact fractions, window by window, with the edges and the even window as SciPy treats them.
/// </summary>
public class ComfortTests
{
    private static readonly double[] Longitudinal =
    [
        0.3,
        0.319933,
        0.578231,
        1.428703,
        1.564664,
        1.435695,
        2.022228,
        2.212673,
        1.725965,
        1.845629,
        2.02303,
        1.339571,
        0.957562,
        1.072485,
        0.431466,
        -0.309208,
        -0.2753,
        -0.640643,
        -1.472865,
        -1.50895,
        -1.456629,
        -2.086021,
        -2.163699,
        -1.698058,
        -1.907694,
    ];

    private static readonly double[] Lateral =
    [
        1.5,
        1.334016,
        1.631743,
        1.234983,
        1.193425,
        1.272624,
        0.743676,
        0.822771,
        0.63045,
        0.136279,
        0.27535,
        -0.151977,
        -0.465679,
        -0.355572,
        -0.898503,
        -0.953758,
        -0.949536,
        -1.4422,
        -1.24999,
        -1.380968,
        -1.665346,
        -1.315324,
        -1.546882,
        -1.526352,
        -1.150051,
    ];

    private static readonly double[] Heading =
    [
        0.0,
        0.064538,
        0.130328,
        0.194743,
        0.255393,
        0.310227,
        0.357627,
        0.396477,
        0.426213,
        0.446846,
        0.458963,
        0.463702,
        0.462699,
        0.458021,
        0.452069,
        0.447478,
        0.446997,
        0.453373,
        0.469225,
        0.496932,
        0.538527,
        0.595612,
        0.669279,
        0.760072,
        0.867956,
    ];

    private static IEnumerable<EgoSample> Drive(int frames, double turn = 0) =>
        Enumerable
            .Range(0, frames)
            .Select(i =>
                Frames.Ego with
                {
                    Acceleration = Longitudinal[i],
                    LateralAcceleration = Lateral[i],
                    Heading = Heading[i] + turn,
                }
            );

    [Fact]
    public void Filtered_signals_equal_the_exact_fits()
    {
        var values = Frames.After(Drive(25));
        Assert.Equal(2.02187166, values.Of("comfort.acceleration"), 7);
        Assert.Equal(1.97951409, values.Of("comfort.braking"), 7);
        Assert.Equal(1.49603916, values.Of("comfort.lateralAcceleration"), 7);
        Assert.Equal(5.38276962, values.Of("comfort.longitudinalJerk"), 6);
        Assert.Equal(2.18629316, values.Of("comfort.jerk"), 6);
        Assert.Equal(1.16252943, values.Of("comfort.yawRate"), 7);
        Assert.Equal(1.74695714, values.Of("comfort.yawAcceleration"), 6);
        Assert.Equal(0, values.Of("comfort"));
    }

    [Fact]
    public void Headings_are_unwrapped()
    {
        var values = Frames.After(
            Drive(25, Math.PI - 0.3).Select(f => f with { Heading = Math.IEEERemainder(f.Heading, 2 * Math.PI) })
        );
        Assert.Equal(1.16252943, values.Of("comfort.yawRate"), 7);
    }

    [Fact]
    public void Short_drives_take_the_longest_window_they_have()
    {
        var values = Frames.After(Drive(6));
        Assert.Equal(1.5975085, values.Of("comfort.acceleration"), 7);
        Assert.Equal(4.03398467, values.Of("comfort.longitudinalJerk"), 6);
        Assert.True(double.IsNaN(Frames.After(Drive(3)).Of("comfort")));
    }

    [Theory]
    [InlineData(2.39, 1)]
    [InlineData(2.41, 0)]
    [InlineData(-4.04, 1)]
    [InlineData(-4.06, 0)]
    public void The_limits_of_acceleration_are_nuPlans(double acceleration, double comfortable) =>
        Assert.Equal(
            comfortable,
            Frames.After(Enumerable.Repeat(Frames.Ego with { Acceleration = acceleration }, 40)).Of("comfort")
        );
}
