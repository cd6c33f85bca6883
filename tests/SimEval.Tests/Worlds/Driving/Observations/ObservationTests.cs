using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Worlds;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Observations;

public class ObservationTests
{
    private const string Oncoming = """, "traffic": [{ "oncoming": { "every": "4 s" } }], "duration": "20 s" """;

    [Theory]
    [InlineData("flat")]
    [InlineData("vector")]
    [InlineData("raster")]
    public void Every_tensor_is_written_whole_and_finite(string kind)
    {
        var section = Sections.Of("cut-in");
        section["observation"] = new JObject { ["kind"] = kind };
        var world = Sections.Bind(section);
        var episode = Sections.Drive(world, "expert", frames: 30);
        for (var t = 0; t < world.Observation.Count; t++)
        {
            var row = new float[world.Observation[t].Size];
            row.AsSpan().Fill(float.NaN);
            episode.Observe(t, row);
            Assert.All(row, value => Assert.True(float.IsFinite(value)));
            Assert.NotEmpty(world.Observation[t].Meaning);
        }
    }

    [Fact]
    public void Every_flat_value_stays_in_a_range_that_a_network_takes()
    {
        foreach (var scenario in Sections.Shipped)
        {
            var world = Sections.Bind(Sections.Of(scenario));
            var policy = world.CreatePolicy("expert", null, [])!;
            var episode = world.Start(1, new PointKey(1), 0);
            var (action, row) = (new float[2], new float[world.Observation[0].Size]);
            while (!episode.IsOver)
            {
                episode.Observe(0, row);
                Assert.All(row, value => Assert.InRange(value, -6f, 6f));
                policy.Act(episode, action);
                episode.Step(action);
            }
        }
    }

    [Theory]
    [InlineData("flat")]
    [InlineData("vector")]
    public void Turning_the_world_changes_no_observation(string kind)
    {
        var south = Frames("south", kind);
        foreach (var arm in new[] { "east", "north", "west" })
        {
            var other = Frames(arm, kind);
            Assert.Equal(south.Count, other.Count);
            for (var k = 0; k < south.Count; k++)
                Assert.InRange(Math.Abs(south[k] - other[k]), 0, 2e-3);
        }
    }

    [Fact]
    public void An_agent_lies_where_it_is_seen_from_the_ego()
    {
        var world = Sections.Bind(
            """
            { "ego": { "lane": 1, "speed": "20 m/s" }, "observation": { "kind": "vector", "agents": 3, "history": 3 },
              "traffic": [{ "vehicle": { "lane": 2, "ahead": "30 m", "speed": "15 m/s", "wants": "15 m/s" } }] }
            """
        );
        var episode = Sections.Drive(world, "constantVelocity", frames: 5);
        var agents = Tensor(world, episode, "agents");
        var now = agents.AsSpan(0, 12);
        Assert.Equal(30 - (5 * 0.5), now[0], 0.05);
        Assert.Equal(3.5, now[1], 0.01);
        Assert.Equal([1f, 0f], now[2..4].ToArray());
        Assert.Equal(15, now[4], 0.01);
        Assert.Equal([1f, 0f, 0f, 1f], now[8..12].ToArray());
        // Two frames ago it was 3 m further back, in the ego frame of now.
        Assert.Equal(now[0] - 3, agents[24], 0.05);
        // There is nobody else.
        Assert.All(agents.AsSpan(36).ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void The_leader_of_the_flat_observation_is_the_car_ahead()
    {
        var world = Sections.Bind(
            """
            { "ego": { "lane": 1, "speed": "20 m/s" },
              "traffic": [{ "vehicle": { "ahead": "30 m", "speed": "15 m/s", "wants": "15 m/s" } },
                          { "vehicle": { "lane": 0, "ahead": "-20 m", "speed": "20 m/s" } }] }
            """
        );
        var row = Tensor(world, world.Start(1, new PointKey(1), 0), "observation");
        var gap = 30 - 2.25 - (4.508 / 2);
        Assert.Equal(1, row[16]);
        Assert.Equal(gap / 50, row[17], 1e-3);
        Assert.Equal(0.5, row[18], 1e-4);
        Assert.Equal(20 / gap, row[20], 1e-3);
        Assert.Equal(0, row[23]);
        // Behind on the right, nobody on the left.
        Assert.Equal([0f, 0f, 0f, 1f], new[] { row[56], row[60], row[64], row[68] });
    }

    [Fact]
    public void The_image_has_the_ego_a_quarter_from_the_bottom_and_the_car_ahead_above_it()
    {
        var world = Sections.Bind(
            """
            { "ego": { "lane": 1 }, "observation": { "kind": "raster", "height": 80, "width": 40, "resolution": "0.5 m" },
              "traffic": [{ "vehicle": { "ahead": "20 m" } }] }
            """
        );
        var image = Tensor(world, world.Start(1, new PointKey(1), 0), "raster");
        Assert.Equal(1, At(5, 60, 20));
        Assert.Equal(0, At(5, 50, 20));
        Assert.Equal(1, At(3, 20, 20));
        Assert.Equal(0, At(3, 60, 20));
        Assert.Equal(1, At(0, 60, 20));
        Assert.Equal(0, At(0, 60, 39));
        Assert.Equal(1, Enumerable.Range(0, 40).Max(column => At(1, 10, column)));
        Assert.Equal(1, Math.Max(At(2, 10, 19), At(2, 10, 20)));

        float At(int channel, int row, int column) => image[(((channel * 80) + row) * 40) + column];
    }

    [Theory]
    [InlineData("accelerationSteeringAngle")]
    [InlineData("accelerationSteeringRate")]
    [InlineData("waypoints")]
    public void The_expert_drives_through_every_action_layout(string kind)
    {
        var section = Sections.Of("left-turn");
        section["action"] = new JObject { ["kind"] = kind };
        var episode = Sections.Drive(Sections.Bind(section), "expert");
        Assert.Equal("goal", episode.Ending);
        Assert.Equal(0, Sections.Metric(episode, "offRoad"));
    }

    private static float[] Tensor(IWorld world, IEpisode episode, string name)
    {
        var index = world.Observation.Select(tensor => tensor.Name).ToList().IndexOf(name);
        var row = new float[world.Observation[index].Size];
        episode.Observe(index, row);
        return row;
    }

    private static List<float> Frames(string arm, string kind)
    {
        var world = Sections.Bind(
            $$"""
            { "road": { "lanes": 1, "speedLimit": "50 km/h", "intersection": { "arm": "100 m" } },
              "ego": { "on": "{{arm}}", "turn": "left", "position": "60 m", "speed": "8 m/s" },
              "observation": { "kind": "{{kind}}" } {{Oncoming}} }
            """
        );
        var policy = world.CreatePolicy("expert", null, [])!;
        var episode = world.Start(1, new PointKey(1), 0);
        var action = new float[2];
        var all = new List<float>();
        for (var k = 0; k < 40; k++)
        {
            // Lanes of equal distance may come in another order.
            foreach (var tensor in world.Observation.Where(it => it.Name != "lanes"))
                all.AddRange(Tensor(world, episode, tensor.Name));
            policy.Act(episode, action);
            episode.Step(action);
        }

        return all;
    }
}
