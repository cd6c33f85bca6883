using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>
/// Which lanes may be near a point: a uniform grid of square cells, each with the lanes whose strip comes within
/// <see cref="Reach"/> of it, ascending. The number of cells is bounded, so a map of any extent takes bounded memory.
/// </summary>
internal sealed class LaneGrid
{
    /// <summary>Least edge of a cell in m.</summary>
    public const double MinimumCell = 8;

    /// <summary>A cell lists every lane within this many m of it.</summary>
    public const double Reach = 4;

    private const int MaximumCells = 1 << 18;

    private readonly Bounds _bounds;
    private readonly double _cell;
    private readonly int _columns;
    private readonly int _rows;
    private readonly int[] _starts;
    private readonly int[] _lanes;

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
        foreach (Lane lane in lanes)
            Add(lane, lists);
        _starts = new int[lists.Length + 1];
        for (int i = 0; i < lists.Length; i++)
            _starts[i + 1] = _starts[i] + (lists[i]?.Count ?? 0);
        _lanes = new int[_starts[^1]];
        for (int i = 0; i < lists.Length; i++)
            lists[i]?.CopyTo(_lanes, _starts[i]);
    }

    /// <summary>Candidates near a point; none beyond the map.</summary>
    public ReadOnlySpan<int> Cell(double x, double y)
    {
        if (!_bounds.Contains(x, y))
            return [];
        int cell = Row(y) * _columns + Column(x);
        return _lanes.AsSpan(_starts[cell], _starts[cell + 1] - _starts[cell]);
    }

    private int Column(double x) => Math.Clamp((int)((x - _bounds.MinX) / _cell), 0, _columns - 1);

    private int Row(double y) => Math.Clamp((int)((y - _bounds.MinY) / _cell), 0, _rows - 1);

    private void Add(Lane lane, List<int>?[] lists)
    {
        Bounds area = lane.Area.Bounds.Grown(Reach);
        double half = _cell / 2;
        double reach = Reach + half * Math.Sqrt(2);
        for (int row = Row(area.MinY); row <= Row(area.MaxY); row++)
        {
            for (int column = Column(area.MinX); column <= Column(area.MaxX); column++)
            {
                double x = _bounds.MinX + (column + 0.5) * _cell;
                double y = _bounds.MinY + (row + 0.5) * _cell;
                if (lane.Area.Distance(x, y) <= reach)
                    (lists[row * _columns + column] ??= []).Add(lane.Index);
            }
        }
    }
}
