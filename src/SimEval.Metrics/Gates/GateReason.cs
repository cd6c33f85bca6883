using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Statistics;

namespace SimEval.Metrics.Gates;

/// <summary>The one plain sentence behind a verdict, by rules.</summary>
internal static class GateReason
{
    // Beyond this "run more" is no advice.
    private const double MostAdvised = 1e7;

    /// <summary>The sentence.</summary>
    public static string Of(GateResult result, Sample sample, GateCause cause) =>
        cause switch
        {
            GateCause.NoBaseline =>
                $"There is no baseline for {result.Variant}: {result.Metric.Name} was to be compared with one.",
            GateCause.NothingRan => $"No {Things(result)} of {result.Variant} ran: nothing is known.",
            GateCause.NothingInTime =>
                $"The run was stopped by its budget of wall time before any {(result.IsDifference ? "pair" : "rollout")} was complete: nothing is known.",
            GateCause.InfrastructureErrors =>
                $"{NumberText.Count(sample.InfrastructureErrors)} of {NumberText.Count(sample.Ran + sample.InfrastructureErrors)} "
                    + $"{Things(result)} ended in infrastructure errors: {NumberText.Level(sample.ValidShare)} are valid, "
                    + $"{NumberText.Level(result.Gate.MinValid)} are needed.",
            GateCause.WallTime =>
                $"The run was stopped by its budget of wall time after {NumberText.Count(result.Decides.Count)} {Things(result)}: "
                    + $"{Measured(result)}, which decides nothing.",
            GateCause.NoValues =>
                $"None of {NumberText.Count(sample.Ran)} {Things(result)} has a value of {result.Metric.Name}.",
            GateCause.NoInterval =>
                $"{Measured(result)}: {NumberText.Count(result.Decides.Count)} {Things(result)} are too few for an interval.",
            GateCause.FailuresWithoutValue =>
                $"{Measured(result)}, {Allowed(result)}; but the model failed {NumberText.Count(sample.Failed)} of "
                    + $"{NumberText.Count(sample.Ran)} rollouts, which a mean can't place: this gate can't pass with them.",
            GateCause.MissingValues =>
                $"{Measured(result)}, {Allowed(result)}; but {NumberText.Count(sample.Missing)} of {NumberText.Count(sample.Ran)} "
                    + $"{Things(result)} have no value of {result.Metric.Name}: this gate can't pass with so many.",
            _ => Capital($"{Measured(result)}, {Allowed(result)}{Counted(result, sample)}.") + More(result),
        };

    /// <summary>"+2.17 points, 95% interval +1.01 to +3.36".</summary>
    public static string Measured(GateResult result)
    {
        var d = result.Decides;
        var value = NumberText.Either(result.Metric, d.Value, result.IsDifference);
        if (!d.Interval.IsDefined)
        {
            return double.IsNaN(d.Value) ? "no value"
                : result.IsDifference && d.Value == 0 ? $"no difference in any of {NumberText.Count(d.Count)} pairs"
                : $"{value}, without an interval";
        }

        return $"{value}, {LevelOf(result)} {NumberText.Ends(result.Metric, d.Interval, result.IsDifference)}";
    }

    /// <summary>"allowed +0.5 points", "at most 1%".</summary>
    public static string Allowed(GateResult result)
    {
        var line = NumberText.Either(result.Metric, result.Line, result.IsDifference);
        return result.IsDifference ? $"allowed {line}"
            : result.ForbiddenAbove ? $"allowed at most {line}"
            : $"wanted at least {line}";
    }

    private static string LevelOf(GateResult result) =>
        result.Tests > 1
            ? $"corrected {NumberText.Level(result.Gate.Confidence)} interval"
            : $"{NumberText.Level(result.Gate.Confidence)} interval";

    private static string Counted(GateResult result, Sample sample)
    {
        var text = $", {NumberText.Count(result.Decides.Count)} {Things(result)}";
        if (result.Decides.Effective < 0.995 * result.Decides.Count)
            text += $" worth {NumberText.Count(result.Decides.Effective)} independent ones";
        if (sample.Missing > 0)
            text += $", {NumberText.Count(sample.Missing)} without a value";
        if (sample.Failed > 0)
            text += $", {NumberText.Count(sample.Failed)} failed by the model and counted as the worst value";
        return text;
    }

    private static string More(GateResult result)
    {
        if (result.Verdict != Verdict.Inconclusive || !result.Decides.Interval.IsBounded)
            return "";
        if (result.Metric.Scale == MetricScale.Binary && !result.IsDifference && result.Line is 0 or 1)
            return $" No number of rollouts can show a rate of {NumberText.Value(result.Metric, result.Line)}: "
                + "write the rate that is acceptable.";
        var needed = SampleSize.ToDecide(
            result.Decides.Value,
            result.Decides.Interval,
            result.Line,
            result.Decides.Count
        );
        if (!(needed > result.Decides.Count && needed < MostAdvised))
            return "";
        return $" About {NumberText.Digits(needed, false)} {Things(result)} would decide it if the value stays.";
    }

    private static string Things(GateResult result) => result.IsDifference ? "pairs" : "rollouts";

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
