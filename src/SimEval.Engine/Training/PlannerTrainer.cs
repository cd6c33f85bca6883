using SimEval.Devices;
using SimEval.Scenarios.Numerics;

namespace SimEval.Engine.Training;

/// <summary>
/// Clones the expert into a perceptron by DAgger (Ross, Gordon, Bagnell 2011). The first round keeps what the expert meets;
/// every further round keeps what the learner meets, labelled with what the expert would do there, so that the learner also
/// knows its way back from its own mistakes. All rounds' rows are kept.
/// </summary>
public sealed class PlannerTrainer
{
    private readonly IReadOnlyList<TrainingCourse> courses;
    private readonly TrainingOptions options;
    private readonly LabelledRows rows;
    private readonly Philox pairs;

    /// <summary>Throws <see cref="InvalidDataException"/> when the courses cannot be learnt together.</summary>
    public PlannerTrainer(IReadOnlyList<TrainingCourse> courses, TrainingOptions options)
    {
        if (courses.Count == 0)
            throw new InvalidDataException("there is no scenario to learn from");
        foreach (var course in courses)
        {
            if (course.Misfit(courses[0]) is { } misfit)
                throw new InvalidDataException(misfit);
        }

        (this.courses, this.options) = (courses, options);
        var sample = courses[0].Sample;
        rows = new LabelledRows(sample.Observation[courses[0].VectorTensor].Size, sample.Action.Size);
        pairs = new Philox(Hash64.Of(options.Seed, Hash64.OfText("pairs")));
    }

    /// <summary>Trains, writes the model and measures it.</summary>
    /// <param name="device">Where the written file is measured.</param>
    /// <param name="progress">Told at every stage; may be null.</param>
    /// <param name="cancellation">Stops it.</param>
    public TrainingResult Train(
        IModelDevice device,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var work = options.Rounds + 1.0 + options.FinalEpochs / (double)options.EpochsPerRound;
        void Tell(string stage, double done, double error) =>
            progress?.Report(new TrainingProgress(stage, done / work, rows.Count, error));

        Tell("the expert drives", 0, double.NaN);
        Gather(0, null, cancellation);
        var error = double.NaN;
        for (var round = 1; round <= options.Rounds; round++)
        {
            Tell($"round {round} of {options.Rounds}: learning", round - 0.5, error);
            (var learner, error) = Learn(options.EpochsPerRound, cancellation);
            Tell($"round {round} of {options.Rounds}: the learner drives", round, error);
            Gather(round, learner, cancellation);
        }

        Tell("learning from all rounds", options.Rounds + 0.5, error);
        (var planner, error) = Learn(options.FinalEpochs, cancellation);
        Tell("measuring on unseen seeds", work, error);
        var sample = courses[0].Sample;
        var model = planner.ToOnnx(sample.Observation[courses[0].VectorTensor].Name, sample.Action.Name, Metadata());
        var scores = PlannerEvaluation.Run(model, device, courses, options, cancellation);
        return new TrainingResult(model, rows.Count, error, scores);
    }

    /// <summary>Drives one round of rollouts, in parallel, and keeps their rows in the order of the rollouts.</summary>
    private void Gather(int round, Planner? learner, CancellationToken cancellation)
    {
        var gathered = new LabelledRows[courses.Count * options.RolloutsPerRound];
        Parallel.For(
            0,
            gathered.Length,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation },
            i =>
            {
                var course = courses[i % courses.Count];
                var number = round * options.RolloutsPerRound + i / courses.Count;
                var pair = course.Pair(pairs, TrainingCourse.FirstTrainingSeed, number);
                var teacher = PolicyDriver.Of(course.Worlds.Of(pair.Point), options.Expert);
                gathered[i] = new LabelledRows(rows.Inputs, rows.Outputs);
                Rollout.Run(course, pair, learner?.CreateDriver() ?? teacher, teacher, gathered[i]);
            }
        );
        foreach (var part in gathered)
            rows.Append(part);
    }

    /// <summary>
    /// A planner from all rows so far, from scratch: with them the normalisation changes, on which every weight depends.
    /// </summary>
    private (Planner Planner, double Error) Learn(int epochs, CancellationToken cancellation)
    {
        var weights = new Philox(Hash64.Of(options.Seed, Hash64.OfText("weights")));
        var planner = new Planner(rows, options.Hidden, index => weights.Normal((ulong)index));
        return (
            planner,
            new NetworkFit(planner.Network, options).Run(planner.Inputs, planner.Targets, epochs, cancellation)
        );
    }

    private Dictionary<string, string> Metadata()
    {
        var sample = courses[0].Sample;
        return new Dictionary<string, string>
        {
            ["simeval.kind"] = $"perceptron cloned from '{options.Expert}' by DAgger",
            ["simeval.seed"] = options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["simeval.scenarios"] = string.Join(", ", courses.Select(course => course.Name)),
            ["simeval.observation"] = sample.Observation[courses[0].VectorTensor].Meaning,
            ["simeval.action"] = sample.Action.Meaning,
        };
    }
}
