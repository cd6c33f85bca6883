using System.Collections.Immutable;
using System.Globalization;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Recordings;

/// <summary>
/// Makes a network of a file's lanelets. What a file says on one side only (a successor without the predecessor, a
/// neighbour that does not name it back) is taken to hold on both; references to lanelets that are not there are dropped.
/// </summary>
internal sealed class CommonRoadNetwork
{
    /// <summary>Coordinates beyond this many m are shifted to the map's middle, so that no digits are lost.</summary>
    private const double FarAway = 20_000;

    private readonly CommonRoadFile _file;
    private readonly LaneDrafts _drafts = new();
    private readonly Dictionary<long, int> _lights = [];
    private readonly Dictionary<long, double> _limits = [];

    public CommonRoadNetwork(CommonRoadFile file)
    {
        _file = file;
        Origin = OriginOf(file);
        foreach (CommonRoadSign sign in file.Signs)
        {
            double limit = SpeedLimitOf(sign);
            if (!double.IsNaN(limit))
                _limits[sign.Id] = limit;
        }
        for (int i = 0; i < file.Lights.Count; i++)
            _lights.TryAdd(file.Lights[i].Id, i);
        AddLanes();
        Join();
        var intersections = ImmutableArray.CreateBuilder<Intersection>();
        foreach (CommonRoadIntersection intersection in file.Intersections)
            intersections.Add(Convert(intersection));
        Network = new RoadNetwork(_drafts.Finish(), Lights(), intersections.ToImmutable(), Origin);
    }

    /// <summary>World position of the local origin.</summary>
    public Point2 Origin { get; }

    /// <summary>Lane index by lanelet id.</summary>
    public Dictionary<long, int> Lanes { get; } = [];

    public RoadNetwork Network { get; }

    /// <summary>
    /// A maximum speed in m/s from a sign's plates; NaN where it has none. Values are in m/s by the format; some maps write
    /// "25mph" or "30kmh".
    /// </summary>
    internal static double SpeedLimitOf(CommonRoadSign sign)
    {
        foreach (CommonRoadSignElement element in sign.Elements)
        {
            if (element.Code is not ("274" or "274.1" or "R2-1" or "R301"))
                continue;
            foreach (string value in element.Values)
            {
                double limit = Speed(value);
                if (limit > 0)
                    return limit;
            }
        }
        return double.NaN;
    }

    private static double Speed(string text)
    {
        string trimmed = text.Trim().ToLowerInvariant();
        (string suffix, double factor)[] units =
        [
            ("mph", 0.44704),
            ("km/h", 1 / 3.6),
            ("kmh", 1 / 3.6),
            ("kph", 1 / 3.6),
            ("m/s", 1),
        ];
        double scale = 1;
        foreach ((string suffix, double factor) in units)
        {
            if (trimmed.EndsWith(suffix, StringComparison.Ordinal))
            {
                trimmed = trimmed[..^suffix.Length].TrimEnd();
                scale = factor;
                break;
            }
        }
        bool isNumber = double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        return isNumber && value is > 0 and < 1000 ? value * scale : double.NaN;
    }

    private static Point2 OriginOf(CommonRoadFile file)
    {
        Bounds bounds = Bounds.Empty;
        foreach (CommonRoadLanelet lanelet in file.Lanelets)
        {
            foreach (CommonRoadPoint point in lanelet.Left)
                bounds = bounds.With(point.X, point.Y);
        }
        foreach (CommonRoadObstacle obstacle in file.Obstacles)
        {
            if (bounds.IsEmpty && obstacle.InitialState?.Point is { } point)
                bounds = bounds.With(point.X, point.Y);
        }
        if (bounds.IsEmpty)
            return default;
        double farthest = Math.Max(
            Math.Max(Math.Abs(bounds.MinX), Math.Abs(bounds.MaxX)),
            Math.Max(Math.Abs(bounds.MinY), Math.Abs(bounds.MaxY))
        );
        return farthest < FarAway
            ? default
            : new Point2(
                Math.Round((bounds.MinX + bounds.MaxX) / 2000) * 1000,
                Math.Round((bounds.MinY + bounds.MaxY) / 2000) * 1000
            );
    }

    private static LaneKind KindOf(CommonRoadLanelet lanelet)
    {
        foreach (string type in lanelet.Types)
        {
            switch (type)
            {
                case "crosswalk":
                    return LaneKind.Crosswalk;
                case "sidewalk":
                    return LaneKind.Sidewalk;
                case "bicycleLane":
                    return LaneKind.Bicycle;
                case "shoulder" or "border" or "parking" or "busStop" or "restricted":
                    return LaneKind.Shoulder;
                case "intersection":
                    return LaneKind.Connector;
            }
        }
        List<string> users = [.. lanelet.UsersOneWay, .. lanelet.UsersBidirectional];
        if (users.Count > 0 && users.TrueForAll(user => user == "pedestrian"))
            return LaneKind.Sidewalk;
        if (users.Count > 0 && users.TrueForAll(user => user is "pedestrian" or "bicycle"))
            return LaneKind.Bicycle;
        return LaneKind.Road;
    }

    private void AddLanes()
    {
        foreach (CommonRoadLanelet lanelet in _file.Lanelets)
        {
            LaneDraft draft = _drafts.Add(
                [.. lanelet.Left.Select(point => CommonRoadShapes.Local(point, Origin))],
                [.. lanelet.Right.Select(point => CommonRoadShapes.Local(point, Origin))],
                KindOf(lanelet),
                lanelet.Id
            );
            Lanes[lanelet.Id] = draft.Index;
            draft.SpeedLimit = lanelet.SpeedLimit > 0 ? lanelet.SpeedLimit : LimitOf(lanelet);
            foreach (long id in lanelet.LightRefs.Concat(lanelet.StopLine?.LightRefs ?? []))
            {
                if (_lights.TryGetValue(id, out int light) && !draft.Lights.Contains(light))
                    draft.Lights.Add(light);
            }
            draft.StopLine = StopLineOf(lanelet, draft);
        }
    }

