using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Softmax and normalisations in float32; sums go through double precision.</summary>
internal static class NormalisationRules
{
    /// <summary>Softmax and LogSoftmax: over one axis since operator set 13, over all from an axis on before.</summary>
    public static Step Softmax(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        var rows = SoftmaxRows.Of(call);
        var isLog = call.Node.Operator == "LogSoftmax";
        var exponentials = new double[rows.Size];
        return new Step(
            [new Operand(ElementType.Float32, call[0].Dims)],
            buffers =>
            {
                for (var row = 0; row < rows.Count; row++)
                    Row(buffers.In<float>(0), buffers.Out<float>(0), rows.Start(row), rows.Stride, exponentials, isLog);
            },
            Work.Vector(5L * call[0].Count)
        );
    }

    /// <summary>LayerNormalization over all axes from one on.</summary>
    public static Step Layer(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        var dims = call[0].Dims;
        var axis = call.Axis(call.Int("axis", -1), dims.Length);
        var size = Operand.Size(dims.AsSpan(axis));
        var rows = size == 0 ? 0 : call[0].Count / size;
        var epsilon = call.Float("epsilon", 1e-5f);
        var scale = Broadcast.Places(call[1].Dims, dims.AsSpan(axis));
        var bias = call.Optional(2) is { } given ? Broadcast.Places(given.Dims, dims.AsSpan(axis)) : null;
        int[] kept = [.. dims.Select((length, i) => i < axis ? length : 1)];
        return new Step(
            [
                new Operand(ElementType.Float32, dims),
                new Operand(ElementType.Float32, kept),
                new Operand(ElementType.Float32, kept),
            ],
            buffers =>
            {
                for (var row = 0; row < rows; row++)
                {
                    var source = buffers.In<float>(0).Slice(row * size, size);
                    var target = buffers.Out<float>(0).Slice(row * size, size);
                    var (mean, inverse) = Moments(source, epsilon);
                    for (var i = 0; i < size; i++)
                    {
                        var value = (source[i] - mean) * inverse * buffers.In<float>(1)[scale[i]];
                        target[i] = (float)(bias is null ? value : value + buffers.In<float>(2)[bias[i]]);
                    }

                    buffers.Out<float>(1)[row] = (float)mean;
                    buffers.Out<float>(2)[row] = (float)inverse;
                }
            },
            Work.Vector(6L * call[0].Count)
        );
    }

    /// <summary>InstanceNormalization: each channel of each image by its own moments.</summary>
    public static Step Instance(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        var (dims, channels, size) = Channels(call);
        var epsilon = call.Float("epsilon", 1e-5f);
        return new Step(
            [new Operand(ElementType.Float32, dims)],
            buffers =>
            {
                for (var i = 0; i < dims[0] * channels; i++)
                {
                    var source = buffers.In<float>(0).Slice(i * size, size);
                    var target = buffers.Out<float>(0).Slice(i * size, size);
                    var (mean, inverse) = Moments(source, epsilon);
                    var (scale, bias) = (buffers.In<float>(1)[i % channels], buffers.In<float>(2)[i % channels]);
                    for (var k = 0; k < size; k++)
                        target[k] = (float)((source[k] - mean) * inverse * scale + bias);
                }
            },
            Work.Vector(6L * call[0].Count)
        );
    }

    /// <summary>BatchNormalization with the moments that training left.</summary>
    public static Step Batch(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        if (call.Int("training_mode", 0) != 0 || call.OutputCount > 1)
            throw call.Refused("it is in training mode");
        var (dims, channels, size) = Channels(call);
        var epsilon = call.Float("epsilon", 1e-5f);
        return new Step(
            [new Operand(ElementType.Float32, dims)],
            buffers =>
            {
                var source = buffers.In<float>(0);
                var target = buffers.Out<float>(0);
                for (var i = 0; i < source.Length; i++)
                {
                    var channel = i / size % channels;
                    var deviation = Math.Sqrt(buffers.In<float>(4)[channel] + (double)epsilon);
                    var value = (source[i] - (double)buffers.In<float>(3)[channel]) / deviation;
                    target[i] = (float)(value * buffers.In<float>(1)[channel] + buffers.In<float>(2)[channel]);
                }
            },
            Work.Vector(2L * call[0].Count)
        );
    }

    private static (int[] Dims, int Channels, int Size) Channels(OperatorCall call)
    {
        var dims = call[0].Dims;
        return dims.Length >= 2
            ? (dims, dims[1], Math.Max(1, Operand.Size(dims.AsSpan(2))))
            : throw call.Refused($"{call[0]} has no channels");
    }

    private static (double Mean, double Inverse) Moments(ReadOnlySpan<float> values, float epsilon)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        var mean = sum / values.Length;
        var squares = 0.0;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        return (mean, 1 / Math.Sqrt(squares / values.Length + epsilon));
    }

    private static void Row(
        ReadOnlySpan<float> source,
        Span<float> target,
        int start,
        int stride,
        double[] exponentials,
        bool isLog
    )
    {
        var most = float.NegativeInfinity;
        for (var i = 0; i < exponentials.Length; i++)
            most = Math.Max(most, source[start + i * stride]);
        var sum = 0.0;
        for (var i = 0; i < exponentials.Length; i++)
        {
            exponentials[i] = Elementary.Exp((double)source[start + i * stride] - most);
            sum += exponentials[i];
        }

        var log = isLog ? Elementary.Log(sum) : 0;
        for (var i = 0; i < exponentials.Length; i++)
            target[start + i * stride] = (float)(
                isLog ? (double)source[start + i * stride] - most - log : exponentials[i] / sum
            );
    }
}
