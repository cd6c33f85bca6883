using SimEval.Devices.Sessions;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Torch;

/// <summary>
/// A model in libtorch as a function of named tensors. A module that keeps state inside begins each run as it begins a
/// rollout, so that a run depends on nothing but its inputs; only the steps of a rollout go on from one another.
/// </summary>
internal sealed class TorchTensorModel(TorchModule module, ModelSignature signature, IReadOnlyList<string> given)
    : ITensorModel
{
    // The state inside the module at the beginning; null: not looked for yet, which a forward is needed for.
    private byte[]? initial = signature.OpenShapes ? null : [];

    /// <inheritdoc/>
    public ModelSignature Signature => signature;

    /// <inheritdoc/>
    public bool KeepsState => initial is { Length: > 0 };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs) =>
        Step(inputs, begins: true);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Step(IReadOnlyDictionary<string, Tensor> inputs, bool begins)
    {
        TensorInputs.Check(signature, inputs);
        using var arguments = new TensorArguments();
        var blocks = new List<AlignedMemory>();
        try
        {
            foreach (var input in signature.Inputs)
            {
                var tensor = inputs[input.Name];
                if (tensor.Type == Models.ElementType.Text)
                    throw new ModelException(ModelFault.Unsupported, "element type string is not lowered to torch");
                var block = new AlignedMemory(tensor.Data.Length);
                blocks.Add(block);
                tensor.Data.Span.CopyTo(block.Span<byte>(0, tensor.Data.Length));
                arguments.Add(tensor.Type, [.. tensor.Dims], block.Address);
            }

            initial ??= module.Api.FindState(module.Handle, arguments.Tensors);
            if (begins && initial.Length > 0)
                module.Api.PutState(module.Handle, initial);
            return Named(module.Api.Run(module.Handle, arguments.Tensors));
        }
        catch (ForwardException e)
        {
            throw new ModelException(ModelFault.RunFailed, $"the model failed: {e.Message}", e);
        }
        finally
        {
            foreach (var block in blocks)
                block.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => module.Dispose();

    private Dictionary<string, Tensor> Named(Tensor[] results)
    {
        if (results.Length < given.Count)
            throw new ForwardException($"forward gave {results.Length} results; {given.Count} were expected");
        var named = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        for (var i = 0; i < given.Count; i++)
            named[given[i]] = results[i];
        return named;
    }
}
