using System.Globalization;
using SimEval.Metrics.Layers;
using SimEval.Metrics.Results;
using SimEval.Reports.Data;

namespace SimEval.Reports.Build;

/// <summary>Where builds depart, in words and bars.</summary>
internal static class DepartureView
{
    /// <summary>One entry per comparison, in their order.</summary>
    public static IReadOnlyList<ReportBuild> Of(IReadOnlyList<BuildDeparture> departures, ResultPlan plan)
    {
        return
        [
            .. departures.Select(departure =>
            {
                var twin = departures.FirstOrDefault(other =>
                    other.Variant == departure.Variant
                    && other != departure
                    && IsTwin(other)
                    && departures.Any(d => d.Variant == other.Parent && d.Parent == departure.Parent)
                );
                return new ReportBuild
                {
                    Variant = plan.VariantOf(departure.Variant),
                    Parent = plan.VariantOf(departure.Parent),
                    Text =
                        twin is not null && departure.Report is not null
                            ? ""
                            : Text(departure) + Alike(departure, departures),
                    Compared = departure.Report is not null,
                    Drawn = departure.Report is { IsEqual: false } && twin is null,
                    First = FirstOf(departure.Report),
                    Layers = [.. (departure.Report?.Layers ?? []).Select(Layer)],
                };
            }),
        ];
    }

    /// <summary>The variants that are compared with one another, in declared order.</summary>
    public static IReadOnlyList<ReportModel> Models(ReportInput input)
    {
        var plan = input.Results.Plan;
        var named = input.Departures.SelectMany(build => new[] { build.Parent, build.Variant }).ToHashSet();
        return
        [
            .. plan
                .Variants.Where(variant => named.Contains(variant.Name))
                .Select(variant =>
                {
                    var fact = input.Models.FirstOrDefault(model => model.Variant == variant.Name);
                    // The first comparison of a variant is the one with what all are builds of.
                    var report = input.Departures.FirstOrDefault(build => build.Variant == variant.Name)?.Report;
                    var outputs = report?.Layers.Where(layer => layer.IsOutput).ToList() ?? [];
                    var equal = outputs.Count > 0 && outputs.All(layer => layer.IsEqual);
                    return new ReportModel(
                        plan.VariantOf(variant.Name),
                        fact?.Bytes ?? 0,
                        fact?.ModelledMicroseconds ?? double.NaN,
                        report?.FirstDeparture,
                        equal,
                        outputs.Count == 0 || equal ? double.NaN : outputs.Min(layer => layer.SqnrDb)
                    );
                }),
        ];
    }

    private static string Alike(BuildDeparture departure, IReadOnlyList<BuildDeparture> departures) =>
        IsTwin(departure) && departures.FirstOrDefault(other => other.Variant == departure.Parent) is { } shared
            ? $" Both depart from {shared.Parent} alike."
            : "";

    private static bool IsTwin(BuildDeparture departure) => departure is { HasInnerLayers: true, Report.IsEqual: true };

    private static string Text(BuildDeparture departure)
    {
        var (build, parent) = (departure.Variant, departure.Parent);
        if (departure.Report is not { } report)
            return $"{build} was not compared with {parent}: {departure.Reason}.";
        var on = $"on {Frames(departure.Frames)} of {Count(departure.Rollouts, "rollout")}";
        var file = departure.SameFile ? ", the same file on another device," : "";
        var layers = departure.HasInnerLayers ? Count(report.Layers.Count, "layer") : "its outputs, all they share,";
        if (report.IsEqual)
            return $"{build} equals {parent}{file} bit for bit: {(departure.HasInnerLayers ? "in all " : "in ")}{layers} {on}.";
        var first = report.Layers[FirstOf(report)];
        var text = departure.HasInnerLayers
            ? $"{build} departs from {parent}{file} first at {first.Name}, layer {FirstOf(report) + 1} of {report.Layers.Count}, in {first.DifferingFrames:N0} of {Frames(first.Frames)}."
            : $"{build} shares no layer with {parent}{file} but what they give, and departs there in {first.DifferingFrames:N0} of {Frames(first.Frames)}.";
        var outputs = report.Layers.Where(layer => layer.IsOutput).ToList();
        return outputs.Count == 0 ? text : text + " " + string.Join(" ", outputs.Select(Output));
    }

    private static string Output(LayerDifference output) =>
        output.IsEqual ? $"Its output {output.Name} is equal all the same."
        : double.IsFinite(output.MaxError)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Its output {output.Name} is off by at most {output.MaxError:G3} (SQNR {output.SqnrDb:F1} dB), in {output.DifferingFrames:N0} of {Frames(output.Frames)}."
            )
        : $"Its output {output.Name} has another shape, or is no number where the other's is.";

    private static int FirstOf(LayerReport? report)
    {
        for (var i = 0; i < (report?.Layers.Count ?? 0); i++)
        {
            if (report!.Layers[i].IsDeparture)
                return i;
        }

        return -1;
    }

    private static ReportLayer Layer(LayerDifference layer) =>
        new(
            layer.Name,
            layer.IsEqual,
            layer.SqnrDb,
            layer.MaxError,
            (double)layer.Differing / layer.Elements,
            layer.Frames,
            layer.DifferingFrames,
            layer.IsOutput
        );

    private static string Frames(int count) => Count(count, "frame");

    private static string Count(int count, string word) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {word}{(count == 1 ? "" : "s")}");
}
