using SimEval.Worlds.Driving.Actors;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>Where everyone was in the last few frames: a ring of poses by identity.</summary>
internal sealed class AgentHistory(int capacity, int frames)
{
    private readonly Past[] ring = new Past[capacity * frames];
    private int newest = -1;

    /// <summary>Takes up a new frame.</summary>
    public void Add(ActorTable actors)
    {
        newest = (newest + 1) % frames;
        for (var id = 0; id < capacity; id++)
            ring[(id * frames) + newest] = default;
        foreach (ref readonly var actor in actors.Present)
            ring[(actor.Id * frames) + newest] = new Past(actor.X, actor.Y, actor.Cos, actor.Sin, actor.Speed, true);
    }

    /// <summary>An actor <paramref name="back"/> frames ago (0: now); not valid when it was not there.</summary>
    public Past At(int id, int back) => ring[(id * frames) + ((newest - back + frames) % frames)];

    /// <summary>A pose in the past.</summary>
    internal readonly record struct Past(double X, double Y, double Cos, double Sin, double Speed, bool IsValid);
}
