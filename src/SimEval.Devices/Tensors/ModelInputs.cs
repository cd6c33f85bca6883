using SimEval.Models.Graphs;

namespace SimEval.Devices.Tensors;

/// <summary>Arrays of a file as a model's inputs.</summary>
public static class ModelInputs
{
    /// <summary>
    /// The arrays by input name, converted where files lack the model's type (see <see cref="TensorConversion.FromFile"/>). A
    /// lone array without a name is the only input. Throws <see cref="ModelException"/> when there are several.
    /// </summary>
    /// <param name="arrays">Arrays by name; "" for one without.</param>
    /// <param name="signature">What the model takes.</param>
    public static IReadOnlyDictionary<string, Tensor> FromFile(
        IReadOnlyDictionary<string, Tensor> arrays,
        ModelSignature signature
    )
    {
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (given, tensor) in arrays)
        {
            var name =
                given.Length > 0 ? given
                : signature.Inputs.Count == 1 ? signature.Inputs[0].Name
                : throw new ModelException(
                    ModelFault.Unbindable,
                    $"one array without a name is given, and the model takes {signature.Inputs.Count}: {string.Join(", ", signature.Inputs)}; save them by name (numpy.savez)"
                );
            var wanted = signature.Inputs.FirstOrDefault(input => input.Name == name)?.Type ?? tensor.Type;
            inputs[name] = TensorConversion.FromFile(wanted, tensor);
        }

        return inputs;
    }
}
