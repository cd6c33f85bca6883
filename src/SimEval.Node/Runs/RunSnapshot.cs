namespace SimEval.Node.Runs;

/// <summary>A number with its interval, as the terminal shows it.</summary>
/// <param name="Value">NaN: not known yet.</param>
/// <param name="Low">NaN: no interval yet.</param>
/// <param name="High">NaN: no interval yet.</param>
public readonly record struct ShownEstimate(double Value, double Low, double High);

/// <summary>How a metric is written.</summary>
/// <param name="Title">"at-fault collisions".</param>
/// <param name="Unit">"" for shares and rates.</param>
/// <param name="IsRate">Whether it is shown in percent.</param>
public sealed record ShownMetric(string Title, string Unit, bool IsRate);

/// <summary>One variant of a run under way.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Done">Rollouts that ended.</param>
/// <param name="Total">Rollouts planned.</param>
/// <param name="Primary">The primary metric so far.</param>
public sealed record VariantProgress(string Name, int Done, int Total, ShownEstimate Primary);

/// <summary>A run under way, at one instant: everything that the live view shows, and nothing that it has to work out.</summary>
public sealed record RunSnapshot
{
    /// <summary>Run id: "cut-in-3".</summary>
    public required string Run { get; init; }

    /// <summary>The scenario's name.</summary>
    public required string Scenario { get; init; }

    /// <summary>Points of the sweep.</summary>
    public required int Points { get; init; }

    /// <summary>Seeds per point.</summary>
    public required int Seeds { get; init; }

    /// <summary>The scenario seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Variants, in declared order.</summary>
    public required IReadOnlyList<VariantProgress> Variants { get; init; }

    /// <summary>The metric of the first gate, or of the world's score; null when the world has none.</summary>
    public required ShownMetric? Primary { get; init; }

    /// <summary>Frames stepped by this process.</summary>
    public required long Frames { get; init; }

    /// <summary>Frames a second, over the last seconds.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Wall time of this process on the run.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What is probably left; null while nothing can be said.</summary>
    public required TimeSpan? Remaining { get; init; }

    /// <summary>"look 3 of 5: int8 - fp32 +2.3 [+1.0, +3.6], allowed +0.5"; null before the first look.</summary>
    public string? Look { get; init; }

    /// <summary>Rollouts that ended in an infrastructure error.</summary>
    public int InfrastructureErrors { get; init; }

    /// <summary>Rollouts that the model failed.</summary>
    public int ModelFailures { get; init; }

    /// <summary>Rollouts that ended.</summary>
    public int Done => Variants.Sum(v => v.Done);

    /// <summary>Rollouts planned.</summary>
    public int Total => Variants.Sum(v => v.Total);
}
