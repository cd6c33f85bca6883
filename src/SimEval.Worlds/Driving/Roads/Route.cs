using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>
/// A way through a network: the lanes to drive in order (a change to a neighbour included), all lanes that count as on
/// route, and one smooth line along it. Immutable.
/// </summary>
public sealed class Route
{
    private readonly bool[] _onRoute;

    internal Route(RoadNetwork network, ImmutableArray<int> lanes, Polyline reference)
    {
        Lanes = lanes;
        Reference = reference;
        _onRoute = new bool[network.Lanes.Length];
        foreach (int index in lanes)
            MarkWithNeighbors(network, index);
    }

    /// <summary>The lanes to drive, in order; consecutive ones are successors or neighbours.</summary>
    public ImmutableArray<int> Lanes { get; }

    /// <summary>Along the lanes' centre lines, with lane changes blended in; from the start of the first to the end of the last lane.</summary>
    public Polyline Reference { get; }

    /// <summary>Whether a lane lies on the route: those to drive and their neighbours of the same direction.</summary>
    public bool Contains(int lane) => lane >= 0 && _onRoute[lane];

    private void MarkWithNeighbors(RoadNetwork network, int index)
    {
        _onRoute[index] = true;
        for (int i = network.Lanes[index].LeftNeighbor; i >= 0 && !_onRoute[i]; i = network.Lanes[i].LeftNeighbor)
            _onRoute[i] = true;
        for (int i = network.Lanes[index].RightNeighbor; i >= 0 && !_onRoute[i]; i = network.Lanes[i].RightNeighbor)
            _onRoute[i] = true;
    }
}
