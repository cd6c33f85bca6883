using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Scenarios.Replays;
using SimEval.Worlds;
using SimEval.Worlds.Driving;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Episodes;

public class DrivingEpisodeTests
{
    public static TheoryData<string> Shipped => [.. Sections.Shipped];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void The_same_seed_gives_the_same_bits(string scenario)
    {
        var first = Sections.Drive(Sections.Bind(Sections.Of(scenario)), "expert", frames: 120);
        var second = Sections.Drive(Sections.Bind(Sections.Of(scenario)), "expert", frames: 120);
        Assert.Equal(first.Checksum, second.Checksum);
        Assert.Equal(first.Frame, second.Frame);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Another_seed_or_point_gives_another_episode(string scenario)
    {
        var world = Sections.Bind(Sections.Of(scenario));
        var first = Snapshot(Sections.Drive(world, "constantVelocity", 0, 10));
        Assert.NotEqual(first, Snapshot(Sections.Drive(world, "constantVelocity", 1, 10)));
        Assert.NotEqual(first, Snapshot(Sections.Drive(world, "constantVelocity", 0, 10, point: 2)));
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Recorded_actions_lead_through_the_same_frames(string scenario)
    {
        var world = Sections.Bind(Sections.Of(scenario));
        var policy = world.CreatePolicy("expert", null, [])!;
        var live = world.Start(7, new PointKey(1), 3);
        var actions = new List<float[]>();
        var checksums = new List<ulong>();
        while (!live.IsOver)
        {
            var action = new float[world.Action.Size];
            policy.Act(live, action);
            live.Step(action);
            actions.Add(action);
            checksums.Add(live.Checksum);
        }

        var again = world.Start(7, new PointKey(1), 3);
        for (var k = 0; k < actions.Count; k++)
        {
            again.Step(actions[k]);
            Assert.Equal(checksums[k], again.Checksum);
        }

        Assert.True(again.IsOver);
        Assert.Equal(live.Ending, again.Ending);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_frame_allocates_nothing(string scenario)
    {
        var world = Sections.Bind(Sections.Of(scenario));
        var policy = world.CreatePolicy("expert", null, [])!;
        var episode = world.Start(7, new PointKey(1), 0);
        var action = new float[world.Action.Size];
        var row = new float[world.Observation[0].Size];
        for (var k = 0; k < 60; k++)
            Frame();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var k = 0; k < 20; k++)
            Frame();
        // An event of the replay may be noted; a frame's work may not cost anything.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);

        void Frame()
        {
            if (episode.IsOver)
                return;
            episode.Observe(0, row);
            policy.Act(episode, action);
            episode.Step(action);
        }
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void The_expert_gets_through_and_constant_velocity_does_not(string scenario)
    {
        var kind = new DrivingWorldKind();
        var world = Sections.Bind(Sections.Of(scenario));
        double expert = 0,
            naive = 0;
        const int seeds = 5;
        for (var seed = 0; seed < seeds; seed++)
        {
            var reference = new double[kind.Metrics.Count];
            Sections.Drive(world, "expert", seed).Measure(reference);
            var values = new double[kind.Metrics.Count];
            Sections.Drive(world, "constantVelocity", seed).Measure(values);
            kind.Complete(values, reference);
            kind.Complete(reference, [.. reference]);
            expert += reference[0] / seeds;
            naive += values[0] / seeds;
        }

        Assert.InRange(expert, 0.85, 1);
        Assert.True(naive < expert - 0.2, $"constant velocity scores {naive}");
    }

    [Fact]
    public void An_episode_ends_at_its_horizon()
    {
        var world = Sections.Bind("""{ "duration": "2 s", "traffic": [] }""");
        var episode = Sections.Drive(world, "expert");
        Assert.Equal("horizon", episode.Ending);
        Assert.Equal(20, episode.Frame);
        Assert.Equal(world.Horizon, episode.Frame);
    }

    [Fact]
    public void A_goal_along_the_route_ends_it()
    {
        var world = Sections.Bind("""{ "ego": { "speed": "20 m/s", "goal": "30 m" } }""");
        var episode = Sections.Drive(world, "constantVelocity");
        Assert.Equal("goal", episode.Ending);
        Assert.Equal(1, Sections.Metric(episode, "goal.reached"));
        Assert.Contains(episode.Events, it => it.Kind == "goal");
    }

    [Fact]
    public void A_standing_car_ahead_is_hit_by_who_does_not_look()
    {
        var world = Sections.Bind(
            """{ "ego": { "speed": "20 m/s" }, "traffic": [{ "vehicle": { "ahead": "60 m", "stands": true } }] }"""
        );
        var naive = Sections.Drive(world, "constantVelocity");
        Assert.Equal("collision", naive.Ending);
        Assert.Equal(1, Sections.Metric(naive, "collision.atFault"));
        var collision = Assert.Single(naive.Events, it => it.Kind == "collision");
        Assert.Equal(naive.Frame * 0.1, collision.Time, 6);
        Assert.Equal("horizon", Sections.Drive(world, "expert").Ending);
    }

    [Fact]
    public void Braking_ends_at_a_standstill_unless_the_car_may_reverse()
    {
        Assert.Equal(0, SpeedAfterBraking("""{ "ego": { "speed": "2 m/s" } }"""));
        Assert.True(SpeedAfterBraking("""{ "ego": { "speed": "2 m/s", "reverse": true } }""") < -1);
    }

    [Fact]
    public void Nothing_can_be_stepped_past_the_end()
    {
        var world = Sections.Bind("""{ "duration": "0.5 s" }""");
        var episode = Sections.Drive(world, "expert");
        Assert.Throws<InvalidOperationException>(() => episode.Step([0, 0]));
    }

    [Fact]
    public void A_picture_has_the_ego_and_everyone_else_with_identities_of_their_own()
    {
        var episode = Sections.Drive(Sections.Bind(Sections.Of("jaywalker")), "expert", frames: 20);
        var actors = new List<SceneActor>();
        episode.Draw(actors);
        Assert.Equal(SceneActorKind.Ego, actors[0].Kind);
        Assert.Contains(actors, actor => actor.Kind == SceneActorKind.Pedestrian);
        Assert.Equal(4, actors.Count(actor => actor.Kind == SceneActorKind.Car && actor.Speed == 0));
        Assert.Equal(actors.Count, actors.Select(actor => actor.Id).Distinct().Count());
    }

    [Fact]
    public void Red_light_holds_the_expert_back()
    {
        var section = JObject.Parse(
            """
            {
              "road": { "lanes": 1, "speedLimit": "50 km/h", "intersection": { "arm": "100 m",
                "lights": { "green": "20 s", "yellow": "3 s", "allRed": "1 s", "offset": "20 s" } } },
              "ego": { "on": "south", "position": "40 m", "speed": "10 m/s" }, "duration": "15 s"
            }
            """
        );
        var episode = Sections.Drive(Sections.Bind(section), "expert");
        var actors = new List<SceneActor>();
        episode.Draw(actors);
        Assert.Equal(0, actors[0].Speed, 0.3);
        Assert.InRange(Sections.Metric(episode, "progress"), 40, 60);
        Assert.Contains(actors, actor => actor.Kind == SceneActorKind.TrafficLight);
    }

    private static double SpeedAfterBraking(string json)
    {
        var episode = Sections.Bind(json).Start(1, new PointKey(1), 0);
        for (var k = 0; k < 20; k++)
            episode.Step([-1, 0]);
        var actors = new List<SceneActor>();
        episode.Draw(actors);
        return actors[0].Speed;
    }

    private static string Snapshot(IEpisode episode)
    {
        var actors = new List<SceneActor>();
        episode.Draw(actors);
        return string.Join(";", actors);
    }
}
