namespace SimEval.Scenarios;

/// <summary>Where a variant's actions come from.</summary>
public enum PolicyKind
{
    /// <summary>A policy of the world's own, by name ("expert", "constantVelocity").</summary>
    BuiltIn,

    /// <summary>Actions or states recorded in a file (a CommonRoad solution) or in an earlier rollout.</summary>
    Recorded,

    /// <summary>A model file run by an executor, or a program of its own.</summary>
    Model,
}

/// <summary>One recurrent state: the model's output of one step is its input of the next; zeros at the start.</summary>
public sealed record StatePair(string Input, string Output);

/// <summary>Model artifact x precision x device class, or a built-in policy.</summary>
/// <param name="Name">The name in the file; unique.</param>
/// <param name="Kind">Where its actions come from.</param>
/// <param name="Source">The built-in policy's name, the path of the model, the program or the recording, or its rollout, as resolved against the file's folder.</param>
/// <param name="Device">Device class: "cpu", "torch", "cuda", "asic/g1", "process".</param>
/// <param name="Inputs">Model input name to layout tensor name, where they differ.</param>
/// <param name="Output">The model output that holds the action; null when it has but one besides states.</param>
/// <param name="States">Recurrent states.</param>
public sealed record Variant(
    string Name,
    PolicyKind Kind,
    string Source,
    string Device,
    IReadOnlyDictionary<string, string> Inputs,
    string? Output,
    IReadOnlyList<StatePair> States
)
{
    /// <summary>What a recording's source begins with when it is an earlier rollout: "rollout:RUN/VARIANT/POINT/SEED".</summary>
    public const string RolloutPrefix = "rollout:";

    /// <summary>
    /// The data file of the board that <see cref="Device"/> names by a path ("asic/boards/mine.json"), as resolved against the
    /// scenario file's folder; null where the device has a name of its own.
    /// </summary>
    public string? BoardFile { get; init; }

    /// <summary>
    /// The command of a policy in a program of its own, its files as resolved against the file's folder; empty for all others.
    /// </summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The files among <see cref="Command"/>: what the program is made of, as far as the scenario says.</summary>
    public IReadOnlyList<string> CommandFiles { get; init; } = [];
}
