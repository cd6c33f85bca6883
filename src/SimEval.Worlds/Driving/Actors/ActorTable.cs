using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Metrics;

namespace SimEval.Worlds.Driving.Actors;

/// <summary>
/// Everyone but the ego at one frame: the present ones packed in a fixed order, as metrics and sensing read them. Rows are
/// indexed by identity, so that what is remembered about an actor finds it again.
/// </summary>
internal sealed class ActorTable
{
    private readonly AgentSample[] present;
    private readonly SceneActorKind[] kinds;
    private readonly double[] headings;
    private readonly double[] cosines;
    private readonly double[] sines;

    public ActorTable(int capacity)
    {
        present = new AgentSample[capacity];
        kinds = new SceneActorKind[capacity];
        headings = new double[capacity];
        cosines = new double[capacity];
        sines = new double[capacity];
        Accelerations = new double[capacity];
        Hints = new int[capacity];
        Array.Fill(Hints, -1);
        Array.Fill(headings, double.NaN);
    }

    /// <summary>Most actors; identities lie below it.</summary>
    public int Capacity => kinds.Length;

    /// <summary>Those present, in the order of identity.</summary>
    public ReadOnlySpan<AgentSample> Present => present.AsSpan(0, Count);

    /// <summary>Number present.</summary>
    public int Count { get; private set; }

    /// <summary>Acceleration in m/s2 by identity.</summary>
    public double[] Accelerations { get; }

    /// <summary>Where on the route each was last found, by identity; -1 never.</summary>
    public int[] Hints { get; }

    /// <summary>What an actor is.</summary>
    public SceneActorKind KindOf(int id) => kinds[id];

    /// <summary>Heading in rad of an actor when last present.</summary>
    public double HeadingOf(int id) => headings[id];

    /// <summary>Starts a new frame with nobody present.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds one present actor; identities ascend within a frame.</summary>
    public void Add(
        int id,
        SceneActorKind kind,
        AgentClass @class,
        double x,
        double y,
        double heading,
        double speed,
        double acceleration,
        double halfLength,
        double halfWidth
    )
    {
        kinds[id] = kind;
        Accelerations[id] = acceleration;
        if (heading != headings[id])
        {
            headings[id] = heading;
            (sines[id], cosines[id]) = PureMath.SinCos(heading);
        }

        present[Count++] = new AgentSample(id, @class, x, y, cosines[id], sines[id], speed, halfLength, halfWidth);
    }
}
