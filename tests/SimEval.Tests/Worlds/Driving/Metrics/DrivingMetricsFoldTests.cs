using SimEval.Metrics;
using SimEval.Worlds.Driving.Metrics;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Metrics;

public class DrivingMetricsFoldTests
{
    [Fact]
    public void Every_metric_has_a_name_of_its_own_a_title_a_source_and_a_verb()
    {
        Assert.Equal(DrivingMetrics.All.Count, DrivingMetrics.All.Select(m => m.Name).Distinct().Count());
        Assert.All(DrivingMetrics.All, m => Assert.True(m.Title.Length > 0 && m.Source.Length > 0));
        Assert.All(DrivingMetrics.All.Where(m => m.Direction != MetricDirection.Neutral), m => Assert.NotNull(m.Worse));
        Assert.Equal("score", DrivingMetrics.All[0].Name);
    }

    [Fact]
    public void A_quiet_drive_measures_everything_but_what_needs_the_expert()
    {
        var values = Frames.After(
            Enumerable.Range(0, 101).Select(i => Frames.Ego with { X = i, RouteArc = i, LaneArc = i })
        );
        foreach (var metric in DrivingMetrics.All)
        {
            var later = metric.Name is "score" or "progress.ratio" or "progress.making" or "goal.reached";
            Assert.Equal(later, double.IsNaN(values.Of(metric.Name)));
        }

        Assert.Equal(100, values.Of("progress"));
        Assert.Equal(3, values.Of("ttc.min"));
        Assert.Equal(1, values.Of("comfort"));
        Assert.Equal(10, values.Of("speed.mean"));
        Assert.Equal(0, values.Of("collision.any"));
    }

    public static TheoryData<string, double, AgentSample, bool, double, double> Collisions =>
        new()
        {
            // what, ego speed, the other, in one lane, at fault, score
            { "the ego stands", 0.05, Frames.Agent(4, 0, Math.PI, 5), true, 0, 1 },
            { "the other stands ahead", 10, Frames.Agent(4, 0), true, 1, 0 },
            { "the other stands behind", 10, Frames.Agent(-4, 0), true, 1, 0 },
            { "hit from behind", 10, Frames.Agent(-4, 0, 0, 15), true, 0, 1 },
            { "the front bumper hits", 10, Frames.Agent(4, 0, 0, 2), true, 1, 0 },
            { "side by side, keeping the lane", 10, Frames.Agent(-0.5, 1.7, 0, 9), true, 0, 1 },
            { "side by side, changing lanes", 10, Frames.Agent(-0.5, 1.7, 0, 9), false, 1, 0 },
            { "a pedestrian", 10, Frames.Agent(2.3, 0, 1.57, 1, AgentClass.Vulnerable, 1, 0.5, 0.5), true, 1, 0 },
            { "a thing", 10, Frames.Agent(2.3, 0, 0, 9, AgentClass.Object, 1, 0.5, 0.5), true, 1, 0.5 },
        };

    [Theory]
    [MemberData(nameof(Collisions))]
    public void Collisions_are_classed_as_nuPlan_does(
        string what,
        double speed,
        AgentSample other,
        bool inOneLane,
        double fault,
        double score
    )
    {
        var values = Frames.After([Frames.Ego with { Speed = speed, InOneLane = inOneLane }], other);
        Assert.True(values.Of("collision.any") == 1, what);
        Assert.True(values.Of("collision.atFault") == fault, what);
        Assert.True(values.Of("collision.score") == score, what);
        if (fault == 1)
            Assert.Equal(0, values.Of("ttc.min"));
    }

    [Fact]
    public void One_collision_that_lasts_is_one_and_two_things_use_up_the_allowance()
    {
        var cone = Frames.Agent(2.3, 0, 0, 0, AgentClass.Object, 1, 0.5, 0.5);
        Assert.Equal(0.5, Frames.After([Frames.Ego, Frames.Ego, Frames.Ego], cone).Of("collision.score"));
        Assert.Equal(0, Frames.After([Frames.Ego], cone, cone with { Id = 2, Y = 0.6 }).Of("collision.score"));
    }

    [Fact]
    public void Boxes_that_touch_collide_and_boxes_a_hair_apart_do_not()
    {
        Assert.Equal(1, Frames.After([Frames.Ego], Frames.Agent(4.5, 0)).Of("collision.any"));
        Assert.Equal(0, Frames.After([Frames.Ego], Frames.Agent(4.5001, 0)).Of("collision.any"));
    }

    [Fact]
    public void The_change_of_speed_is_half_the_relative_velocity()
    {
        var headOn = Frames.After([Frames.Ego], Frames.Agent(4, 0, Math.PI, 6));
        Assert.Equal(8, headOn.Of("collision.deltaV"), 12);
        Assert.Equal(2, Frames.After([Frames.Ego], Frames.Agent(-4, 0, 0, 14)).Of("collision.deltaV"), 12);
    }

