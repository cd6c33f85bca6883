namespace SimEval.Scenarios.Units;

/// <summary>
/// What a quantity measures, as the powers of metre, second, radian and kilogram. Angle is kept as a dimension of its own, so
/// that degrees are never taken for a pure number.
/// </summary>
/// <param name="Metres">Power of m.</param>
/// <param name="Seconds">Power of s.</param>
/// <param name="Radians">Power of rad.</param>
/// <param name="Kilograms">Power of kg.</param>
public readonly record struct Dimension(int Metres, int Seconds, int Radians = 0, int Kilograms = 0)
{
    /// <summary>A pure number.</summary>
    public static Dimension Number => default;

    /// <summary>m.</summary>
    public static Dimension Length => new(1, 0);

    /// <summary>s.</summary>
    public static Dimension Time => new(0, 1);

    /// <summary>m/s.</summary>
    public static Dimension Speed => new(1, -1);

    /// <summary>m/s2.</summary>
    public static Dimension Acceleration => new(1, -2);

    /// <summary>m/s3.</summary>
    public static Dimension Jerk => new(1, -3);

    /// <summary>rad.</summary>
    public static Dimension Angle => new(0, 0, 1);

    /// <summary>rad/s.</summary>
    public static Dimension AngularSpeed => new(0, -1, 1);

    /// <summary>1/m: a density along a road.</summary>
    public static Dimension PerLength => new(-1, 0);

    /// <summary>1/s: a rate or frequency.</summary>
    public static Dimension PerTime => new(0, -1);

    /// <summary>kg.</summary>
    public static Dimension Mass => new(0, 0, 0, 1);

    /// <summary>kg m/s2, the newton.</summary>
    public static Dimension Force => new(1, -2, 0, 1);

    /// <summary>The unit in which numbers of this dimension are kept: "m", "m/s2", "1/m"; "" for pure numbers.</summary>
    public string BaseUnit
    {
        get
        {
            if (this == Force)
                return "N";
            (string Symbol, int Power)[] parts = [("kg", Kilograms), ("m", Metres), ("rad", Radians), ("s", Seconds)];
            var over = string.Join(" ", parts.Where(p => p.Power > 0).Select(p => Raised(p.Symbol, p.Power)));
            var under = string.Concat(parts.Where(p => p.Power < 0).Select(p => "/" + Raised(p.Symbol, -p.Power)));
            return under.Length == 0 ? over : (over.Length == 0 ? "1" : over) + under;
        }
    }

    /// <summary>"a length", "a speed"; for unnamed ones the base unit: "a quantity in m2".</summary>
    public string Phrase => Names.TryGetValue(this, out var name) ? name.Phrase : $"a quantity in {BaseUnit}";

    /// <summary>The form of unit a person would write: "m", "km/h" stays "m/s", densities are "/km".</summary>
    public string CustomaryUnit => Names.TryGetValue(this, out var name) ? name.Unit : BaseUnit;

    private static readonly Dictionary<Dimension, (string Phrase, string Unit)> Names = new()
    {
        [Number] = ("a pure number", ""),
        [Length] = ("a length", "m"),
        [Time] = ("a time", "s"),
        [Speed] = ("a speed", "m/s"),
        [Acceleration] = ("an acceleration", "m/s2"),
        [Jerk] = ("a jerk", "m/s3"),
        [Angle] = ("an angle", "deg"),
        [AngularSpeed] = ("an angular speed", "deg/s"),
        [PerLength] = ("a density along the road", "/km"),
        [PerTime] = ("a rate", "/s"),
        [Mass] = ("a mass", "kg"),
        [Force] = ("a force", "N"),
    };

    private static string Raised(string symbol, int power) => power == 1 ? symbol : symbol + power;
}
