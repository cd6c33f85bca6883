using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>QuantizeLinear and DequantizeLinear of 8 bits (and int32, which biases are), per tensor and per axis.</summary>
internal static class QuantizeRules
{
    /// <summary>QuantizeLinear.</summary>
    public static Step Quantize(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        var type = call.Optional(2)?.Type ?? (ElementType)call.Int("output_dtype", (long)ElementType.UInt8);
        if (!type.Is8Bit())
            throw call.Refused($"it quantizes to {type.Name()}; the boards compute with 8 bits");
        var axis = Axis.Of(call);
        var parameters = Parameters.Of(call, type, axis.Count);
        var (least, greatest) = (Numerics8.Least(type), Numerics8.Greatest(type));
        return new Step(
            [new Operand(type, call[0].Dims)],
            buffers =>
            {
                var (scales, zeros) = parameters.Read(buffers);
                var source = buffers.In<float>(0);
                var target = buffers.Out<byte>(0);
                for (var start = 0; start < source.Length; start += axis.Inner)
                {
                    var channel = start / axis.Inner % axis.Count;
                    var (scale, zero) = (scales[channel], zeros[channel]);
                    for (var i = start; i < start + axis.Inner; i++)
                        target[i] = (byte)Numerics8.Quantize(source[i], scale, zero, least, greatest);
                }
            },
            Work.Vector(call[0].Count)
        );
    }

    /// <summary>DequantizeLinear.</summary>
    public static Step Dequantize(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8, ElementType.Int32);
        var type = call[0].Type;
        var axis = Axis.Of(call);
        var parameters = Parameters.Of(call, type, axis.Count);
        return new Step(
            [new Operand(ElementType.Float32, call[0].Dims)],
            buffers =>
            {
                var (scales, zeros) = parameters.Read(buffers);
                var target = buffers.Out<float>(0);
                for (var start = 0; start < target.Length; start += axis.Inner)
                {
                    var channel = start / axis.Inner % axis.Count;
                    var (scale, zero) = (scales[channel], zeros[channel]);
                    var to = target.Slice(start, axis.Inner);
                    if (type == ElementType.Int32)
                    {
                        var from = buffers.In<int>(0).Slice(start, axis.Inner);
                        for (var i = 0; i < to.Length; i++)
                            to[i] = Numerics8.Dequantize(from[i], scale, zero);
                    }
                    else if (type == ElementType.Int8)
                    {
                        var from = buffers.In<sbyte>(0).Slice(start, axis.Inner);
                        for (var i = 0; i < to.Length; i++)
                            to[i] = Numerics8.Dequantize(from[i], scale, zero);
                    }
                    else
                    {
                        var from = buffers.In<byte>(0).Slice(start, axis.Inner);
                        for (var i = 0; i < to.Length; i++)
                            to[i] = Numerics8.Dequantize(from[i], scale, zero);
                    }
                }
            },
            Work.Vector(call[0].Count)
        );
    }

    /// <summary>The elements of a tensor of 8- or 32-bit integers.</summary>
    internal static int[] Integers(Graphs.Tensor tensor) =>
        tensor.Type switch
        {
            ElementType.UInt8 => [.. tensor.Span<byte>().ToArray().Select(value => (int)value)],
            ElementType.Int8 => [.. tensor.Span<sbyte>().ToArray().Select(value => (int)value)],
            _ => tensor.Span<int>().ToArray(),
        };

    /// <summary>How a tensor is cut into channels: one for the whole, or one for each place along an axis.</summary>
    /// <param name="Count">Channels.</param>
    /// <param name="Inner">Elements next to each other of one channel, at least 1.</param>
    private readonly record struct Axis(int Count, int Inner)
    {
        public static Axis Of(OperatorCall call)
        {
            if (call.Int("block_size", 0) != 0)
                throw call.Refused("its scales are given in blocks; the boards quantize per tensor or per channel");
            var dims = call[0].Dims;
            if (call[1].Count == 1)
                return new Axis(1, Math.Max(call[0].Count, 1));
            var axis = call.Axis(call.Int("axis", 1), dims.Length);
            return new Axis(dims[axis], Math.Max(Operand.Size(dims.AsSpan(axis + 1)), 1));
        }
    }

    /// <summary>Scales and zero points: constants, read once, or values that a run gives.</summary>
    private sealed class Parameters
    {
        private readonly int count;
        private readonly ElementType zeroType;
        private float[]? scales;
        private int[]? zeros;

        private Parameters(int count, ElementType zeroType) => (this.count, this.zeroType) = (count, zeroType);

        public static Parameters Of(OperatorCall call, ElementType type, int count)
        {
            call.Require(1, ElementType.Float32);
            if (call[1].Count != count)
                throw call.Refused($"its scale {call[1]} must have {count} element{(count == 1 ? "" : "s")}");
            var parameters = new Parameters(count, type) { scales = call[1].Known?.Span<float>().ToArray() };
            if (parameters.scales?.Any(value => !float.IsFinite(value) || value == 0) == true)
                throw call.Refused("a scale is zero or not finite");
            if (call.Optional(2) is not { } zero)
                parameters.zeros = new int[count];
            else if (zero.Count != count || zero.Type != type)
                throw call.Refused(
                    $"its zero point {zero} must have {count} element{(count == 1 ? "" : "s")} of {type.Name()}"
                );
            else if (zero.Known is { } known)
                parameters.zeros = Integers(known);
            return parameters;
        }

        public (float[] Scales, int[] Zeros) Read(Buffers buffers) =>
            (
                scales ?? buffers.In<float>(1).ToArray(),
                zeros ?? Integers(new Graphs.Tensor(zeroType, [count], buffers.In<byte>(2).ToArray()))
            );
    }
}
