namespace SimEval.Reports.Data;

/// <summary>Which page the template shows.</summary>
public enum ReportKind
{
    /// <summary>A run: verdict, gates, slices, replays, methods.</summary>
    Run,

    /// <summary>One or two rollouts, to look at.</summary>
    Replay,
}

/// <summary>
/// Everything the page shows, and nothing that it has to decide: the page draws, the program judges. Serialised as camel-case
/// JSON into the template; numbers that do not exist (an undefined interval) are null.
/// </summary>
public sealed record ReportData
{
    /// <summary>Version of this shape.</summary>
    public string Schema { get; init; } = "simeval.report/1";

    /// <summary>Which page.</summary>
    public required ReportKind Kind { get; init; }

    /// <summary>What was run.</summary>
    public required ReportRun Run { get; init; }

    /// <summary>The answer, in words.</summary>
    public required ReportVerdict Verdict { get; init; }

    /// <summary>The facts line, at most seven.</summary>
    public required IReadOnlyList<ReportFact> Facts { get; init; }

    /// <summary>Variants in declared order; all other lists name them by index.</summary>
    public required IReadOnlyList<ReportVariant> Variants { get; init; }

    /// <summary>Metrics in registry order; all other lists name them by index.</summary>
    public required IReadOnlyList<ReportMetric> Metrics { get; init; }

    /// <summary>Gates, failures first.</summary>
    public required IReadOnlyList<ReportGate> Gates { get; init; }

    /// <summary>What changed against the baseline, metric by metric; empty without a baseline.</summary>
    public required IReadOnlyList<ReportChange> Changes { get; init; }

    /// <summary>Rates over the swept parameters; null when nothing numeric is swept.</summary>
    public required ReportSlices? Slices { get; init; }

    /// <summary>Files of a suite sorted by difference; empty when the sweep is no suite.</summary>
    public required IReadOnlyList<ReportSuiteRow> Suite { get; init; }

    /// <summary>Empirical distributions.</summary>
    public required IReadOnlyList<ReportDistribution> Distributions { get; init; }

    /// <summary>The replays that the file carries.</summary>
    public required ReportReplays Replays { get; init; }

    /// <summary>Where builds depart from what they are builds of, layer by layer; empty where no variant is a build of another.</summary>
    public required IReadOnlyList<ReportBuild> Builds { get; init; }

    /// <summary>The variants that are model files, side by side; empty where none is a build of another.</summary>
    public required IReadOnlyList<ReportModel> Models { get; init; }

    /// <summary>Every rollout, in columns.</summary>
    public required ReportRollouts Rollouts { get; init; }

    /// <summary>Inference latency on this machine.</summary>
    public required IReadOnlyList<ReportLatency> Latency { get; init; }

    /// <summary>How the verdict was reached.</summary>
    public required ReportMethod Method { get; init; }

    /// <summary>What it was reached from.</summary>
    public required ReportProvenance Provenance { get; init; }
}

/// <summary>What was run.</summary>
/// <param name="Id">The run.</param>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Team">Who owns it.</param>
/// <param name="Seed">The scenario seed, as text (64 bits do not fit a JavaScript number).</param>
/// <param name="FinishedAt">When it ended, "2026-11-21 10:04 UTC"; null when not known.</param>
/// <param name="Labels">Free labels.</param>
public sealed record ReportRun(
    string Id,
    string Scenario,
    string Team,
    string Seed,
    string? FinishedAt,
    IReadOnlyDictionary<string, string> Labels
);

/// <summary>The answer, in words.</summary>
/// <param name="Status">"Pass", "Fail", "Inconclusive", "Error" or "None".</param>
/// <param name="Lead">"Not fit to ship".</param>
/// <param name="Headline">"int8 collides more than fp32".</param>
/// <param name="Detail">How much, with which interval, against which allowance, where; and what passed. Sentences.</param>
public sealed record ReportVerdict(string Status, string Lead, string Headline, IReadOnlyList<string> Detail);

/// <summary>One entry of the facts line.</summary>
/// <param name="Value">"3,600".</param>
/// <param name="Label">"rollouts: 120 points x 10 seeds".</param>
/// <param name="Alert">Whether it asks for attention (infrastructure errors that are not 0).</param>
public sealed record ReportFact(string Value, string Label, bool Alert = false);

/// <summary>One variant.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Role">"baseline", "candidate" or "reference".</param>
/// <param name="Colour">The one colour it has on the page, "#0072b2".</param>
/// <param name="Policy">"model planner.onnx on cpu", "built-in expert".</param>
public sealed record ReportVariant(string Name, string Role, string Colour, string Policy);

/// <summary>One metric, with its value per variant.</summary>
/// <param name="Name">"collision.atFault".</param>
/// <param name="Title">"At-fault collisions".</param>
/// <param name="Unit">"" for shares and rates.</param>
/// <param name="Scale">"binary", "share" or "real".</param>
/// <param name="Direction">"lower", "higher" or "neutral": which way is better.</param>
/// <param name="Source">Where the formula comes from.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Values">Mean with its interval, one per variant.</param>
public sealed record ReportMetric(
    string Name,
    string Title,
    string Unit,
    string Scale,
    string Direction,
    string Source,
    string Description,
    IReadOnlyList<ReportEstimate> Values
);

/// <summary>An estimate with its interval, in the metric's unit.</summary>
/// <param name="Value">NaN when no rollout has a value.</param>
/// <param name="Low">NaN when undefined.</param>
/// <param name="High">NaN when undefined.</param>
/// <param name="Count">Rollouts (or pairs) behind it.</param>
/// <param name="Effective">Effective number of independent ones.</param>
public sealed record ReportEstimate(double Value, double Low, double High, int Count, double Effective);
