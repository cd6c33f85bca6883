namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>Reads states, shapes, obstacles and planning problems.</summary>
internal sealed class StateElements(XmlValues values)
{
    private XmlReport Report => values.Report;

    /// <summary>An obstacle of 2020a, whose element names its role, or of 2018b, which has a child for it.</summary>
    public CommonRoadObstacle? Obstacle(XmlTree at)
    {
        CommonRoadRole? role = at.Name switch
        {
            "staticObstacle" => CommonRoadRole.Static,
            "dynamicObstacle" => CommonRoadRole.Dynamic,
            "phantomObstacle" => CommonRoadRole.Phantom,
            "environmentObstacle" => CommonRoadRole.Environment,
            _ => values.Required(at, "role")?.Text switch
            {
                "static" => CommonRoadRole.Static,
                "dynamic" => CommonRoadRole.Dynamic,
                _ => null,
            },
        };
        if (role is not { } known)
        {
            Report.Error(at, "an obstacle's role is static or dynamic");
            return null;
        }
        bool hasStates = known is CommonRoadRole.Static or CommonRoadRole.Dynamic;
        CommonRoadState? initial = null;
        if (hasStates && values.Required(at, "initialState") is { } first)
            initial = ObstacleState(first, needsTime: known == CommonRoadRole.Dynamic);
        IReadOnlyList<CommonRoadShape> shape = [];
        if (known != CommonRoadRole.Phantom && values.Required(at, "shape") is { } extent)
            shape = Shapes(extent);
        return new CommonRoadObstacle
        {
            Id = values.Id(at),
            Role = known,
            Type = at.Child("type")?.Text ?? "unknown",
            Shape = shape,
            InitialState = initial,
            Trajectory = Trajectory(at, initial),
            Occupancies = Occupancies(at),
            Signals = Signals(at),
        };
    }

    public CommonRoadPlanningProblem? PlanningProblem(XmlTree at)
    {
        if (values.Required(at, "initialState") is not { } first)
            return null;
        CommonRoadState initial = ObstacleState(first, needsTime: true);
        if (initial.Orientation is null || initial.Velocity is null)
            Report.Note(first, "orientation or velocity is not given: taken as 0");
        var goals = new List<CommonRoadState>();
        foreach (XmlTree child in at.Children)
        {
            if (child.Name == "goalState")
                goals.Add(State(child));
        }
        if (goals.Count == 0)
            Report.Error(at, "<planningProblem> has no <goalState>");
        return new CommonRoadPlanningProblem(values.Id(at), initial, goals);
    }

    private CommonRoadState ObstacleState(XmlTree at, bool needsTime)
    {
        CommonRoadState state = State(at);
        if (state.Point is null && state.Area.Count == 0)
            Report.Error(at, $"<{at.Name}> has no <position>");
        foreach (CommonRoadShape shape in state.Area)
        {
            if (shape is CommonRoadLaneletArea)
                Report.Error(at, "only a goal's position may be a lanelet");
        }
        if (state.Time is { } time && time.Start != time.End)
            Report.Error(at, $"the time of <{at.Name}> is exact, not from {time.Start} to {time.End}");
        else if (state.Time is null && needsTime)
            Report.Error(at, $"<{at.Name}> has no <time>");
        return state;
    }

    private CommonRoadState State(XmlTree at)
    {
        var state = new CommonRoadState();
        Dictionary<string, CommonRoadInterval>? others = null;
        foreach (XmlTree child in at.Children)
        {
            switch (child.Name)
            {
                case "position":
                    state = child.Child("point") is { } point
                        ? state with
                        {
                            Point = values.Point(point),
                        }
                        : state with
                        {
                            Area = Shapes(child),
                        };
                    break;
                case "time":
                    state = state with { Time = values.Steps(child) };
                    break;
                case "orientation":
                    state = state with { Orientation = values.Interval(child) };
                    break;
                case "velocity":
                    state = state with { Velocity = values.Interval(child) };
                    break;
                case "acceleration":
                    state = state with { Acceleration = values.Interval(child) };
                    break;
                default:
                    // Further values are numbers by their element's name; what is no number is somebody's extension.
                    if (child.Child("exact") is not null || child.Child("intervalStart") is not null)
                        (others ??= [])[child.Name] = values.Interval(child);
                    break;
            }
        }
        return others is null ? state : state with { Others = others };
    }

