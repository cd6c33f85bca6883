namespace SimEval.Metrics;

/// <summary>Which way a metric is better.</summary>
public enum MetricDirection
{
    /// <summary>Lower is better.</summary>
    LowerIsBetter,

    /// <summary>Higher is better.</summary>
    HigherIsBetter,

    /// <summary>Neither: it describes.</summary>
    Neutral,
}

/// <summary>What values a metric takes, which decides the statistics it gets.</summary>
public enum MetricScale
{
    /// <summary>0 or 1 per rollout; its mean is a rate.</summary>
    Binary,

    /// <summary>A bounded number in [0, 1].</summary>
    Share,

    /// <summary>Any real number.</summary>
    Real,
}

/// <summary>One metric of the registry: defined once, by the world that measures it.</summary>
/// <param name="Name">"collision.atFault": lower camel case parts joined by dots.</param>
/// <param name="Title">"At-fault collisions".</param>
/// <param name="Unit">"" for shares and rates, else "m", "m/s2".</param>
/// <param name="Direction">Which way is better.</param>
/// <param name="Scale">What values it takes.</param>
/// <param name="Source">Where the formula comes from.</param>
/// <param name="Description">One sentence.</param>
public sealed record MetricDefinition(
    string Name,
    string Title,
    string Unit,
    MetricDirection Direction,
    MetricScale Scale,
    string Source,
    string Description
)
{
    /// <summary>
    /// What a variant does that is worse than another, as a verb: "collides more", to be read on with "than fp32" or "than
    /// allowed". Null: the title serves.
    /// </summary>
    public string? Worse { get; init; }
}
