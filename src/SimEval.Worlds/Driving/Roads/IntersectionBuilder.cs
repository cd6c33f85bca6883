using System.Collections.Immutable;
using SimEval.Scenarios.Numerics;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>Builds two roads that cross; every arm is the south arm turned by quarter turns.</summary>
internal sealed class IntersectionBuilder
{
    private const double CrosswalkWidth = 3;
    private const double CrosswalkSetBack = 1;

    private readonly IntersectionDescription _plan;
    private readonly LaneDrafts _drafts = new();
    private readonly double _half;
    private readonly int[][] _incoming = new int[4][];
    private readonly int[][] _outgoing = new int[4][];
    private readonly int[] _crosswalks = new int[4];
    private readonly List<(string Name, int[] Lanes)> _tracks = [];

    public IntersectionBuilder(IntersectionDescription plan)
    {
        _plan = plan;
        _half = plan.Lanes * plan.LaneWidth + plan.CornerRadius;
    }

    public BuiltRoad Build()
    {
        for (int arm = 0; arm < 4; arm++)
            AddArm(arm);
        var arms = ImmutableArray.CreateBuilder<IntersectionArm>();
        for (int arm = 0; arm < 4; arm++)
            arms.Add(AddConnectors(arm));
        ImmutableArray<Lane> lanes = _drafts.Finish();
        ImmutableArray<int> crosswalks = _plan.Crosswalks ? [.. _crosswalks] : [];
        var intersection = new Intersection(0, arms.ToImmutable(), crosswalks);
        return new BuiltRoad(
            new RoadNetwork(lanes, Lights(), [intersection]),
            [.. _tracks.Select(track => LaneDrafts.Track(track.Name, track.Lanes, lanes))]
        );
    }

    private static string Name(int arm) =>
        (Arm)(arm % 4) switch
        {
            Arm.South => "south",
            Arm.East => "east",
            Arm.North => "north",
            _ => "west",
        };

    /// <summary>Turns a point of the south arm's frame counter-clockwise by quarter turns, without rounding.</summary>
    private static Point2 Turn(int arm, double x, double y) =>
        arm switch
        {
            0 => new Point2(x, y),
            1 => new Point2(-y, x),
            2 => new Point2(-x, -y),
            _ => new Point2(y, -x),
        };

    private void AddArm(int arm)
    {
        double width = _plan.LaneWidth;
        double near = -_half;
        double far = -_half - _plan.ArmLength;
        _incoming[arm] = new int[_plan.Lanes];
        _outgoing[arm] = new int[_plan.Lanes];
        for (int i = 0; i < _plan.Lanes; i++)
        {
            double inner = (_plan.Lanes - 1 - i) * width;
            LaneDraft incoming = AddStraight(arm, inner, inner + width, far, near, LaneKind.Road);
            LaneDraft outgoing = AddStraight(arm, -inner, -inner - width, near, far, LaneKind.Road);
            double setBack = _plan.Crosswalks ? CrosswalkSetBack + CrosswalkWidth + 1 : 0;
            incoming.StopLine = _plan.ArmLength - setBack;
            if (_plan.Lights is not null)
                incoming.Lights.Add(arm);
            _incoming[arm][i] = incoming.Index;
            _outgoing[arm][i] = outgoing.Index;
            if (i > 0)
            {
                _drafts.PutBeside(_incoming[arm][i - 1], incoming.Index);
                _drafts.PutBeside(_outgoing[arm][i - 1], outgoing.Index);
            }
        }
        _drafts.PutOpposite(_incoming[arm][^1], _outgoing[arm][^1]);
        double edge = _plan.Lanes * width;
        if (_plan.SidewalkWidth > 0)
        {
            AddStraight(arm, edge, edge + _plan.SidewalkWidth, far, near, LaneKind.Sidewalk);
            AddStraight(arm, -edge, -edge - _plan.SidewalkWidth, near, far, LaneKind.Sidewalk);
        }
        if (_plan.Crosswalks)
        {
            double to = near - CrosswalkSetBack;
            double from = to - CrosswalkWidth;
            LaneDraft crosswalk = _drafts.Add(
                [Turn(arm, edge, from), Turn(arm, -edge, from)],
                [Turn(arm, edge, to), Turn(arm, -edge, to)],
                LaneKind.Crosswalk
            );
            _crosswalks[arm] = crosswalk.Index;
        }
    }

