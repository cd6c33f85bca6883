using SimEval.Reports.Data;
using SimEval.Scenarios.Replays;

namespace SimEval.Reports.Build;

/// <summary>
/// Packs a scene for the page: centimetres and milliradians, second differences, zigzag, varints. Steady motion costs a byte a
/// number; a rollout of ten seconds with ten actors stays near 5 KB.
/// </summary>
internal static class SceneCodec
{
    /// <summary>Tracks in order of first appearance, and their motion as base64.</summary>
    public static (IReadOnlyList<ReportTrack> Tracks, string Motion) Pack(
        IReadOnlyList<IReadOnlyList<SceneActor>> frames
    )
    {
        var tracks = Split(frames);
        var bytes = new List<byte>();
        foreach (var (_, _, actors) in tracks)
        {
            Column(actors, a => a.X * 100, bytes);
            Column(actors, a => a.Y * 100, bytes);
            Column(actors, a => a.Heading * 1000, bytes);
            Column(actors, a => a.Speed * 100, bytes);
        }

        var described = tracks
            .Select(t => new ReportTrack(
                t.Shape.Id,
                CamelCase(t.Shape.Kind.ToString()),
                Round(t.Shape.Length),
                Round(t.Shape.Width),
                t.First,
                t.Actors.Count
            ))
            .ToArray();
        return (described, Convert.ToBase64String(bytes.ToArray()));
    }

    /// <summary>The backdrop in centimetres; points that round to the one before are left out.</summary>
    public static IReadOnlyList<ReportPath> Backdrop(IReadOnlyList<ScenePath> paths) =>
        paths
            .Select(p => new ReportPath(CamelCase(p.Stroke.ToString()), Differences(p.Points)))
            .Where(p => p.Points.Count >= 4)
            .ToArray();

    // A track ends where its actor leaves, or changes shape: what comes back later is another track.
    private static List<(SceneActor Shape, int First, List<SceneActor> Actors)> Split(
        IReadOnlyList<IReadOnlyList<SceneActor>> frames
    )
    {
        var tracks = new List<(SceneActor Shape, int First, List<SceneActor> Actors)>();
        var open = new Dictionary<int, int>();
        for (var frame = 0; frame < frames.Count; frame++)
        {
            foreach (var actor in frames[frame])
            {
                if (open.TryGetValue(actor.Id, out var index))
                {
                    var (shape, first, actors) = tracks[index];
                    var next = first + actors.Count == frame;
                    if (next && shape.Kind == actor.Kind && shape.Length == actor.Length && shape.Width == actor.Width)
                    {
                        actors.Add(actor);
                        continue;
                    }
                }

                open[actor.Id] = tracks.Count;
                tracks.Add((actor, frame, [actor]));
            }
        }

        return tracks;
    }

    private static void Column(List<SceneActor> actors, Func<SceneActor, double> value, List<byte> bytes)
    {
        long before = 0,
            step = 0;
        for (var i = 0; i < actors.Count; i++)
        {
            var scaled = value(actors[i]);
            var now = double.IsFinite(scaled) ? (long)Math.Round(Math.Clamp(scaled, -1e12, 1e12)) : before;
            if (i == 0)
            {
                Varint(now, bytes);
            }
            else
            {
                Varint(now - before - step, bytes);
                step = now - before;
            }

            before = now;
        }
    }

    private static void Varint(long value, List<byte> bytes)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        while (rest >= 128)
        {
            bytes.Add((byte)(rest | 128));
            rest >>= 7;
        }

        bytes.Add((byte)rest);
    }

    private static List<int> Differences(IReadOnlyList<double> points)
    {
        var result = new List<int>(points.Count);
        int lastX = 0,
            lastY = 0;
        for (var i = 0; i + 1 < points.Count; i += 2)
        {
            var x = Centimetres(points[i]);
            var y = Centimetres(points[i + 1]);
            if (i > 0 && x == lastX && y == lastY)
                continue;
            result.Add(x - lastX);
            result.Add(y - lastY);
            (lastX, lastY) = (x, y);
        }

        return result;
    }

    // Half the range, so that a difference of two still fits.
    private static int Centimetres(double metres) =>
        double.IsFinite(metres) ? (int)Math.Round(Math.Clamp(metres * 100, -1e9, 1e9)) : 0;

    private static double Round(double metres) => Math.Round(metres, 2);

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
