using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>
/// Resize: the nearest element, of any type, or linear between neighbours in float32. Places and weights are computed as ONNX
/// Runtime computes them.
/// </summary>
internal static class ResizeRules
{
    /// <summary>Whether a Resize node only places elements, so that it commutes with quantization.</summary>
    public static bool IsMove(Graphs.Node node) =>
        node is { Operator: "Resize", Domain: "" } && Text(node, "mode", "nearest") == "nearest";

    /// <summary>The rule.</summary>
    public static Step Place(OperatorCall call)
    {
        var mode = call.Text("mode", "nearest");
        if (mode is not ("nearest" or "linear"))
            throw call.Refused($"its mode is '{mode}'; the boards resize by 'nearest' and 'linear'");
        if (call.Int("antialias", 0) != 0 || call.Int("exclude_outside", 0) != 0)
            throw call.Refused("the boards weigh the nearest neighbours only: antialias and exclude_outside are 0");
        if (call.Text("keep_aspect_ratio_policy", "stretch") != "stretch")
            throw call.Refused("the boards stretch: keep_aspect_ratio_policy is 'stretch'");
        var (shape, scales) = Sizes(call);
        // Refused before anything is made of it.
        Operand.Size(shape);
        if (call[0].Dims.SequenceEqual(shape))
            return Placement.Copy(call, shape);
        var coordinate = Coordinate(call);
        return mode == "nearest" ? Nearest(call, shape, scales, coordinate) : Linear(call, shape, scales, coordinate);
    }

    private static Step Nearest(OperatorCall call, int[] shape, float[] scales, Func<int, int, int, float, float> at)
    {
        var dims = call[0].Dims;
        var strides = Placement.Strides(dims);
        var pixel = Pixel(call);
        var parts = shape.Select(
            (size, axis) =>
                Enumerable
                    .Range(0, size)
                    .Select(i =>
                        scales[axis] == 1
                            ? i
                            : (int)
                                Math.Clamp(
                                    pixel(at(i, size, dims[axis], scales[axis]), scales[axis]),
                                    0,
                                    dims[axis] - 1
                                )
                    )
                    .Select(from => from * strides[axis])
                    .ToArray()
        );
        return Placement.Of(call, shape, Placement.Places(shape, [.. parts]));
    }

