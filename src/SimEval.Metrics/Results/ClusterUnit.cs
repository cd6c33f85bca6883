namespace SimEval.Metrics.Results;

/// <summary>What shares enough that its rollouts are not independent of one another.</summary>
public enum ClusterUnit
{
    /// <summary>Nothing: every pair stands for itself.</summary>
    Rollout,

    /// <summary>A point, whose seeds share it.</summary>
    Point,

    /// <summary>A file of a suite, whose points share it.</summary>
    File,
}
