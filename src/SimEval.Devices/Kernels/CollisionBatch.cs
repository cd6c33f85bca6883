namespace SimEval.Devices.Kernels;

/// <summary>A box that moves along its own heading.</summary>
/// <param name="X">Centre, m.</param>
/// <param name="Y">Centre, m.</param>
/// <param name="Cos">Cosine of the heading.</param>
/// <param name="Sin">Sine of the heading.</param>
/// <param name="Speed">m/s along the heading.</param>
/// <param name="HalfLength">Half the extent along the heading, m.</param>
/// <param name="HalfWidth">Half the extent across it, m.</param>
public readonly record struct MovingBox(
    double X,
    double Y,
    double Cos,
    double Sin,
    double Speed,
    double HalfLength,
    double HalfWidth
);

/// <summary>One frame of many rollouts: each with its ego, and with up to <see cref="MostAgents"/> others.</summary>
public sealed class CollisionBatch
{
    /// <summary>Numbers of one box.</summary>
    internal const int Fields = 7;

    /// <summary>An empty batch; all counts are 0.</summary>
    /// <param name="rollouts">At least 1.</param>
    /// <param name="mostAgents">At least 1. A batch has at most 2^31 - 1 numbers.</param>
    public CollisionBatch(int rollouts, int mostAgents)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rollouts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostAgents, 1);
        Rollouts = rollouts;
        MostAgents = mostAgents;
        Pitch = PitchOf(rollouts);
        Egos = new double[checked(Fields * Pitch)];
        Agents = new double[checked(Fields * mostAgents * Pitch)];
        Counts = new int[rollouts];
    }

    /// <summary>Rollouts.</summary>
    public int Rollouts { get; }

    /// <summary>Agents that a rollout may have.</summary>
    public int MostAgents { get; }

    /// <summary>Bytes that one pass over the batch reads and writes, each counted once.</summary>
    public long Bytes =>
        (sizeof(double) * Fields * (Rollouts + Counts.Sum(count => (long)count)))
        + (sizeof(int) * Rollouts * (1L + CollisionFindings.Fields));

    /// <summary>Numbers from one row of rollouts to the next.</summary>
    internal int Pitch { get; }

    /// <summary>[field, rollout].</summary>
    internal double[] Egos { get; }

    /// <summary>[field, agent, rollout].</summary>
    internal double[] Agents { get; }

    /// <summary>Agents of each rollout.</summary>
    internal int[] Counts { get; }

    /// <summary>Sets a rollout's boxes; at most <see cref="MostAgents"/> agents.</summary>
    public void Set(int rollout, in MovingBox ego, ReadOnlySpan<MovingBox> agents)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(agents.Length, MostAgents);
        Counts[rollout] = agents.Length;
        Write(Egos, rollout, Pitch, ego);
        for (var agent = 0; agent < agents.Length; agent++)
            Write(Agents, (agent * Pitch) + rollout, MostAgents * Pitch, agents[agent]);
    }

    // An odd number of cache lines: a power of two would lead all rows of a rollout to the same few sets of a cache.
    internal static int PitchOf(int rollouts)
    {
        const int line = 64 / sizeof(double);
        return (((rollouts + line - 1) / line) | 1) * line;
    }

    private static void Write(double[] table, int at, int stride, in MovingBox box)
    {
        table[at] = box.X;
        table[at + stride] = box.Y;
        table[at + (2 * stride)] = box.Cos;
        table[at + (3 * stride)] = box.Sin;
        table[at + (4 * stride)] = box.Speed;
        table[at + (5 * stride)] = box.HalfLength;
        table[at + (6 * stride)] = box.HalfWidth;
    }
}

/// <summary>What a pass over a batch found.</summary>
/// <param name="rollouts">As the batch has.</param>
public sealed class CollisionFindings(int rollouts)
{
    private readonly int pitch = CollisionBatch.PitchOf(rollouts);

    /// <summary>Numbers of one rollout.</summary>
    internal const int Fields = 4;

    /// <summary>[field, rollout].</summary>
    internal int[] Values { get; } = new int[Fields * CollisionBatch.PitchOf(rollouts)];

    /// <summary>How many agents touch the ego now; touching counts as overlap.</summary>
    public int Touching(int rollout) => Values[rollout];

    /// <summary>Index of the first agent that touches the ego now; -1: none.</summary>
    public int FirstTouching(int rollout) => Values[pitch + rollout];

    /// <summary>
    /// The least step k in 1..29 at which, both going on with constant speed and heading, an agent will touch the ego after
    /// k x 0.1 s; 0: none.
    /// </summary>
    public int Step(int rollout) => Values[(2 * pitch) + rollout];

    /// <summary>Index of the first agent with that step; -1: none.</summary>
    public int Nearest(int rollout) => Values[(3 * pitch) + rollout];
}

/// <summary>A device that finds collisions and times to collision; one batch at a time. Not thread-safe.</summary>
public interface ICollisionKernel : IDisposable
{
    /// <summary>The device, as its driver names it.</summary>
    string Device { get; }

    /// <summary>Brings a batch to the device's memory.</summary>
    void Load(CollisionBatch batch);

    /// <summary>One pass over the batch there; returns when it is done.</summary>
    void Run();

    /// <summary>The yardstick: copies the batch's agents within the device's memory; returns how many bytes it read and wrote.</summary>
    long Copy();

    /// <summary>Brings what the last pass found.</summary>
    void Read(CollisionFindings target);
}
