using FsCheck;
using FsCheck.Fluent;
using SimEval.Worlds.Driving.Vehicles;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Vehicles;

public class KinematicSingleTrackTests
{
    private static readonly VehicleParameters Car = VehicleParameters.Bmw320i;

    [Fact]
    public void Held_steering_drives_a_circle_of_wheelbase_over_tangent()
    {
        var state = new KsState(0, 0, 0.3, 8, 0);
        double radius = Car.Wheelbase / Math.Tan(0.3);
        double turn = 2 * Math.PI * radius / 8;
        for (int i = 0; i < 1000; i++)
            KinematicSingleTrack.Advance(ref state, default, turn / 1000, Car);
        Assert.Equal(0, state.X, 6);
        Assert.Equal(0, state.Y, 6);
        Assert.Equal(2 * Math.PI, state.Heading, 9);
    }

    [Fact]
    public void Braking_stretches_as_far_as_the_formula_says()
    {
        var state = new KsState(0, 0, 0, 20, 0);
        for (int i = 0; i < 20; i++)
            KinematicSingleTrack.Advance(ref state, new KsInput(0, -5), 0.1, Car);
        Assert.Equal(10, state.Speed, 12);
        Assert.Equal(30, state.X, 12);
    }

    [Fact]
    public void Halving_the_step_changes_a_bend_by_the_fourth_power()
    {
        Assert.True(ErrorOf(0.1) < 1e-3);
        Assert.InRange(ErrorOf(0.1) / ErrorOf(0.05), 12, 20);

        static double ErrorOf(double dt)
        {
            KsState fine = Drive(0.1 / 256);
            KsState coarse = Drive(dt);
            return Math.Sqrt(Math.Pow(fine.X - coarse.X, 2) + Math.Pow(fine.Y - coarse.Y, 2));
        }

        static KsState Drive(double dt)
        {
            var state = new KsState(0, 0, 0.1, 12, 0);
            for (int i = 0; i < (int)Math.Round(1 / dt); i++)
                KinematicSingleTrack.Advance(ref state, new KsInput(0.3, 2), dt, Car);
            return state;
        }
    }

    [Fact]
    public void No_input_takes_a_vehicle_beyond_its_limits() =>
        Prop.ForAll(
                (
                    from steering in Gen.Choose(-1066, 1066)
                    from speed in Gen.Choose(-136, 508)
                    from rate in Gen.Choose(-100, 100)
                    from acceleration in Gen.Choose(-400, 400)
                    select (
                        new KsState(0, 0, steering / 1000.0, speed / 10.0, 0),
                        new KsInput(rate / 10.0, acceleration / 10.0)
                    )
                ).ToArbitrary(),
                pair =>
                {
                    (KsState state, KsInput wish) = pair;
                    KsInput input = KinematicSingleTrack.Limit(state, wish, 0.1, Car);
                    double lateral = state.Speed * KinematicSingleTrack.YawRate(state, Car);
                    KinematicSingleTrack.Advance(ref state, input, 0.1, Car);
                    return Math.Abs(state.Steering) <= Car.MaximumSteering + 1e-12
                        && state.Speed <= Car.MaximumSpeed + 1e-12
                        && state.Speed >= Car.MinimumSpeed - 1e-12
                        && Math.Abs(input.SteeringRate) <= Car.MaximumSteeringRate
                        && (
                            input.Acceleration == 0
                            || Math.Sqrt(input.Acceleration * input.Acceleration + lateral * lateral)
                                <= Car.MaximumAcceleration + 1e-9
                        );
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Power_limits_acceleration_above_the_switching_speed()
    {
        var state = new KsState(0, 0, 0, 2 * Car.SwitchingSpeed, 0);
        Assert.Equal(11.5 / 2, KinematicSingleTrack.Limit(state, new KsInput(0, 20), 0.1, Car).Acceleration, 12);
        Assert.Equal(-11.5, KinematicSingleTrack.Limit(state, new KsInput(0, -20), 0.1, Car).Acceleration, 12);
    }

    [Theory]
    [InlineData(1, 2.3927)]
    [InlineData(2, 2.5789)]
    [InlineData(3, 2.4719)]
    public void A_vehicle_is_found_by_its_number(int number, double wheelbase)
    {
        Assert.Equal(wheelbase, VehicleParameters.Find(number)!.Wheelbase, 4);
        Assert.Null(VehicleParameters.Find(number + 3));
    }
}
