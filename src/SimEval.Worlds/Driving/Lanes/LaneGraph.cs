using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Lanes;

/// <summary>
/// A road network as traffic drives on it: flat arrays of what every step asks, right of way, and the conflicts between
/// lanes. Lane numbers are those of the network. Immutable, shared by all episodes of a world.
/// </summary>
public sealed class LaneGraph
{
    private readonly Conflict[][] conflicts;
    private readonly int[] priorities;
    private readonly double[] lengths;
    private readonly int[] left;
    private readonly int[] right;
    private readonly bool[] regulated;
    private readonly int[][] ways;

    /// <summary>Reads the network; finds its conflicts.</summary>
    public LaneGraph(RoadNetwork network)
    {
        Network = network;
        var lanes = network.Lanes;
        lengths = [.. lanes.Select(lane => lane.Length)];
        left = [.. lanes.Select(lane => Usable(lane.LeftNeighbor))];
        right = [.. lanes.Select(lane => Usable(lane.RightNeighbor))];
        ways = [.. lanes.Select(lane => lane.Successors.Where(next => lanes[next].IsRoutable).ToArray())];
        priorities = [.. lanes.Select(RightOfWay.PriorityOf)];
        conflicts = ConflictFinder.Find(lanes, priorities);
        regulated = new bool[Count];
        for (var i = 0; i < Count; i++)
        {
            regulated[i] = IsRegulated(i);
            foreach (var next in ways[i])
                regulated[i] |= IsRegulated(next);
        }
    }

    /// <summary>The network it was made from.</summary>
    public RoadNetwork Network { get; }

    /// <summary>Number of lanes.</summary>
    public int Count => lengths.Length;

    /// <summary>A lane.</summary>
    public Lane this[int lane] => Network.Lanes[lane];

    /// <summary>Length of a lane's centre line in m.</summary>
    public double Length(int lane) => lengths[lane];

    /// <summary>The usable lane to the left in the same direction, or -1.</summary>
    public int Left(int lane) => left[lane];

    /// <summary>The usable lane to the right in the same direction, or -1.</summary>
    public int Right(int lane) => right[lane];

    /// <summary>Whether the lane, or one that follows it, has a light or a conflict.</summary>
    public bool IsRegulatedAhead(int lane) => regulated[lane];

    /// <summary>The stretches it shares with other lanes, by <see cref="Conflict.From"/>.</summary>
    public ReadOnlySpan<Conflict> Conflicts(int lane) => conflicts[lane];

    /// <summary>The arc length on a neighbour that lies beside arc length <paramref name="s"/> of a lane.</summary>
    public double Beside(int lane, double s, int neighbour) => s * (lengths[neighbour] / lengths[lane]);

    /// <summary>
    /// The lane that follows: the only successor, else one picked by the traveller's key, so that the same traveller always
    /// picks the same way; -1 at the end of the network.
    /// </summary>
    public int Next(int lane, ulong traveller)
    {
        var next = ways[lane];
        return next.Length switch
        {
            0 => -1,
            1 => next[0],
            _ => next[(int)(Hash64.Mix(traveller, (ulong)lane) % (ulong)next.Length)],
        };
    }

    private int Usable(int lane) => lane >= 0 && Network.Lanes[lane].IsRoutable ? lane : -1;

    private bool IsRegulated(int lane) => conflicts[lane].Length > 0 || !Network.Lanes[lane].Lights.IsEmpty;
}
