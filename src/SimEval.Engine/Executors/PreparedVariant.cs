using SimEval.Devices;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Executors;

/// <summary>A variant made ready: its model loaded, bound and probed, or its policy found.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Model">The bound model; null for a policy of the world's own.</param>
/// <param name="ModelHash">SHA-256 of the model file; "" without a model.</param>
/// <param name="InputSources">Which layout tensor fills each bound input; empty without a model.</param>
/// <param name="Policy">Makes the policy of one episode; null for a model.</param>
public sealed record PreparedVariant(
    Variant Variant,
    IBoundModel? Model,
    string ModelHash,
    IReadOnlyList<int> InputSources,
    Func<IWorld, IPolicy>? Policy
)
{
    /// <summary>SHA-256 of the data file of the board it runs on; "" where the board ships, or there is none.</summary>
    public string BoardHash { get; init; } = "";

    /// <summary>Files beside the model's own in which it keeps weights, as full paths.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The class within which its bits hold; "exact" for a policy of the world's own.</summary>
    public string Numerics => Model?.Probe.Numerics.ToString() ?? "exact";

    /// <summary>
    /// How long its actions are on their way; null: as measured. A built-in policy, and a model whose device has no cost model
    /// under "modelled", act at once.
    /// </summary>
    public TimeSpan? DelayUnder(Latency latency) =>
        (Model, latency.Source) switch
        {
            (null, _) => TimeSpan.Zero,
            ({ } model, LatencySource.Modelled) => model.ModelledLatency ?? TimeSpan.Zero,
            (_, LatencySource.Measured) => null,
            _ => latency.Delay,
        };

    /// <summary>What the probe of its model found, in a sentence; "" without a model.</summary>
    public string Finding => Model?.Probe.Finding ?? "";

    /// <summary>Whether it keeps state between frames.</summary>
    public bool IsRecurrent => Model is { IsRecurrent: true };
}
