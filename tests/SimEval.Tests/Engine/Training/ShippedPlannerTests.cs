using SimEval.Devices.Cpu;
using SimEval.Engine.Catalogue;
using SimEval.Engine.Training;
using SimEval.Models.Onnx;
using SimEval.Scenarios;
using SimEval.Scenarios.Reading;
using SimEval.Worlds.Driving;
using Xunit;

namespace SimEval.Tests.Engine.Training;

/// <summary>When one of these fails because the world or its layout has changed: remake the planner (scenarios/models/README.md).</summary>
public class ShippedPlannerTests
{
    private static readonly string Scenarios = Path.Combine(SharedData.Root, "scenarios");

    private static byte[] Planner => File.ReadAllBytes(Path.Combine(Scenarios, "models", "planner.onnx"));

    [Fact]
    public void It_closes_most_of_the_gap_to_the_expert_on_seeds_it_never_saw()
    {
        var options = new TrainingOptions { EvaluationRollouts = 5, Seed = 77 };
        var scores = PlannerEvaluation.Run(Planner, new CpuDevice(), Courses(), options);
        Assert.Equal(5, scores.Count);
        var overall = new TrainingResult([], 0, 0, scores).Overall;
        Assert.True(overall.GapClosed >= 0.8, string.Join("\n", scores));
    }

    [Fact]
    public void It_is_small_has_a_free_batch_axis_and_says_what_it_was_trained_on()
    {
        var summary = OnnxSummary.Read(Planner);
        Assert.True(summary.Bytes < 1_000_000);
        Assert.Equal("batch", summary.Inputs.Single().Dims![0]);
        var course = Courses()[0];
        Assert.Equal(course.Sample.Observation[course.VectorTensor].Meaning, summary.Metadata["simeval.observation"]);
        Assert.Equal(course.Sample.Action.Meaning, summary.Metadata["simeval.action"]);
    }

    private static List<TrainingCourse> Courses()
    {
        var reader = new TrainingCourseReader(
            new WorldCatalogue(new DrivingWorldKind()),
            new DiskFiles(),
            new ScenarioLimits()
        );
        var errors = new List<ScenarioError>();
        string[] names = ["cut-in", "jam", "jaywalker", "left-turn", "merge"];
        var files = names.Select(name => Path.Combine(Scenarios, "driving", $"{name}.json"));
        List<TrainingCourse> courses = [.. files.Select(file => reader.Read(file, errors)!)];
        Assert.Empty(errors);
        return courses;
    }
}
