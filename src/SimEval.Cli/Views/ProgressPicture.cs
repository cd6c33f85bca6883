using SimEval.Node.Runs;

namespace SimEval.Cli.Views;

/// <summary>A run under way as lines of text: a pure function of the snapshot.</summary>
internal static class ProgressPicture
{
    private const int BarCells = 20;

    /// <summary>The whole picture: a title, a bar for each variant, a line of rates.</summary>
    public static IReadOnlyList<Line> Draw(RunSnapshot run)
    {
        var lines = new List<Line> { Title(run) };
        var names = run.Variants.Select(v => v.Name.Length).DefaultIfEmpty(0).Max();
        var counts = run.Variants.Select(v => Numbers.Whole(v.Total).Length).DefaultIfEmpty(0).Max();
        for (var i = 0; i < run.Variants.Count; i++)
        {
            lines.Add(Row(run.Variants[i], run.Primary, names, counts, showTitle: i == 0));
        }
        lines.Add(Rates(run));
        return lines;
    }

    /// <summary>The same in one line, for logs.</summary>
    public static string Summarize(RunSnapshot run)
    {
        var line =
            $"{run.Run}  {Numbers.Whole(run.Done)} of {Numbers.Whole(run.Total)} rollouts  "
            + $"{Numbers.Whole(run.FramesPerSecond)} frames/s  {Clock(run)}{Failures(run)}";
        return run.Look is null ? line : $"{line}  {run.Look}";
    }

    private static Line Title(RunSnapshot run) =>
        new Line()
            .Add(run.Run, Tone.Strong)
            .Add(
                $"   {Plural(run.Variants.Count, "variant")} x {Plural(run.Points, "point")} x {Plural(run.Seeds, "seed")}"
            )
            .Add($"   seed {run.Seed}", Tone.Dim);

    private static Line Row(VariantProgress variant, ShownMetric? metric, int names, int counts, bool showTitle)
    {
        var filled = variant.Total == 0 ? 0 : (int)((long)BarCells * variant.Done / variant.Total);
        var line = new Line()
            .Add("  " + variant.Name.PadRight(names) + "  ")
            .Add(new string('#', filled), Tone.Strong)
            .Add(new string('.', BarCells - filled), Tone.Dim)
            .Add("  " + Numbers.Whole(variant.Done).PadLeft(counts));
        if (metric is null)
        {
            return line;
        }
        var title = showTitle ? metric.Title : new string(' ', metric.Title.Length);
        return line.Add($"   {title} ", Tone.Dim)
            .Add(Numbers.Value(variant.Primary.Value, metric).PadLeft(6))
            .Add("  " + Numbers.Interval(variant.Primary, metric), Tone.Dim);
    }

    private static Line Rates(RunSnapshot run)
    {
        var line = new Line()
            .Add($"  {Numbers.Whole(run.FramesPerSecond)} frames/s   {Clock(run)}")
            .Add(Failures(run), Tone.Bad);
        return run.Look is null ? line : line.Add("   " + run.Look);
    }

    private static string Clock(RunSnapshot run) =>
        Numbers.Clock(run.Elapsed) + (run.Remaining is { } left ? $", about {Numbers.Clock(left)} left" : "");

    private static string Failures(RunSnapshot run) =>
        (run.InfrastructureErrors > 0 ? $"   {Plural(run.InfrastructureErrors, "infrastructure error")}" : "")
        + (run.ModelFailures > 0 ? $"   {Plural(run.ModelFailures, "rollout")} failed by the model" : "");

    private static string Plural(int count, string noun) => $"{Numbers.Whole(count)} {noun}{(count == 1 ? "" : "s")}";
}
