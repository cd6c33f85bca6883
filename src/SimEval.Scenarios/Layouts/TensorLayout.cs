namespace SimEval.Scenarios.Layouts;

/// <summary>One named tensor of an observation or action, without the batch axis. Elements are float32.</summary>
/// <param name="Name">The name a model's input is matched with.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Meaning">Axes, units and frame in words: "(agents, features): x m, y m, heading rad, speed m/s, in the ego frame".</param>
public sealed record TensorLayout(string Name, IReadOnlyList<int> Shape, string Meaning)
{
    /// <summary>Number of elements.</summary>
    public int Size => Shape.Aggregate(1, (product, size) => product * size);

    /// <summary>Metres that a 1 stands for, where the rows are points (x, y) in time; null: they are no points.</summary>
    public double? PointUnit { get; init; }

    /// <summary>"agents[16,10,6]".</summary>
    public override string ToString() => $"{Name}[{string.Join(",", Shape)}]";
}
