using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>
/// Makes roads from descriptions: the maps of scenarios that bring no file. Right-hand traffic. A description outside its
/// ranges is refused with <see cref="ArgumentException"/>, whose message names what would be right; a check asks
/// first.
/// </summary>
public sealed class RoadBuilder
{
    /// <summary>Longest road in m.</summary>
    public const double MaximumLength = 50_000;

    private const double TaperLength = 30;
    private const double RampOffset = 10;

    private readonly RoadDescription _road;
    private readonly ReferenceCurve _curve;
    private readonly LaneDrafts _drafts = new();
    private readonly List<int>[] _main;
    private readonly List<int>[] _opposing;
    private readonly List<int> _ramp = [];

    private RoadBuilder(RoadDescription road)
    {
        _road = road;
        _curve = new ReferenceCurve(road.Segments);
        _main = [.. Enumerable.Range(0, road.Lanes).Select(_ => new List<int>())];
        _opposing = [.. Enumerable.Range(0, road.OpposingLanes).Select(_ => new List<int>())];
    }

    /// <summary>A road without an intersection.</summary>
    public static BuiltRoad Build(RoadDescription road)
    {
        if (Check(road) is { } wrong)
            throw new ArgumentException(wrong, nameof(road));
        return new RoadBuilder(road).Build();
    }

    /// <summary>Two roads that cross.</summary>
    public static BuiltRoad Build(IntersectionDescription intersection)
    {
        if (Check(intersection) is { } wrong)
            throw new ArgumentException(wrong, nameof(intersection));
        return new IntersectionBuilder(intersection).Build();
    }

    /// <summary>What is wrong with a description, or null.</summary>
    public static string? Check(RoadDescription road)
    {
        if (road.Lanes is < 1 or > 8)
            return $"a road has 1 to 8 lanes, not {road.Lanes}";
        if (road.OpposingLanes is < 0 or > 8)
            return $"a road has 0 to 8 opposing lanes, not {road.OpposingLanes}";
        if (!(road.LaneWidth is >= 2 and <= 10))
            return $"a lane is 2 m to 10 m wide, not {road.LaneWidth} m";
        if (!(road.ShoulderWidth is >= 0 and <= 10))
            return $"a shoulder is 0 m to 10 m wide, not {road.ShoulderWidth} m";
        if (!(road.SidewalkWidth is >= 0 and <= 10))
            return $"a sidewalk is 0 m to 10 m wide, not {road.SidewalkWidth} m";
        if (road.SpeedLimit <= 0)
            return $"a speed limit is above 0 m/s, not {road.SpeedLimit} m/s";
        if (road.Segments.IsDefaultOrEmpty)
            return "a road has at least one segment";
        double sum = 0;
        double reach = (road.Lanes + road.OpposingLanes + 1) * road.LaneWidth + 20;
        foreach (RoadSegment segment in road.Segments)
        {
            if (!(segment.Length > 0))
                return $"a segment is longer than 0 m, not {segment.Length} m";
            if (!(Math.Abs(segment.Curvature) * reach < 1))
                return $"with these lanes a curve has a radius above {reach} m, not {1 / Math.Abs(segment.Curvature)} m";
            sum += segment.Length;
        }
        if (!(sum <= MaximumLength))
            return $"a road is at most {MaximumLength} m long, not {sum} m";
        if (road.OnRamp is { } ramp)
        {
            if (!(ramp.Length >= 2 * TaperLength))
                return $"an acceleration lane is at least {2 * TaperLength} m long, not {ramp.Length} m";
            if (!(ramp.ApproachLength >= 20 && ramp.ApproachLength <= ramp.At))
                return $"a ramp approaches over 20 m to {ramp.At} m (where it joins), not {ramp.ApproachLength} m";
            if (!(ramp.At + ramp.Length < sum))
                return $"an acceleration lane ends before the road does at {sum} m, not at {ramp.At + ramp.Length} m";
        }
        foreach (CrosswalkDescription crosswalk in road.Crosswalks)
        {
            if (!(crosswalk.Width is > 0 and <= 20))
                return $"a crosswalk is up to 20 m wide, not {crosswalk.Width} m";
            if (!(crosswalk.At - crosswalk.Width / 2 >= 0 && crosswalk.At + crosswalk.Width / 2 <= sum))
                return $"a crosswalk lies on the road of {sum} m, not at {crosswalk.At} m";
        }
        return null;
    }

