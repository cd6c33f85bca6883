using SimEval.Devices.Tensors;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Binding;

/// <summary>One named tensor that a world offers or takes, without the batch axis; float32.</summary>
/// <param name="Name">Its name in the layout.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Meaning">Axes, units and frame in words.</param>
public sealed record TensorSpec(string Name, IReadOnlyList<int> Shape, string Meaning)
{
    /// <summary>Number of elements.</summary>
    public int Size => Shape.Aggregate(1, (product, size) => product * size);

    /// <summary>"agents[16,10,6]".</summary>
    public override string ToString() => Name + ModelTensor.ShapeText(Shape);
}

/// <summary>A recurrent state: output of one step, input of the next; zeros at the start.</summary>
/// <param name="Input">Model input.</param>
/// <param name="Output">Model output.</param>
public sealed record StateNames(string Input, string Output);

/// <summary>What a model is to be fitted to.</summary>
public sealed record BindingRequest
{
    /// <summary>The tensors on offer, in the world's order.</summary>
    public required IReadOnlyList<TensorSpec> Observation { get; init; }

    /// <summary>The vector that the model must give.</summary>
    public required TensorSpec Action { get; init; }

    /// <summary>Model input to layout tensor, where the names differ.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>The model output that holds the action; null: the only one that is no state.</summary>
    public string? Output { get; init; }

    /// <summary>Recurrent states.</summary>
    public IReadOnlyList<StateNames> States { get; init; } = [];

    /// <summary>Inputs with a fixed value, shared by all rows ("sr": [16000]).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Constants { get; init; } =
        new Dictionary<string, IReadOnlyList<double>>();
}

/// <summary>One thing that does not fit.</summary>
/// <param name="Subject">The key it is about: "inputs.obs", "output", "states[0].input".</param>
/// <param name="Message">What is wrong, with both shapes.</param>
/// <param name="Suggestion">What would be right, or null.</param>
public sealed record BindingError(string Subject, string Message, string? Suggestion = null)
{
    /// <summary>Message and suggestion.</summary>
    public override string ToString() => Suggestion is null ? Message : $"{Message}. {Suggestion}";
}

/// <summary>A model input fed from a layout tensor.</summary>
/// <param name="Tensor">The model's input.</param>
/// <param name="Source">Index of the layout tensor.</param>
/// <param name="BatchAxis">The axis along which rows are stacked, or -1 when the model takes exactly one row without such an axis.</param>
/// <param name="Row">Sizes of one row, without the batch axis, as the model wants them.</param>
public sealed record BoundInput(ModelTensor Tensor, int Source, int BatchAxis, IReadOnlyList<int> Row);

/// <summary>A recurrent state.</summary>
/// <param name="Input">The model's input.</param>
/// <param name="Output">The model's output.</param>
/// <param name="BatchAxis">As in <see cref="BoundInput"/>.</param>
/// <param name="Row">Sizes of one slot's state, without the batch axis.</param>
public sealed record BoundState(ModelTensor Input, ModelTensor Output, int BatchAxis, IReadOnlyList<int> Row);

/// <summary>An input that has the same value in every run.</summary>
/// <param name="Tensor">The model's input.</param>
/// <param name="Values">Its elements.</param>
public sealed record BoundConstant(ModelTensor Tensor, IReadOnlyList<double> Values)
{
    /// <summary>The value in the model's element type: rounded to integers, saturating.</summary>
    public Tensor Value => TensorNumbers.Write(Tensor.Type, [.. Tensor.Dims.Select(size => (long)size)], [.. Values]);
}

/// <summary>Which model tensor is what. Made by <see cref="ModelBinder.Bind"/>.</summary>
/// <param name="Inputs">Inputs fed from the observation.</param>
/// <param name="Action">The output that holds the action.</param>
/// <param name="ActionSize">Number of elements of one action.</param>
/// <param name="States">Recurrent states.</param>
/// <param name="Constants">Fixed inputs.</param>
/// <param name="Batchable">Whether every input and state has a batch axis of free size.</param>
public sealed record ModelBinding(
    IReadOnlyList<BoundInput> Inputs,
    ModelTensor Action,
    int ActionSize,
    IReadOnlyList<BoundState> States,
    IReadOnlyList<BoundConstant> Constants,
    bool Batchable
);
