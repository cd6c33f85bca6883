using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Lanes;

/// <summary>Finds where lanes cross and where they run together.</summary>
internal static class ConflictFinder
{
    /// <summary>Half of the stretch, in m, that a car needs around a crossing point besides the other lane's width.</summary>
    private const double CarReach = 2.5;

    /// <summary>Two merging lanes conflict from where their centre lines are nearer than this, in m.</summary>
    private const double MergeReach = 2.6;

    /// <summary>Conflicts of every lane, sorted by where they begin.</summary>
    public static Conflict[][] Find(ImmutableArray<Lane> lanes, int[] priorities)
    {
        var found = new List<Conflict>[lanes.Length];
        for (var i = 0; i < lanes.Length; i++)
            found[i] = [];
        for (var a = 0; a < lanes.Length; a++)
        {
            if (!lanes[a].IsRoutable)
                continue;
            for (var b = a + 1; b < lanes.Length; b++)
            {
                if (lanes[b].IsRoutable && lanes[a].Center.Bounds.Overlaps(lanes[b].Center.Bounds))
                    Meet(lanes, priorities, a, b, found);
            }
        }

        return [.. found.Select(list => list.OrderBy(c => c.From).ThenBy(c => c.Other).ToArray())];
    }

    private static void Meet(ImmutableArray<Lane> lanes, int[] priorities, int a, int b, List<Conflict>[] found)
    {
        if (Follows(lanes[a], b) || Follows(lanes[b], a))
            return;
        var aYields = RightOfWay.Yields(lanes[a], lanes[b], priorities[a], priorities[b]);
        if (ShareSuccessor(lanes[a], lanes[b]))
            Merge(lanes, a, b, aYields, found);
        else if (!ShareStart(lanes[a], lanes[b]) && Crosses(lanes[a].Center, lanes[b].Center) is var (sa, sb, sine))
            Cross(lanes, a, b, (sa, sb, sine), aYields, found);
    }

    private static bool Follows(Lane lane, int other) => lane.Successors.Contains(other);

    private static bool ShareSuccessor(Lane a, Lane b) => a.Successors.Any(b.Successors.Contains);

    private static bool ShareStart(Lane a, Lane b) => a.Predecessors.Any(b.Predecessors.Contains);

    private static void Merge(ImmutableArray<Lane> lanes, int a, int b, bool aYields, List<Conflict>[] found)
    {
        var (la, lb) = (lanes[a].Center.Length, lanes[b].Center.Length);
        // Both end at one point: walk back from it until the lanes are a car's width apart.
        var together = 0.0;
        var reach = Math.Min(la, lb);
        while (together < reach)
        {
            var pa = lanes[a].Center.At(la - together);
            var pb = lanes[b].Center.At(lb - together);
            var (dx, dy) = (pa.X - pb.X, pa.Y - pb.Y);
            if ((dx * dx) + (dy * dy) > MergeReach * MergeReach)
                break;
            together += 1;
        }

        var (fromA, fromB) = (Math.Max(0, la - together - CarReach), Math.Max(0, lb - together - CarReach));
        found[a].Add(new Conflict(b, ConflictKind.Merge, fromA, la, fromB, lb, aYields));
        found[b].Add(new Conflict(a, ConflictKind.Merge, fromB, lb, fromA, la, !aYields));
    }

    private static void Cross(
        ImmutableArray<Lane> lanes,
        int a,
        int b,
        (double A, double B, double Sine) at,
        bool aYields,
        List<Conflict>[] found
    )
    {
        var slant = Math.Max(at.Sine, 0.35);
        var reachA = (lanes[b].Width / 2 / slant) + CarReach;
        var reachB = (lanes[a].Width / 2 / slant) + CarReach;
        var onA = (From: Math.Max(0, at.A - reachA), To: at.A + reachA);
        var onB = (From: Math.Max(0, at.B - reachB), To: at.B + reachB);
        found[a].Add(new Conflict(b, ConflictKind.Crossing, onA.From, onA.To, onB.From, onB.To, aYields));
        found[b].Add(new Conflict(a, ConflictKind.Crossing, onB.From, onB.To, onA.From, onA.To, !aYields));
    }

    /// <summary>Where two lines first cross: arc lengths on both and the sine of the angle between them; null when they don't.</summary>
    private static (double SA, double SB, double Sine)? Crosses(Polyline a, Polyline b)
    {
        for (var i = 0; i + 1 < a.Count; i++)
        {
            var (p, q) = (a[i], a[i + 1]);
            for (var k = 0; k + 1 < b.Count; k++)
            {
                var (u, v) = (b[k], b[k + 1]);
                var (px, py, ux, uy) = (q.X - p.X, q.Y - p.Y, v.X - u.X, v.Y - u.Y);
                var cross = (px * uy) - (py * ux);
                if (cross == 0)
                    continue;
                var t = (((u.X - p.X) * uy) - ((u.Y - p.Y) * ux)) / cross;
                var w = (((u.X - p.X) * py) - ((u.Y - p.Y) * px)) / cross;
                if (t is < 0 or > 1 || w is < 0 or > 1)
                    continue;
                var lengths = Math.Sqrt(((px * px) + (py * py)) * ((ux * ux) + (uy * uy)));
                var sa = a.ArcLength(i) + (t * (a.ArcLength(i + 1) - a.ArcLength(i)));
                var sb = b.ArcLength(k) + (w * (b.ArcLength(k + 1) - b.ArcLength(k)));
                return (sa, sb, Math.Abs(cross) / lengths);
            }
        }

        return null;
    }
}
