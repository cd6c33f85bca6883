using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios;

/// <summary>One swept parameter, for axes and slices.</summary>
/// <param name="Name">Name in the file, without the dollar sign.</param>
/// <param name="Unit">Base unit; "" for numbers and texts.</param>
/// <param name="Values">Distinct values in order when there are at most 64, else empty (binned by whoever draws them).</param>
/// <param name="Minimum">Least number; NaN for texts.</param>
/// <param name="Maximum">Greatest number; NaN for texts.</param>
public sealed record SweptParameter(
    string Name,
    string Unit,
    IReadOnlyList<ParameterValue> Values,
    double Minimum,
    double Maximum
);

/// <summary>Limits of one run. Null: none.</summary>
/// <param name="Rollouts">Most counted rollouts; whole pairs are taken in the fixed order until it is spent.</param>
/// <param name="WallTime">Most wall time; a run stopped by it is Inconclusive.</param>
public sealed record Budget(int? Rollouts, TimeSpan? WallTime);

/// <summary>Always-valid early stopping.</summary>
/// <param name="Enabled">Whether the run may stop at a look.</param>
/// <param name="Looks">Declared looks: shares of all pairs, ascending, in (0, 1); the end is always a look.</param>
public sealed record EarlyStopping(bool Enabled, IReadOnlyList<double> Looks);

/// <summary>A value that the file left out, for the report to state.</summary>
public sealed record AppliedDefault(string Path, string Value);

/// <summary>A scenario file, read, checked and expanded.</summary>
public sealed record Scenario
{
    /// <summary>Name: letters, digits, '-', '_' and '.', at most 100.</summary>
    public required string Name { get; init; }

    /// <summary>Owning team.</summary>
    public required string Team { get; init; }

    /// <summary>Higher runs first; 0 by default.</summary>
    public required int Priority { get; init; }

    /// <summary>Free labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The world kind: the one key under "world".</summary>
    public required string WorldKind { get; init; }

    /// <summary>The world's section as written, with "$name" placeholders and line information. Never mutated.</summary>
    public required JObject World { get; init; }

    /// <summary>All points, distinct, in declared order.</summary>
    public required IReadOnlyList<Point> Points { get; init; }

    /// <summary>The swept parameters, in declared order.</summary>
    public required IReadOnlyList<SweptParameter> Parameters { get; init; }

    /// <summary>Scenario seed: the root of all randomness.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Seeds per point, at least 1.</summary>
    public required int Seeds { get; init; }

    /// <summary>Variants, in declared order, at least one.</summary>
    public required IReadOnlyList<Variant> Variants { get; init; }

    /// <summary>The variant that others are compared with, if the file names one.</summary>
    public required string? Baseline { get; init; }

    /// <summary>Names of the metrics to show first, in declared order; empty: the world's own order.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Gates, in declared order.</summary>
    public required IReadOnlyList<GateSpec> Gates { get; init; }

    /// <summary>How long actions of models are on their way.</summary>
    public Latency Latency { get; init; } = Latency.None;

    /// <summary>Limits.</summary>
    public required Budget Budget { get; init; }

    /// <summary>Early stopping.</summary>
    public required EarlyStopping Stopping { get; init; }

    /// <summary>What was left out.</summary>
    public required IReadOnlyList<AppliedDefault> Defaults { get; init; }

    /// <summary>The text as run, overrides applied: what a resume or a replay reads again.</summary>
    public required string Text { get; init; }

    /// <summary>SHA-256 of the canonical form (comments, order of keys and white space do not matter), lower-case hex.</summary>
    public required string Hash { get; init; }

    /// <summary>The file's name as given.</summary>
    public required string SourceName { get; init; }

    /// <summary>Every file it names (models, suites, recordings), as resolved paths, for capture as blobs.</summary>
    public required IReadOnlyList<string> Files { get; init; }
}
