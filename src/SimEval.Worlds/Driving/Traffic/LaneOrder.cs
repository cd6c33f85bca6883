using SimEval.Worlds.Driving.Lanes;

namespace SimEval.Worlds.Driving.Traffic;

/// <summary>
/// Everything that occupies lanes, kept sorted by (lane, arc length): the neighbours of an occupant are the entries beside
/// it. Between two steps the order hardly changes, so that insertion sort takes a time proportional to the number.
/// </summary>
internal sealed class LaneOrder
{
    /// <summary>Longer than any lane, in m, so that lane and arc length make one sort key.</summary>
    private const double LaneSpan = 1e7;

    private readonly int laneCount;
    private readonly int[] starts;
    private readonly int[] slots;
    private readonly double[] keys;
    private readonly bool[] present;

    /// <summary>Empty; slots are numbers below <paramref name="capacity"/>.</summary>
    public LaneOrder(LaneGraph graph, int capacity)
    {
        laneCount = graph.Count;
        starts = new int[laneCount + 1];
        slots = new int[capacity];
        keys = new double[capacity];
        present = new bool[capacity];
    }

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>The slot at a place of the order.</summary>
    public int this[int place] => slots[place];

    /// <summary>The first place of a lane.</summary>
    public int Start(int lane) => starts[lane];

    /// <summary>One past the last place of a lane.</summary>
    public int End(int lane) => starts[lane + 1];

    /// <summary>Appends a slot that is not yet in it; it moves to its place at the next <see cref="Sort"/>.</summary>
    public void Add(int slot)
    {
        if (present[slot])
            return;
        present[slot] = true;
        slots[Count++] = slot;
    }

    /// <summary>Puts the entries in order and finds where each lane begins; drops slots whose lane is negative.</summary>
    public void Sort(int[] laneOf, double[] alongOf)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            var slot = slots[i];
            var lane = laneOf[slot];
            if (lane < 0)
            {
                present[slot] = false;
                continue;
            }

            var key = (lane * LaneSpan) + alongOf[slot];
            var place = kept++;
            while (place > 0 && keys[place - 1] > key)
            {
                keys[place] = keys[place - 1];
                slots[place] = slots[place - 1];
                place--;
            }

            keys[place] = key;
            slots[place] = slot;
        }

        Count = kept;
        var next = 0;
        for (var i = 0; i < kept; i++)
        {
            var lane = laneOf[slots[i]];
            while (next <= lane)
                starts[next++] = i;
        }

        while (next <= laneCount)
            starts[next++] = kept;
    }

    /// <summary>The first place in a lane at or beyond arc length <paramref name="along"/>; <see cref="End"/> if there is none.</summary>
    public int FirstBeyond(int lane, double along)
    {
        var key = (lane * LaneSpan) + along;
        var low = starts[lane];
        var high = starts[lane + 1];
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (keys[middle] < key)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
