using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>
/// One channel of a bird's-eye image: rows from far ahead to behind, columns from left to right; the ego stands in the middle
/// column, a quarter of the image from the bottom. A pixel counts when its centre lies inside.
/// </summary>
internal readonly ref struct RasterCanvas
{
    private const int MostCorners = 256;

    private readonly Span<float> pixels;
    private readonly int height;
    private readonly int width;
    private readonly double perPixel;
    private readonly EgoState ego;

    public RasterCanvas(Span<float> pixels, int height, int width, double resolution, in EgoState ego)
    {
        this.pixels = pixels;
        this.height = height;
        this.width = width;
        perPixel = 1 / resolution;
        this.ego = ego;
    }

    /// <summary>Fills a polygon given by its corners (local m), even-odd.</summary>
    public void Fill(ReadOnlySpan<Point2> corners)
    {
        Span<double> rows = stackalloc double[corners.Length];
        Span<double> columns = stackalloc double[corners.Length];
        double top = double.PositiveInfinity,
            bottom = double.NegativeInfinity;
        for (var i = 0; i < corners.Length; i++)
        {
            (rows[i], columns[i]) = ToPixel(corners[i].X, corners[i].Y);
            (top, bottom) = (Math.Min(top, rows[i]), Math.Max(bottom, rows[i]));
        }

        Span<double> cuts = stackalloc double[64];
        var first = Math.Max(0, (int)Math.Ceiling(Math.Max(top - 0.5, 0)));
        for (var row = first; row < height && row + 0.5 <= bottom; row++)
            FillRow(row, Cuts(row + 0.5, rows, columns, cuts), cuts);
    }

    /// <summary>Fills a box.</summary>
    public void Fill(in OrientedBox box) => Fill([box.Corner(0), box.Corner(1), box.Corner(2), box.Corner(3)]);

    /// <summary>Fills the strip between two lines of the same direction.</summary>
    public void Fill(Polyline left, Polyline right)
    {
        var total = left.Count + right.Count;
        // Beyond what a corner list holds, every n-th point: more detail than pixels can show.
        var stride = ((total - 1) / MostCorners) + 1;
        Span<Point2> corners = stackalloc Point2[MostCorners + 4];
        var count = 0;
        for (var i = 0; i < right.Count; i += stride)
            corners[count++] = right[i];
        corners[count++] = right[right.Count - 1];
        corners[count++] = left[left.Count - 1];
        for (var i = (left.Count - 1) / stride * stride; i >= 0; i -= stride)
            corners[count++] = left[i];
        Fill(corners[..count]);
    }

    /// <summary>Draws a line one pixel wide.</summary>
    public void Draw(Polyline line)
    {
        for (var i = 0; i + 1 < line.Count; i++)
            Draw(line[i], line[i + 1]);
    }

    /// <summary>Draws a segment one pixel wide.</summary>
    public void Draw(Point2 from, Point2 to)
    {
        var (r0, c0) = ToPixel(from.X, from.Y);
        var (r1, c1) = ToPixel(to.X, to.Y);
        // The part outside the image is skipped, so that a long road costs no more than the image is large.
        if (!Clip(ref r0, ref c0, ref r1, ref c1))
            return;
        var steps = Math.Max(Math.Abs(r1 - r0), Math.Abs(c1 - c0));
        var count = (int)Math.Ceiling(steps) + 1;
        for (var k = 0; k <= count; k++)
        {
            var t = (double)k / count;
            Set((int)Math.Floor(r0 + (t * (r1 - r0))), (int)Math.Floor(c0 + (t * (c1 - c0))));
        }
    }

    private (double Row, double Column) ToPixel(double x, double y)
    {
        var (dx, dy) = (x - ego.X, y - ego.Y);
        var ahead = (dx * ego.Cos) + (dy * ego.Sin);
        var left = (dy * ego.Cos) - (dx * ego.Sin);
        return ((0.75 * height) - (ahead * perPixel), (0.5 * width) - (left * perPixel));
    }

    private void Set(int row, int column)
    {
        if ((uint)row < (uint)height && (uint)column < (uint)width)
            pixels[(row * width) + column] = 1;
    }

    private static int Cuts(double row, ReadOnlySpan<double> rows, ReadOnlySpan<double> columns, Span<double> cuts)
    {
        var count = 0;
        for (var i = 0; i < rows.Length && count < cuts.Length; i++)
        {
            var k = i + 1 == rows.Length ? 0 : i + 1;
            if (rows[i] <= row == rows[k] <= row)
                continue;
            cuts[count++] = columns[i] + ((row - rows[i]) / (rows[k] - rows[i]) * (columns[k] - columns[i]));
        }

        cuts[..count].Sort();
        return count;
    }

    private void FillRow(int row, int count, ReadOnlySpan<double> cuts)
    {
        for (var k = 0; k + 1 < count; k += 2)
        {
            var from = (int)Math.Clamp(Math.Ceiling(cuts[k] - 0.5), 0, width);
            var to = (int)Math.Clamp(Math.Ceiling(cuts[k + 1] - 0.5), 0, width);
            for (var column = from; column < to; column++)
                pixels[(row * width) + column] = 1;
        }
    }

    /// <summary>Liang and Barsky's clipping to the image; false when nothing is left.</summary>
    private bool Clip(ref double r0, ref double c0, ref double r1, ref double c1)
    {
        double from = 0,
            to = 1;
        var (dr, dc) = (r1 - r0, c1 - c0);
        if (
            !Cut(-dr, r0, ref from, ref to)
            || !Cut(dr, height - r0, ref from, ref to)
            || !Cut(-dc, c0, ref from, ref to)
            || !Cut(dc, width - c0, ref from, ref to)
        )
            return false;
        (r1, c1) = (r0 + (to * dr), c0 + (to * dc));
        (r0, c0) = (r0 + (from * dr), c0 + (from * dc));
        return true;
    }

    private static bool Cut(double along, double room, ref double from, ref double to)
    {
        if (along == 0)
            return room >= 0;
        var t = room / along;
        if (along < 0)
            from = Math.Max(from, t);
        else
            to = Math.Min(to, t);
        return from <= to;
    }
}
