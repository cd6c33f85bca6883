namespace SimEval.Scenarios;

/// <summary>Where the delay between an observation and the action that answers it comes from.</summary>
public enum LatencySource
{
    /// <summary>Actions take effect at once.</summary>
    None,

    /// <summary>The device's cost model says; the same on every machine.</summary>
    Modelled,

    /// <summary>As it was measured; recorded, so that a replay repeats it and a second run does not.</summary>
    Measured,

    /// <summary>The scenario says.</summary>
    Fixed,
}

/// <summary>
/// How long actions of models are on their way. While one is, the action before it stays in effect and nothing is observed: a
/// rollout has one frame in flight. Built-in policies act at once.
/// </summary>
/// <param name="Source">Where the delay comes from.</param>
/// <param name="Delay">The delay when the scenario says it, else zero.</param>
public sealed record Latency(LatencySource Source, TimeSpan Delay)
{
    /// <summary>Actions take effect at once.</summary>
    public static Latency None { get; } = new(LatencySource.None, TimeSpan.Zero);

    /// <summary>As a scenario file writes it: "none", "modelled", "measured", "30 ms".</summary>
    public override string ToString() =>
        Source == LatencySource.Fixed
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Delay.TotalMilliseconds:0.####} ms")
            : Source.ToString().ToLowerInvariant();
}
