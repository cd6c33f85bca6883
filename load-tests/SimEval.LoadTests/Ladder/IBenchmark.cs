namespace SimEval.LoadTests.Ladder;

/// <summary>
/// One rung of the ladder. Every public class with a parameterless constructor that implements it is found by
/// <see cref="BenchmarkRegistry"/>: to write the class is to register it.
/// </summary>
public interface IBenchmark
{
    /// <summary>Lower camel case parts joined by dots: "engine.overBareLoop". `--filter` matches any part of it.</summary>
    string Name { get; }

    /// <summary>
    /// Sets up, measures and cleans up after itself. With <see cref="BenchmarkBudget.Quick"/> it ends within about a second
    /// and its figures mean nothing: that mode only proves that the benchmark still runs.
    /// </summary>
    /// <exception cref="BenchmarkUnavailableException">What it needs is not on this machine.</exception>
    IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log);
}

/// <summary>How long to measure.</summary>
/// <param name="Pairs">Pairs of loops, in alternating order.</param>
/// <param name="Loop">Least duration of one loop.</param>
/// <param name="Quick">Whether this only proves that the benchmark runs.</param>
public sealed record BenchmarkBudget(int Pairs, TimeSpan Loop, bool Quick)
{
    /// <summary>Nine pairs of two seconds: what a ratio that is quoted needs on a shared machine.</summary>
    public static BenchmarkBudget Full { get; } = new(9, TimeSpan.FromSeconds(2), false);

    /// <summary>One pair of a few milliseconds.</summary>
    public static BenchmarkBudget Smoke { get; } = new(1, TimeSpan.FromMilliseconds(5), true);
}

/// <summary>Which side of the goal is good.</summary>
public enum GoalDirection
{
    /// <summary>The value must reach the goal.</summary>
    AtLeast,

    /// <summary>The value must not pass the goal.</summary>
    AtMost,
}

/// <summary>One line of bench.json.</summary>
/// <param name="Name">Of the figure; unique in the file.</param>
/// <param name="Value">The figure; null when it could not be measured, and the detail says why.</param>
/// <param name="Goal">What it is held against.</param>
/// <param name="Direction">Which side is good.</param>
/// <param name="Unit">"ratio", "MB", "s".</param>
/// <param name="Detail">For people: the spread, both rates, the parts.</param>
public sealed record Measurement(
    string Name,
    double? Value,
    double Goal,
    GoalDirection Direction,
    string Unit,
    string Detail
)
{
    /// <summary>A ratio of two loops, with its spread as the detail.</summary>
    public static Measurement OfRatio(string name, Ratio ratio, double goal, string unitOfRates, string more = "") =>
        new(name, ratio.Median, goal, GoalDirection.AtLeast, "ratio", ratio.Describe(unitOfRates, more));

    /// <summary>Whether the goal is reached; an unmeasured figure reaches none.</summary>
    public bool IsMet => Value is { } value && (Direction == GoalDirection.AtLeast ? value >= Goal : value <= Goal);
}

/// <summary>What a benchmark needs is not on this machine; the message says what and how to get it.</summary>
public sealed class BenchmarkUnavailableException(string message) : Exception(message);
