using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>
/// asic.Softmax: exponentials from a table by the distance to the row's greatest value, their float32 sum, and the quotients
/// requantized: what ONNX Runtime's QLinearSoftmax computes.
/// </summary>
internal static class SoftmaxTable
{
    /// <summary>The rule; axes are those of ONNX's Softmax.</summary>
    public static Step Place(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8);
        var type = Int8Operands.ResultType(call);
        if (type != call[0].Type)
            throw call.Refused($"it takes {call[0].Type.Name()} and gives {type.Name()}; both must be the same");
        var rows = SoftmaxRows.Of(call);
        var signed = type == ElementType.Int8;
        var greatest = Numerics8.Greatest(type);
        var zero = Int8Operands.Integer(call, "yZero", 0);
        var levels = (float)Math.Floor(1 / call.Float("yScale", 1 / 256f));
        var table = Exponentials(call.Float("xScale", 1), rows.Size);
        if (!float.IsFinite(levels) || !table.All(float.IsFinite))
            throw call.Refused("its scales must be positive and finite");
        return new Step(
            [new Operand(type, call[0].Dims)],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                var target = buffers.Out<byte>(0);
                for (var row = 0; row < rows.Count; row++)
                {
                    var (start, end) = (rows.Start(row), rows.Start(row) + rows.Size * rows.Stride);
                    var most = int.MinValue;
                    for (var i = start; i < end; i += rows.Stride)
                        most = Math.Max(most, Value(source[i]));
                    var sum = 0f;
                    for (var i = start; i < end; i += rows.Stride)
                        sum += table[most - Value(source[i])];
                    for (var i = start; i < end; i += rows.Stride)
                    {
                        var share = table[most - Value(source[i])] * levels / sum;
                        target[i] = (byte)Math.Min(Whole(share) + zero, greatest);
                    }
                }
            },
            Work.Vector(5L * call[0].Count)
        );

        int Value(byte value) => signed ? (sbyte)value : value;
    }

    // Converted as ONNX Runtime's code does on x86: a product that has overflowed counts as nothing.
    private static int Whole(float share) =>
        share > int.MaxValue / 2 ? 0 : (int)Math.Round(share, MidpointRounding.ToEven);

    /// <summary>
    /// By distance from the greatest value: e^(-distance scale), times what keeps the sum of a row a float32, in double precision.
    /// </summary>
    private static float[] Exponentials(float scale, int size)
    {
        var most = Elementary.Log(float.MaxValue / Math.Max(size, 1));
        var shift = Math.Max(0, most - 5) / scale;
        return
        [
            .. Enumerable
                .Range(0, Tables.Entries)
                .Select(distance => (float)Elementary.Exp((shift - distance) * scale)),
        ];
    }
}

/// <summary>Rows of a Softmax: over one axis since operator set 13, over all from an axis on before.</summary>
/// <param name="Count">Rows.</param>
/// <param name="Size">Elements of one.</param>
/// <param name="Stride">Distance of its elements.</param>
internal readonly record struct SoftmaxRows(int Count, int Size, int Stride)
{
    /// <summary>The rows of an instruction's first input.</summary>
    public static SoftmaxRows Of(OperatorCall call)
    {
        var dims = call[0].Dims;
        var single = call.Opset >= 13;
        var axis = call.Axis(call.Int("axis", single ? -1 : 1), dims.Length);
        var size = single ? dims[axis] : Operand.Size(dims.AsSpan(axis));
        var stride = single ? Operand.Size(dims.AsSpan(axis + 1)) : 1;
        return new SoftmaxRows(size == 0 ? 0 : call[0].Count / size, size, stride);
    }

    /// <summary>Where a row's first element lies.</summary>
    public int Start(int row) => row / Stride * Stride * Size + row % Stride;
}
