namespace SimEval.Worlds.Driving.Metrics;

/// <summary>
/// Overlap of two oriented boxes by separating axes (Gottschalk, Lin, Manocha 1996: four candidate axes in the plane).
/// Touching counts as overlap, as in nuPlan's geometry.
/// </summary>
public static class BoxOverlap
{
    /// <summary>
    /// Whether two boxes overlap: (dx, dy) leads from the first centre to the second, (c, s) are cosine and sine of the
    /// headings, l and w half lengths and half widths.
    /// </summary>
    public static bool Touches(
        double dx,
        double dy,
        double c1,
        double s1,
        double l1,
        double w1,
        double c2,
        double s2,
        double l2,
        double w2
    )
    {
        var c = Math.Abs((c1 * c2) + (s1 * s2));
        var s = Math.Abs((c1 * s2) - (s1 * c2));
        return Math.Abs((dx * c1) + (dy * s1)) <= l1 + (l2 * c) + (w2 * s)
            && Math.Abs((dy * c1) - (dx * s1)) <= w1 + (l2 * s) + (w2 * c)
            && Math.Abs((dx * c2) + (dy * s2)) <= l2 + (l1 * c) + (w1 * s)
            && Math.Abs((dy * c2) - (dx * s2)) <= w2 + (l1 * s) + (w1 * c);
    }

    /// <summary>
    /// Narrows [from, to] to the times at which |offset + rate * t| is within reach; false when none is left.
    /// </summary>
    public static bool Narrow(double offset, double rate, double reach, ref double from, ref double to)
    {
        if (Math.Abs(rate) < 1e-12)
            return Math.Abs(offset) <= reach + 1e-9;
        var a = (-reach - offset) / rate;
        var b = (reach - offset) / rate;
        from = Math.Max(from, Math.Min(a, b));
        to = Math.Min(to, Math.Max(a, b));
        return from <= to + 1e-6;
    }
}
