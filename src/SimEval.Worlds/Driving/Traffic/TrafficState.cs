using SimEval.Worlds.Driving.Lanes;

namespace SimEval.Worlds.Driving.Traffic;

/// <summary>
/// Structure of arrays. Slots [0, capacity) are vehicles; slot capacity + i is the place that vehicle i still takes in the
/// lane that it is leaving; the slots after them are guests: whatever else stands or moves on a lane (the ego, a pedestrian).
/// A slot whose lane is negative is not there.
/// </summary>
internal sealed class TrafficState
{
    public const double DefaultChangeDuration = 4;

    public TrafficState(LaneGraph graph, int capacity, int guests)
    {
        Graph = graph;
        Capacity = capacity;
        var slots = (2 * capacity) + guests;
        Lane = new int[slots];
        Array.Fill(Lane, -1);
        Along = new double[slots];
        Speed = new double[slots];
        Half = new double[slots];
        Idm = new Idm[slots];
        Acceleration = new double[capacity];
        Decided = new double[capacity];
        Offset = new double[capacity];
        ChangeFrom = new double[capacity];
        ChangeTime = new double[capacity];
        ChangeDuration = new double[capacity];
        Target = new int[capacity];
        MayChange = new bool[capacity];
        Bound = new double[capacity];
        Array.Fill(Bound, double.PositiveInfinity);
        Traveller = new ulong[capacity];
        Ways = new int[]?[capacity];
        Length = new double[capacity];
        Width = new double[capacity];
        LimitFactor = new double[capacity];
        DesiredSpeed = new double[capacity];
        Segment = new int[capacity];
        X = new double[capacity];
        Y = new double[capacity];
        Heading = new double[capacity];
        Order = new LaneOrder(graph, slots);
    }

    public LaneGraph Graph { get; }

    public int Capacity { get; }

    public int Count { get; set; }

    public LaneOrder Order { get; }

    // Per slot.
    public int[] Lane { get; }

    public double[] Along { get; }

    public double[] Speed { get; }

    /// <summary>Half the length of the box.</summary>
    public double[] Half { get; }

    public Idm[] Idm { get; }

    // Per vehicle.
    public double[] Acceleration { get; }

    /// <summary>The acceleration decided from the state at the start of the step.</summary>
    public double[] Decided { get; }

    /// <summary>Metres left of the centre line.</summary>
    public double[] Offset { get; }

    public double[] ChangeFrom { get; }

    /// <summary>Seconds since the change began; negative when there is none.</summary>
    public double[] ChangeTime { get; }

    public double[] ChangeDuration { get; }

    /// <summary>Lane to change to, as decided in this step, or -1.</summary>
    public int[] Target { get; }

    public bool[] MayChange { get; }

    /// <summary>The most that a script lets it accelerate in the next step; infinity: no script.</summary>
    public double[] Bound { get; }

    public ulong[] Traveller { get; }

    /// <summary>Lanes that a vehicle drives in this order, where it has a plan.</summary>
    public int[]?[] Ways { get; }

    public double[] Length { get; }

    public double[] Width { get; }

    public double[] LimitFactor { get; }

    public double[] DesiredSpeed { get; }

    /// <summary>Hint: the piece of the centre line it was last on.</summary>
    public int[] Segment { get; }

    public double[] X { get; }

    public double[] Y { get; }

    public double[] Heading { get; }

    public bool IsChanging(int vehicle) => ChangeTime[vehicle] >= 0;

    public int ShadowOf(int vehicle) => Capacity + vehicle;

    /// <summary>The lane that a vehicle drives on to after a lane; -1 at the end. A number past the vehicles has no plan.</summary>
    public int Next(int vehicle, int lane)
    {
        if (vehicle >= Capacity)
            return Graph.Next(lane, 0);
        if (Ways[vehicle] is { } way)
        {
            for (var i = 0; i + 1 < way.Length; i++)
            {
                if (way[i] == lane && way[i + 1] >= 0)
                    return way[i + 1];
            }
        }

        return Graph.Next(lane, Traveller[vehicle]);
    }

    /// <summary>
    /// The occupant ahead of a place at arc length <paramref name="front"/> (a front bumper) of a lane, looking over the
    /// lane's end along a vehicle's way: bumper-to-bumper gap in m and its slot; infinity and -1 when none is near.
    /// </summary>
    public (double Gap, int Slot) Ahead(int lane, int place, double front, int vehicle)
    {
        if (place < Order.End(lane))
        {
            var slot = Order[place];
            return (Along[slot] - Half[slot] - front, slot);
        }

        const double lookahead = 150;
        var reach = Graph.Length(lane) - front;
        for (var hops = 0; hops < 12 && reach < lookahead; hops++)
        {
            lane = Next(vehicle, lane);
            if (lane < 0)
                break;
            if (Order.Start(lane) < Order.End(lane))
            {
                var slot = Order[Order.Start(lane)];
                return (reach + Along[slot] - Half[slot], slot);
            }

            reach += Graph.Length(lane);
        }

        return (double.PositiveInfinity, -1);
    }
}
