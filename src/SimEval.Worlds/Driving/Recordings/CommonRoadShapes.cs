using System.Collections.Immutable;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Recordings;

/// <summary>Turns shapes as written into shapes of a frame whose origin lies at a point of the file's frame.</summary>
internal static class CommonRoadShapes
{
    /// <summary>One shape or their union; null for none.</summary>
    public static Shape? Convert(
        IReadOnlyList<CommonRoadShape> shapes,
        Point2 origin,
        RoadNetwork? network = null,
        IReadOnlyDictionary<long, int>? lanes = null
    )
    {
        var parts = ImmutableArray.CreateBuilder<Shape>(shapes.Count);
        foreach (CommonRoadShape shape in shapes)
        {
            switch (shape)
            {
                case CommonRoadRectangle box:
                    parts.Add(
                        new BoxShape(
                            OrientedBox.At(
                                box.Center.X - origin.X,
                                box.Center.Y - origin.Y,
                                box.Orientation,
                                box.Length,
                                box.Width
                            )
                        )
                    );
                    break;
                case CommonRoadCircle circle:
                    parts.Add(new CircleShape(Local(circle.Center, origin), circle.Radius));
                    break;
                case CommonRoadPolygon polygon:
                    parts.Add(new PolygonShape(new Polygon([.. polygon.Points.Select(p => Local(p, origin))])));
                    break;
                case CommonRoadLaneletArea area when lanes?.TryGetValue(area.Ref, out int lane) == true:
                    parts.Add(new PolygonShape(network!.Lanes[lane].Area));
                    break;
            }
        }
        return parts.Count switch
        {
            0 => null,
            1 => parts[0],
            _ => new UnionShape(parts.ToImmutable()),
        };
    }

    public static Point2 Local(CommonRoadPoint point, Point2 origin) => new(point.X - origin.X, point.Y - origin.Y);
}
