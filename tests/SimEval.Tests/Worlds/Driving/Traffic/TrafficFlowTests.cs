using FsCheck;
using FsCheck.Fluent;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Traffic;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Traffic;

public class TrafficFlowTests
{
    private const double Dt = 0.1;

    [Fact]
    public void A_platoon_settles_at_the_equilibrium_gap()
    {
        var flow = Flow(1, 2);
        var idm = Idm.Highway(30);
        flow.Add(Car(0, 160, 20, Idm.Highway(20)));
        flow.Add(Car(0, 120, 20, idm));
        Run(flow, 900);
        var gap = flow.Along[0] - flow.Along[1] - 4.5;
        Assert.Equal(20, flow.Speed[1], 0.05);
        Assert.Equal(idm.EquilibriumGap(20), gap, 0.5);
    }

    [Fact]
    public void Cars_never_overlap_under_the_model() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<(byte Seed, bool Changes)>(),
                it =>
                {
                    var flow = Scatter(3, 24, it.Seed, it.Changes);
                    for (var k = 0; k < 300; k++)
                    {
                        flow.Step(Dt, []);
                        if (Overlap(flow))
                            return false;
                    }

                    return true;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void The_order_in_which_cars_are_listed_changes_nothing()
    {
        var forward = Scatter(3, 24, 4, true);
        var backward = Scatter(3, 24, 4, true, reverse: true);
        Run(forward, 200);
        Run(backward, 200);
        var n = forward.Count;
        for (var i = 0; i < n; i++)
        {
            Assert.Equal(forward.Along[i], backward.Along[n - 1 - i]);
            Assert.Equal(forward.Lane[i], backward.Lane[n - 1 - i]);
        }
    }

    [Fact]
    public void A_fast_car_behind_a_slow_one_changes_lane_and_passes()
    {
        var flow = Flow(2, 2);
        flow.Add(Car(0, 200, 15, Idm.Highway(15)));
        flow.Add(Car(0, 140, 25, Idm.Highway(30)) with { ChangesLanes = true });
        Run(flow, 300);
        Assert.True(flow.Along[1] > flow.Along[0]);
    }

    [Fact]
    public void Nobody_changes_into_a_lane_where_the_follower_would_have_to_brake_hard()
    {
        var flow = Flow(2, 3);
        flow.Add(Car(0, 200, 15, Idm.Highway(15)));
        flow.Add(Car(0, 170, 16, Idm.Highway(30)) with { ChangesLanes = true });
        flow.Add(Car(1, 150, 35, Idm.Highway(35)));
        flow.Step(Dt, []);
        Assert.Equal(flow.Lane[0], flow.Lane[1]);
    }

    [Fact]
    public void A_scripted_change_takes_its_time_and_ends_on_the_centre_line()
    {
        var flow = Flow(2, 1);
        flow.Add(Car(0, 100, 20, Idm.Highway(20)));
        flow.ChangeLane(0, toLeft: true, 3);
        Run(flow, 15);
        Assert.InRange(flow.Offset[0], -3.4, -0.1);
        Run(flow, 16);
        Assert.Equal(0, flow.Offset[0]);
        Assert.Equal(3.5, flow.Y[0], 0.01);
    }

    [Fact]
    public void The_follower_in_the_lane_that_is_left_still_sees_the_car_that_leaves()
    {
        var flow = Flow(2, 2);
        flow.Add(Car(0, 120, 10, Idm.Highway(10)));
        flow.Add(Car(0, 100, 20, Idm.Highway(30)));
        flow.ChangeLane(0, toLeft: true, 3);
        flow.Step(Dt, []);
        Assert.True(flow.Acceleration[1] < -3);
    }

    [Fact]
    public void A_guest_on_the_lane_is_a_leader()
    {
        var flow = Flow(1, 1);
        flow.Add(Car(0, 100, 20, Idm.Highway(30)));
        for (var k = 0; k < 200; k++)
        {
            flow.ClearGuests();
            flow.AddGuest(LaneOf(flow), 200, 0, 2.25);
            flow.Step(Dt, []);
        }

        Assert.Equal(0, flow.Speed[0], 0.05);
        Assert.InRange(flow.Along[0], 192, 200 - 4.5);
    }

    [Fact]
    public void A_car_that_reaches_the_end_of_the_network_leaves()
    {
        var flow = Flow(1, 1);
        flow.Add(Car(0, 1995, 30, Idm.Highway(30)));
        Run(flow, 5);
        Assert.Equal(-1, flow.Lane[0]);
    }

    private static int LaneOf(TrafficFlow flow) => flow.Lane[0];

    private static TrafficFlow Flow(int lanes, int capacity) =>
        new(
            new LaneGraph(
                RoadBuilder.Build(new RoadDescription { Lanes = lanes, Segments = [new RoadSegment(2000, 0)] }).Network
            ),
            capacity,
            4,
            Mobil.Default
        );

    private static Driver Car(int lane, double along, double speed, Idm idm) =>
        new()
        {
            Idm = idm,
            Lane = lane,
            Along = along,
            Speed = speed,
        };

    /// <summary>Cars at safe distances, with habits drawn from a seed.</summary>
    private static TrafficFlow Scatter(int lanes, int count, int seed, bool changes, bool reverse = false)
    {
        var draws = new SimEval.Scenarios.Numerics.Philox((ulong)seed);
        var cars = new List<Driver>();
        for (var i = 0; i < count; i++)
        {
            var speed = 10 + (20 * draws.Uniform((ulong)i, 1));
            var idm = new Idm(speed + (5 * draws.Uniform((ulong)i, 2)), 1.0 + draws.Uniform((ulong)i, 3), 2, 1.5, 2);
            cars.Add(Car(i % lanes, 60 + (i / lanes * 75), speed, idm) with { ChangesLanes = changes });
        }

        if (reverse)
            cars.Reverse();
        var flow = Flow(lanes, count);
        foreach (var car in cars)
            flow.Add(car);
        return flow;
    }

    private static bool Overlap(TrafficFlow flow)
    {
        for (var i = 0; i < flow.Count; i++)
        {
            for (var k = i + 1; k < flow.Count; k++)
            {
                if (flow.Lane[i] < 0 || flow.Lane[i] != flow.Lane[k])
                    continue;
                if (Math.Abs(flow.Along[i] - flow.Along[k]) < 4.5)
                    return true;
            }
        }

        return false;
    }

    private static void Run(TrafficFlow flow, int steps)
    {
        for (var k = 0; k < steps; k++)
            flow.Step(Dt, []);
    }
}
