using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>
/// Which lanes may be near a point: a uniform grid of square cells, each with the lanes whose strip comes within
/// <see cref="Reach"/> of it. The number of cells is bounded, and so is what one lane may fill: the few that would fill more are
/// candidates everywhere. So a map of any extent takes bounded memory and time.
/// </summary>
internal sealed class LaneGrid
{
    /// <summary>Least edge of a cell in m.</summary>
    public const double MinimumCell = 8;

    /// <summary>A cell lists every lane within this many m of it.</summary>
    public const double Reach = 4;

    private const int MaximumCells = 1 << 18;
    private const int MaximumCellsOfLane = 1 << 15;

    private readonly Bounds _bounds;
    private readonly double _cell;
    private readonly int _columns;
    private readonly int _rows;
    private readonly int[] _starts;
    private readonly int[] _lanes;
    private readonly int[] _everywhere;

    public LaneGrid(ImmutableArray<Lane> lanes, Bounds bounds)
    {
        _bounds = bounds.IsEmpty ? new Bounds(0, 0, 0, 0) : bounds.Grown(Reach);
        double width = _bounds.MaxX - _bounds.MinX;
        double height = _bounds.MaxY - _bounds.MinY;
        _cell = Math.Max(
            MinimumCell,
            Math.Max(Math.Max(width, height) / 4096, Math.Sqrt(width * height / MaximumCells))
        );
        _columns = (int)Math.Min(MaximumCells, Math.Ceiling(width / _cell) + 1);
        _rows = (int)Math.Min(MaximumCells, Math.Ceiling(height / _cell) + 1);
        var lists = new List<int>?[_columns * _rows];
        var everywhere = new List<int>();
        foreach (Lane lane in lanes)
        {
            if (CellsOf(lane, null) > MaximumCellsOfLane)
                everywhere.Add(lane.Index);
            else
                CellsOf(lane, lists);
        }
        _everywhere = [.. everywhere];
        _starts = new int[lists.Length + 1];
        for (int i = 0; i < lists.Length; i++)
            _starts[i + 1] = _starts[i] + (lists[i]?.Count ?? 0);
        _lanes = new int[_starts[^1]];
        for (int i = 0; i < lists.Length; i++)
            lists[i]?.CopyTo(_lanes, _starts[i]);
    }

    /// <summary>Candidates near a point, ascending; beyond the map only those that are everywhere.</summary>
    public Candidates Near(double x, double y)
    {
        if (!_bounds.Contains(x, y))
            return new Candidates([], _everywhere);
        int cell = Row(y) * _columns + Column(x);
        return new Candidates(_lanes.AsSpan(_starts[cell], _starts[cell + 1] - _starts[cell]), _everywhere);
    }

    private int Column(double x) => Math.Clamp((int)((x - _bounds.MinX) / _cell), 0, _columns - 1);

    private int Row(double y) => Math.Clamp((int)((y - _bounds.MinY) / _cell), 0, _rows - 1);

    /// <summary>
    /// Enters a lane into the cells around each piece of its strip (or only counts, without lists), and returns how many
    /// entries that is. Both bounds are walked together, however many points each has.
    /// </summary>
    private long CellsOf(Lane lane, List<int>?[]? lists)
    {
        int steps = Math.Max(lane.Left.Count, lane.Right.Count) - 1;
        long count = 0;
        for (int i = 0; i < steps; i++)
        {
            Bounds piece = Bounds.Empty;
            for (int end = i; end <= i + 1; end++)
            {
                Point2 left = lane.Left[(int)((long)end * (lane.Left.Count - 1) / steps)];
                Point2 right = lane.Right[(int)((long)end * (lane.Right.Count - 1) / steps)];
                piece = piece.With(left.X, left.Y).With(right.X, right.Y);
            }
            piece = piece.Grown(Reach);
            (int top, int bottom) = (Row(piece.MinY), Row(piece.MaxY));
            (int first, int last) = (Column(piece.MinX), Column(piece.MaxX));
            count += (bottom - top + 1L) * (last - first + 1);
            for (int row = top; lists is not null && row <= bottom; row++)
            {
                for (int column = first; column <= last; column++)
                {
                    List<int> list = lists[row * _columns + column] ??= [];
                    if (list.Count == 0 || list[^1] != lane.Index)
                        list.Add(lane.Index);
                }
            }
        }
        return count;
    }

    /// <summary>Two ascending lists walked as one.</summary>
    public ref struct Candidates(ReadOnlySpan<int> here, ReadOnlySpan<int> everywhere)
    {
        private ReadOnlySpan<int> _here = here;
        private ReadOnlySpan<int> _everywhere = everywhere;

        public int Current { get; private set; }

        public readonly Candidates GetEnumerator() => this;

        public bool MoveNext()
        {
            bool takesHere = !_here.IsEmpty && (_everywhere.IsEmpty || _here[0] < _everywhere[0]);
            if (takesHere)
            {
                Current = _here[0];
                _here = _here[1..];
            }
            else if (!_everywhere.IsEmpty)
            {
                Current = _everywhere[0];
                _everywhere = _everywhere[1..];
                return true;
            }
            return takesHere;
        }
    }
}
