using SimEval.Metrics.Gates;
using SimEval.Node.Runs;

namespace SimEval.Cli.Views;

/// <summary>A run at rest as lines of text: the sentence first, then what fails, what passes, the worst rollout, the report.</summary>
internal static class SummaryPicture
{
    private const int MostGates = 12;

    /// <summary>The block that ends `run`, and that `status` prints.</summary>
    public static IReadOnlyList<Line> Draw(RunSummary run)
    {
        var lines = new List<Line> { new Line().Add(run.Sentence, ToneOf(run.Verdict)) };
        foreach (var (verdict, label) in Groups)
        {
            var gates = run.Gates.Where(gate => gate.Verdict == verdict).ToList();
            foreach (var gate in gates.Take(MostGates))
            {
                lines.Add(Gate(gate, label));
            }
            if (gates.Count > MostGates)
            {
                lines.Add(new Line().Add($"          and {gates.Count - MostGates} more, in the report", Tone.Dim));
            }
        }
        if (run.Worst is { } worst)
        {
            lines.Add(
                new Line()
                    .Add("  worst   ", Tone.Dim)
                    .Add($"{worst.Rollout}   {worst.What}   simeval replay {worst.Rollout} --run {run.Run}")
            );
        }
        lines.Add(Facts(run));
        if (run.Report is not null)
        {
            lines.Add(new Line().Add("report    ", Tone.Dim).Add(Invocation.Show(run.Report)));
        }
        return lines;
    }

    private static readonly (Verdict, string)[] Groups =
    [
        (Verdict.Fail, "fails"),
        (Verdict.Error, "error"),
        (Verdict.Inconclusive, "unsure"),
        (Verdict.Pass, "passes"),
    ];

    private static Line Gate(GateSummary gate, string label)
    {
        var baseline = double.IsFinite(gate.BaselineValue)
            ? Numbers.Value(gate.BaselineValue, gate.Shown) + " -> "
            : "";
        var line = new Line()
            .Add("  " + label.PadRight(8), ToneOf(gate.Verdict))
            .Add($"{gate.Variant}: {gate.Shown.Title}  {baseline}{Numbers.Value(gate.Value, gate.Shown)}");
        var interval = Numbers.Interval(gate.Decides, gate.Shown);
        if (interval.Length > 0)
        {
            var difference = gate.Baseline is null ? "" : "difference ";
            line.Add($"  {difference}{interval}, {Limit(gate)}", Tone.Dim);
        }
        return line;
    }

    private static string Limit(GateSummary gate)
    {
        var threshold = Numbers.Value(gate.Threshold, gate.Shown);
        return gate.Kind switch
        {
            "atMost" => $"at most {threshold}",
            "atLeast" => $"at least {threshold}",
            _ => $"no worse by {threshold}",
        };
    }

    private static Line Facts(RunSummary run)
    {
        var counts = run.Rollouts;
        var classes = new List<string> { $"{Numbers.Whole(counts.Completed)} completed" };
        Name(counts.ModelFailed, "failed by the model");
        Name(
            counts.InfrastructureErrors,
            counts.InfrastructureErrors == 1 ? "infrastructure error" : "infrastructure errors"
        );
        Name(counts.Cancelled, "cancelled");
        Name(counts.Discarded, "discarded past the stop");
        Name(counts.Missing, "still to run");
        var rate = run.FramesPerSecond > 0 ? $"  {Numbers.Whole(run.FramesPerSecond)} frames/s" : "";
        var hash = run.ResultsHash.Length >= 12 ? $"  results {run.ResultsHash[..12]}" : "";
        return new Line().Add($"{run.Run}  ", Tone.Strong).Add($"{string.Join(", ", classes)}{rate}{hash}", Tone.Dim);

        void Name(int count, string name)
        {
            if (count > 0)
            {
                classes.Add($"{Numbers.Whole(count)} {name}");
            }
        }
    }

    private static Tone ToneOf(Verdict? verdict) =>
        verdict switch
        {
            Verdict.Pass => Tone.Good,
            Verdict.Fail or Verdict.Error => Tone.Bad,
            Verdict.Inconclusive => Tone.Unsure,
            _ => Tone.Strong,
        };
}
