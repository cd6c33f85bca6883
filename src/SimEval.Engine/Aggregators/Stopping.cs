using SimEval.Metrics.Results;

namespace SimEval.Engine.Aggregators;

/// <summary>When a run may stop, and what decides it.</summary>
/// <param name="Looks">Declared looks in pairs of the fixed order, ascending, the end left out.</param>
/// <param name="Decide">Given the results and the look's index: why to stop, or null. A function of the look's prefix.</param>
public sealed record Stopping(IReadOnlyList<int> Looks, Func<ResultSet, int, string?> Decide)
{
    /// <summary>Never before the end.</summary>
    public static Stopping Never { get; } = new([], (_, _) => null);
}
