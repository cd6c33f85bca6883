using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>What a lane is for.</summary>
public enum LaneKind
{
    /// <summary>A lane between intersections.</summary>
    Road,

    /// <summary>A lane across an intersection: joins an incoming lane with an outgoing one.</summary>
    Connector,

    /// <summary>A hard shoulder, lay-by or parking strip: drivable, but no part of a route.</summary>
    Shoulder,

    /// <summary>A bicycle lane: no part of a route.</summary>
    Bicycle,

    /// <summary>A sidewalk: not drivable.</summary>
    Sidewalk,

    /// <summary>Where pedestrians cross: lies over lanes and is itself not drivable.</summary>
    Crosswalk,
}

/// <summary>
/// One lane: a strip between two bounds with a direction of travel. Indices name lanes of the same network; -1 is none.
/// Immutable.
/// </summary>
public sealed record Lane
{
    /// <summary>Position in <see cref="RoadNetwork.Lanes"/>.</summary>
    public required int Index { get; init; }

    /// <summary>Identity in the source file; the index where there is none.</summary>
    public required long Id { get; init; }

    /// <summary>Centre line, in the direction of travel.</summary>
    public required Polyline Center { get; init; }

    /// <summary>Left bound, in the direction of travel.</summary>
    public required Polyline Left { get; init; }

    /// <summary>Right bound, in the direction of travel.</summary>
    public required Polyline Right { get; init; }

    /// <summary>The strip between the bounds.</summary>
    public required Polygon Area { get; init; }

    /// <summary>Mean width in m.</summary>
    public required double Width { get; init; }

    /// <summary>Speed limit in m/s; NaN where none is known.</summary>
    public required double SpeedLimit { get; init; }

    /// <summary>What it is for.</summary>
    public required LaneKind Kind { get; init; }

    /// <summary>Lanes that lead into it.</summary>
    public required ImmutableArray<int> Predecessors { get; init; }

    /// <summary>Lanes that it leads into.</summary>
    public required ImmutableArray<int> Successors { get; init; }

    /// <summary>The lane to the left with the same direction, or -1.</summary>
    public required int LeftNeighbor { get; init; }

    /// <summary>The lane to the right with the same direction, or -1.</summary>
    public required int RightNeighbor { get; init; }

    /// <summary>The lane to the left with the opposite direction, or -1.</summary>
    public required int LeftOpposite { get; init; }

    /// <summary>The lane to the right with the opposite direction, or -1.</summary>
    public required int RightOpposite { get; init; }

    /// <summary>Indices in <see cref="RoadNetwork.Lights"/> of the lights that this lane obeys.</summary>
    public required ImmutableArray<int> Lights { get; init; }

    /// <summary>Arc length of the stop line in m; NaN where there is none.</summary>
    public required double StopLine { get; init; }

    /// <summary>Whether a vehicle may stand on it.</summary>
    public bool IsDrivable => Kind is not (LaneKind.Sidewalk or LaneKind.Crosswalk);

    /// <summary>Whether routes and traffic use it.</summary>
    public bool IsRoutable => Kind is LaneKind.Road or LaneKind.Connector;

    /// <summary>Length of the centre line in m.</summary>
    public double Length => Center.Length;
}
