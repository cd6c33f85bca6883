using SimEval.Devices;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Engine.Inference;

/// <summary>Tensors joined along their first axis.</summary>
public static class TensorStack
{
    /// <summary>
    /// Rows of many frames as one tensor. A tensor whose first axis is 1 (a batch of one) is a row; any other is given that
    /// axis. Throws <see cref="ModelException"/> when they differ in shape or type.
    /// </summary>
    /// <param name="name">The output, for messages.</param>
    /// <param name="frames">One tensor a frame, at least one.</param>
    public static Tensor Frames(string name, IReadOnlyList<Tensor> frames)
    {
        var isRow = frames.All(tensor => tensor.Dims.Count > 0 && tensor.Dims[0] == 1);
        return Join(name, isRow ? frames : [.. frames.Select(tensor => tensor.Reshape([1, .. tensor.Dims]))]);
    }

    /// <summary>Tensors one after the other along their first axis.</summary>
    /// <param name="name">The output, for messages.</param>
    /// <param name="parts">At least one, equal but for their first size.</param>
    public static Tensor Join(string name, IReadOnlyList<Tensor> parts)
    {
        var first = parts[0];
        foreach (var part in parts)
            RequireAlike(name, first, part);
        if (parts.Count == 1)
            return first;
        long[] dims = [parts.Sum(part => part.Dims[0]), .. first.Dims.Skip(1)];
        if (first.Type == ElementType.Text)
            return new Tensor(dims, [.. parts.SelectMany(part => part.Texts)]);
        if (first.Type.Bits() < 8)
            throw new ModelException(
                ModelFault.Unsupported,
                $"output '{name}' has elements of {first.Type.Bits()} bits, of which rows cannot be joined"
            );
        var bytes = parts.Sum(part => (long)part.Data.Length);
        if (bytes > Array.MaxLength)
            throw new ModelException(
                ModelFault.TooLarge,
                $"output '{name}' has {bytes:N0} bytes over all frames; at most {Array.MaxLength:N0} are held"
            );
        var data = new byte[bytes];
        var at = 0;
        foreach (var part in parts)
        {
            part.Data.Span.CopyTo(data.AsSpan(at));
            at += part.Data.Length;
        }

        return new Tensor(first.Type, dims, data);
    }

    /// <summary>Throws <see cref="ModelException"/> when two parts differ in more than their first size.</summary>
    /// <param name="name">The output, for the message.</param>
    /// <param name="first">One part.</param>
    /// <param name="other">Another.</param>
    public static void RequireAlike(string name, Tensor first, Tensor other)
    {
        if (other.Type != first.Type || !other.Dims.Skip(1).SequenceEqual(first.Dims.Skip(1)))
            throw new ModelException(
                ModelFault.Unsupported,
                $"output '{name}' is {first} for one frame and {other} for another, so that they make no one array"
            );
    }

    /// <summary>Rows [first, first + count) of a tensor.</summary>
    public static Tensor Rows(Tensor tensor, long first, long count)
    {
        long[] dims = [count, .. tensor.Dims.Skip(1)];
        var row = (int)(tensor.Dims[0] == 0 ? 0 : tensor.Count / tensor.Dims[0]);
        if (tensor.Type == ElementType.Text)
            return new Tensor(dims, [.. tensor.Texts.Skip((int)first * row).Take((int)count * row)]);
        var width = tensor.Type.Bits() / 8;
        return new Tensor(tensor.Type, dims, tensor.Data.Slice((int)(first * row * width), (int)(count * row * width)));
    }
}
