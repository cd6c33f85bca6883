using SimEval.Devices.Binding;
using SimEval.Devices.Sessions;

namespace SimEval.Devices.Torch;

/// <summary>Arguments of one forward of a freshly bound model, with memory of their own: constants as bound, all else zeros.</summary>
internal sealed class TrialArguments : IDisposable
{
    private readonly List<AlignedMemory> blocks = [];
    private readonly TensorArguments arguments = new();

    /// <summary>Makes them.</summary>
    /// <param name="signature">The arguments in order.</param>
    /// <param name="binding">What each is bound to.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="element">What the i-th element of an argument is; null: zero.</param>
    public TrialArguments(ModelSignature signature, ModelBinding binding, int batch, Func<int, float>? element = null)
    {
        foreach (var tensor in signature.Inputs)
        {
            var shape = ShapeOf(tensor, binding);
            var dims = shape.Dims(batch);
            var count = dims.Aggregate(1L, (product, size) => product * size);
            var block = new AlignedMemory(count * ElementConversion.SizeOf(shape.Type));
            blocks.Add(block);
            arguments.Add(shape.Type, dims, block.Address);
            var elements = block.Span<byte>(0, checked((int)count * ElementConversion.SizeOf(shape.Type)));
            if (binding.Constants.FirstOrDefault(bound => bound.Tensor.Name == tensor.Name) is { } constant)
                constant.Value.Data.Span.CopyTo(elements);
            else if (element is not null)
                ElementConversion.FromFloat([.. Enumerable.Range(0, (int)count).Select(element)], elements, shape.Type);
        }
    }

    /// <summary>The arguments.</summary>
    public ReadOnlySpan<NativeTensor> Tensors => arguments.Tensors;

    /// <inheritdoc/>
    public void Dispose()
    {
        arguments.Dispose();
        foreach (var block in blocks)
            block.Dispose();
    }

    private static TensorShape ShapeOf(ModelTensor tensor, ModelBinding binding)
    {
        if (binding.Inputs.FirstOrDefault(bound => bound.Tensor.Name == tensor.Name) is { } input)
            return new TensorShape(tensor.Type, input.Row, input.BatchAxis);
        if (binding.States.FirstOrDefault(bound => bound.Input.Name == tensor.Name) is { } state)
            return new TensorShape(tensor.Type, state.Row, state.BatchAxis);
        return new TensorShape(tensor.Type, tensor.Dims, -1);
    }
}
