using System.Numerics;
using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Pools over windows and over whole channels.</summary>
internal static class PoolRules
{
    /// <summary>MaxPool, of floats and of 8-bit values.</summary>
    public static Step Max(OperatorCall call)
    {
        if (call.OutputCount > 1)
            throw call.Refused("the boards do not give the places of maxima");
        return call[0].Type switch
        {
            ElementType.Float32 => Max(call, float.NegativeInfinity),
            ElementType.UInt8 => Max(call, byte.MinValue),
            ElementType.Int8 => Max(call, sbyte.MinValue),
            _ => throw call.Refused($"its input is {call[0]}; the boards pool float32, uint8 and int8"),
        };
    }

    /// <summary>AveragePool in float32.</summary>
    public static Step Average(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        var (window, places) = Averaged(call);
        var counts = Counts(call, window, places);
        return new Step(
            [new Operand(ElementType.Float32, window.Shape(window.Channels))],
            buffers =>
            {
                var source = buffers.In<float>(0);
                var target = buffers.Out<float>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var channel = source.Slice(i / window.OutputSize * window.InputSize, window.InputSize);
                    var at = i % window.OutputSize;
                    var sum = 0f;
                    foreach (var place in places.AsSpan(at * window.KernelSize, window.KernelSize))
                        sum += place == Placement.Nothing ? 0 : channel[place];
                    target[i] = sum / counts[at];
                }
            },
            Work.Vector((long)places.Length * window.Channels * window.Images)
        );
    }

    /// <summary>asic.AveragePool: each window dequantized, added in float32, divided, quantized.</summary>
    public static Step Average8(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8);
        var (window, places) = Averaged(call);
        var counts = Counts(call, window, places);
        var type = Int8Operands.ResultType(call);
        var (xZero, yZero) = (Int8Operands.Integer(call, "xZero", 0), Int8Operands.Integer(call, "yZero", 0));
        var (xScale, yScale) = (call.Float("xScale", 1), call.Float("yScale", 1));
        var signed = call[0].Type == ElementType.Int8;
        var isFused = call[0].Type == type;
        var (least, greatest) = (Numerics8.Least(type), Numerics8.Greatest(type));
        return new Step(
            [new Operand(type, window.Shape(window.Channels))],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var channel = source.Slice(i / window.OutputSize * window.InputSize, window.InputSize);
                    var at = i % window.OutputSize;
                    var sum = 0f;
                    foreach (var place in places.AsSpan(at * window.KernelSize, window.KernelSize))
                    {
                        if (place != Placement.Nothing)
                            sum += Numerics8.Dequantize(signed ? (sbyte)channel[place] : channel[place], xScale, xZero);
                    }

                    var mean = sum / counts[at];
                    // ONNX Runtime's QLinearAveragePool, which it has for equal types, rounds the zero point with the mean.
                    target[i] = (byte)(
                        isFused
                            ? Numerics8.Whole(mean / yScale + yZero, least, greatest)
                            : Numerics8.Quantize(mean, yScale, yZero, least, greatest)
                    );
                }
            },
            Work.Vector((long)places.Length * window.Channels * window.Images)
        );
    }

    /// <summary>GlobalAveragePool and GlobalMaxPool in float32.</summary>
    public static Step Global(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        var (shape, size) = Whole(call);
        var isMax = call.Node.Operator == "GlobalMaxPool";
        return new Step(
            [new Operand(ElementType.Float32, shape)],
            buffers =>
            {
                var target = buffers.Out<float>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var channel = buffers.In<float>(0).Slice(i * size, size);
                    var (sum, most) = (0.0, channel[0]);
                    foreach (var value in channel)
                        (sum, most) = (sum + value, Math.Max(most, value));
                    target[i] = isMax ? most : (float)(sum / size);
                }
            },
            Work.Vector(call[0].Count)
        );
    }

    /// <summary>asic.GlobalAveragePool: the sum of a channel, requantized.</summary>
    public static Step Global8(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8);
        var (shape, size) = Whole(call);
        var type = Int8Operands.ResultType(call);
        var (xZero, yZero) = (Int8Operands.Integer(call, "xZero", 0), Int8Operands.Integer(call, "yZero", 0));
        var multiplier = (float)(call.Float("xScale", 1) / (float)(call.Float("yScale", 1) * size));
        var signed = call[0].Type == ElementType.Int8;
        return new Step(
            [new Operand(type, shape)],
            buffers =>
            {
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var sum = -size * xZero;
                    foreach (var value in buffers.In<byte>(0).Slice(i * size, size))
                        sum += signed ? (sbyte)value : value;
                    target[i] = (byte)
                        Numerics8.Requantize(sum, multiplier, yZero, Numerics8.Least(type), Numerics8.Greatest(type));
                }
            },
            Work.Vector(call[0].Count)
        );
    }

    private static Step Max<T>(OperatorCall call, T least)
        where T : unmanaged, INumber<T>
    {
        var window = Window.Of(call, []);
        var places = window.Places();
        return new Step(
            [new Operand(call[0].Type, window.Shape(window.Channels))],
            buffers =>
            {
                var source = buffers.In<T>(0);
                var target = buffers.Out<T>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var channel = source.Slice(i / window.OutputSize * window.InputSize, window.InputSize);
                    var most = least;
                    foreach (var place in places.AsSpan(i % window.OutputSize * window.KernelSize, window.KernelSize))
                        most = place == Placement.Nothing ? most : T.Max(most, channel[place]);
                    target[i] = most;
                }
            },
            Work.Vector((long)places.Length * window.Channels * window.Images)
        );
    }

    private static (Window Window, int[] Places) Averaged(OperatorCall call)
    {
        var window = Window.Of(call, []);
        return (window, window.Places());
    }

    private static int[] Counts(OperatorCall call, Window window, int[] places)
    {
        if (call.Int("count_include_pad", 0) == 0)
            return
            [
                .. places
                    .Chunk(window.KernelSize)
                    .Select(chunk => Math.Max(1, chunk.Count(place => place != Placement.Nothing))),
            ];
        var counts = new int[window.OutputSize];
        for (var i = 0; i < counts.Length; i++)
        {
            // What lies beyond the padding, where sizes are rounded up, counts for nothing.
            counts[i] =
                Inside(
                    i / window.Output.X,
                    window.Stride.Y,
                    window.Dilation.Y,
                    window.Kernel.Y,
                    window.Before.Y,
                    window.Input.Y + window.After.Y
                )
                * Inside(
                    i % window.Output.X,
                    window.Stride.X,
                    window.Dilation.X,
                    window.Kernel.X,
                    window.Before.X,
                    window.Input.X + window.After.X
                );
        }

        return counts;

        static int Inside(int at, int stride, int dilation, int kernel, int before, int end) =>
            Enumerable.Range(0, kernel).Count(k => at * stride + k * dilation - before < end);
    }

    private static (int[] Shape, int Size) Whole(OperatorCall call)
    {
        var dims = call[0].Dims;
        var size = dims.Length >= 3 ? Operand.Size(dims.AsSpan(2)) : 0;
        if (size == 0)
            throw call.Refused($"{call[0]} has no places to pool");
        return ([.. dims.Select((length, axis) => axis < 2 ? length : 1)], size);
    }
}
