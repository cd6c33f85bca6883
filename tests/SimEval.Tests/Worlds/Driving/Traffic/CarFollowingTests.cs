using FsCheck;
using FsCheck.Fluent;
using SimEval.Worlds.Driving.Traffic;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Traffic;

public class CarFollowingTests
{
    private static readonly Idm Driver = Idm.Highway(120 / 3.6);

    [Fact]
    public void A_free_driver_at_its_desired_speed_keeps_it() =>
        Assert.Equal(0, Driver.Free(Driver.DesiredSpeed), precision: 12);

    [Fact]
    public void A_free_driver_starts_with_its_full_acceleration() =>
        Assert.Equal(Driver.Acceleration, Driver.Free(0), precision: 12);

    [Fact]
    public void Half_the_desired_speed_leaves_fifteen_sixteenths_of_the_acceleration() =>
        Assert.Equal(1.5 * 15 / 16, Driver.Free(Driver.DesiredSpeed / 2), precision: 12);

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(25)]
    [InlineData(33)]
    public void At_the_equilibrium_gap_a_follower_keeps_its_leaders_speed(double speed) =>
        Assert.Equal(0, Driver.Accelerate(speed, Driver.EquilibriumGap(speed), speed), precision: 9);

    [Fact]
    public void The_formula_holds_where_it_was_computed_by_hand()
    {
        // v 20, leader 15, gap 30: s* = 2 + 24 + 20 * 5 / (2 sqrt 3) = 54.8675; a = 1.5 (1 - 0.6^4 - (s* / 30)^2).
        var desired = 2 + (20 * 1.2) + (20 * 5 / (2 * Math.Sqrt(1.5 * 2.0)));
        var expected = 1.5 * (1 - Math.Pow(20 / Driver.DesiredSpeed, 4) - Math.Pow(desired / 30, 2));
        Assert.Equal(expected, Driver.Accelerate(20, 30, 15), precision: 9);
    }

    [Fact]
    public void A_faster_leader_takes_no_more_off_the_gap_than_the_least_gap() =>
        Assert.Equal(
            1.5 * (1 - Math.Pow(10 / Driver.DesiredSpeed, 4) - Math.Pow(2.0 / 20, 2)),
            Driver.Accelerate(10, 20, 60),
            precision: 9
        );

    [Fact]
    public void Nobody_brakes_harder_than_tyres_hold() =>
        Assert.Equal(-Idm.HardestBraking, Driver.Accelerate(30, 0, 0), precision: 12);

    [Fact]
    public void More_room_never_means_less_acceleration() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<(byte Speed, byte Leader, byte Gap)>(),
                it =>
                {
                    var (speed, leader, gap) = (it.Speed / 6.0, it.Leader / 6.0, it.Gap / 2.0);
                    return Driver.Accelerate(speed, gap + 1, leader) >= Driver.Accelerate(speed, gap, leader);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_change_that_forces_hard_braking_is_not_safe()
    {
        Assert.False(Mobil.Default.IsSafe(-4.01));
        Assert.True(Mobil.Default.IsSafe(-4));
    }

    [Fact]
    public void The_incentive_is_the_published_sum()
    {
        var mobil = new Mobil(0.5, 0.2, 4);
        Assert.Equal(1.0 + (0.5 * (-0.6 + 0.2)) - 0.2, mobil.Incentive(-0.5, 0.5, -0.6, 0.2), precision: 12);
    }

    [Fact]
    public void A_selfish_driver_does_not_count_the_others() =>
        Assert.Equal(0.9, new Mobil(0, 0.1, 4).Incentive(0, 1, -100, -100), precision: 12);
}
