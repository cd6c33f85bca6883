using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>Tensors read in another order.</summary>
internal static class Strides
{
    /// <summary>How many elements apart neighbours along each axis are, in row-major order.</summary>
    public static long[] Of(IReadOnlyList<long> sizes)
    {
        var strides = new long[sizes.Count];
        var stride = 1L;
        for (var axis = strides.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= sizes[axis];
        }

        return strides;
    }

    /// <summary>The tensor repeated along axes where it has size 1 or none; null where it does not fit.</summary>
    public static Tensor? Broadcast(Tensor tensor, long[] sizes)
    {
        var missing = sizes.Length - tensor.Dims.Count;
        if (missing < 0)
            return null;
        var own = Of(tensor.Dims);
        var strides = new long[sizes.Length];
        for (var axis = missing; axis < sizes.Length; axis++)
        {
            var size = tensor.Dims[axis - missing];
            if (size != 1 && size != sizes[axis])
                return null;
            strides[axis] = size == 1 ? 0 : own[axis - missing];
        }

        return Copy(tensor, sizes, strides, 0);
    }

    /// <summary>The elements at offset + sum of index times stride, for all indices of the sizes.</summary>
    /// <param name="tensor">Elements of whole bytes.</param>
    /// <param name="sizes">Sizes of the result.</param>
    /// <param name="strides">In elements; 0 repeats, below 0 goes back.</param>
    /// <param name="offset">In elements.</param>
    public static Tensor Copy(Tensor tensor, long[] sizes, long[] strides, long offset)
    {
        var width = tensor.Type.Bits() / 8;
        var count = sizes.Aggregate(1L, (product, size) => product * size);
        var data = new byte[count * width];
        var source = tensor.Data.Span;
        var index = new long[sizes.Length];
        var at = offset;
        for (var i = 0L; i < count; i++)
        {
            source.Slice((int)(at * width), width).CopyTo(data.AsSpan((int)(i * width)));
            for (var axis = sizes.Length - 1; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < sizes[axis])
                    break;
                at -= strides[axis] * sizes[axis];
                index[axis] = 0;
            }
        }

        return new Tensor(tensor.Type, sizes, data);
    }
}
