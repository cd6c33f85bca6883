namespace SimEval.Models.Asic.Operators;

/// <summary>Sizes and places of operands that are stretched over each other, as ONNX (and NumPy) define it.</summary>
internal static class Broadcast
{
    /// <summary>The common sizes; refuses what has none.</summary>
    public static int[] Shape(OperatorCall call, ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var rank = Math.Max(a.Length, b.Length);
        var sizes = new int[rank];
        for (var i = 0; i < rank; i++)
        {
            var x = i < rank - a.Length ? 1 : a[i - (rank - a.Length)];
            var y = i < rank - b.Length ? 1 : b[i - (rank - b.Length)];
            if (x != y && x != 1 && y != 1)
                throw call.Refused(
                    $"[{string.Join(",", a.ToArray())}] and [{string.Join(",", b.ToArray())}] cannot be stretched over each other"
                );
            sizes[i] = x == 1 ? y : x;
        }

        return sizes;
    }

    /// <summary>For each element of the common sizes, the place of the operand's element.</summary>
    public static int[] Places(ReadOnlySpan<int> dims, ReadOnlySpan<int> shape)
    {
        var places = new int[Programs.Operand.Size(shape)];
        var strides = Strides(dims, shape.Length);
        var index = new int[shape.Length];
        var place = 0;
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = place;
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                place += strides[axis];
                if (++index[axis] < shape[axis])
                    break;
                place -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return places;
    }

    /// <summary>Distances between neighbours along each of the common axes; 0 where the operand is stretched.</summary>
    public static int[] Strides(ReadOnlySpan<int> dims, int rank)
    {
        var strides = new int[rank];
        var stride = 1;
        for (var i = dims.Length - 1; i >= 0; i--)
        {
            strides[rank - dims.Length + i] = dims[i] == 1 ? 0 : stride;
            stride *= dims[i];
        }

        return strides;
    }
}