    [Fact]
    public void Findings_tell_what_is_new_at_a_frame()
    {
        var fold = Frames.Fold();
        var parked = Frames.Agent(13.4, 0);
        var first = fold.Add(Frames.Ego, [parked]);
        Assert.True(first.NearMiss);
        Assert.Equal(1, first.NearestAgent);
        Assert.Equal(CollisionKind.None, first.Collision);
        var second = fold.Add(Frames.Ego with { X = 9.5, Acceleration = -5, OffRoadDistance = 0.3 }, [parked]);
        Assert.Equal(CollisionKind.StoppedTrack, second.Collision);
        Assert.True(second is { AtFault: true, LeftRoad: true, BrakedHard: true, NearMiss: false });
        var third = fold.Add(Frames.Ego with { X = 9.6, Acceleration = -5, OffRoadDistance = 0.3 }, [parked]);
        Assert.Equal(CollisionKind.None, third.Collision);
        Assert.False(third.LeftRoad || third.BrakedHard);
    }

    [Theory]
    [InlineData(0.29, 0)]
    [InlineData(0.30, 1)]
    public void Corners_may_be_less_than_a_third_of_a_metre_off_the_road(double distance, double off) =>
        Assert.Equal(off, Frames.After([Frames.Ego with { OffRoadDistance = distance }]).Of("offRoad"));

    [Theory]
    [InlineData(1.9, 1)]
    [InlineData(2.1, 0.5)]
    [InlineData(5.9, 0.5)]
    [InlineData(6.1, 0)]
    public void Driving_against_the_lane_costs_by_metres_within_a_second(double metres, double score)
    {
        // The drive back takes the second's eleven frames; what lies before falls out of the window.
        var back = Enumerable.Range(0, 11).Select(i => Frames.Ego with { LaneArc = 50 - (metres * i / 10) });
        Assert.Equal(score, Frames.After(back).Of("direction.score"));
        var slowly = Enumerable.Range(0, 101).Select(i => Frames.Ego with { LaneArc = 50 - (metres * i / 100) });
        Assert.Equal(1, Frames.After(slowly).Of("direction.score"));
    }

    [Fact]
    public void A_change_of_lane_is_no_drive_backwards() =>
        Assert.Equal(
            1,
            Frames
                .After(Enumerable.Range(0, 50).Select(i => Frames.Ego with { Lane = i / 10, LaneArc = 10 + (i % 10) }))
                .Of("direction.score")
        );

    [Fact]
    public void Speeding_costs_by_how_much_and_how_long()
    {
        // 2 m/s over the limit in 21 of 41 frames: 1 - 21 * 2 * 0.1 / (2.23 * 4).
        var frames = Enumerable.Range(0, 41).Select(i => Frames.Ego with { Speed = i < 21 ? 15 : 13, SpeedLimit = 13 });
        var values = Frames.After(frames);
        Assert.Equal(1 - (21 * 2 * 0.1 / (2.23 * 4)), values.Of("speedLimit.score"), 12);
        Assert.Equal(2, values.Of("speedLimit.excess"), 12);
        Assert.Equal(1, Frames.After(frames.Select(f => f with { Lane = -1 })).Of("speedLimit.score"));
        Assert.Equal(0, Frames.After(frames.Select(f => f with { Speed = 40 })).Of("speedLimit.score"));
    }

    [Fact]
    public void Hard_braking_counts_its_onsets_per_kilometre()
    {
        var frames = Enumerable
            .Range(0, 201)
            .Select(i => Frames.Ego with { Acceleration = i % 50 is 10 or 11 ? -4.5 : 0 });
        Assert.Equal(4 / 0.2, Frames.After(frames).Of("hardBraking.perKm"), 9);
    }

    [Fact]
    public void A_goal_is_reached_when_its_state_held_once()
    {
        var fold = Frames.Fold(hasGoal: true);
        fold.Add(Frames.Ego, []);
        Assert.Equal(0, fold.Measure().Of("goal.reached"));
        fold.Add(Frames.Ego with { AtGoal = true }, []);
        fold.Add(Frames.Ego, []);
        Assert.Equal(1, fold.Measure().Of("goal.reached"));
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        var fold = Frames.Fold(2000);
        var agents = Enumerable
            .Range(0, 20)
            .Select(i => Frames.Agent(20 + (12 * i), (i % 3) - 1, 0, 8, id: i))
            .ToArray();
        for (var i = 0; i < 100; i++)
            fold.Add(Frames.Ego with { X = i * 0.01 }, agents);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            fold.Add(Frames.Ego with { X = i * 0.01 }, agents);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
