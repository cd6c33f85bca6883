namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>A region in the plane. Several of them in a list are their union.</summary>
public abstract record CommonRoadShape
{
    private protected CommonRoadShape() { }
}

/// <summary>A rectangle: metres, radians.</summary>
public sealed record CommonRoadRectangle(double Length, double Width, double Orientation, CommonRoadPoint Center)
    : CommonRoadShape;

/// <summary>A circle.</summary>
public sealed record CommonRoadCircle(double Radius, CommonRoadPoint Center) : CommonRoadShape;

/// <summary>A polygon of at least three points.</summary>
public sealed record CommonRoadPolygon(IReadOnlyList<CommonRoadPoint> Points) : CommonRoadShape;

/// <summary>The area of a lanelet.</summary>
public sealed record CommonRoadLaneletArea(long Ref) : CommonRoadShape;
