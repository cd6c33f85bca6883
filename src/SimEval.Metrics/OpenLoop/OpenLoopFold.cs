namespace SimEval.Metrics.OpenLoop;

/// <summary>How far actions inferred over recorded frames are from the recorded ones.</summary>
/// <param name="Frames">Frames compared.</param>
/// <param name="L1">Mean absolute difference over all components, in the action's own units.</param>
/// <param name="Ade">
/// Average displacement error: mean over frames and waypoints of the Euclidean distance, m; null where the action is no
/// sequence of waypoints.
/// </param>
/// <param name="Fde">Final displacement error: mean over frames of the last waypoint's distance, m; null as above.</param>
public sealed record OpenLoopMetrics(long Frames, double L1, double? Ade, double? Fde);

/// <summary>Folds frames into <see cref="OpenLoopMetrics"/>.</summary>
/// <param name="pointUnit">Metres that a 1 of a waypoint (x, y) stands for; null: actions are no waypoints.</param>
public sealed class OpenLoopFold(double? pointUnit)
{
    private long frames;
    private long components;
    private double absolute;
    private double displacement;
    private double final;
    private long points;

    /// <summary>Adds one frame.</summary>
    /// <param name="recorded">The recorded action.</param>
    /// <param name="inferred">The inferred one, of the same size.</param>
    public void Add(ReadOnlySpan<double> recorded, ReadOnlySpan<double> inferred)
    {
        if (recorded.Length != inferred.Length)
            throw new ArgumentException($"an action of {recorded.Length} numbers against one of {inferred.Length}");
        frames++;
        components += recorded.Length;
        for (var i = 0; i < recorded.Length; i++)
            absolute += Math.Abs(recorded[i] - inferred[i]);
        if (pointUnit is not { } metres)
            return;
        for (var i = 0; i + 1 < recorded.Length; i += 2)
        {
            var (dx, dy) = (recorded[i] - inferred[i], recorded[i + 1] - inferred[i + 1]);
            var distance = metres * Math.Sqrt(dx * dx + dy * dy);
            displacement += distance;
            points++;
            if (i + 3 >= recorded.Length)
                final += distance;
        }
    }

    /// <summary>The metrics over all frames added; null when there are none.</summary>
    public OpenLoopMetrics? Finish() =>
        frames == 0
            ? null
            : new OpenLoopMetrics(
                frames,
                absolute / components,
                points == 0 ? null : displacement / points,
                points == 0 ? null : final / frames
            );
}
