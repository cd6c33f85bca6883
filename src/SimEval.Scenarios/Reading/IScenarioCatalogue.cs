using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>One metric that a world measures, as far as a scenario file has to know.</summary>
/// <param name="Name">"collision.atFault".</param>
/// <param name="Unit">Its unit; "" for shares and rates.</param>
/// <param name="HasDirection">Whether more or less of it is better; only such a metric can be "no worse".</param>
/// <param name="Description">One sentence.</param>
public sealed record CatalogueMetric(string Name, string Unit, bool HasDirection, string Description)
{
    /// <summary>Whether its values lie in [0, 1], as do then its thresholds.</summary>
    public bool IsShare { get; init; }

    /// <summary>Which way is better; null when neither is, or when it is not known.</summary>
    public bool? HigherIsBetter { get; init; }
}

/// <summary>What the reader has to know of the worlds without seeing them.</summary>
public interface IScenarioCatalogue
{
    /// <summary>The keys that may stand under "world".</summary>
    IReadOnlyList<string> Worlds { get; }

    /// <summary>
    /// JSON schema (draft 7) of a world's section. Its first "examples" entry, if any, is the section of a new scenario file;
    /// its "default" keywords are the defaults that a report states, where "x-when", if any, holds of the keys beside: each
    /// there (true), absent (false), or of that value. A key whose schema has "x-items" true names a file of items, as a
    /// suite has them: named as a whole, it gives a point for each.
    /// </summary>
    JObject SchemaOf(string world);

    /// <summary>What it measures.</summary>
    IReadOnlyList<CatalogueMetric> MetricsOf(string world);

    /// <summary>Its built-in policies; the first is the reference.</summary>
    IReadOnlyList<string> PoliciesOf(string world);

    /// <summary>The items of a suite file; none when there is nothing to run in it, or when errors were reported.</summary>
    IReadOnlyList<string> ItemsOf(string world, string path, ISourceFiles files, ICollection<ScenarioError> errors);

    /// <summary>Reports everything wrong with a section in which every placeholder has been replaced.</summary>
    void CheckWorld(
        string world,
        JObject section,
        ISourceFiles files,
        string sourceName,
        ICollection<ScenarioError> errors
    );
}
