using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>A named way along a built road: one lane after another, measured as one length.</summary>
/// <param name="Name">Unique within the road.</param>
/// <param name="Lanes">Lane indices, each a successor of the one before.</param>
/// <param name="Starts">Arc length of the track in m where each lane starts.</param>
/// <param name="Length">Total length in m.</param>
public sealed record RoadTrack(string Name, ImmutableArray<int> Lanes, ImmutableArray<double> Starts, double Length)
{
    /// <summary>The lane at an arc length of the track (clamped to it), and the arc length within that lane.</summary>
    public (int Lane, double S) Locate(double s)
    {
        int i = Lanes.Length - 1;
        while (i > 0 && s < Starts[i])
            i--;
        return (Lanes[i], Math.Max(0, s - Starts[i]));
    }
}

/// <summary>A network made by a <see cref="RoadBuilder"/>, with the names by which a scenario speaks of it.</summary>
/// <param name="Network">The lanes.</param>
/// <param name="Tracks">All tracks, in a fixed order.</param>
public sealed record BuiltRoad(RoadNetwork Network, ImmutableArray<RoadTrack> Tracks)
{
    /// <summary>The track of a name, or null.</summary>
    public RoadTrack? Find(string name)
    {
        foreach (RoadTrack track in Tracks)
        {
            if (track.Name == name)
                return track;
        }
        return null;
    }

    /// <summary>The pose on a track's centre line at an arc length, moved left by <paramref name="lateral"/> m.</summary>
    public Pose PoseAt(RoadTrack track, double s, double lateral = 0)
    {
        (int lane, double along) = track.Locate(s);
        PathPoint at = Network.Lanes[lane].Center.At(along, lateral);
        return new Pose(at.X, at.Y, at.Heading);
    }

    /// <summary>The route that follows a track from end to end.</summary>
    public Route RouteAlong(RoadTrack track) => new(Network, track.Lanes, ReferenceLine.Along(Network, track.Lanes));
}
