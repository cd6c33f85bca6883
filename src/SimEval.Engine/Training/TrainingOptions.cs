namespace SimEval.Engine.Training;

/// <summary>How a planner is trained. Equal options and courses give an equal file.</summary>
public sealed record TrainingOptions
{
    /// <summary>Root of the draws: initial weights, order of rows, points and seeds.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Rounds of DAgger after the first round, which is the expert's own rollouts.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Rollouts of each scenario in each round.</summary>
    public int RolloutsPerRound { get; init; } = 48;

    /// <summary>Rollouts of each scenario on which the result is measured.</summary>
    public int EvaluationRollouts { get; init; } = 100;

    /// <summary>Passes over all rows before each round's driving.</summary>
    public int EpochsPerRound { get; init; } = 12;

    /// <summary>Passes over all rows at the end, with the step size falling to zero.</summary>
    public int FinalEpochs { get; init; } = 40;

    /// <summary>Sizes of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [128, 128];

    /// <summary>Rows of one step of Adam.</summary>
    public int BatchRows { get; init; } = 512;

    /// <summary>Step size of Adam at its largest.</summary>
    public double StepSize { get; init; } = 2e-3;

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Threads that drive rollouts and sum gradients; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The built-in policy that labels, and against which scores are set.</summary>
    public string Expert { get; init; } = "expert";

    /// <summary>The built-in policy that a planner must beat.</summary>
    public string Floor { get; init; } = "constantVelocity";

    /// <summary>The metric of the table.</summary>
    public string Score { get; init; } = "score";
}

/// <summary>Where training stands.</summary>
/// <param name="Stage">"round 2 of 6: driving", in words.</param>
/// <param name="Share">Done, in [0, 1].</param>
/// <param name="Rows">Rows gathered.</param>
/// <param name="Error">Mean squared error of normalised actions over the last pass; NaN before the first.</param>
public sealed record TrainingProgress(string Stage, double Share, int Rows, double Error);

/// <summary>One line of the table: mean scores on pairs that training never saw.</summary>
/// <param name="Course">The scenario.</param>
/// <param name="Rollouts">Pairs driven.</param>
/// <param name="Floor">Mean score of the policy to beat.</param>
/// <param name="Planner">Mean score of the planner.</param>
/// <param name="Expert">Mean score of the expert.</param>
public sealed record CourseScore(string Course, int Rollouts, double Floor, double Planner, double Expert)
{
    /// <summary>The share of the gap that is closed: 1 is as good as the expert; NaN when there is no gap.</summary>
    public double GapClosed => Expert > Floor ? (Planner - Floor) / (Expert - Floor) : double.NaN;
}

/// <summary>What came of training.</summary>
/// <param name="Model">The ONNX file.</param>
/// <param name="Rows">Rows it was trained on.</param>
/// <param name="Error">Mean squared error of normalised actions over the last pass.</param>
/// <param name="Scores">One line a scenario.</param>
public sealed record TrainingResult(byte[] Model, int Rows, double Error, IReadOnlyList<CourseScore> Scores)
{
    /// <summary>All scenarios, each with equal weight.</summary>
    public CourseScore Overall =>
        new(
            "all",
            Scores.Sum(score => score.Rollouts),
            Scores.Average(score => score.Floor),
            Scores.Average(score => score.Planner),
            Scores.Average(score => score.Expert)
        );
}
