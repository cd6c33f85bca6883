namespace SimEval.Metrics.Comparisons;

/// <summary>
/// How often one looks. Once, at a planned end: methods of fixed size. At looks before it: methods that are valid at all
/// times, at the end as well.
/// </summary>
/// <param name="AtLooks">Whether early stopping was declared.</param>
/// <param name="PlannedPairs">Pairs of the whole plan: always-valid intervals are tuned to be tight about half-way.</param>
public readonly record struct Looking(bool AtLooks, int PlannedPairs)
{
    /// <summary>Once, at the planned end.</summary>
    public static Looking Once => new(false, 0);

    /// <summary>At declared looks over a plan of so many pairs.</summary>
    public static Looking AtDeclaredLooks(int plannedPairs) => new(true, plannedPairs);
}