    /// <summary>What is wrong with a description, or null.</summary>
    public static string? Check(IntersectionDescription intersection)
    {
        if (intersection.Lanes is < 1 or > 4)
            return $"an arm has 1 to 4 lanes a direction, not {intersection.Lanes}";
        if (!(intersection.LaneWidth is >= 2 and <= 10))
            return $"a lane is 2 m to 10 m wide, not {intersection.LaneWidth} m";
        if (!(intersection.ArmLength is >= 20 and <= 5000))
            return $"an arm is 20 m to 5000 m long, not {intersection.ArmLength} m";
        // Beyond that the strips of straight and turning traffic would leave a hole between them.
        double widest = 2.4 * intersection.LaneWidth;
        if (!(intersection.CornerRadius >= 1 && intersection.CornerRadius <= widest))
            return $"with these lanes a corner radius is 1 m to {widest} m, not {intersection.CornerRadius} m";
        if (!(intersection.SidewalkWidth is >= 0 and <= 10))
            return $"a sidewalk is 0 m to 10 m wide, not {intersection.SidewalkWidth} m";
        if (intersection.SpeedLimit <= 0)
            return $"a speed limit is above 0 m/s, not {intersection.SpeedLimit} m/s";
        if (intersection.Lights is { } lights && (lights.Green < 1 || lights.Yellow < 1 || lights.AllRed < 1))
            return "green, yellow and all-red take at least one step each";
        return null;
    }

    private BuiltRoad Build()
    {
        if (_road.OnRamp is { } ramp)
        {
            AddSection(0, ramp.At, hasRamp: false);
            AddSection(ramp.At, ramp.At + ramp.Length, hasRamp: true);
            AddSection(ramp.At + ramp.Length, _curve.Length, hasRamp: false);
            AddApproach(ramp);
        }
        else
        {
            AddSection(0, _curve.Length, hasRamp: false);
        }
        foreach (CrosswalkDescription crosswalk in _road.Crosswalks)
            AddCrosswalk(crosswalk);
        ImmutableArray<Lane> lanes = _drafts.Finish();
        return new BuiltRoad(new RoadNetwork(lanes), Tracks(lanes));
    }

    /// <summary>All lanes over one stretch, each joined to the stretch before.</summary>
    private void AddSection(double from, double to, bool hasRamp)
    {
        double width = _road.LaneWidth;
        for (int i = 0; i < _road.Lanes; i++)
        {
            LaneDraft lane = AddLane(from, to, (i - 0.5) * width, (i + 0.5) * width, LaneKind.Road);
            if (_main[i].Count > 0)
                _drafts.Connect(_main[i][^1], lane.Index);
            _main[i].Add(lane.Index);
            if (i > 0)
                _drafts.PutBeside(_main[i - 1][^1], lane.Index);
        }
        double leftEdge = (_road.Lanes - 0.5) * width;
        for (int i = _road.OpposingLanes - 1; i >= 0; i--)
        {
            int fromMedian = _road.OpposingLanes - 1 - i;
            LaneDraft lane = AddReversed(from, to, leftEdge + fromMedian * width, width);
            if (_opposing[i].Count > 0)
                _drafts.Connect(lane.Index, _opposing[i][^1]);
            _opposing[i].Add(lane.Index);
            if (fromMedian == 0)
                _drafts.PutOpposite(_main[^1][^1], lane.Index);
            else
                _drafts.PutBeside(lane.Index, _opposing[i + 1][^1]);
        }
        double rightEdge = -0.5 * width;
        if (hasRamp)
        {
            AddAccelerationLane(from, to);
        }
        else if (_road.ShoulderWidth > 0)
        {
            AddLane(from, to, rightEdge - _road.ShoulderWidth, rightEdge, LaneKind.Shoulder);
            rightEdge -= _road.ShoulderWidth;
        }
        if (_road.SidewalkWidth > 0)
        {
            double farEdge = leftEdge + _road.OpposingLanes * width;
            if (!hasRamp)
                AddLane(from, to, rightEdge - _road.SidewalkWidth, rightEdge, LaneKind.Sidewalk);
            AddLane(from, to, farEdge, farEdge + _road.SidewalkWidth, LaneKind.Sidewalk);
        }
    }

