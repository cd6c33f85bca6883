using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Operators that give other sizes to the same elements, and those that give sizes.</summary>
internal static class ReshapeRules
{
    /// <summary>Identity, and Dropout outside training.</summary>
    public static Step Identity(OperatorCall call) => Placement.Copy(call, call[0].Dims);

    /// <summary>Reshape.</summary>
    public static Step Reshape(OperatorCall call)
    {
        var wanted = call.Ints("shape", 1) ?? throw call.Refused("it has no shape");
        var dims = new int[wanted.Length];
        var open = -1;
        for (var i = 0; i < dims.Length; i++)
        {
            if (wanted[i] == 0 && call.Int("allowzero", 0) == 0)
                dims[i] =
                    i < call[0].Dims.Length
                        ? call[0].Dims[i]
                        : throw call.Refused($"size {i} is to be kept, but there is none");
            else if (wanted[i] == -1 && open < 0)
                (open, dims[i]) = (i, 1);
            else
                dims[i] = wanted[i] >= 0 ? checked((int)wanted[i]) : throw call.Refused($"a size of {wanted[i]}");
        }

        if (open >= 0)
        {
            var rest = Operand.Size(dims);
            dims[open] =
                rest > 0 && call[0].Count % rest == 0
                    ? call[0].Count / rest
                    : throw call.Refused($"{call[0]} does not divide by [{string.Join(",", wanted)}]");
        }

        return Placement.Copy(call, dims);
    }

    /// <summary>Flatten.</summary>
    public static Step Flatten(OperatorCall call)
    {
        var dims = call[0].Dims;
        var axis = call.Int("axis", 1);
        var at = (int)(axis < 0 ? axis + dims.Length : axis);
        return Placement.Copy(call, [Operand.Size(dims.AsSpan(0, at)), Operand.Size(dims.AsSpan(at))]);
    }

    /// <summary>Squeeze.</summary>
    public static Step Squeeze(OperatorCall call)
    {
        var dims = call[0].Dims;
        var axes = call.Ints("axes", 1)?.Select(axis => call.Axis(axis, dims.Length)).ToHashSet();
        return Placement.Copy(call, [.. dims.Where((size, axis) => axes is null ? size != 1 : !axes.Contains(axis))]);
    }

    /// <summary>Unsqueeze.</summary>
    public static Step Unsqueeze(OperatorCall call)
    {
        var added = call.Ints("axes", 1) ?? throw call.Refused("it has no axes");
        var rank = call[0].Dims.Length + added.Length;
        var axes = added.Select(axis => call.Axis(axis, rank)).ToHashSet();
        var rest = new Queue<int>(call[0].Dims);
        if (axes.Count != added.Length)
            throw call.Refused("it names an axis twice");
        return Placement.Copy(
            call,
            [.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? 1 : rest.Dequeue())]
        );
    }

    /// <summary>Shape.</summary>
    public static Step Shape(OperatorCall call)
    {
        var rank = call[0].Dims.Length;
        var start = Bound(call.Int("start", 0), rank);
        var end = Math.Max(start, Bound(call.Int("end", rank), rank));
        long[] sizes = [.. call[0].Dims[start..end].Select(size => (long)size)];
        return Known(Tensor.Of([sizes.Length], sizes.AsSpan()));
    }

    /// <summary>Size.</summary>
    public static Step Size(OperatorCall call) => Known(Tensor.Of([], [(long)call[0].Count]));

    /// <summary>ConstantOfShape.</summary>
    public static Step ConstantOfShape(OperatorCall call)
    {
        var dims = call.KnownInts(0) ?? throw call.Refused("it has no shape");
        var value = call.Node.Attributes.GetValueOrDefault("value") is AttributeValue.OfTensor(var tensor)
            ? tensor
            : Tensor.Of([1], [0f]);
        var count = Operand.Size([.. dims.Select(size => checked((int)size))]);
        var bytes = new byte[checked(count * value.Data.Length)];
        for (var i = 0; i < count; i++)
            value.Data.Span.CopyTo(bytes.AsSpan(i * value.Data.Length));
        return Known(new Tensor(value.Type, dims, bytes));
    }

    /// <summary>Range over integers.</summary>
    public static Step Range(OperatorCall call)
    {
        var (start, end, step) = (One(0), One(1), One(2));
        if (step == 0)
            throw call.Refused("its step is 0");
        var count = Math.Max(0, (long)Math.Ceiling((end - start) / (double)step));
        long[] values = [.. Enumerable.Range(0, checked((int)count)).Select(i => start + i * step)];
        return call[0].Type == ElementType.Int64
            ? Known(Tensor.Of([values.Length], values.AsSpan()))
            : throw call.Refused($"its inputs are {call[0].Type.Name()}; int64 is expected");

        long One(int input) =>
            call.KnownInts(input) is [var value] ? value : throw call.Refused("it takes single numbers");
    }

    private static Step Known(Tensor tensor) => new([Operand.Of(tensor)], _ => { }, Work.Move(0));

    private static int Bound(long bound, int rank) => (int)Math.Clamp(bound < 0 ? bound + rank : bound, 0, rank);
}
