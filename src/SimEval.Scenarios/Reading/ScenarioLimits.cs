namespace SimEval.Scenarios.Reading;

/// <summary>The most that a scenario file may ask for, so that a hostile one exhausts nothing. Values come from the configuration.</summary>
public sealed record ScenarioLimits
{
    /// <summary>Characters of the file.</summary>
    public int FileLength { get; init; } = 1 << 20;

    /// <summary>Nesting of objects and lists.</summary>
    public int Depth { get; init; } = 32;

    /// <summary>Values, names and brackets in the file.</summary>
    public int Tokens { get; init; } = 200_000;

    /// <summary>Characters of one text.</summary>
    public int TextLength { get; init; } = 4096;

    /// <summary>Swept parameters.</summary>
    public int Parameters { get; init; } = 32;

    /// <summary>Points after expansion.</summary>
    public int Points { get; init; } = 100_000;

    /// <summary>Values in all points together: points times parameters; ten times <see cref="Points"/>.</summary>
    public int Assignments => (int)Math.Min(10L * Points, int.MaxValue);

    /// <summary>Seeds per point.</summary>
    public int Seeds { get; init; } = 100_000;

    /// <summary>Rollouts: points times seeds times variants.</summary>
    public int Rollouts { get; init; } = 2_000_000;

    /// <summary>Variants.</summary>
    public int Variants { get; init; } = 64;

    /// <summary>Gates.</summary>
    public int Gates { get; init; } = 200;

    /// <summary>Labels.</summary>
    public int Labels { get; init; } = 64;

    /// <summary>Files that one glob may match.</summary>
    public int SuiteFiles { get; init; } = 20_000;

    /// <summary>Points whose world section is checked by the reader; the others are checked when they are bound.</summary>
    public int CheckedPoints { get; init; } = 64;

    /// <summary>Errors reported before the reader gives up.</summary>
    public int Errors { get; init; } = 100;
}
