namespace SimEval.Node.Configuration;

/// <summary>The limits of a setting: a number as it is, a duration in seconds, a size in bytes.</summary>
/// <param name="least">Least allowed value.</param>
/// <param name="most">Greatest allowed value.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class WithinAttribute(double least, double most) : Attribute
{
    /// <summary>Least allowed value.</summary>
    public double Least { get; } = least;

    /// <summary>Greatest allowed value.</summary>
    public double Most { get; } = most;
}
