namespace SimEval.Metrics.Statistics;

/// <summary>
/// A closed interval. A side that the data cannot bound is infinite; an interval that does not exist (one value, no spread)
/// is <see cref="Undefined"/>, never one of width 0.
/// </summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>No interval: both ends are NaN.</summary>
    public static Interval Undefined => new(double.NaN, double.NaN);

    /// <summary>Whether it exists.</summary>
    public bool IsDefined => !double.IsNaN(Low) && !double.IsNaN(High);

    /// <summary>Whether it exists and both ends are finite.</summary>
    public bool IsBounded => double.IsFinite(Low) && double.IsFinite(High);

    /// <summary>Whether a value lies inside, ends included; false when undefined.</summary>
    public bool Contains(double value) => value >= Low && value <= High;

    /// <summary>The part inside [low, high].</summary>
    public Interval Clamp(double low, double high) =>
        IsDefined ? new(Math.Clamp(Low, low, high), Math.Clamp(High, low, high)) : this;

    /// <summary>The interval of the opposite number.</summary>
    public Interval Negate() => new(-High, -Low);
}
