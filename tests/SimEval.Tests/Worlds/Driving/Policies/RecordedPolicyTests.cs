using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Scenarios.Replays;
using SimEval.Worlds;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Policies;

public class RecordedPolicyTests
{
    public static TheoryData<string> Solutions =>
        SharedData.Folder is null
            ? []
            :
            [
                .. Directory
                    .GetFiles(SharedData.PathOf("commonroad/solutions"), "solution_KS2*.xml")
                    .Order(StringComparer.Ordinal),
            ];

    [SharedDataTheory]
    [MemberData(nameof(Solutions))]
    public void Following_a_published_solution_passes_through_its_states_to_the_goal(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var solution = CommonRoadSolutionReader.Read(bytes, path, new List<ScenarioError>())!;
        var scenarios = Directory.GetFiles(SharedData.PathOf("commonroad"), "*.xml", SearchOption.AllDirectories);
        var problem = solution.Problems[0];
        var section = new JObject
        {
            ["commonRoad"] = $"{solution.FindScenario(scenarios)}#{problem.PlanningProblem}",
            ["ego"] = new JObject { ["vehicle"] = problem.Vehicle },
        };
        var world = Sections.Bind(section);
        var errors = new List<ScenarioError>();
        var policy = world.CreatePolicy("recorded", bytes, errors)!;
        Assert.Empty(errors);
        var episode = world.Start(1, new PointKey(1), 0);
        var action = new float[world.Action.Size];
        while (!episode.IsOver)
        {
            policy.Act(episode, action);
            episode.Step(action);
            if (episode.Frame >= problem.Rows.Count)
                break;
            var ego = EgoOf(episode);
            var row = problem.Rows[episode.Frame].Values;
            Assert.InRange(Math.Sqrt(Math.Pow(ego.X - row[0], 2) + Math.Pow(ego.Y - row[1], 2)), 0, 0.2);
        }

        Assert.Equal(1, Sections.Metric(episode, "goal.reached"));
    }

    [SharedDataFact]
    public void A_solution_of_another_scenario_is_refused()
    {
        var bytes = SharedData.Read("commonroad/solutions/solution_KS2_SM1_DEU_Lohmar-32_1_T-1_2020a.xml");
        var errors = new List<ScenarioError>();
        Assert.Null(Sections.Bind("{}").CreatePolicy("recorded", bytes, errors));
        Assert.Contains("procedural", Assert.Single(errors).Message);
    }

    [Fact]
    public void A_policy_that_is_not_there_is_refused_with_the_nearest_name()
    {
        var errors = new List<ScenarioError>();
        Assert.Null(Sections.Bind("{}").CreatePolicy("expret", null, errors));
        Assert.Contains("'expert'", Assert.Single(errors).Suggestion);
    }

    [Fact]
    public void A_recording_that_is_no_solution_is_refused()
    {
        var errors = new List<ScenarioError>();
        Assert.Null(Sections.Bind("{}").CreatePolicy("recorded", "<nothing/>"u8.ToArray(), errors));
        Assert.NotEmpty(errors);
    }

    private static SceneActor EgoOf(IEpisode episode)
    {
        var actors = new List<SceneActor>();
        episode.Draw(actors);
        return actors[0];
    }
}
