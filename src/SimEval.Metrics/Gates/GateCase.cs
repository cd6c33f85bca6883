using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Metrics.Gates;

/// <summary>What led to a verdict.</summary>
internal enum GateCause
{
    Interval,
    NoInterval,
    NoValues,
    NoBaseline,
    NothingRan,
    NothingInTime,
    InfrastructureErrors,
    WallTime,
    FailuresWithoutValue,
    MissingValues,
}

/// <summary>One gate on one variant, before the correction for several.</summary>
internal sealed record GateCase
{
    public required GateSpec Gate { get; init; }
    public required MetricDefinition Metric { get; init; }
    public required string Variant { get; init; }
    public required string? BaselineName { get; init; }
    public required bool BaselineInRun { get; init; }
    public required bool BaselineMissing { get; init; }
    public required Sample Sample { get; init; }
    public required Inference Value { get; init; }
    public required Inference? BaselineValue { get; init; }
    public required Inference Decides { get; init; }
    public required double Line { get; init; }
    public required bool ForbiddenAbove { get; init; }
    public required double PValue { get; init; }
    public required OutcomeCounts Outcomes { get; init; }
    public required OutcomeCounts? BaselineOutcomes { get; init; }

    /// <summary>
    /// Rollouts that the model failed and that a mean can't place: their worst value is infinite. Percentiles rank them.
    /// </summary>
    public int Unplaced => Metric.Scale == MetricScale.Real && Gate.Statistic == GateStatistic.Mean ? Sample.Failed : 0;

    /// <summary>The case of a gate and a variant.</summary>
    public static GateCase Of(GateSpec gate, string variant, ResultSet results, BaselineSource source, Looking looking)
    {
        var index = results.Plan.VariantOf(variant);
        var metric = results.Plan.MetricOf(gate.Metric);
        if (metric < 0)
            throw new ArgumentException(
                $"The registry has no metric {gate.Metric} (gate at {gate.Path}).",
                nameof(gate)
            );
        var definition = results.Plan.Metrics[metric];
        var p = GateRules.ShareOf(gate.Statistic);
        var own = Sample.Of(results, index, metric);
        var value = One(own, p, looking);
        var (line, above) = GateRules.LineOf(gate, definition);
        var paired = gate.Kind == GateKind.NoWorseBy;
        var found = paired ? source.For(results, variant) : null;
        if (found is { } f && f.Results.Plan.MetricOf(gate.Metric) < 0)
            found = null;
        var sample = own;
        var decides = value;
        Inference? baselineValue = null;
        if (found is { } twin)
        {
            sample = Sample.OfPairs(results, index, metric, twin.Results, twin.Variant);
            decides = double.IsNaN(p)
                ? MeanInference.OfDifferences(sample, looking)
                : QuantileInference.OfDifferences(sample, p, looking);
            var theirs = Sample.Of(twin.Results, twin.Variant, twin.Results.Plan.MetricOf(gate.Metric));
            baselineValue = One(theirs, p, looking);
        }
        else if (paired)
        {
            decides = Inference.None(0, "no baseline");
        }

        return new GateCase
        {
            Gate = gate,
            Metric = definition,
            Variant = variant,
            BaselineName = found?.Name,
            BaselineInRun = found is { } b && ReferenceEquals(b.Results, results),
            BaselineMissing = paired && found is null,
            Sample = sample,
            Value = value,
            BaselineValue = baselineValue,
            Decides = decides,
            Line = line,
            ForbiddenAbove = above,
            PValue = decides.PValue(line),
            Outcomes = results.CountOf(index),
            BaselineOutcomes = found is { } o ? o.Results.CountOf(o.Variant) : null,
        };
    }

    private static Inference One(Sample sample, double p, Looking looking) =>
        double.IsNaN(p) ? MeanInference.Of(sample, looking) : QuantileInference.Of(sample, p, looking);
}
