using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Metrics;

namespace SimEval.Worlds.Driving.Actors;

/// <summary>What kinds of actors there are, in the words of scenes and of metrics.</summary>
internal static class ActorKind
{
    /// <summary>The class by which collisions are scored.</summary>
    public static AgentClass ClassOf(SceneActorKind kind) =>
        kind switch
        {
            SceneActorKind.Pedestrian => AgentClass.Vulnerable,
            SceneActorKind.Static => AgentClass.Object,
            _ => AgentClass.Vehicle,
        };
}
