using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Resampling of images and volumes.</summary>
internal static class ImageRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            ("Resize", node => Resize(node, node.Opset < 11 ? 1 : 2, 3)),
            ("Upsample", node => Resize(node, 1, 99)),
            ("GridSample", GridSample),
            ("AffineGrid", AffineGrid),
            ("RoiAlign", RoiAlign),
            ("CenterCropPad", node => node.Output(0, node.Element(0), CropPad(node))),
            ("Col2Im", node => node.Output(0, node.Element(0), Col2Im(node))),
        ];

    private static void Resize(RuleContext node, int scalesInput, int sizesInput)
    {
        if (node.Shape(0) is not { } shape)
        {
            node.Output(0, node.Element(0), null);
            return;
        }

        var sizes = shape.ToArray();
        var axes = (node.Ints("axes") ?? [.. Enumerable.Range(0, sizes.Length).Select(axis => (long)axis)])
            .Select(axis => node.Axis(axis, sizes.Length))
            .ToArray();
        var scales = node.Floats("scales") ?? Scales(node.Constant(scalesInput));
        var given = node.Values(sizesInput);
        if (given?.Length == axes.Length && node.Text("keep_aspect_ratio_policy", "stretch") == "stretch")
        {
            for (var i = 0; i < axes.Length; i++)
                sizes[axes[i]] = given[i].ToDim();
        }
        else if (scales?.Length == axes.Length && scales.All(scale => scale > 0) && given is null)
        {
            for (var i = 0; i < axes.Length; i++)
                sizes[axes[i]] = Scaled(sizes[axes[i]], scales[i]);
        }
        else
        {
            foreach (var axis in axes)
                sizes[axis] = Dim.Unknown;
        }

        node.Output(0, node.Element(0), sizes);
    }

    private static float[]? Scales(Tensor? tensor) =>
        tensor is { Type: ElementType.Float32, Count: > 0 and <= 64 } ? tensor.Span<float>().ToArray() : null;

    private static Dim Scaled(Dim size, float scale)
    {
        if (scale == 1)
            return size;
        var scaled = Math.Floor(size.Size * (double)scale);
        return size.IsKnown && scaled < long.MaxValue / 2 ? (long)scaled
            : scale == (long)scale ? ((SymbolicInteger)size * (long)scale).ToDim()
            : Dim.Unknown;
    }

    private static void GridSample(RuleContext node) =>
        node.Output(
            0,
            node.Element(0),
            node.ShapeFrom(0, 3) is { } x && node.Shape(1, x.Count) is { } grid
                ? [x[0], x[1], .. grid.Skip(1).SkipLast(1)]
                : null
        );

    private static void AffineGrid(RuleContext node) =>
        node.Output(
            0,
            node.Element(0),
            ConstantRules.ShapeFrom(node, 1) is { Count: >= 3 } size ? [size[0], .. size.Skip(2), size.Count - 2] : null
        );

    private static void RoiAlign(RuleContext node) =>
        node.Output(
            0,
            node.Element(0),
            [
                node.Shape(1, 2)?[0] ?? Dim.Unknown,
                node.Shape(0, 4)?[1] ?? Dim.Unknown,
                Math.Max(node.Int("output_height", 1), -1),
                Math.Max(node.Int("output_width", 1), -1),
            ]
        );

    private static Dim[]? CropPad(RuleContext node)
    {
        if (node.Shape(0)?.ToArray() is not { } shape)
            return null;
        var target = node.Values(1);
        var axes = node.Ints("axes") ?? [.. Enumerable.Range(0, shape.Length).Select(axis => (long)axis)];
        for (var i = 0; i < axes.Length; i++)
            shape[node.Axis(axes[i], shape.Length)] =
                target is not null && i < target.Length ? target[i].ToDim() : Dim.Unknown;
        return shape;
    }

    private static Dim[]? Col2Im(RuleContext node)
    {
        if (node.Shape(0, 3) is not { } x || ConstantRules.ShapeFrom(node, 1) is not { } image)
            return null;
        var block = node.Values(2);
        var area = block?.Aggregate((SymbolicInteger)1, (product, size) => product * size) ?? SymbolicInteger.Unknown;
        return [x[0], ((SymbolicInteger)x[1] / area).ToDim(), .. image];
    }
}