    private void AddAccelerationLane(double from, double to)
    {
        double width = _road.LaneWidth;
        double taper = to - TaperLength;
        LaneDraft lane = AddLane(
            from,
            to,
            s => -0.5 * width - width * (s <= taper ? 1 : Math.Max(0.02, (to - s) / TaperLength)),
            _ => -0.5 * width,
            LaneKind.Road,
            taper
        );
        _ramp.Add(lane.Index);
        _drafts.PutBeside(lane.Index, _main[0][^1]);
    }

    private void AddApproach(OnRamp ramp)
    {
        double width = _road.LaneWidth;
        double from = ramp.At - ramp.ApproachLength;
        LaneDraft lane = AddLane(
            from,
            ramp.At,
            s => -1.5 * width - Away(s),
            s => -0.5 * width - Away(s),
            LaneKind.Road,
            spacing: 2
        );
        _drafts.Connect(lane.Index, _ramp[0]);
        _ramp.Insert(0, lane.Index);

        double Away(double s)
        {
            double t = (ramp.At - s) / ramp.ApproachLength;
            return RampOffset * t * t * (3 - 2 * t);
        }
    }

    private void AddCrosswalk(CrosswalkDescription crosswalk)
    {
        double right = -0.5 * _road.LaneWidth - _road.ShoulderWidth;
        double left = (_road.Lanes + _road.OpposingLanes - 0.5) * _road.LaneWidth;
        double from = crosswalk.At - crosswalk.Width / 2;
        double to = crosswalk.At + crosswalk.Width / 2;
        // Its direction is from right to left, so its own left bound is the nearer one along the road.
        _drafts.Add(
            [_curve.At(from, right), _curve.At(from, left)],
            [_curve.At(to, right), _curve.At(to, left)],
            LaneKind.Crosswalk
        );
    }

    private LaneDraft AddLane(double from, double to, double right, double left, LaneKind kind) =>
        AddLane(from, to, _ => right, _ => left, kind);

    private LaneDraft AddLane(
        double from,
        double to,
        Func<double, double> right,
        Func<double, double> left,
        LaneKind kind,
        double joint = double.NaN,
        double spacing = 10
    )
    {
        var samples = new SortedSet<double>(_curve.Samples(from, to));
        if (joint > from && joint < to)
            samples.Add(joint);
        for (int i = 1; spacing < 10 && from + i * spacing < to; i++)
            samples.Add(from + i * spacing);
        LaneDraft lane = _drafts.Add(
            [.. samples.Select(s => _curve.At(s, left(s)))],
            [.. samples.Select(s => _curve.At(s, right(s)))],
            kind
        );
        lane.SpeedLimit = _road.SpeedLimit;
        return lane;
    }

    private LaneDraft AddReversed(double from, double to, double near, double width)
    {
        IReadOnlyList<double> samples = [.. _curve.Samples(from, to).Reverse()];
        LaneDraft lane = _drafts.Add(
            [.. samples.Select(s => _curve.At(s, near))],
            [.. samples.Select(s => _curve.At(s, near + width))],
            LaneKind.Road
        );
        lane.SpeedLimit = _road.SpeedLimit;
        return lane;
    }

    private ImmutableArray<RoadTrack> Tracks(ImmutableArray<Lane> lanes)
    {
        var tracks = ImmutableArray.CreateBuilder<RoadTrack>();
        for (int i = 0; i < _main.Length; i++)
            tracks.Add(LaneDrafts.Track($"main.{i}", _main[i], lanes));
        for (int i = 0; i < _opposing.Length; i++)
        {
            _opposing[i].Reverse();
            tracks.Add(LaneDrafts.Track($"opposing.{i}", _opposing[i], lanes));
        }
        if (_ramp.Count > 0)
            tracks.Add(LaneDrafts.Track("ramp", _ramp, lanes));
        return tracks.ToImmutable();
    }
}