    private List<CommonRoadShape> Shapes(XmlTree at)
    {
        var shapes = new List<CommonRoadShape>();
        foreach (XmlTree child in at.Children)
        {
            switch (child.Name)
            {
                case "rectangle":
                    shapes.Add(
                        new CommonRoadRectangle(
                            values.Positive(child, "length"),
                            values.Positive(child, "width"),
                            values.Number(child, "orientation", 0),
                            Center(child)
                        )
                    );
                    break;
                case "circle":
                    shapes.Add(new CommonRoadCircle(values.Positive(child, "radius"), Center(child)));
                    break;
                case "polygon":
                    IReadOnlyList<CommonRoadPoint> points = values.Points(child);
                    if (points.Count < 3)
                        Report.Error(child, $"a polygon has at least 3 points, not {points.Count}");
                    else
                        shapes.Add(new CommonRoadPolygon(points));
                    break;
                case "lanelet":
                    shapes.Add(new CommonRoadLaneletArea(values.Ref(child)));
                    break;
            }
        }
        if (shapes.Count == 0)
            Report.Error(
                at,
                $"<{at.Name}> has no rectangle, circle, polygon{(at.Name == "position" ? ", point" : "")}"
            );
        return shapes;
    }

    private CommonRoadPoint Center(XmlTree shape) =>
        shape.Child("center") is { } center ? values.Point(center) : new CommonRoadPoint(0, 0);

    private List<CommonRoadState> Trajectory(XmlTree obstacle, CommonRoadState? initial)
    {
        var states = new List<CommonRoadState>();
        if (obstacle.Child("trajectory") is not { } at)
            return states;
        int last = initial?.Time?.Start ?? int.MinValue;
        bool isAscending = true;
        foreach (XmlTree child in at.Children)
        {
            if (child.Name != "state")
                continue;
            CommonRoadState state = ObstacleState(child, needsTime: true);
            isAscending &= state.Time is { } time && time.Start > last;
            last = state.Time?.Start ?? last;
            states.Add(state);
        }
        if (isAscending)
            return states;
        Report.Note(at, "states are not in ascending time: sorted, the first of equal times kept");
        int from = initial?.Time?.Start ?? int.MinValue;
        return
        [
            .. states
                .Where(state => state.Time is { } time && time.Start > from)
                .OrderBy(state => state.Time!.Value.Start)
                .DistinctBy(state => state.Time!.Value.Start),
        ];
    }

    private List<CommonRoadOccupancy> Occupancies(XmlTree obstacle)
    {
        var occupancies = new List<CommonRoadOccupancy>();
        if (obstacle.Child("occupancySet") is not { } at)
            return occupancies;
        foreach (XmlTree child in at.Children)
        {
            if (child.Name != "occupancy")
                continue;
            if (values.Required(child, "shape") is { } shape && values.Required(child, "time") is { } time)
                occupancies.Add(new CommonRoadOccupancy(values.Steps(time), Shapes(shape)));
        }
        return occupancies;
    }

    private List<CommonRoadSignalState> Signals(XmlTree obstacle)
    {
        var signals = new List<CommonRoadSignalState>();
        if (obstacle.Child("initialSignalState") is { } first)
            signals.Add(Signal(first));
        foreach (XmlTree child in obstacle.Child("signalSeries")?.Children ?? [])
        {
            if (child.Name == "signalState")
                signals.Add(Signal(child));
        }
        return signals;
    }

    private CommonRoadSignalState Signal(XmlTree at) =>
        new(
            at.Child("time") is { } time ? values.Steps(time).Start : 0,
            values.Flag(at, "indicatorLeft"),
            values.Flag(at, "indicatorRight"),
            values.Flag(at, "brakingLights"),
            values.Flag(at, "hazardWarningLights"),
            values.Flag(at, "flashingBlueLights"),
            values.Flag(at, "horn")
        );
}
