namespace SimEval.Metrics.Results;

/// <summary>Rollouts by the class in which they ended; together they are all that were planned.</summary>
/// <param name="Completed">Ran to their end.</param>
/// <param name="ModelFailed">Failed by the model.</param>
/// <param name="InfrastructureErrors">Failed by the infrastructure.</param>
/// <param name="Cancelled">Cancelled by a person.</param>
/// <param name="Discarded">Ran, but past the stop.</param>
/// <param name="Missing">Planned, without a result.</param>
public readonly record struct OutcomeCounts(
    int Completed,
    int ModelFailed,
    int InfrastructureErrors,
    int Cancelled,
    int Discarded,
    int Missing
)
{
    /// <summary>Rollouts that say something about the model.</summary>
    public int Counted => Completed + ModelFailed;

    /// <summary>
    /// Share of ended rollouts that did not end in an infrastructure error; NaN when none ended.
    /// </summary>
    public double ValidShare =>
        Counted + InfrastructureErrors == 0 ? double.NaN : (double)Counted / (Counted + InfrastructureErrors);

    /// <summary>The counts of two sets together.</summary>
    public static OutcomeCounts operator +(OutcomeCounts a, OutcomeCounts b) =>
        new(
            a.Completed + b.Completed,
            a.ModelFailed + b.ModelFailed,
            a.InfrastructureErrors + b.InfrastructureErrors,
            a.Cancelled + b.Cancelled,
            a.Discarded + b.Discarded,
            a.Missing + b.Missing
        );

    /// <summary>The same as <c>a + b</c>.</summary>
    public static OutcomeCounts Add(OutcomeCounts a, OutcomeCounts b) => a + b;
}
