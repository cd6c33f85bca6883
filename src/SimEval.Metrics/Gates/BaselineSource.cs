using SimEval.Metrics.Results;

namespace SimEval.Metrics.Gates;

/// <summary>What variants are compared with.</summary>
public abstract record BaselineSource
{
    private BaselineSource() { }

    /// <summary>Nothing: gates against a baseline end in Error.</summary>
    public static BaselineSource None { get; } = new NoBaseline();

    /// <summary>Another variant of the same run.</summary>
    /// <param name="Name">Its name.</param>
    public sealed record Variant(string Name) : BaselineSource;

    /// <summary>Variants of the same name in another run.</summary>
    /// <param name="Results">Its results.</param>
    /// <param name="Label">How a reader knows it: "run 12".</param>
    public sealed record Run(ResultSet Results, string Label) : BaselineSource;

    private sealed record NoBaseline : BaselineSource;

    /// <summary>
    /// The results and variant that a variant is compared with, and its name; null when there is none (and for a baseline
    /// itself).
    /// </summary>
    internal (ResultSet Results, int Variant, string Name)? For(ResultSet results, string variant) =>
        this switch
        {
            Variant own when own.Name != variant && results.Plan.VariantOf(own.Name) is >= 0 and var index => (
                results,
                index,
                own.Name
            ),
            Run run when run.Results.Plan.VariantOf(variant) is >= 0 and var index => (
                run.Results,
                index,
                $"{variant} of {run.Label}"
            ),
            _ => null,
        };
}