    private static Step Linear(OperatorCall call, int[] shape, float[] scales, Func<int, int, int, float, float> at)
    {
        call.Require(0, ElementType.Float32);
        var dims = call[0].Dims;
        var channelsLast = dims.Length == 4 && scales[1] != 1;
        int[] axes = dims.Length switch
        {
            2 => [0, 1],
            3 => [0, 1, 2],
            4 when channelsLast => [1, 2],
            4 => [2, 3],
            5 => [2, 3, 4],
            _ => throw call.Refused($"{call[0]}; linear resizing takes two to five axes"),
        };
        if (Enumerable.Range(0, dims.Length).Any(axis => !axes.Contains(axis) && scales[axis] != 1))
            throw call.Refused("linear resizing leaves the batch and the channels as they are");
        var strides = Placement.Strides(dims);
        var neighbours = axes.Select(axis =>
                Enumerable
                    .Range(0, shape[axis])
                    .Select(i =>
                        Neighbours.Of(at(i, shape[axis], dims[axis], scales[axis]), i, dims[axis], scales[axis])
                    )
                    .ToArray()
            )
            .ToArray();
        // Where the first element of each result's block lies, along the axes that stay.
        int[] kept = [.. shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)];
        var starts = Placement.Places(
            shape,
            [
                .. shape.Select(
                    (size, axis) =>
                        Enumerable.Range(0, size).Select(i => kept[axis] == 1 ? 0 : i * strides[axis]).ToArray()
                ),
            ]
        );
        var plan = new LinearPlan(shape, axes, [.. axes.Select(axis => strides[axis])], neighbours, starts);
        return new Step(
            [new Operand(ElementType.Float32, shape)],
            buffers =>
            {
                var source = buffers.In<float>(0);
                var target = buffers.Out<float>(0);
                for (var i = 0; i < target.Length; i++)
                    target[i] = plan.Weighed(i, source);
            },
            Work.Vector((long)Operand.Size(shape) << (axes.Length + 1))
        );
    }

    private static (int[] Shape, float[] Scales) Sizes(OperatorCall call)
    {
        var dims = call[0].Dims;
        var axes = call.Ints("axes")?.Select(axis => call.Axis(axis, dims.Length)).ToArray();
        axes ??= [.. Enumerable.Range(0, dims.Length)];
        int[] shape = [.. dims];
        var scales = Enumerable.Repeat(1f, dims.Length).ToArray();
        var given = call.Opset < 11 ? 1 : 2;
        if (call.Opset >= 11 && call.KnownInts(3) is { Length: > 0 } sizes)
        {
            Fits(sizes.Length);
            for (var i = 0; i < axes.Length; i++)
            {
                shape[axes[i]] = checked((int)sizes[i]);
                scales[axes[i]] = dims[axes[i]] == 0 ? 1 : (float)sizes[i] / dims[axes[i]];
            }
        }
        else if (call.Optional(given)?.Known is { Type: ElementType.Float32, Count: > 0 } known)
        {
            Fits((int)known.Count);
            for (var i = 0; i < axes.Length; i++)
            {
                scales[axes[i]] = known.Span<float>()[i];
                shape[axes[i]] = checked((int)(scales[axes[i]] * dims[axes[i]]));
            }
        }
        else
            throw call.Refused("its scales or sizes must be constants");

        var fits = !shape.Where((size, axis) => size < 0 || (size > 0 && dims[axis] == 0)).Any();
        return fits && scales.All(scale => scale > 0 && float.IsFinite(scale))
            ? (shape, scales)
            : throw call.Refused($"sizes of [{string.Join(",", shape)}]");

        void Fits(int count)
        {
            if (count != axes.Length)
                throw call.Refused($"{count} scales or sizes for {axes.Length} axes");
        }
    }

    /// <summary>Where in the input the result's element lies: of its index, both sizes and the scale.</summary>
    private static Func<int, int, int, float, float> Coordinate(OperatorCall call) =>
        call.Text("coordinate_transformation_mode", call.Opset < 11 ? "asymmetric" : "half_pixel") switch
        {
            "half_pixel" => (i, _, _, scale) => (i + 0.5f) / scale - 0.5f,
            "asymmetric" => (i, _, _, scale) => i / scale,
            "pytorch_half_pixel" => (i, size, _, scale) => size > 1 ? (i + 0.5f) / scale - 0.5f : 0,
            "align_corners" => (i, size, from, _) => size == 1 ? 0 : i * (float)(from - 1) / (size - 1),
            "half_pixel_symmetric" => (i, size, from, scale) =>
                (float)((float)from / 2 * (1 - size / (scale * from)) + (i + 0.5) / scale - 0.5),
            "tf_half_pixel_for_nn" => (i, _, _, scale) => (i + 0.5f) / scale,
            var other => throw call.Refused($"its coordinate_transformation_mode is '{other}'"),
        };

    private static Func<float, float, long> Pixel(OperatorCall call) =>
        (call.Opset < 11 ? "" : call.Text("nearest_mode", "round_prefer_floor")) switch
        {
            "" => (at, scale) => (long)(scale < 1 ? Math.Ceiling(at) : at),
            "round_prefer_floor" => (at, _) =>
                (long)(at == (long)at + 0.5f ? Math.Floor(at) : Math.Round(at, MidpointRounding.AwayFromZero)),
            "round_prefer_ceil" => (at, _) => (long)Math.Round(at, MidpointRounding.AwayFromZero),
            "floor" => (at, _) => (long)Math.Floor(at),
            "ceil" => (at, _) => (long)Math.Ceiling(at),
            var other => throw call.Refused($"its nearest_mode is '{other}'"),
        };

    private static string Text(Graphs.Node node, string name, string otherwise) =>
        node.Attributes.GetValueOrDefault(name) is Graphs.AttributeValue.Text(var text) ? text : otherwise;

    /// <summary>The two elements along one axis that a result lies between, and their weights.</summary>
    private readonly record struct Neighbours(int First, int Second, float OfFirst, float OfSecond)
    {
        public static Neighbours Of(float at, int index, int size, float scale)
        {
            var bounded = Math.Max(0, Math.Min(scale == 1 ? index : at, size - 1f));
            var first = Math.Min((int)bounded, size - 1);
            var second = Math.Min(first + 1, size - 1);
            if (first == second)
                return new Neighbours(first, second, 0.5f, 0.5f);
            return new Neighbours(first, second, Math.Abs(bounded - second), Math.Abs(bounded - first));
        }
    }

    /// <summary>For each result, the elements around it; sums run over the last axis first.</summary>
    private sealed class LinearPlan(int[] shape, int[] axes, int[] strides, Neighbours[][] neighbours, int[] starts)
    {
        private readonly int[] steps = Placement.Strides(shape);

        public float Weighed(int result, ReadOnlySpan<float> source)
        {
            var sum = 0f;
            for (var corner = 0; corner < 1 << axes.Length; corner++)
            {
                var (place, weight) = (starts[result], 1f);
                for (var axis = axes.Length - 1; axis >= 0; axis--)
                {
                    var near = Near(result, axis);
                    var isSecond = IsSecond(corner, axis);
                    place += (isSecond ? near.Second : near.First) * strides[axis];
                    weight *= isSecond ? near.OfSecond : near.OfFirst;
                }

                sum = corner == 0 ? weight * source[place] : sum + weight * source[place];
            }

            return sum;
        }

        private Neighbours Near(int result, int axis) =>
            neighbours[axis][result / steps[axes[axis]] % shape[axes[axis]]];

        private bool IsSecond(int corner, int axis) => (corner >> (axes.Length - 1 - axis) & 1) != 0;
    }
}