    /// <summary>A strip of the south arm between two abscissas, driven from one ordinate to another.</summary>
    private LaneDraft AddStraight(int arm, double left, double right, double from, double to, LaneKind kind)
    {
        int steps = Math.Max(1, (int)Math.Ceiling(Math.Abs(to - from) / 10));
        var leftBound = new Point2[steps + 1];
        var rightBound = new Point2[steps + 1];
        for (int i = 0; i <= steps; i++)
        {
            double y = i == steps ? to : from + (to - from) * i / steps;
            leftBound[i] = Turn(arm, left, y);
            rightBound[i] = Turn(arm, right, y);
        }
        LaneDraft lane = _drafts.Add(leftBound, rightBound, kind);
        lane.SpeedLimit = _plan.SpeedLimit;
        return lane;
    }

    private IntersectionArm AddConnectors(int arm)
    {
        var straight = ImmutableArray.CreateBuilder<int>();
        for (int i = 0; i < _plan.Lanes; i++)
        {
            double inner = (_plan.Lanes - 1 - i) * _plan.LaneWidth;
            LaneDraft lane = AddStraight(arm, inner, inner + _plan.LaneWidth, -_half, _half, LaneKind.Connector);
            straight.Add(Join(arm, i, (arm + 2) % 4, lane));
        }
        for (int i = 1; i < _plan.Lanes; i++)
            _drafts.PutBeside(straight[i - 1], straight[i]);
        int right = Join(arm, 0, (arm + 1) % 4, AddArc(arm, 0, turnsLeft: false));
        int last = _plan.Lanes - 1;
        int left = Join(arm, last, (arm + 3) % 4, AddArc(arm, last, turnsLeft: true));
        return new IntersectionArm([.. _incoming[arm]], [right], straight.ToImmutable(), [left], (arm + 1) % 4);
    }

    /// <summary>A quarter circle from an incoming lane of the south arm to the same lane of the arm beside it.</summary>
    private LaneDraft AddArc(int arm, int lane, bool turnsLeft)
    {
        double inner = (_plan.Lanes - 1 - lane) * _plan.LaneWidth;
        double outer = inner + _plan.LaneWidth;
        double cx = turnsLeft ? -_half : _half;
        double leftRadius = turnsLeft ? _half + inner : _half - inner;
        double rightRadius = turnsLeft ? _half + outer : _half - outer;
        int steps = Math.Max(8, (int)Math.Ceiling(Math.Max(leftRadius, rightRadius) * Math.PI / 2));
        var left = new Point2[steps + 1];
        var right = new Point2[steps + 1];
        for (int i = 0; i <= steps; i++)
        {
            (double sin, double cos) = i == steps ? (1.0, 0.0) : PureMath.SinCos(Math.PI / 2 * i / steps);
            double side = turnsLeft ? cos : -cos;
            left[i] = Turn(arm, cx + leftRadius * side, -_half + leftRadius * sin);
            right[i] = Turn(arm, cx + rightRadius * side, -_half + rightRadius * sin);
        }
        LaneDraft draft = _drafts.Add(left, right, LaneKind.Connector);
        draft.SpeedLimit = _plan.SpeedLimit;
        return draft;
    }

    private int Join(int from, int lane, int to, LaneDraft connector)
    {
        _drafts.Connect(_incoming[from][lane], connector.Index);
        _drafts.Connect(connector.Index, _outgoing[to][lane]);
        int[] lanes = [_incoming[from][lane], connector.Index, _outgoing[to][lane]];
        _tracks.Add(($"{Name(from)}.{lane}-{Name(to)}", lanes));
        return connector.Index;
    }

    private ImmutableArray<TrafficLight> Lights()
    {
        if (_plan.Lights is not { } times)
            return [];
        var lights = ImmutableArray.CreateBuilder<TrafficLight>();
        int half = times.Green + times.Yellow + times.AllRed;
        for (int arm = 0; arm < 4; arm++)
        {
            Point2 stand = Turn(arm, _plan.Lanes * _plan.LaneWidth + 1, -_half);
            ImmutableArray<LightPhase> phases =
            [
                new(LightState.Green, times.Green),
                new(LightState.Yellow, times.Yellow),
                new(LightState.Red, times.AllRed + half),
            ];
            lights.Add(new TrafficLight(arm, stand, phases, times.Offset + (arm % 2) * half, Active: true));
        }
        return lights.ToImmutable();
    }
}
