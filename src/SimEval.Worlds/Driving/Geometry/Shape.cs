using System.Collections.Immutable;
using SimEval.Scenarios.Numerics;

namespace SimEval.Worlds.Driving.Geometry;

/// <summary>A region in the plane: a footprint in an obstacle's own frame, or an area in the network's. Immutable.</summary>
public abstract class Shape
{
    private protected Shape() { }

    /// <summary>Slack in m by which a point on an edge counts as inside: coordinates are written with rounding.</summary>
    public const double EdgeTolerance = 1e-6;

    /// <summary>The smallest axis-aligned rectangle around it.</summary>
    public abstract Bounds Bounds { get; }

    /// <summary>Its middle.</summary>
    public abstract Point2 Center { get; }

    /// <summary>Whether the point lies in it, edges included.</summary>
    public abstract bool Contains(double x, double y);

    /// <summary>Whether it shares a point with a box.</summary>
    public abstract bool Overlaps(in OrientedBox box);

    /// <summary>Corners in order, for drawing; circles have 24. A union has those of its first part.</summary>
    public abstract IReadOnlyList<Point2> Outline { get; }

    /// <summary>Whether it shares a point with a box when it stands at a pose; allocates nothing.</summary>
    public bool Overlaps(Pose pose, in OrientedBox box)
    {
        (double sin, double cos) = PureMath.SinCos(pose.Heading);
        double dx = box.X - pose.X;
        double dy = box.Y - pose.Y;
        return Overlaps(
            new OrientedBox(
                dx * cos + dy * sin,
                dy * cos - dx * sin,
                box.Cos * cos + box.Sin * sin,
                box.Sin * cos - box.Cos * sin,
                box.HalfLength,
                box.HalfWidth
            )
        );
    }
}

/// <summary>A rectangle.</summary>
public sealed class BoxShape(OrientedBox rectangle) : Shape
{
    /// <summary>The rectangle itself.</summary>
    public OrientedBox Box => rectangle;

    /// <inheritdoc/>
    public override Bounds Bounds => rectangle.Bounds;

    /// <inheritdoc/>
    public override Point2 Center => rectangle.Center;

    /// <inheritdoc/>
    public override IReadOnlyList<Point2> Outline =>
        [rectangle.Corner(0), rectangle.Corner(1), rectangle.Corner(2), rectangle.Corner(3)];

    /// <inheritdoc/>
    public override bool Contains(double x, double y) => rectangle.Distance(x, y) <= EdgeTolerance;

    /// <inheritdoc/>
    public override bool Overlaps(in OrientedBox box) => rectangle.Overlaps(box);
}

/// <summary>A circle.</summary>
public sealed class CircleShape(Point2 center, double radius) : Shape
{
    /// <summary>Radius in m.</summary>
    public double Radius => radius;

    /// <inheritdoc/>
    public override Bounds Bounds => new(center.X - radius, center.Y - radius, center.X + radius, center.Y + radius);

    /// <inheritdoc/>
    public override Point2 Center => center;

    /// <inheritdoc/>
    public override IReadOnlyList<Point2> Outline
    {
        get
        {
            var corners = new Point2[24];
            for (int i = 0; i < corners.Length; i++)
            {
                (double sin, double cos) = PureMath.SinCos(2 * Math.PI * i / corners.Length);
                corners[i] = new Point2(center.X + radius * cos, center.Y + radius * sin);
            }
            return corners;
        }
    }

    /// <inheritdoc/>
    public override bool Contains(double x, double y) => center.DistanceTo(new Point2(x, y)) <= radius + EdgeTolerance;

    /// <inheritdoc/>
    public override bool Overlaps(in OrientedBox box) => box.Distance(center.X, center.Y) < radius;
}

/// <summary>A polygon.</summary>
public sealed class PolygonShape(Polygon polygon) : Shape
{
    /// <inheritdoc/>
    public override Bounds Bounds => polygon.Bounds;

    /// <inheritdoc/>
    public override Point2 Center => polygon.Center;

    /// <inheritdoc/>
    public override IReadOnlyList<Point2> Outline => polygon.ToImmutableArray();

    /// <inheritdoc/>
    public override bool Contains(double x, double y) =>
        polygon.Contains(x, y) || polygon.EdgeDistanceSquared(x, y) <= EdgeTolerance * EdgeTolerance;

    /// <inheritdoc/>
    public override bool Overlaps(in OrientedBox box) => polygon.Overlaps(box);
}

/// <summary>Several shapes as one; at least one.</summary>
public sealed class UnionShape : Shape
{
    private readonly ImmutableArray<Shape> _parts;

    /// <summary>Made of its parts.</summary>
    public UnionShape(ImmutableArray<Shape> parts)
    {
        if (parts.IsDefaultOrEmpty)
            throw new ArgumentException("A union has at least one part.", nameof(parts));
        _parts = parts;
        Bounds bounds = Bounds.Empty;
        foreach (Shape part in parts)
            bounds = bounds.With(part.Bounds);
        Bounds = bounds;
    }

    /// <summary>Its parts.</summary>
    public ImmutableArray<Shape> Parts => _parts;

    /// <inheritdoc/>
    public override Bounds Bounds { get; }

    /// <inheritdoc/>
    public override Point2 Center => new((Bounds.MinX + Bounds.MaxX) / 2, (Bounds.MinY + Bounds.MaxY) / 2);

    /// <inheritdoc/>
    public override IReadOnlyList<Point2> Outline => _parts[0].Outline;

    /// <inheritdoc/>
    public override bool Contains(double x, double y)
    {
        foreach (Shape part in _parts)
        {
            if (part.Contains(x, y))
                return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public override bool Overlaps(in OrientedBox box)
    {
        foreach (Shape part in _parts)
        {
            if (part.Overlaps(box))
                return true;
        }
        return false;
    }
}
