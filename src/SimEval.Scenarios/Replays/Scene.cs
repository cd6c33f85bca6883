namespace SimEval.Scenarios.Replays;

/// <summary>How a static line or area of a scene is drawn.</summary>
public enum SceneStroke
{
    /// <summary>Edge of the drivable area.</summary>
    RoadEdge,

    /// <summary>Line between lanes.</summary>
    LaneMarking,

    /// <summary>Filled drivable area.</summary>
    RoadSurface,

    /// <summary>Filled goal region.</summary>
    Goal,

    /// <summary>The ego's route.</summary>
    Route,

    /// <summary>Anything that stands and is no road (a building, a wall).</summary>
    Structure,

    /// <summary>Stop line or crossing.</summary>
    StopLine,
}

/// <summary>A polyline (or polygon, for areas) in world metres: x0, y0, x1, y1, ...</summary>
public sealed record ScenePath(SceneStroke Stroke, IReadOnlyList<double> Points);

/// <summary>What an actor of a scene is.</summary>
public enum SceneActorKind
{
    /// <summary>The vehicle under test.</summary>
    Ego,

    /// <summary>A car.</summary>
    Car,

    /// <summary>A truck or bus.</summary>
    Truck,

    /// <summary>A motorcycle or bicycle.</summary>
    TwoWheeler,

    /// <summary>A pedestrian.</summary>
    Pedestrian,

    /// <summary>A static obstacle.</summary>
    Static,

    /// <summary>A traffic light; <see cref="SceneActor.Speed"/> is 0 red, 1 yellow, 2 green.</summary>
    TrafficLight,
}

/// <summary>One oriented box at one instant: centre in m, heading in rad, length and width in m, speed in m/s.</summary>
public readonly record struct SceneActor(
    int Id,
    SceneActorKind Kind,
    double X,
    double Y,
    double Heading,
    double Length,
    double Width,
    double Speed
);

/// <summary>What happened at an instant, for markers on the replay's clock.</summary>
/// <param name="Time">Seconds from the start.</param>
/// <param name="Kind">"collision", "offRoad", "goal", "nearMiss", "hardBraking".</param>
/// <param name="Text">For people: "hits car 12 (at fault)".</param>
/// <param name="X">World x in m.</param>
/// <param name="Y">World y in m.</param>
public sealed record SceneEvent(double Time, string Kind, string Text, double X, double Y);

/// <summary>Everything a top-down replay draws: the static backdrop, then one list of actors per frame.</summary>
public sealed record Scene(
    double TimeStep,
    IReadOnlyList<ScenePath> Backdrop,
    IReadOnlyList<IReadOnlyList<SceneActor>> Frames,
    IReadOnlyList<SceneEvent> Events
);
