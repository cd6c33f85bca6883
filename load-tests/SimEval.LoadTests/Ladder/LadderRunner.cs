using System.Diagnostics;
using System.Globalization;

namespace SimEval.LoadTests.Ladder;

/// <summary>Runs benchmarks one after the other, prints each figure with its goal, and writes bench.json.</summary>
public static class LadderRunner
{
    /// <summary>0: all measured, whether or not their goals are met; 1: one could not be measured; 5: no benchmark matches.</summary>
    public static int Run(LadderOptions options, TextWriter output)
    {
        var benchmarks = BenchmarkRegistry.Find(options.Filter);
        if (benchmarks.Count == 0)
        {
            output.WriteLine($"no benchmark's name contains '{options.Filter}'");
            return 5;
        }
        var budget = options.Quick ? BenchmarkBudget.Smoke : BenchmarkBudget.Full;
        output.WriteLine(Machine.Describe());
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {budget.Pairs} pairs of {budget.Loop.TotalSeconds:0.###} s"
            )
        );
        var measurements = new List<Measurement>();
        var complete = true;
        foreach (var benchmark in benchmarks)
        {
            complete &= RunOne(benchmark, budget, output, measurements);
        }
        // Figures of the quick mode mean nothing: they never reach the file unless one is named.
        if (options.Out is not null || !options.Quick)
        {
            var path = options.Out ?? Path.Combine("artifacts", "bench.json");
            BenchmarkFile.Write(path, measurements, keepOthers: options.Filter is not null);
            output.WriteLine($"written to {path}");
        }
        return complete ? 0 : 1;
    }

    private static bool RunOne(
        IBenchmark benchmark,
        BenchmarkBudget budget,
        TextWriter output,
        List<Measurement> measurements
    )
    {
        output.WriteLine();
        output.WriteLine(benchmark.Name);
        var watch = Stopwatch.StartNew();
        try
        {
            foreach (var measurement in benchmark.Run(budget, output))
            {
                measurements.Add(measurement);
                Print(measurement, output);
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  took {watch.Elapsed.TotalSeconds:0.0} s"));
            return true;
        }
        catch (BenchmarkUnavailableException unavailable)
        {
            output.WriteLine($"  not measured: {unavailable.Message}");
            measurements.Add(Unmeasured(benchmark, $"not measured: {unavailable.Message}"));
            return true;
        }
        catch (Exception failure)
        {
            output.WriteLine($"  failed: {failure}");
            measurements.Add(Unmeasured(benchmark, $"failed: {failure.Message}"));
            return false;
        }
    }

    private static Measurement Unmeasured(IBenchmark benchmark, string why) =>
        new(benchmark.Name, null, 0, GoalDirection.AtLeast, "", why);

    private static void Print(Measurement measurement, TextWriter output)
    {
        var word = measurement.IsMet ? "met" : "missed";
        var side = measurement.Direction == GoalDirection.AtLeast ? "at least" : "at most";
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {measurement.Name}: {measurement.Value:0.###} {measurement.Unit}, goal {side} {measurement.Goal:0.###}: {word}"
            )
        );
        output.WriteLine($"    {measurement.Detail}");
    }
}

/// <summary>What to measure.</summary>
/// <param name="Filter">A part of the names, or null for all.</param>
/// <param name="Quick">Only prove that they run.</param>
/// <param name="Out">Where to write; null: artifacts/bench.json, and nowhere when quick.</param>
public sealed record LadderOptions(string? Filter, bool Quick, string? Out)
{
    /// <summary>How to call it.</summary>
    public const string Usage = "usage: SimEval.LoadTests [--filter NAME] [--quick] [--out FILE] [--list]";

    /// <summary>Reads a command line; null with the error printed when it is none.</summary>
    public static LadderOptions? Read(IReadOnlyList<string> arguments, TextWriter errors)
    {
        var options = new LadderOptions(null, false, null);
        for (var i = 0; i < arguments.Count; i++)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--filter" when value is not null:
                    options = options with { Filter = value };
                    i++;
                    break;
                case "--out" when value is not null:
                    options = options with { Out = value };
                    i++;
                    break;
                default:
                    errors.WriteLine($"'{arguments[i]}' is not understood; {Usage}");
                    return null;
            }
        }
        return options;
    }
}
