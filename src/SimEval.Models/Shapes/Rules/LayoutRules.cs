using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Operators that give the same elements under other sizes or in another order.</summary>
internal static class LayoutRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            ("Reshape", Reshape),
            ("Flatten", Flatten),
            ("Squeeze", Squeeze),
            ("Unsqueeze", Unsqueeze),
            ("Transpose", Transpose),
            ("Concat", Concat),
            ("Expand", Expand),
            ("Tile", Tile),
            ("Pad", Pad),
            ("DepthToSpace", node => Blocks(node, (c, h, w, b) => (c / (b * b), h * b, w * b))),
            ("SpaceToDepth", node => Blocks(node, (c, h, w, b) => (c * (b * b), h / b, w / b))),
            ("Trilu", ElementwiseRules.Same),
            ("ReverseSequence", ElementwiseRules.Same),
        ];

    private static void Reshape(RuleContext node)
    {
        var target =
            node.Opset < 5 ? node.Ints("shape")?.Select(size => (SymbolicInteger)size).ToArray() : node.Values(1);
        if (target is null)
        {
            var rank = node.Shape(1) is [{ IsKnown: true } count] ? count.Size : -1;
            node.Output(0, node.Element(0), rank >= 0 ? ConstantRules.Unknowns(node, rank) : null);
            return;
        }

        var source = node.Shape(0);
        var zeroes = node.Int("allowzero", 0) != 0;
        var sizes = new Dim[target.Length];
        var free = -1;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (target[i].Number == -1)
                free = free < 0 ? i : throw node.Fault("its shape has -1 twice");
            else if (target[i].Number < -1)
                throw node.Fault($"its shape has the size {target[i]}");
            else if (target[i].Number == 0 && !zeroes && source is not null && i >= source.Count)
                throw node.Fault($"its shape keeps size {i} of [{string.Join(",", source)}], which has none");
            else
                sizes[i] =
                    target[i].Number == 0 && !zeroes
                        ? source is null
                            ? Dim.Unknown
                            : source[i]
                        : target[i].ToDim();
        }

        if (free >= 0)
            sizes[free] = Rest(node, source, [.. sizes.Where((_, i) => i != free)]);
        else if (Elements(source) is { } before && Elements(sizes) is { } after && before != after)
            throw node.Fault($"[{string.Join(",", source!)}] has not the elements of [{string.Join(",", sizes)}]");
        node.Output(0, node.Element(0), sizes);
        if (sizes.Length <= 1)
            node.OutputValues(0, node.Values(0));
    }

    /// <summary>The size that -1 stands for: what is left of the source when equal names and known sizes are divided out.</summary>
    private static Dim Rest(RuleContext node, IReadOnlyList<Dim>? source, IReadOnlyList<Dim> others)
    {
        if (source is null)
            return Dim.Unknown;
        var names = source.Where(dim => !dim.IsKnown).ToList();
        if (others.Any(dim => !dim.IsKnown && !names.Remove(dim)) || names.Contains(Dim.Unknown))
            return Dim.Unknown;
        if (
            Elements([.. source.Where(dim => dim.IsKnown)]) is not { } have
            || Elements([.. others.Where(dim => dim.IsKnown)]) is not { } taken
        )
            return Dim.Unknown;
        if (taken == 0)
            return Dim.Unknown;
        if (names.Count == 0 && have % taken != 0)
            throw node.Fault($"[{string.Join(",", source)}] cannot be divided by [{string.Join(",", others)}]");
        var left = names.Aggregate((SymbolicInteger)1, (product, dim) => product * dim);
        return (have % taken == 0 ? left * (have / taken) : left * have / taken).ToDim();
    }

    private static long? Elements(IReadOnlyList<Dim>? shape) => new TensorType(ElementType.Undefined, shape).Count;

    private static void Flatten(RuleContext node)
    {
        if (node.Shape(0) is not { } shape)
        {
            node.Output(0, node.Element(0), [Dim.Unknown, Dim.Unknown]);
            return;
        }

        var axis = node.Int("axis", 1);
        // The axis may also be the rank itself.
        var at = axis == shape.Count ? shape.Count : node.Axis(axis, shape.Count);
        node.Output(0, node.Element(0), [Product(shape.Take(at)), Product(shape.Skip(at))]);

        static Dim Product(IEnumerable<Dim> sizes) =>
            sizes.Aggregate((SymbolicInteger)1, (product, size) => product * size).ToDim();
    }

    private static void Squeeze(RuleContext node)
    {
        var axes = node.Opset < 13 ? node.Ints("axes") : node.Numbers(1);
        node.OutputValues(0, node.Values(0) is { Length: 1 } one ? one : null);
        var shape = node.Shape(0);
        if (axes is null)
        {
            var certain = !node.Has(1) && shape is not null && shape.All(dim => dim.IsKnown);
            node.Output(0, node.Element(0), certain ? [.. shape!.Where(dim => dim.Size != 1)] : null);
            return;
        }

        if (shape is null)
        {
            node.Output(0, node.Element(0), null);
            return;
        }

        var gone = axes.Select(axis => node.Axis(axis, shape.Count)).ToHashSet();
        if (gone.FirstOrDefault(axis => shape[axis].IsKnown && shape[axis].Size != 1, -1) is >= 0 and var wrong)
            throw node.Fault($"axis {wrong} of [{string.Join(",", shape)}] is not of size 1");
        node.Output(0, node.Element(0), [.. shape.Where((_, axis) => !gone.Contains(axis))]);
    }

    private static void Unsqueeze(RuleContext node)
    {
        var axes = node.Opset < 13 ? node.Ints("axes") : node.Numbers(1);
        if (axes is null || node.Shape(0) is not { } shape)
        {
            node.Output(0, node.Element(0), null);
            return;
        }

        var rank = shape.Count + axes.Length;
        var added = axes.Select(axis => node.Axis(axis, rank)).ToHashSet();
        if (added.Count != axes.Length)
            throw node.Fault("it adds an axis twice");
        var rest = shape.GetEnumerator();
        var sizes = new Dim[rank];
        for (var i = 0; i < rank; i++)
            sizes[i] =
                added.Contains(i) ? 1
                : rest.MoveNext() ? rest.Current
                : Dim.Unknown;
        node.Output(0, node.Element(0), sizes);
        if (rank <= 1)
            node.OutputValues(0, node.Values(0));
    }

    private static void Transpose(RuleContext node)
    {
        if (node.Shape(0) is not { } shape)
        {
            node.Output(
                0,
                node.Element(0),
                node.Ints("perm") is { } order ? ConstantRules.Unknowns(node, order.Length) : null
            );
            return;
        }

        var permutation =
            node.Ints("perm") ?? [.. Enumerable.Range(0, shape.Count).Reverse().Select(axis => (long)axis)];
        if (permutation.Length != shape.Count || permutation.Distinct().Count() != shape.Count)
            throw node.Fault($"[{string.Join(",", permutation)}] does not reorder {shape.Count} dimensions");
        node.Output(0, node.Element(0), [.. permutation.Select(axis => shape[node.Axis(axis, shape.Count)])]);
    }

    private static void Concat(RuleContext node)
    {
        var shapes = Enumerable.Range(0, node.Inputs).Select(input => node.Shape(input)).ToList();
        var known = shapes.Find(shape => shape is not null);
        if (known is null)
        {
            node.Output(0, node.Element(0), null);
            return;
        }

        var axis = node.Axis(node.Int("axis", 1), known.Count);
        var sizes = known.ToArray();
        SymbolicInteger total = 0;
        foreach (var shape in shapes)
        {
            total = shape is null ? SymbolicInteger.Unknown : total + shape[axis < shape.Count ? axis : 0];
            for (var i = 0; shape is not null && i < sizes.Length; i++)
            {
                if (
                    shape.Count != sizes.Length
                    || (i != axis && shape[i].IsKnown && sizes[i].IsKnown && shape[i] != sizes[i])
                )
                    throw node.Fault(
                        $"[{string.Join(",", shape)}] and [{string.Join(",", known)}] do not join at axis {axis}"
                    );
                if (!sizes[i].IsKnown && (shape[i].IsKnown || sizes[i] == Dim.Unknown))
                    sizes[i] = shape[i];
            }

            if (shape is null)
                break;
        }

        sizes[axis] = total.ToDim();
        node.Output(0, node.Element(0), sizes);
        if (sizes.Length == 1 && Enumerable.Range(0, node.Inputs).All(input => Parts(node, input) is not null))
            node.OutputValues(0, [.. Enumerable.Range(0, node.Inputs).SelectMany(input => Parts(node, input)!)]);
    }

    // Of a vector whose length is known but not its elements, at least the length counts.
    private static SymbolicInteger[]? Parts(RuleContext node, int input) =>
        node.Values(input)
        ?? (node.Shape(input) is [{ IsKnown: true, Size: <= 64 } size] ? new SymbolicInteger[size.Size] : null);

    private static void Expand(RuleContext node) =>
        node.Output(0, node.Element(0), node.Broadcast(node.Shape(0), ConstantRules.ShapeFrom(node, 1)));

    private static void Tile(RuleContext node)
    {
        var shape = node.Shape(0);
        var repeats = node.Values(1);
        if (shape is not null && repeats is not null && repeats.Length != shape.Count)
            throw node.Fault($"it has {repeats.Length} repeats for {shape.Count} dimensions");
        node.Output(
            0,
            node.Element(0),
            shape is null ? null
                : repeats is null ? ConstantRules.Unknowns(node, shape.Count)
                : [.. shape.Select((size, i) => ((SymbolicInteger)size * repeats[i]).ToDim())]
        );
    }

    private static void Pad(RuleContext node)
    {
        var shape = node.Shape(0);
        var pads =
            node.Opset < 11
                ? (node.Ints("pads") ?? node.Ints("paddings"))?.Select(size => (SymbolicInteger)size).ToArray()
                : node.Values(1);
        if (shape is null || pads is null || (node.Has(3) && node.Numbers(3) is null))
        {
            node.Output(0, node.Element(0), shape is null ? null : ConstantRules.Unknowns(node, shape.Count));
            return;
        }

        var axes = node.Numbers(3) ?? [.. Enumerable.Range(0, shape.Count).Select(axis => (long)axis)];
        if (pads.Length != 2 * axes.Length)
            throw node.Fault($"it has {pads.Length} pads for {axes.Length} dimensions");
        var sizes = shape.ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = node.Axis(axes[i], sizes.Length);
            sizes[axis] = ((SymbolicInteger)sizes[axis] + pads[i] + pads[i + axes.Length]).ToDim();
        }

        node.Output(0, node.Element(0), sizes);
    }

    private static void Blocks(
        RuleContext node,
        Func<
            SymbolicInteger,
            SymbolicInteger,
            SymbolicInteger,
            SymbolicInteger,
            (SymbolicInteger Channels, SymbolicInteger Height, SymbolicInteger Width)
        > sizes
    )
    {
        if (node.Shape(0, 4) is not { } shape)
            return;
        var (channels, height, width) = sizes(shape[1], shape[2], shape[3], node.Int("blocksize", 1));
        node.Output(0, node.Element(0), [shape[0], channels.ToDim(), height.ToDim(), width.ToDim()]);
    }
}
