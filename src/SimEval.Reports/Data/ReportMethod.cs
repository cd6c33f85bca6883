namespace SimEval.Reports.Data;

/// <summary>How the verdict was reached.</summary>
/// <param name="Statements">The methods in words, with their names; one sentence each.</param>
/// <param name="Outcomes">Every outcome class with its count, per variant.</param>
/// <param name="Planned">Rollouts that were planned; the outcome counts and those never started sum to it.</param>
/// <param name="Notes">What a reader must know (a model that ran at batch 1).</param>
/// <param name="Defaults">What the file left out, and what was taken.</param>
public sealed record ReportMethod(
    IReadOnlyList<ReportStatement> Statements,
    IReadOnlyList<ReportOutcome> Outcomes,
    int Planned,
    IReadOnlyList<string> Notes,
    IReadOnlyList<ReportSetting> Defaults
);

/// <summary>One method.</summary>
/// <param name="Topic">"Pairing", "Intervals", "Several gates", "Stopping".</param>
/// <param name="Text">A sentence or two.</param>
public sealed record ReportStatement(string Topic, string Text);

/// <summary>One outcome class.</summary>
/// <param name="Name">"Completed".</param>
/// <param name="Meaning">What it counts as.</param>
/// <param name="Counts">One per variant; empty where only the total is known.</param>
/// <param name="Total">Over all variants.</param>
public sealed record ReportOutcome(string Name, string Meaning, IReadOnlyList<int> Counts, int Total);

/// <summary>A key and its value.</summary>
/// <param name="Name">JSON path, or what it is.</param>
/// <param name="Value">Its value.</param>
public sealed record ReportSetting(string Name, string Value);

/// <summary>What the verdict was reached from.</summary>
/// <param name="Entries">Hashes, versions, seeds.</param>
/// <param name="Reproduce">The one command that reproduces it.</param>
public sealed record ReportProvenance(IReadOnlyList<ReportSetting> Entries, string Reproduce);
