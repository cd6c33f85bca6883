using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Worlds;
using SimEval.Worlds.Driving;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Episodes;

public class CommonRoadWorldTests
{
    private const int Frames = 50;

    public static TheoryData<string> Scenarios =>
        SharedData.Folder is null
            ? []
            :
            [
                .. Directory
                    .GetFiles(SharedData.PathOf("commonroad"), "*.xml", SearchOption.AllDirectories)
                    .Where(path => !path.Contains("solutions"))
                    .Order(StringComparer.Ordinal),
            ];

    [SharedDataTheory]
    [MemberData(nameof(Scenarios))]
    public void A_file_binds_and_runs_with_either_policy_recorded_or_reactive(string path)
    {
        var kind = new DrivingWorldKind();
        var errors = new List<ScenarioError>();
        var items = kind.ItemsOf(path, new PlainFiles(), errors);
        Assert.Empty(errors);
        // Several problems of one file share everything but their start.
        foreach (var item in items.Take(2))
        {
            foreach (var reactive in new[] { false, true })
            {
                var section = new JObject { ["commonRoad"] = $"{path}#{item}", ["reactive"] = reactive };
                var world = kind.Bind(section, new PlainFiles(), "test.json", errors);
                Assert.Empty(errors);
                Run(world!, "expert");
                Run(world!, "constantVelocity");
            }
        }
    }

    [SharedDataFact]
    public void Reactive_traffic_answers_the_ego_and_recorded_traffic_does_not()
    {
        var path = SharedData.PathOf("commonroad/recorded/USA_US101-4_1_T-1.xml");
        Assert.Equal(Others(path, false, 0), Others(path, false, -1));
        Assert.NotEqual(Others(path, true, 0), Others(path, true, -1));
    }

    [SharedDataFact]
    public void A_file_with_several_problems_asks_for_one()
    {
        var path = SharedData.PathOf("commonroad/handcrafted/C-DEU_B471-1_5_T-1.xml");
        var errors = new List<ScenarioError>();
        var section = new JObject { ["commonRoad"] = path };
        Assert.Null(new DrivingWorldKind().Bind(section, new PlainFiles(), "test.json", errors));
        Assert.Contains("2 planning problems", Assert.Single(errors).Message);
        section["commonRoad"] = path + "#4711";
        errors.Clear();
        Assert.Null(new DrivingWorldKind().Bind(section, new PlainFiles(), "test.json", errors));
        Assert.Contains("800, 801", Assert.Single(errors).Suggestion);
    }

    private static string Others(string path, bool reactive, float acceleration)
    {
        var section = new JObject { ["commonRoad"] = path, ["reactive"] = reactive };
        var episode = Sections.Bind(section).Start(1, new PointKey(1), 0);
        for (var k = 0; k < 15 && !episode.IsOver; k++)
            episode.Step([acceleration, 0]);
        var actors = new List<SimEval.Scenarios.Replays.SceneActor>();
        episode.Draw(actors);
        return string.Join(";", actors.Skip(1));
    }

    private static void Run(IWorld world, string policy)
    {
        var driver = world.CreatePolicy(policy, null, [])!;
        var episode = world.Start(1, new PointKey(1), 0);
        var action = new float[world.Action.Size];
        var row = new float[world.Observation[0].Size];
        while (!episode.IsOver && episode.Frame < Frames)
        {
            episode.Observe(0, row);
            Assert.All(row, value => Assert.True(float.IsFinite(value)));
            driver.Act(episode, action);
            episode.Step(action);
        }

        Assert.True(episode.Frame > 0);
    }
}
