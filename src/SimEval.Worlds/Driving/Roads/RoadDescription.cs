using System.Collections.Immutable;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>A piece of road of constant curvature.</summary>
/// <param name="Length">Along lane 0's centre line, m, above 0.</param>
/// <param name="Curvature">1/m, left positive; 0 is straight.</param>
public readonly record struct RoadSegment(double Length, double Curvature);

/// <summary>
/// A lane that joins from the right: a ramp that comes in beside lane 0, runs on as an acceleration lane (a neighbour of
/// lane 0), and ends in a taper.
/// </summary>
/// <param name="At">Arc length of lane 0 in m where the acceleration lane begins.</param>
/// <param name="Length">Length of the acceleration lane in m, taper included.</param>
/// <param name="ApproachLength">Length of the ramp before it in m; at most <paramref name="At"/>.</param>
public sealed record OnRamp(double At, double Length, double ApproachLength);

/// <summary>A place where pedestrians cross.</summary>
/// <param name="At">Arc length of lane 0 in m of its middle.</param>
/// <param name="Width">Extent along the road in m.</param>
public readonly record struct CrosswalkDescription(double At, double Width);

/// <summary>
/// A road of several lanes without an intersection. Lane 0 is the rightmost; its centre line starts at the origin along +x.
/// Tracks of the result: "main.0" (rightmost) and up; "opposing.0" (rightmost in its own direction) and up, running the other way; "ramp".
/// </summary>
public sealed record RoadDescription
{
    /// <summary>Lanes in the direction of travel, 1 to 8.</summary>
    public int Lanes { get; init; } = 2;

    /// <summary>Lanes of the opposite direction, to the left, 0 to 8.</summary>
    public int OpposingLanes { get; init; }

    /// <summary>Width of a lane in m.</summary>
    public double LaneWidth { get; init; } = 3.5;

    /// <summary>The course, in order; at least one segment.</summary>
    public ImmutableArray<RoadSegment> Segments { get; init; } = [new RoadSegment(1000, 0)];

    /// <summary>Speed limit in m/s; NaN: none.</summary>
    public double SpeedLimit { get; init; } = double.NaN;

    /// <summary>Width of a shoulder (or parking strip) on the right in m; 0: none. Left out along a ramp.</summary>
    public double ShoulderWidth { get; init; }

    /// <summary>Width of a sidewalk on each side in m; 0: none.</summary>
    public double SidewalkWidth { get; init; }

    /// <summary>A lane that joins from the right, or null.</summary>
    public OnRamp? OnRamp { get; init; }

    /// <summary>Crosswalks over all lanes.</summary>
    public ImmutableArray<CrosswalkDescription> Crosswalks { get; init; } = [];
}

/// <summary>The compass names of an intersection's arms; traffic from the south drives along +y.</summary>
public enum Arm
{
    /// <summary>The arm towards -y.</summary>
    South,

    /// <summary>The arm towards +x.</summary>
    East,

    /// <summary>The arm towards +y.</summary>
    North,

    /// <summary>The arm towards -x.</summary>
    West,
}

/// <summary>Times of a traffic light in steps: the north-south and the east-west arms take turns.</summary>
/// <param name="Green">Steps of green for one direction.</param>
/// <param name="Yellow">Steps of yellow after it.</param>
/// <param name="AllRed">Steps of red for all before the other direction's green.</param>
/// <param name="Offset">Step at which the north-south arms turn green.</param>
public readonly record struct LightTimes(int Green, int Yellow, int AllRed, int Offset);

/// <summary>
/// Two roads that cross at right angles at the origin. Tracks of the result: "FROM.LANE-TO", e.g. "south.0-north", each
/// from the far end of one arm over a connector to the far end of another; lane 0 is the rightmost. From the leftmost lane one
/// may turn left, from the rightmost right, from each go straight; with "right" and "left" lanes leading into the same lane number.
/// </summary>
public sealed record IntersectionDescription
{
    /// <summary>Lanes of each direction on each arm, 1 to 4.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Width of a lane in m.</summary>
    public double LaneWidth { get; init; } = 3.5;

    /// <summary>Length of each arm in m, from the stop line to its far end.</summary>
    public double ArmLength { get; init; } = 150;

    /// <summary>Radius in m of the curb at the corners: how far the stop lines stand back.</summary>
    public double CornerRadius { get; init; } = 6;

    /// <summary>Speed limit in m/s; NaN: none.</summary>
    public double SpeedLimit { get; init; } = double.NaN;

    /// <summary>Width of sidewalks beside the arms in m; 0: none.</summary>
    public double SidewalkWidth { get; init; }

    /// <summary>Whether pedestrians cross each arm just before its stop line.</summary>
    public bool Crosswalks { get; init; }

    /// <summary>Traffic lights, or null for none.</summary>
    public LightTimes? Lights { get; init; }
}
