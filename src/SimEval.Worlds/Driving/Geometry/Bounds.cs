namespace SimEval.Worlds.Driving.Geometry;

/// <summary>An axis-aligned rectangle in m; empty when a minimum exceeds its maximum.</summary>
public readonly record struct Bounds(double MinX, double MinY, double MaxX, double MaxY)
{
    /// <summary>Contains nothing.</summary>
    public static Bounds Empty { get; } =
        new(double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NegativeInfinity);

    /// <summary>Whether it contains nothing.</summary>
    public bool IsEmpty => !(MinX <= MaxX && MinY <= MaxY);

    /// <summary>Whether the point lies in it, edges included.</summary>
    public bool Contains(double x, double y) => x >= MinX && x <= MaxX && y >= MinY && y <= MaxY;

    /// <summary>Whether the two share a point, edges included.</summary>
    public bool Overlaps(in Bounds other) =>
        MinX <= other.MaxX && other.MinX <= MaxX && MinY <= other.MaxY && other.MinY <= MaxY;

    /// <summary>Grown by a margin in m on every side.</summary>
    public Bounds Grown(double margin) => new(MinX - margin, MinY - margin, MaxX + margin, MaxY + margin);

    /// <summary>The smallest rectangle around this and a point.</summary>
    public Bounds With(double x, double y) =>
        new(Math.Min(MinX, x), Math.Min(MinY, y), Math.Max(MaxX, x), Math.Max(MaxY, y));

    /// <summary>The smallest rectangle around both.</summary>
    public Bounds With(in Bounds other) =>
        new(
            Math.Min(MinX, other.MinX),
            Math.Min(MinY, other.MinY),
            Math.Max(MaxX, other.MaxX),
            Math.Max(MaxY, other.MaxY)
        );

    /// <summary>Squared distance in m^2 from a point; 0 inside.</summary>
    public double DistanceSquared(double x, double y)
    {
        double dx = Math.Max(0, Math.Max(MinX - x, x - MaxX));
        double dy = Math.Max(0, Math.Max(MinY - y, y - MaxY));
        return dx * dx + dy * dy;
    }
}
