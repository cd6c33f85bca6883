namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>Reads what a map is made of: lanelets, signs, lights, intersections, and where it lies.</summary>
internal sealed class RoadElements(XmlValues values)
{
    private XmlReport Report => values.Report;

    public CommonRoadLanelet Lanelet(XmlTree at)
    {
        (IReadOnlyList<CommonRoadPoint> left, string leftMarking) = Bound(at, "leftBound");
        (IReadOnlyList<CommonRoadPoint> right, string rightMarking) = Bound(at, "rightBound");
        if (left.Count != right.Count)
            Report.Note(at, $"the bounds have {left.Count} and {right.Count} points");
        return new CommonRoadLanelet
        {
            Id = values.Id(at),
            Left = left,
            Right = right,
            LeftMarking = leftMarking,
            RightMarking = rightMarking,
            Predecessors = values.Refs(at, "predecessor"),
            Successors = values.Refs(at, "successor"),
            AdjacentLeft = Adjacency(at, "adjacentLeft"),
            AdjacentRight = Adjacency(at, "adjacentRight"),
            StopLine = at.Child("stopLine") is { } line ? StopLine(line) : null,
            Types = XmlValues.Texts(at, "laneletType"),
            UsersOneWay = XmlValues.Texts(at, "userOneWay"),
            UsersBidirectional = XmlValues.Texts(at, "userBidirectional"),
            SignRefs = values.Refs(at, "trafficSignRef"),
            LightRefs = values.Refs(at, "trafficLightRef"),
            SpeedLimit = values.OptionalNumber(at, "speedLimit", double.NaN),
        };
    }

    public CommonRoadSign Sign(XmlTree at)
    {
        var elements = new List<CommonRoadSignElement>();
        foreach (XmlTree child in at.Children)
        {
            if (child.Name != "trafficSignElement")
                continue;
            string code = values.Required(child, "trafficSignID")?.Text ?? "";
            elements.Add(new CommonRoadSignElement(code, XmlValues.Texts(child, "additionalValue")));
        }
        return new CommonRoadSign(values.Id(at), elements, Position(at), values.Flag(at, "virtual") ?? false);
    }

    public CommonRoadLight Light(XmlTree at)
    {
        var phases = new List<CommonRoadLightPhase>();
        int offset = 0;
        if (at.Child("cycle") is { } cycle)
        {
            foreach (XmlTree child in cycle.Children)
            {
                if (child.Name == "cycleElement")
                    phases.Add(Phase(child));
            }
            offset = cycle.Child("timeOffset") is { } late ? values.Step(late) : 0;
        }
        return new CommonRoadLight(
            values.Id(at),
            phases,
            offset,
            at.Child("direction")?.Text ?? "all",
            values.Flag(at, "active") ?? true,
            Position(at)
        );
    }

    public CommonRoadIntersection Intersection(XmlTree at)
    {
        var incomings = new List<CommonRoadIncoming>();
        var crossings = new List<long>();
        foreach (XmlTree child in at.Children)
        {
            if (child.Name == "incoming")
                incomings.Add(Incoming(child));
            else if (child.Name == "crossing")
                crossings.AddRange(values.Refs(child, "crossingLanelet"));
        }
        return new CommonRoadIntersection(values.Id(at), incomings, crossings);
    }

    public CommonRoadLocation Location(XmlTree at) =>
        new(
            (long)values.OptionalNumber(at, "geoNameId", -999),
            values.OptionalNumber(at, "gpsLatitude", 999),
            values.OptionalNumber(at, "gpsLongitude", 999),
            at.Child("geoTransformation")?.Child("geoReference")?.Text ?? ""
        );

    private (IReadOnlyList<CommonRoadPoint>, string) Bound(XmlTree lanelet, string name)
    {
        if (values.Required(lanelet, name) is not { } at)
            return ([], "");
        IReadOnlyList<CommonRoadPoint> points = values.Points(at);
        if (points.Count < 2)
            Report.Error(at, $"a bound has at least 2 points, not {points.Count}");
        return (points, at.Child("lineMarking")?.Text ?? "");
    }

    private CommonRoadAdjacency? Adjacency(XmlTree lanelet, string name)
    {
        if (lanelet.Child(name) is not { } at)
            return null;
        string? direction = at.Attribute("drivingDir");
        if (direction is not ("same" or "opposite"))
            Report.Error(at, $"drivingDir is \"same\" or \"opposite\", not '{XmlTree.Shorten(direction ?? "")}'");
        return new CommonRoadAdjacency(values.Ref(at), direction == "same");
    }

    private CommonRoadStopLine StopLine(XmlTree at)
    {
        IReadOnlyList<CommonRoadPoint> points = values.Points(at);
        if (points.Count is not (0 or 2))
            Report.Note(at, $"a stop line has 2 points or none, not {points.Count}");
        return new CommonRoadStopLine(
            points.Count == 2 ? points : [],
            values.Refs(at, "trafficLightRef"),
            values.Refs(at, "trafficSignRef")
        );
    }

    private CommonRoadPoint? Position(XmlTree at) =>
        at.Child("position")?.Child("point") is { } point ? values.Point(point) : null;

    private CommonRoadLightPhase Phase(XmlTree at)
    {
        string color = values.Required(at, "color")?.Text ?? "";
        if (color is not ("red" or "redYellow" or "yellow" or "green" or "inactive"))
            Report.Error(at, $"'{XmlTree.Shorten(color)}' is none of red, redYellow, yellow, green, inactive");
        int duration = values.Required(at, "duration") is { } steps ? values.Step(steps) : 1;
        if (duration < 1)
            Report.Error(at, $"a phase takes at least 1 step, not {duration}");
        return new CommonRoadLightPhase(color, Math.Max(1, duration));
    }

    private CommonRoadIncoming Incoming(XmlTree at) =>
        new(
            values.Id(at),
            values.Refs(at, "incomingLanelet"),
            values.Refs(at, "successorsRight"),
            values.Refs(at, "successorsStraight"),
            values.Refs(at, "successorsLeft"),
            at.Child("isLeftOf") is { } left ? values.Ref(left) : null
        );
}
