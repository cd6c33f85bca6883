using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>A lane while its network is being put together.</summary>
internal sealed class LaneDraft
{
    public required int Index { get; init; }
    public required long Id { get; init; }
    public required IReadOnlyList<Point2> Left { get; init; }
    public required IReadOnlyList<Point2> Right { get; init; }
    public LaneKind Kind { get; set; }
    public double SpeedLimit { get; set; } = double.NaN;
    public double StopLine { get; set; } = double.NaN;
    public List<int> Predecessors { get; } = [];
    public List<int> Successors { get; } = [];
    public List<int> Lights { get; } = [];
    public int LeftNeighbor { get; set; } = -1;
    public int RightNeighbor { get; set; } = -1;
    public int LeftOpposite { get; set; } = -1;
    public int RightOpposite { get; set; } = -1;

    public Lane Finish()
    {
        (IReadOnlyList<Point2> center, double width) = LaneStrip.Middle(Left, Right);
        return new Lane
        {
            Index = Index,
            Id = Id,
            Center = new Polyline(center),
            Left = new Polyline(Left),
            Right = new Polyline(Right),
            Area = LaneStrip.Area(Left, Right),
            Width = width,
            SpeedLimit = SpeedLimit,
            Kind = Kind,
            Predecessors = [.. Predecessors],
            Successors = [.. Successors],
            LeftNeighbor = LeftNeighbor,
            RightNeighbor = RightNeighbor,
            LeftOpposite = LeftOpposite,
            RightOpposite = RightOpposite,
            Lights = [.. Lights],
            StopLine = StopLine,
        };
    }
}

/// <summary>The lanes of a network while it is being put together, and how they are joined.</summary>
internal sealed class LaneDrafts
{
    private readonly List<LaneDraft> _lanes = [];

    public int Count => _lanes.Count;

    public LaneDraft this[int index] => _lanes[index];

    /// <summary>A new lane; its id is its index unless one is given.</summary>
    public LaneDraft Add(IReadOnlyList<Point2> left, IReadOnlyList<Point2> right, LaneKind kind, long? id = null)
    {
        var lane = new LaneDraft
        {
            Index = _lanes.Count,
            Id = id ?? _lanes.Count,
            Left = left,
            Right = right,
            Kind = kind,
        };
        _lanes.Add(lane);
        return lane;
    }

    /// <summary>One leads into the other; said twice, it holds once.</summary>
    public void Connect(int from, int to)
    {
        if (!_lanes[from].Successors.Contains(to))
            _lanes[from].Successors.Add(to);
        if (!_lanes[to].Predecessors.Contains(from))
            _lanes[to].Predecessors.Add(from);
    }

    /// <summary>Two lanes of one direction lie side by side.</summary>
    public void PutBeside(int right, int left)
    {
        _lanes[right].LeftNeighbor = left;
        _lanes[left].RightNeighbor = right;
    }

    /// <summary>Two lanes of opposite directions share their left bounds.</summary>
    public void PutOpposite(int one, int other)
    {
        _lanes[one].LeftOpposite = other;
        _lanes[other].LeftOpposite = one;
    }

    public ImmutableArray<Lane> Finish()
    {
        var lanes = ImmutableArray.CreateBuilder<Lane>(_lanes.Count);
        foreach (LaneDraft lane in _lanes)
            lanes.Add(lane.Finish());
        return lanes.MoveToImmutable();
    }

    /// <summary>A track over lanes of this network, with lengths of their centre lines as finished.</summary>
    public static RoadTrack Track(string name, IReadOnlyList<int> indices, ImmutableArray<Lane> lanes)
    {
        var starts = ImmutableArray.CreateBuilder<double>(indices.Count);
        double length = 0;
        foreach (int index in indices)
        {
            starts.Add(length);
            length += lanes[index].Length;
        }
        return new RoadTrack(name, [.. indices], starts.MoveToImmutable(), length);
    }
}
