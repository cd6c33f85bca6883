using SimEval.Devices.Binding;
using SimEval.Devices.Sessions;

namespace SimEval.Devices.Torch;

/// <summary>Arguments of one forward at batch 1, with unlike values, so that whatever a forward changes is seen to change.</summary>
internal sealed class ProbeArguments : IDisposable
{
    private readonly List<AlignedMemory> blocks = [];
    private readonly TensorArguments arguments = new();

    /// <summary>Makes them.</summary>
    public ProbeArguments(ModelSignature signature, ModelBinding binding)
    {
        foreach (var tensor in signature.Inputs)
        {
            var (row, axis) =
                binding.Inputs.FirstOrDefault(bound => bound.Tensor.Name == tensor.Name) is { } input
                    ? (input.Row, input.BatchAxis)
                : binding.States.FirstOrDefault(bound => bound.Input.Name == tensor.Name) is { } state
                    ? (state.Row, state.BatchAxis)
                : (tensor.Dims, -1);
            var shape = new TensorShape(tensor.Type, row, axis);
            var block = new AlignedMemory(shape.RowBytes);
            blocks.Add(block);
            var values = binding.Constants.FirstOrDefault(bound => bound.Tensor.Name == tensor.Name)?.Values;
            var floats = Enumerable
                .Range(0, shape.RowSize)
                .Select(i => (float?)values?[i] ?? ((i * 37 % 64) / 16f - 2f));
            ElementConversion.FromFloat([.. floats], block.Span<byte>(0, shape.RowBytes), shape.Type);
            arguments.Add(shape.Type, shape.Dims(1), block.Address);
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
}
