using SimEval.Metrics;

namespace SimEval.Node.Runs;

/// <summary>How metrics of the registry are written.</summary>
public static class ShownMetrics
{
    /// <summary>Its title within a sentence, its unit, and whether it is a rate.</summary>
    public static ShownMetric Of(MetricDefinition metric) =>
        new(LowerFirst(metric.Title), metric.Unit, metric.Scale == MetricScale.Binary);

    // "TTC within bound" keeps its capitals; "At-fault collisions" does not.
    private static string LowerFirst(string title) =>
        title.Length > 1 && char.IsUpper(title[0]) && !char.IsUpper(title[1])
            ? char.ToLowerInvariant(title[0]) + title[1..]
            : title;
}