    private double LimitOf(CommonRoadLanelet lanelet)
    {
        double limit = double.NaN;
        foreach (long id in lanelet.SignRefs)
        {
            if (_limits.TryGetValue(id, out double value) && !(value >= limit))
                limit = value;
        }
        return limit;
    }

    /// <summary>Where the stop line crosses the centre line; at the lane's end where lights hold but no line is drawn.</summary>
    private double StopLineOf(CommonRoadLanelet lanelet, LaneDraft draft)
    {
        if (lanelet.StopLine is null && draft.Lights.Count == 0)
            return double.NaN;
        var center = new Polyline(LaneStrip.Middle(draft.Left, draft.Right).Center);
        if (lanelet.StopLine is not { Points.Count: 2 } line)
            return center.Length;
        Point2 a = CommonRoadShapes.Local(line.Points[0], Origin);
        Point2 b = CommonRoadShapes.Local(line.Points[1], Origin);
        return center.Project((a.X + b.X) / 2, (a.Y + b.Y) / 2).S;
    }

    private void Join()
    {
        foreach (CommonRoadLanelet lanelet in _file.Lanelets)
        {
            int lane = Lanes[lanelet.Id];
            foreach (long id in lanelet.Successors)
            {
                if (Lanes.TryGetValue(id, out int next))
                    _drafts.Connect(lane, next);
            }
            foreach (long id in lanelet.Predecessors)
            {
                if (Lanes.TryGetValue(id, out int previous))
                    _drafts.Connect(previous, lane);
            }
            if (lanelet.AdjacentLeft is { } left && Lanes.TryGetValue(left.Ref, out int onLeft) && onLeft != lane)
            {
                if (left.SameDirection)
                    _drafts[lane].LeftNeighbor = onLeft;
                else
                    _drafts[lane].LeftOpposite = onLeft;
            }
            if (lanelet.AdjacentRight is { } right && Lanes.TryGetValue(right.Ref, out int onRight) && onRight != lane)
            {
                if (right.SameDirection)
                    _drafts[lane].RightNeighbor = onRight;
                else
                    _drafts[lane].RightOpposite = onRight;
            }
        }
        for (int i = 0; i < _drafts.Count; i++)
            NameBack(_drafts[i]);
    }

    private void NameBack(LaneDraft lane)
    {
        if (lane.LeftNeighbor >= 0 && _drafts[lane.LeftNeighbor] is { RightNeighbor: < 0 } left)
            left.RightNeighbor = lane.Index;
        if (lane.RightNeighbor >= 0 && _drafts[lane.RightNeighbor] is { LeftNeighbor: < 0 } right)
            right.LeftNeighbor = lane.Index;
        if (lane.LeftOpposite >= 0 && _drafts[lane.LeftOpposite] is { LeftOpposite: < 0 } facing)
            facing.LeftOpposite = lane.Index;
        if (lane.RightOpposite >= 0 && _drafts[lane.RightOpposite] is { RightOpposite: < 0 } across)
            across.RightOpposite = lane.Index;
    }

    private ImmutableArray<TrafficLight> Lights()
    {
        var lights = ImmutableArray.CreateBuilder<TrafficLight>();
        foreach (CommonRoadLight light in _file.Lights)
        {
            var phases = ImmutableArray.CreateBuilder<LightPhase>();
            foreach (CommonRoadLightPhase phase in light.Cycle)
                phases.Add(new LightPhase(StateOf(phase.Color), phase.Duration));
            Point2? stand = light.Position is { } at ? CommonRoadShapes.Local(at, Origin) : null;
            lights.Add(new TrafficLight(light.Id, stand, phases.ToImmutable(), light.Offset, light.IsActive));
        }
        return lights.ToImmutable();
    }

    private static LightState StateOf(string color) =>
        color switch
        {
            "red" => LightState.Red,
            "redYellow" => LightState.RedYellow,
            "yellow" => LightState.Yellow,
            "green" => LightState.Green,
            _ => LightState.Inactive,
        };

    private Intersection Convert(CommonRoadIntersection intersection)
    {
        var arms = ImmutableArray.CreateBuilder<IntersectionArm>();
        foreach (CommonRoadIncoming incoming in intersection.Incomings)
        {
            ImmutableArray<int> right = Connectors(incoming.Right);
            ImmutableArray<int> straight = Connectors(incoming.Straight);
            ImmutableArray<int> left = Connectors(incoming.Left);
            int leftOf = -1;
            for (int i = 0; i < intersection.Incomings.Count; i++)
            {
                if (intersection.Incomings[i].Id == incoming.LeftOf)
                    leftOf = i;
            }
            arms.Add(new IntersectionArm(Known(incoming.Lanelets), right, straight, left, leftOf));
        }
        return new Intersection(intersection.Id, arms.ToImmutable(), Known(intersection.Crossings));
    }

    private ImmutableArray<int> Connectors(IReadOnlyList<long> ids)
    {
        ImmutableArray<int> lanes = Known(ids);
        foreach (int lane in lanes)
        {
            if (_drafts[lane].Kind == LaneKind.Road)
                _drafts[lane].Kind = LaneKind.Connector;
        }
        return lanes;
    }

    private ImmutableArray<int> Known(IReadOnlyList<long> ids)
    {
        var lanes = ImmutableArray.CreateBuilder<int>(ids.Count);
        foreach (long id in ids)
        {
            if (Lanes.TryGetValue(id, out int lane))
                lanes.Add(lane);
        }
        return lanes.ToImmutable();
    }
}
