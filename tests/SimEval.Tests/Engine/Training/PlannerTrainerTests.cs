using SimEval.Devices.Cpu;
using SimEval.Engine.Catalogue;
using SimEval.Engine.Training;
using SimEval.Models.Onnx;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Engine.Training;

public class PlannerTrainerTests
{
    private static readonly TrainingOptions Small = new()
    {
        Rounds = 2,
        RolloutsPerRound = 10,
        EpochsPerRound = 4,
        FinalEpochs = 40,
        EvaluationRollouts = 20,
        Hidden = [16],
        BatchRows = 200,
        StepSize = 5e-3,
        Floor = "idle",
    };

    [Fact]
    public void A_planner_closes_the_gap_to_its_expert_on_seeds_it_never_saw()
    {
        var result = new PlannerTrainer([Course("calm", 0.2), Course("rough", 0.6)], Small).Train(new CpuDevice());
        Assert.Equal(2, result.Scores.Count);
        Assert.True(result.Overall.GapClosed > 0.8, $"{result.Overall}");
        Assert.All(result.Scores, score => Assert.Equal(1, score.Expert, 1e-9));
        Assert.Equal(["state"], OnnxSummary.Read(result.Model).Inputs.Select(input => input.Name));
    }

    [Fact]
    public void Training_again_on_other_threads_gives_the_same_file()
    {
        var courses = new[] { Course("calm", 0.2) };
        var quick = Small with { FinalEpochs = 5, EvaluationRollouts = 1 };
        var one = new PlannerTrainer(courses, quick with { Threads = 1 }).Train(new CpuDevice());
        var three = new PlannerTrainer(courses, quick with { Threads = 3 }).Train(new CpuDevice());
        Assert.Equal(one.Model, three.Model);
        var other = new PlannerTrainer(courses, quick with { Seed = 2 }).Train(new CpuDevice());
        Assert.NotEqual(one.Model, other.Model);
    }

    [Fact]
    public void Progress_only_grows_and_ends_at_one()
    {
        var shares = new List<double>();
        var progress = new Listener(step => shares.Add(step.Share));
        new PlannerTrainer([Course("calm", 0.2)], Small).Train(new CpuDevice(), progress);
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1], 1e-9);
    }

    [Fact]
    public void A_course_without_points_is_refused()
    {
        var empty = Course("empty", 0.1) with { Points = [] };
        var refused = Assert.Throws<InvalidDataException>(() => new PlannerTrainer([empty], Small));
        Assert.Contains("empty", refused.Message, StringComparison.Ordinal);
    }

    private static TrainingCourse Course(string name, double noise)
    {
        var world = new ToyWorld(noise, 60);
        return new TrainingCourse(
            name,
            new ToyKind(),
            5,
            [new PointKey(1), new PointKey(2)],
            new WorldLibrary(_ => world)
        );
    }

    private sealed class Listener(Action<TrainingProgress> heard) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => heard(value);
    }
}
