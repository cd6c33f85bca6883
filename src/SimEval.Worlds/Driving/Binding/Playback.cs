using System.Collections.Immutable;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Actors;
using SimEval.Worlds.Driving.Metrics;
using SimEval.Worlds.Driving.Recordings;

namespace SimEval.Worlds.Driving.Binding;

/// <summary>Turns a recorded obstacle into boxes frame by frame, once for all episodes of a world.</summary>
internal static class Playback
{
    /// <summary>The actor; null for what cannot be collided with or never is there.</summary>
    public static RecordedActor? Of(RecordedObstacle obstacle, int firstStep, int horizon)
    {
        if (obstacle.Role is not (CommonRoadRole.Static or CommonRoadRole.Dynamic))
            return null;
        var (kind, @class) = KindOf(obstacle);
        var from = obstacle.Stands ? firstStep : Math.Max(firstStep, obstacle.FirstStep);
        var to = obstacle.Stands ? firstStep : Math.Min(firstStep + horizon, obstacle.LastStep);
        if (to < from)
            return null;
        var states = ImmutableArray.CreateBuilder<ActorState>(to - from + 1);
        for (var step = from; step <= to; step++)
            states.Add(StateAt(obstacle, step));
        return new RecordedActor(kind, @class, from - firstStep, states.MoveToImmutable(), obstacle.Stands);
    }

    /// <summary>What it is, and how a collision with it counts.</summary>
    public static (SceneActorKind Kind, AgentClass Class) KindOf(RecordedObstacle obstacle) =>
        obstacle.Type switch
        {
            "pedestrian" => (SceneActorKind.Pedestrian, AgentClass.Vulnerable),
            "bicycle" => (SceneActorKind.TwoWheeler, AgentClass.Vulnerable),
            "motorcycle" => (SceneActorKind.TwoWheeler, AgentClass.Vehicle),
            "truck" or "bus" or "train" => (SceneActorKind.Truck, AgentClass.Vehicle),
            "car" or "taxi" or "priorityVehicle" or "parkedVehicle" => (SceneActorKind.Car, AgentClass.Vehicle),
            _ when obstacle.Role == CommonRoadRole.Dynamic => (SceneActorKind.Car, AgentClass.Vehicle),
            _ => (SceneActorKind.Static, AgentClass.Object),
        };

    private static ActorState StateAt(RecordedObstacle obstacle, int step)
    {
        if (!obstacle.TryBox(step, out var box))
            return new ActorState(double.NaN, 0, 0, 0, 0, 0, 0);
        var heading = PureMath.Atan2(box.Sin, box.Cos);
        var moves = obstacle.TryState(step, out var state) && !obstacle.Stands;
        return new ActorState(
            box.X,
            box.Y,
            heading,
            moves ? state.Speed : 0,
            moves ? state.Acceleration : 0,
            box.HalfLength,
            box.HalfWidth
        );
    }
}
