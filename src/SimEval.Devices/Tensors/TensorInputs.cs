using SimEval.Devices.Binding;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices;

/// <summary>Whether tensors are what a model declares to take; every device refuses the same things in the same words.</summary>
public static class TensorInputs
{
    /// <summary>Throws <see cref="ModelException"/> that names the first input that is missing, unknown or does not fit.</summary>
    /// <param name="signature">What the model declares.</param>
    /// <param name="inputs">What it is given.</param>
    public static void Check(ModelSignature signature, IReadOnlyDictionary<string, Tensor> inputs)
    {
        foreach (var declared in signature.Inputs)
        {
            if (!inputs.TryGetValue(declared.Name, out var tensor))
                throw Unfit($"the model's input {declared} is given nothing{Instead(declared, signature, inputs)}");
            if (tensor.Type != declared.Type)
                throw Unfit($"the model's input {declared} is given {tensor}: another element type");
            if (!Fits(declared.Dims, tensor.Dims))
                throw Unfit($"the model's input {declared} is given {tensor}: another shape");
        }

        foreach (var name in inputs.Keys)
        {
            if (signature.Inputs.All(declared => declared.Name != name))
                throw Unfit(
                    $"the model has no input '{name}'; "
                        + (
                            NearestName.Of(name, signature.Inputs.Select(declared => declared.Name)) is { } near
                                ? $"did you mean '{near}'?"
                                : $"it takes {string.Join(", ", signature.Inputs)}"
                        )
                );
        }
    }

    private static string Instead(
        ModelTensor missing,
        ModelSignature signature,
        IReadOnlyDictionary<string, Tensor> inputs
    )
    {
        var other = inputs.Keys.Where(name => signature.Inputs.All(declared => declared.Name != name)).ToList();
        return other.Count == 0 ? ""
            : NearestName.Of(missing.Name, other) is { } near ? $"; there is '{near}', which it does not take"
            : $"; there is {string.Join(", ", other.Select(name => $"'{name}'"))}, which it does not take";
    }

    // No declared sizes: a scalar, or a rank that the model leaves open; the runtime will tell.
    private static bool Fits(IReadOnlyList<int> declared, IReadOnlyList<long> given) =>
        declared.Count == 0
        || (
            declared.Count == given.Count
            && declared.Zip(given).All(pair => pair.First < 0 || pair.First == pair.Second)
        );

    private static ModelException Unfit(string message) => new(ModelFault.Unbindable, message);
}
