using System.CommandLine;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval diff RUN RUN`: what changed from one run to another, over the pairs of point and seed that both have.</summary>
internal static class DiffCommand
{
    private static readonly Argument<string> From = Runs.Required("FROM");
    private static readonly Argument<string> To = Runs.Required("TO");

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(
            new Command("diff", "Compare two runs, paired by point and seed, variant by variant") { From, To },
            RunAsync
        );

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        await using var node = Runs.OpenForReading(invocation);
        var from = await ReadAsync(From).ConfigureAwait(false);
        var to = await ReadAsync(To).ConfigureAwait(false);
        var source = new BaselineSource.Run(from.Counted, from.Run.Id);
        var changes = MetricTable
            .Changes(to.Counted, source, Looking.Once)
            .Where(change => change.Difference.Count > 0)
            .ToList();
        var same = from.Run.Conclusion?.ResultsHash is { Length: > 0 } hash && hash == to.Run.Conclusion?.ResultsHash;
        if (invocation.Json)
        {
            JsonLine.Write(invocation.Terminal, json => WriteAll(json, from.Run.Id, to.Run.Id, same, changes));
        }
        else
        {
            LiveView.Print(invocation, [.. Draw(from.Run.Id, to.Run.Id, same, changes)]);
        }
        return changes.Count == 0 ? ExitCode.Nothing : ExitCode.Pass;

        Task<RunDigest> ReadAsync(Argument<string> argument) =>
            Runs.ReadNamedAsync(node.Library, invocation.Parsed.GetRequiredValue(argument), invocation);
    }

    private static IEnumerable<Line> Draw(string from, string to, bool same, List<MetricChange> changes)
    {
        yield return new Line().Add($"{from} -> {to}", Tone.Strong);
        if (changes.Count == 0)
        {
            yield return new Line().Add("  no variant of the same name shares a pair of point and seed");
            yield break;
        }
        if (same)
        {
            yield return new Line().Add("  the same results, bit for bit", Tone.Good);
            yield break;
        }
        var width = changes.Max(change => change.Metric.Title.Length);
        foreach (var variant in changes.GroupBy(change => change.Variant))
        {
            yield return new Line().Add(
                $"  {variant.Key}   {Numbers.Whole(variant.Max(c => c.Difference.Count))} pairs"
            );
            foreach (var change in variant)
            {
                yield return Row(change, width);
            }
        }
    }

    private static Line Row(MetricChange change, int width)
    {
        var shown = ShownMetrics.Of(change.Metric);
        var interval = change.Difference.Interval;
        var (word, tone) = change.Direction switch
        {
            ChangeDirection.Better => ("better", Tone.Good),
            ChangeDirection.Worse => ("worse", Tone.Bad),
            _ => ("", Tone.Dim),
        };
        return new Line()
            .Add($"    {change.Metric.Title.PadRight(width)}  ")
            .Add(
                $"{Numbers.Value(change.BaselineValue.Value, shown), 9} -> {Numbers.Value(change.Value.Value, shown), -9} "
            )
            .Add(
                $" {Numbers.Interval(new ShownEstimate(change.Difference.Value, interval.Low, interval.High), shown)}  ",
                Tone.Dim
            )
            .Add(word, tone);
    }

    private static void WriteAll(Utf8JsonWriter json, string from, string to, bool same, List<MetricChange> changes)
    {
        json.WriteString("from", from);
        json.WriteString("to", to);
        json.WriteBoolean("sameResults", same);
        json.WriteStartArray("changes");
        foreach (var change in changes)
        {
            json.WriteStartObject();
            json.WriteString("metric", change.Metric.Name);
            json.WriteString("variant", change.Variant);
            json.WriteNumber("pairs", change.Difference.Count);
            json.WriteFinite("from", change.BaselineValue.Value);
            json.WriteFinite("to", change.Value.Value);
            json.WriteFinite("difference", change.Difference.Value);
            json.WriteFinite("low", change.Difference.Interval.Low);
            json.WriteFinite("high", change.Difference.Interval.High);
            json.WriteFinite("adjustedP", change.AdjustedP);
            json.WriteString("direction", change.Direction.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
