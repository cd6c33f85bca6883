using System.Collections.Immutable;
using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Actors;
using SimEval.Worlds.Driving.Metrics;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Traffic;

namespace SimEval.Worlds.Driving.Population;

/// <summary>
/// Everyone but the ego in one episode: vehicles that drive by themselves (identities first), pedestrians who step out, and
/// those that follow a recording or stand.
/// </summary>
internal sealed class Cast
{
    private readonly double dt;
    private readonly IReadOnlyList<SceneActorKind> kinds;
    private readonly Walker[] walkers;
    private readonly double[] walkedSince;
    private readonly ImmutableArray<RecordedActor> recorded;
    private readonly IScript[] scripts;

    public Cast(
        ulong key,
        double dt,
        TrafficFlow flow,
        IReadOnlyList<SceneActorKind> kinds,
        IReadOnlyList<Walker> walkers,
        ImmutableArray<RecordedActor> recorded,
        IReadOnlyList<IScript> scripts
    )
    {
        Key = key;
        this.dt = dt;
        Flow = flow;
        this.kinds = kinds;
        this.walkers = [.. walkers];
        walkedSince = new double[walkers.Count];
        Array.Fill(walkedSince, -1);
        this.recorded = recorded;
        this.scripts = [.. scripts];
    }

    /// <summary>Hash of (scenario seed, point, seed): where the checksum starts.</summary>
    public ulong Key { get; }

    /// <summary>Vehicles that drive by themselves.</summary>
    public TrafficFlow Flow { get; }

    /// <summary>Identities lie below it.</summary>
    public int Capacity => Flow.Capacity + walkers.Length + recorded.Length;

    /// <summary>Everyone moves from frame <paramref name="frame"/> to the next. The ego's guests must be announced before.</summary>
    public void Step(int frame, double egoSpeed, double egoS, ReadOnlySpan<LightState> lights)
    {
        foreach (var script in scripts)
            script.Act(frame, frame * dt, Flow);
        if (Flow.Count > 0)
            Flow.Step(dt, lights);
        for (var w = 0; w < walkers.Length; w++)
        {
            if (walkedSince[w] >= 0)
                walkedSince[w] += dt;
            else if (walkers[w].RouteS - egoS < walkers[w].When * Math.Max(egoSpeed, 1))
                walkedSince[w] = 0;
        }
    }

    /// <summary>Puts everyone who is there at a frame into the table.</summary>
    public void Appear(int frame, ActorTable table)
    {
        AppearDriving(table);
        for (var w = 0; w < walkers.Length; w++)
        {
            ref readonly var walker = ref walkers[w];
            var (walked, speed) = walker.After(walkedSince[w]);
            var (sin, cos) = PureMath.SinCos(walker.Heading);
            table.Add(
                Flow.Capacity + w,
                SceneActorKind.Pedestrian,
                AgentClass.Vulnerable,
                walker.X + (walked * cos),
                walker.Y + (walked * sin),
                walker.Heading,
                speed,
                0,
                Walker.Half,
                Walker.Half
            );
        }

        for (var r = 0; r < recorded.Length; r++)
        {
            var actor = recorded[r];
            if (actor.TryAt(frame, out var at))
            {
                table.Add(
                    Flow.Capacity + walkers.Length + r,
                    actor.Kind,
                    actor.Class,
                    at.X,
                    at.Y,
                    at.Heading,
                    at.Speed,
                    at.Acceleration,
                    at.HalfLength,
                    at.HalfWidth
                );
            }
        }
    }

    /// <summary>The running hash after everyone's state.</summary>
    public ulong Chain(ulong hash) => Flow.Chain(Hash64.Chain(hash, walkedSince));

    private void AppearDriving(ActorTable table)
    {
        var x = Flow.X;
        var y = Flow.Y;
        var heading = Flow.Heading;
        var speed = Flow.Speed;
        var length = Flow.Length;
        var width = Flow.Width;
        var acceleration = Flow.Acceleration;
        var lane = Flow.Lane;
        for (var i = 0; i < x.Length; i++)
        {
            if (lane[i] < 0)
                continue;
            table.Add(
                i,
                kinds[i],
                AgentClass.Vehicle,
                x[i],
                y[i],
                heading[i],
                speed[i],
                acceleration[i],
                length[i] / 2,
                width[i] / 2
            );
        }
    }
}
