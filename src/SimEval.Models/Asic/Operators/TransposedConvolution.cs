using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>ConvTranspose of [N, C, W] and [N, C, H, W] in float32: every input element adds its window to the output, in double precision.</summary>
internal sealed class TransposedConvolution
{
    private readonly (int Y, int X) input;
    private readonly (int Y, int X) kernel;
    private readonly (int Y, int X) stride;
    private readonly (int Y, int X) dilation;
    private readonly (int Y, int X) before;
    private readonly (int Y, int X) output;
    private readonly int images;
    private readonly int channels;
    private readonly int groups;
    private readonly int width;
    private readonly bool hasBias;
    private readonly double[] sums;

    private TransposedConvolution(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        call.Require(1, ElementType.Float32);
        var (x, w) = (call[0].Dims, call[1].Dims);
        var axes = x.Length - 2;
        if (axes is not (1 or 2) || w.Length != x.Length || w[0] != x[1])
            throw call.Refused($"{call[1]} over {call[0]}; the boards compute windows of one and two axes");
        if (call.Text("auto_pad", "NOTSET") != "NOTSET" || call.Ints("output_shape") is not null)
            throw call.Refused("padding that the output's shape decides; give pads");
        (images, channels, groups) = (x[0], x[1], checked((int)call.Int("group", 1)));
        if (groups < 1 || channels % groups != 0)
            throw call.Refused($"{groups} groups of {channels} channels");
        width = w[1];
        input = Pair(x[2..], 1);
        kernel = Pair(w[2..], 1);
        stride = Pair(Sizes(call, "strides", axes, 1), 1);
        dilation = Pair(Sizes(call, "dilations", axes, 1), 1);
        var pads = Sizes(call, "pads", 2 * axes, 0);
        var extra = Pair(Sizes(call, "output_padding", axes, 0), 0);
        before = Pair(pads[..axes], 0);
        var after = Pair(pads[axes..], 0);
        checked
        {
            output = (
                (input.Y - 1) * stride.Y + (kernel.Y - 1) * dilation.Y + 1 + extra.Y - before.Y - after.Y,
                (input.X - 1) * stride.X + (kernel.X - 1) * dilation.X + 1 + extra.X - before.X - after.X
            );
        }

        if (output.Y < 1 || output.X < 1)
            throw call.Refused($"an output of {output.Y} x {output.X}");
        hasBias = call.Optional(2) is not null;
        sums = new double[Operand.Size([output.Y, output.X])];
        Shape = axes == 2 ? [images, width * groups, output.Y, output.X] : [images, width * groups, output.X];
    }

    private int[] Shape { get; }

    /// <summary>The rule.</summary>
    public static Step Place(OperatorCall call)
    {
        var convolution = new TransposedConvolution(call);
        var macs = (long)call[0].Count * convolution.width * convolution.kernel.Y * convolution.kernel.X;
        return new Step([new Operand(ElementType.Float32, convolution.Shape)], convolution.Run, Work.Vector(2 * macs));
    }

    private void Run(Buffers buffers)
    {
        var features = width * groups;
        for (var i = 0; i < images * features; i++)
        {
            var (image, feature) = (i / features, i % features);
            Array.Fill(sums, hasBias ? buffers.In<float>(2)[feature] : 0);
            var depth = channels / groups;
            for (var k = 0; k < depth; k++)
            {
                var channel = feature / width * depth + k;
                var plane = buffers
                    .In<float>(0)
                    .Slice((image * channels + channel) * input.Y * input.X, input.Y * input.X);
                var weights = buffers
                    .In<float>(1)
                    .Slice((channel * width + feature % width) * kernel.Y * kernel.X, kernel.Y * kernel.X);
                Spread(plane, weights);
            }

            var target = buffers.Out<float>(0).Slice(i * sums.Length, sums.Length);
            for (var at = 0; at < sums.Length; at++)
                target[at] = (float)sums[at];
        }
    }

    private void Spread(ReadOnlySpan<float> plane, ReadOnlySpan<float> weights)
    {
        for (var at = 0; at < plane.Length; at++)
        {
            for (var k = 0; k < weights.Length; k++)
            {
                var y = at / input.X * stride.Y + k / kernel.X * dilation.Y - before.Y;
                var x = at % input.X * stride.X + k % kernel.X * dilation.X - before.X;
                if (y >= 0 && y < output.Y && x >= 0 && x < output.X)
                    sums[y * output.X + x] += (double)plane[at] * weights[k];
            }
        }
    }

    private static int[] Sizes(OperatorCall call, string name, int count, int otherwise)
    {
        var given = call.Ints(name) ?? [.. Enumerable.Repeat((long)otherwise, count)];
        return given.Length == count
            ? [.. given.Select(size => checked((int)size))]
            : throw call.Refused($"its attribute '{name}' has {given.Length} numbers, where {count} are expected");
    }

    private static (int Y, int X) Pair(int[] sizes, int missing) =>
        sizes.Length == 2 ? (sizes[0], sizes[1]) : (missing, sizes[0]);
}
