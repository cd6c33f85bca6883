namespace SimEval.Worlds.Driving.Lanes;

/// <summary>How two lanes meet.</summary>
public enum ConflictKind
{
    /// <summary>Their centre lines cross.</summary>
    Crossing,

    /// <summary>They run into the same lane.</summary>
    Merge,
}

/// <summary>A stretch of one lane that another lane also covers.</summary>
/// <param name="Other">The other lane.</param>
/// <param name="Kind">How they meet.</param>
/// <param name="From">Arc length in m on this lane at which a car begins to be in the other's way.</param>
/// <param name="To">Arc length in m on this lane at which its rear has left.</param>
/// <param name="OtherFrom">The same on the other lane.</param>
/// <param name="OtherTo">The same on the other lane.</param>
/// <param name="Yields">Whether traffic on this lane gives way to the other.</param>
public readonly record struct Conflict(
    int Other,
    ConflictKind Kind,
    double From,
    double To,
    double OtherFrom,
    double OtherTo,
    bool Yields
);
