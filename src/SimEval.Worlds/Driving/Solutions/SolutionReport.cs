namespace SimEval.Worlds.Driving.Solutions;

/// <summary>What became of a solution.</summary>
public enum SolutionVerdict
{
    /// <summary>It solves its scenario.</summary>
    Valid,

    /// <summary>It does not; the failures say why.</summary>
    Invalid,

    /// <summary>Its vehicle model is not one that is checked here.</summary>
    Unsupported,
}

/// <summary>How well a trajectory follows its vehicle model: the largest residual of any step.</summary>
/// <param name="Position">m.</param>
/// <param name="Heading">rad; 0 for point masses.</param>
/// <param name="Velocity">m/s.</param>
/// <param name="Step">Step at which the position residual is largest; -1 without any transition.</param>
public readonly record struct DynamicsResidual(double Position, double Heading, double Velocity, int Step);

/// <summary>What was found about one planning problem's solution.</summary>
public sealed record ProblemReport
{
    /// <summary>The planning problem.</summary>
    public required long PlanningProblem { get; init; }

    /// <summary>Model and vehicle: "KS2".</summary>
    public required string Vehicle { get; init; }

    /// <summary>First step that reaches the goal, or null.</summary>
    public int? GoalStep { get; init; }

    /// <summary>How far any state is from what the model makes of the one before it.</summary>
    public DynamicsResidual Residual { get; init; }

    /// <summary>First collision: its step and the obstacle, or null.</summary>
    public (int Step, long Obstacle)? Collision { get; init; }

    /// <summary>Farthest that the vehicle's outline leaves the road in m; 0 when it stays on it.</summary>
    public double OutsideRoad { get; init; }

    /// <summary>Why it is not valid, for people; empty when it is.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>What is doubtful but does not make it invalid.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What was found about a solution.</summary>
/// <param name="Verdict">The outcome.</param>
/// <param name="Problems">One report a trajectory, in the file's order.</param>
/// <param name="Failures">What is wrong with the solution as a whole: problems left out, collisions between its vehicles.</param>
public sealed record SolutionReport(
    SolutionVerdict Verdict,
    IReadOnlyList<ProblemReport> Problems,
    IReadOnlyList<string> Failures
);
