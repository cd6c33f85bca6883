namespace SimEval.Worlds.Driving.Metrics;

/// <summary>
/// nuPlan's comfort: six signals, each filtered by Savitzky-Golay and compared, strictly, with published limits (Eaton 2022
/// for nuPlan: 4.05 and 2.40 m/s2 along, 4.89 m/s2 across, 0.95 rad/s, 1.93 rad/s2, 4.13 and 8.37 m/s3).
/// </summary>
internal sealed class Comfort
{
    private const double Braking = 4.05,
        Accelerating = 2.40,
        Lateral = 4.89,
        YawRate = 0.95,
        YawAcceleration = 1.93,
        LongitudinalJerk = 4.13,
        Jerk = 8.37;

    // Coefficients do not depend on the sampling step, so that the usual windows are made once.
    private static readonly SavitzkyGolay Acceleration8 = new(8, 2, 0),
        Jerk15 = new(15, 2, 1),
        Yaw5 = new(5, 2, 1),
        YawTwice5 = new(5, 3, 2);

    private readonly double dt;
    private readonly double[] longitudinal,
        lateral,
        heading,
        filtered,
        scratch;
    private int count;

    /// <summary>Room for <paramref name="capacity"/> frames, <paramref name="dt"/> seconds apart.</summary>
    public Comfort(double dt, int capacity)
    {
        this.dt = dt;
        longitudinal = new double[capacity];
        lateral = new double[capacity];
        heading = new double[capacity];
        filtered = new double[capacity];
        scratch = new double[capacity];
    }

    /// <summary>Appends one frame.</summary>
    public void Add(in EgoSample ego)
    {
        longitudinal[count] = ego.Acceleration;
        lateral[count] = ego.LateralAcceleration;
        heading[count] = count == 0 ? ego.Heading : heading[count - 1] + Wrap(ego.Heading - heading[count - 1]);
        count++;
    }

    /// <summary>The greatest values and whether all limits hold; all NaN where there are too few frames to filter.</summary>
    public Extremes Measure()
    {
        // A cubic needs four samples.
        if (count < 4)
            return Extremes.NotAvailable;
        var x = new Extremes();
        var signal = filtered.AsSpan(0, count);
        Filter(longitudinal, signal, Acceleration8, 8, 2, 0);
        x.Accelerating = Greatest(signal, 1);
        x.Braking = Greatest(signal, -1);
        x.LongitudinalJerk = JerkOf(signal);
        Filter(lateral, signal, Acceleration8, 8, 2, 0);
        x.Lateral = Absolute(signal);
        for (var i = 0; i < count; i++)
            scratch[i] = Math.Sqrt((longitudinal[i] * longitudinal[i]) + (lateral[i] * lateral[i]));
        Filter(scratch, signal, Acceleration8, 8, 2, 0);
        x.Jerk = JerkOf(signal);
        Filter(heading, signal, Yaw5, 5, 2, 1);
        x.YawRate = Absolute(signal);
        Filter(heading, signal, YawTwice5, 5, 3, 2);
        x.YawAcceleration = Absolute(signal);
        x.Holds =
            x.Accelerating < Accelerating
            && x.Braking < Braking
            && x.Lateral < Lateral
            && x.YawRate < YawRate
            && x.YawAcceleration < YawAcceleration
            && x.LongitudinalJerk < LongitudinalJerk
            && x.Jerk < Jerk
                ? 1
                : 0;
        return x;
    }

    private double JerkOf(ReadOnlySpan<double> acceleration)
    {
        var jerk = scratch.AsSpan(0, count);
        Filter(acceleration, jerk, Jerk15, 15, 2, 1);
        return Absolute(jerk);
    }

    private void Filter(
        double[] input,
        Span<double> output,
        SavitzkyGolay usual,
        int window,
        int order,
        int derivative
    ) => Filter(input.AsSpan(0, count), output, usual, window, order, derivative);

    private void Filter(
        ReadOnlySpan<double> input,
        Span<double> output,
        SavitzkyGolay usual,
        int window,
        int order,
        int derivative
    )
    {
        // Shorter episodes take the longest window they have, as published.
        var filter = count >= window ? usual : new SavitzkyGolay(count, order, derivative);
        var scale = 1.0;
        for (var d = 0; d < derivative; d++)
            scale /= dt;
        filter.Apply(input, output, scale);
        for (var i = 0; i < output.Length; i++)
            output[i] = Math.Round(output[i] * 1e8) / 1e8;
    }

    private static double Greatest(ReadOnlySpan<double> signal, double sign)
    {
        var greatest = double.NegativeInfinity;
        foreach (var value in signal)
            greatest = Math.Max(greatest, sign * value);
        return greatest;
    }

    private static double Absolute(ReadOnlySpan<double> signal) => Math.Max(Greatest(signal, 1), Greatest(signal, -1));

    private static double Wrap(double angle)
    {
        while (angle > Math.PI)
            angle -= 2 * Math.PI;
        while (angle < -Math.PI)
            angle += 2 * Math.PI;
        return angle;
    }

    /// <summary>What comfort is judged by: m/s2, rad/s, rad/s2 and m/s3, as magnitudes.</summary>
    internal struct Extremes
    {
        /// <summary>Greatest value of each signal; 1 when all limits hold, else 0.</summary>
        public double Accelerating,
            Braking,
            Lateral,
            YawRate,
            YawAcceleration,
            LongitudinalJerk,
            Jerk,
            Holds;

        /// <summary>All NaN.</summary>
        public static Extremes NotAvailable =>
            new()
            {
                Accelerating = double.NaN,
                Braking = double.NaN,
                Lateral = double.NaN,
                YawRate = double.NaN,
                YawAcceleration = double.NaN,
                LongitudinalJerk = double.NaN,
                Jerk = double.NaN,
                Holds = double.NaN,
            };
    }
}
