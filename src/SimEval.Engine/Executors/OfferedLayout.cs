using SimEval.Devices.Binding;
using SimEval.Scenarios.Layouts;
using SimEval.Worlds;
using SimEval.Worlds.Driving;

namespace SimEval.Engine.Executors;

/// <summary>What a world offers a model, and wants of it.</summary>
public static class OfferedLayout
{
    /// <summary>Where no world is named: what the driving world offers in a scenario that does not say otherwise.</summary>
    public static BindingRequest Usual { get; } =
        new() { Observation = [Spec(DrivingWorldKind.UsualObservation)], Action = Spec(DrivingWorldKind.UsualAction) };

    /// <summary>A world's.</summary>
    public static BindingRequest Of(IWorld world) =>
        new() { Observation = [.. world.Observation.Select(Spec)], Action = Spec(world.Action) };

    private static TensorSpec Spec(TensorLayout layout) => new(layout.Name, layout.Shape, layout.Meaning);
}
