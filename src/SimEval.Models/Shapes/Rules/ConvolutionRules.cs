using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Convolution and pooling over (batch, channels, space...).</summary>
internal static class ConvolutionRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            ("Conv", Biased),
            ("ConvInteger", node => node.Output(0, ElementType.Int32, Convolution(node, 0, 1))),
            ("QLinearConv", node => node.Output(0, node.Element(7), Convolution(node, 0, 3))),
            ("ConvTranspose", node => node.Output(0, node.Element(0), Transposed(node))),
            ("AveragePool", node => node.Output(0, node.Element(0), Pool(node, 0))),
            ("LpPool", node => node.Output(0, node.Element(0), Pool(node, 0))),
            ("MaxPool", MaxPool),
            ("GlobalAveragePool", Global),
            ("GlobalMaxPool", Global),
            ("GlobalLpPool", Global),
            ("MaxRoiPool", RoiPool),
            ("MaxUnpool", Unpool),
        ];

    /// <summary>The shape of a convolution's output.</summary>
    /// <param name="node">The node.</param>
    /// <param name="input">Which input is convolved, (batch, channels, space...).</param>
    /// <param name="weights">Which input has the weights, (outputs, channels / group, kernel...).</param>
    public static Dim[]? Convolution(RuleContext node, int input, int weights)
    {
        if (node.ShapeFrom(input, 2) is not { } x || node.Shape(weights, x.Count) is not { } w)
            return null;
        var channels = (SymbolicInteger)w[1] * node.Int("group", 1);
        if (channels.Number is { } expected && x[1].IsKnown && x[1].Size != expected)
            throw node.Fault($"the input has {x[1]} channels; the weights are for {expected}");
        return [x[0], w[0], .. Space(node, x, Kernel(node, w))];
    }

    private static void Biased(RuleContext node)
    {
        var shape = Convolution(node, 0, 1);
        node.Output(0, node.Element(0), shape);
        if (shape is not null)
            node.Fits(2, shape[1]);
    }

    /// <summary>The shape of a pool's output.</summary>
    public static Dim[]? Pool(RuleContext node, int input)
    {
        if (node.ShapeFrom(input, 2) is not { } x)
            return null;
        var kernel = node.Ints("kernel_shape") ?? throw node.Fault("it has no attribute 'kernel_shape'");
        return [x[0], x[1], .. Space(node, x, [.. kernel.Select(size => (SymbolicInteger)size)])];
    }

    /// <summary>Channels kept, space of size 1.</summary>
    public static void Global(RuleContext node) =>
        node.Output(
            0,
            node.Element(0),
            node.ShapeFrom(0, 2) is { } x ? [x[0], x[1], .. x.Skip(2).Select(_ => new Dim(1))] : null
        );

    private static SymbolicInteger[] Kernel(RuleContext node, IReadOnlyList<Dim> weights) =>
        node.Ints("kernel_shape") is { } kernel
            ? [.. kernel.Select(size => (SymbolicInteger)size)]
            : [.. weights.Skip(2).Select(size => (SymbolicInteger)size)];

    private static IEnumerable<Dim> Space(RuleContext node, IReadOnlyList<Dim> x, SymbolicInteger[] kernel)
    {
        var rank = x.Count - 2;
        var strides = PerAxis(node, "strides", rank, 1);
        var dilations = PerAxis(node, "dilations", rank, 1);
        var pads = PerAxis(node, "pads", 2 * rank, 0);
        if (kernel.Length != rank || strides.Any(stride => stride < 1))
            throw node.Fault($"its kernel or strides do not fit {rank} dimensions of space");
        var padding = node.Text("auto_pad", "NOTSET");
        var up = node.Int("ceil_mode", 0) != 0;
        for (var i = 0; i < rank; i++)
        {
            SymbolicInteger size = x[i + 2];
            if (padding is "SAME_UPPER" or "SAME_LOWER")
            {
                yield return ((size + (strides[i] - 1)) / strides[i]).ToDim();
                continue;
            }

            var before = padding == "VALID" ? 0 : pads[i];
            var after = padding == "VALID" ? 0 : pads[i + rank];
            var free = size + before + after - (kernel[i] - 1) * dilations[i] - 1;
            var count = ((up ? free + (strides[i] - 1) : free) / strides[i]) + 1;
            // A window that would begin in the padding after the input is left out.
            if (up && count.Number is { } windows && x[i + 2].IsKnown)
                count = (windows - 1) * strides[i] >= x[i + 2].Size + before ? windows - 1 : windows;
            if (count.Number < 0)
                throw node.Fault($"its kernel is larger than the padded input's {x[i + 2]}");
            yield return count.ToDim();
        }
    }

    private static long[] PerAxis(RuleContext node, string name, int count, long otherwise)
    {
        if (node.Ints(name) is not { } values)
            return [.. Enumerable.Repeat(otherwise, count)];
        return values.Length == count
            ? values
            : throw node.Fault($"attribute '{name}' has {values.Length} values; {count} were expected");
    }

    private static Dim[]? Transposed(RuleContext node)
    {
        if (node.ShapeFrom(0, 2) is not { } x || node.Shape(1, x.Count) is not { } w)
            return null;
        var rank = x.Count - 2;
        var kernel = Kernel(node, w);
        if (kernel.Length != rank)
            throw node.Fault($"its kernel does not fit {rank} dimensions of space");
        var channels = ((SymbolicInteger)w[1] * node.Int("group", 1)).ToDim();
        if (node.Ints("output_shape") is { } given)
            return given.Length >= rank
                ? [x[0], channels, .. given.TakeLast(rank).Select(size => new Dim(Math.Max(size, -1)))]
                : throw node.Fault($"attribute 'output_shape' has {given.Length} values; {rank} were expected");
        var strides = PerAxis(node, "strides", rank, 1);
        var dilations = PerAxis(node, "dilations", rank, 1);
        var extra = PerAxis(node, "output_padding", rank, 0);
        var pads = PerAxis(node, "pads", 2 * rank, 0);
        var same = node.Text("auto_pad", "NOTSET") is "SAME_UPPER" or "SAME_LOWER";
        return
        [
            x[0],
            channels,
            .. Enumerable
                .Range(0, rank)
                .Select(i =>
                    same
                        ? ((SymbolicInteger)x[i + 2] * strides[i]).ToDim()
                        : (
                            ((SymbolicInteger)x[i + 2] - 1) * strides[i]
                            + extra[i]
                            + (kernel[i] - 1) * dilations[i]
                            + 1
                            - pads[i]
                            - pads[i + rank]
                        ).ToDim()
                ),
        ];
    }

    private static void MaxPool(RuleContext node)
    {
        var shape = Pool(node, 0);
        node.Output(0, node.Element(0), shape);
        node.Output(1, ElementType.Int64, shape);
    }

    private static void RoiPool(RuleContext node) =>
        node.Output(
            0,
            node.Element(0),
            node.Shape(0, 4) is { } x
            && node.Shape(1, 2) is { } rois
            && node.Ints("pooled_shape") is [var height, var width]
                ? [rois[0], x[1], Math.Max(height, -1), Math.Max(width, -1)]
                : null
        );

    private static void Unpool(RuleContext node)
    {
        if (node.Has(2))
        {
            node.Output(0, node.Element(0), ConstantRules.ShapeFrom(node, 2));
            return;
        }

        if (node.ShapeFrom(0, 2) is not { } x || node.Ints("kernel_shape") is not { } kernel)
            return;
        var rank = x.Count - 2;
        var strides = PerAxis(node, "strides", rank, 1);
        var pads = PerAxis(node, "pads", 2 * rank, 0);
        if (kernel.Length != rank)
            throw node.Fault($"its kernel does not fit {rank} dimensions of space");
        node.Output(
            0,
            node.Element(0),
            [
                x[0],
                x[1],
                .. Enumerable
                    .Range(0, rank)
                    .Select(i =>
                        (((SymbolicInteger)x[i + 2] - 1) * strides[i] + kernel[i] - pads[i] - pads[i + rank]).ToDim()
                    ),
            ]
        );
    }
}
