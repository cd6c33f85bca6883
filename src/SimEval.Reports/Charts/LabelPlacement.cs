namespace SimEval.Reports.Charts;

/// <summary>
/// Places for small labels beside their points, so that none covers another label, a point or what else is drawn: each takes
/// the nearest free place of a fixed list around its point, the first asked first.
/// </summary>
/// <param name="left">Least x of a label.</param>
/// <param name="top">Least y.</param>
/// <param name="right">Greatest x.</param>
/// <param name="bottom">Greatest y.</param>
internal sealed class LabelPlacement(double left, double top, double right, double bottom)
{
    private const double Gap = 2;

    // Right first, as one reads; then above, below, left, and the corners; further and further away.
    private static readonly (double X, double Y)[] Directions =
    [
        (1, 0),
        (0, -1),
        (0, 1),
        (-1, 0),
        (0.8, -0.8),
        (0.8, 0.8),
        (-0.8, -0.8),
        (-0.8, 0.8),
        (0.9, -0.4),
        (0.9, 0.4),
        (-0.9, -0.4),
        (-0.9, 0.4),
    ];

    private static readonly double[] Distances = [13, 20, 28, 38, 50, 64, 80];

    private readonly List<(double Left, double Top, double Right, double Bottom)> taken = [];

    /// <summary>Keeps labels off a rectangle.</summary>
    public void Avoid(double x0, double y0, double x1, double y1) => taken.Add((x0, y0, x1, y1));

    /// <summary>The middle of a free place for a label of a point, which is taken; null where there is none.</summary>
    /// <param name="x">The point's x.</param>
    /// <param name="y">The point's y.</param>
    /// <param name="width">The label's width.</param>
    /// <param name="height">The label's height.</param>
    public (double X, double Y)? Place(double x, double y, double width, double height)
    {
        foreach (var distance in Distances)
        {
            foreach (var (directionX, directionY) in Directions)
            {
                var (atX, atY) = (x + distance * directionX, y + distance * directionY);
                if (!IsFree(atX - width / 2, atY - height / 2, atX + width / 2, atY + height / 2))
                    continue;
                Avoid(atX - width / 2, atY - height / 2, atX + width / 2, atY + height / 2);
                return (atX, atY);
            }
        }

        return null;
    }

    private bool IsFree(double x0, double y0, double x1, double y1) =>
        x0 >= left
        && y0 >= top
        && x1 <= right
        && y1 <= bottom
        && !taken.Any(box =>
            x0 - Gap < box.Right && x1 + Gap > box.Left && y0 - Gap < box.Bottom && y1 + Gap > box.Top
        );
}
