namespace SimEval.Metrics.Gates;

/// <summary>What a gate, or a run, comes to.</summary>
public enum Verdict
{
    /// <summary>There was nothing to judge: no gates.</summary>
    None,

    /// <summary>The interval lies on the allowed side.</summary>
    Pass,

    /// <summary>The interval lies on the forbidden side.</summary>
    Fail,

    /// <summary>Too many infrastructure errors, or no result at all: nothing is known.</summary>
    Error,

    /// <summary>The interval holds the line, or there is none: more rollouts are needed.</summary>
    Inconclusive,
}

/// <summary>How verdicts of gates make the verdict of a run.</summary>
public static class Verdicts
{
    /// <summary>
    /// Any Fail makes Fail, since a shown failure stays one whatever the rest would have been; else any Error makes Error;
    /// else any Inconclusive makes Inconclusive; else Pass. Without gates None.
    /// </summary>
    public static Verdict Overall(IEnumerable<Verdict> gates)
    {
        var seen = gates.ToHashSet();
        return seen.Contains(Verdict.Fail) ? Verdict.Fail
            : seen.Contains(Verdict.Error) ? Verdict.Error
            : seen.Contains(Verdict.Inconclusive) ? Verdict.Inconclusive
            : seen.Contains(Verdict.Pass) ? Verdict.Pass
            : Verdict.None;
    }
}
