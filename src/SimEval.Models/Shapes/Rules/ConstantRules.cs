using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Operators that make tensors out of attributes, sizes or chance.</summary>
internal static class ConstantRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            ("Constant", Constant),
            ("ConstantOfShape", ConstantOfShape),
            ("Shape", Shape),
            ("Size", Size),
            ("Range", Range),
            ("EyeLike", Like),
            ("Bernoulli", Like),
            ("RandomNormalLike", Like),
            ("RandomUniformLike", Like),
            ("RandomNormal", Random),
            ("RandomUniform", Random),
            (
                "Multinomial",
                node =>
                    node.Output(
                        0,
                        node.ElementOf("dtype", ElementType.Int32),
                        node.Shape(0, 2) is { } shape ? [shape[0], node.Int("sample_size", 1)] : null
                    )
            ),
        ];

    /// <summary>The tensor of a Constant node; null for a form that no tensor is (sparse).</summary>
    public static Tensor? TensorOf(Node node)
    {
        foreach (var (_, value) in node.Attributes)
        {
            switch (value)
            {
                case AttributeValue.OfTensor(var tensor):
                    return tensor;
                case AttributeValue.Int(var number):
                    return Tensor.Of([], [number]);
                case AttributeValue.Ints(var numbers):
                    return Tensor.Of([numbers.Length], numbers.AsSpan());
                case AttributeValue.Float(var number):
                    return Tensor.Of([], [number]);
                case AttributeValue.Floats(var numbers):
                    return Tensor.Of([numbers.Length], numbers.AsSpan());
                case AttributeValue.Text(var text):
                    return new Tensor([], [text]);
                case AttributeValue.TextList(var texts):
                    return new Tensor([texts.Length], texts);
            }
        }

        return null;
    }

    /// <summary>Sizes out of integers that give a shape; null where not even their number is known.</summary>
    /// <param name="node">The node.</param>
    /// <param name="input">The input that gives the shape.</param>
    public static IReadOnlyList<Dim>? ShapeFrom(RuleContext node, int input)
    {
        if (node.Values(input) is { } values)
            return values.FirstOrDefault(value => value.Number < 0) is { Number: { } negative }
                ? throw node.Fault($"input {input} gives the size {negative}")
                : [.. values.Select(value => value.ToDim())];
        return node.Shape(input, 1) is { } shape && shape[0].IsKnown ? Unknowns(node, shape[0].Size) : null;
    }

    /// <summary>So many unknown sizes.</summary>
    public static Dim[] Unknowns(RuleContext node, long rank) =>
        rank <= Onnx.OnnxLimits.Default.Rank
            ? [.. Enumerable.Repeat(Dim.Unknown, (int)rank)]
            : throw node.Fault($"it gives a tensor of {rank} dimensions");

    private static void Constant(RuleContext node)
    {
        if (TensorOf(node.Node) is not { } tensor)
            throw node.Fault("it has no value");
        node.Output(0, tensor.Type, [.. tensor.Dims.Select(size => new Dim(size))]);
        node.OutputConstant(0, tensor);
    }

    private static void ConstantOfShape(RuleContext node)
    {
        var value = (node.Node.Attributes.GetValueOrDefault("value") as AttributeValue.OfTensor)?.Value;
        var shape = ShapeFrom(node, 0);
        node.Output(0, value?.Type ?? ElementType.Float32, shape);
        if (shape is [{ IsKnown: true, Size: <= 64 } size] && value is { Type: ElementType.Int64, Count: 1 })
            node.OutputValues(0, [.. Enumerable.Repeat((SymbolicInteger)value.Span<long>()[0], (int)size.Size)]);
    }

    private static void Shape(RuleContext node)
    {
        if (node.Shape(0) is not { } shape)
        {
            node.Output(0, ElementType.Int64, [Dim.Unknown]);
            return;
        }

        var from = Clamped("start", 0);
        var to = Clamped("end", shape.Count);
        SymbolicInteger[] sizes = [.. shape.Take(to).Skip(from)];
        node.Output(0, ElementType.Int64, [sizes.Length]);
        node.OutputValues(0, sizes);

        int Clamped(string name, int otherwise)
        {
            var at = node.Int(name, otherwise);
            return (int)Math.Clamp(at < 0 ? at + shape.Count : at, 0, shape.Count);
        }
    }

    private static void Size(RuleContext node)
    {
        node.Output(0, ElementType.Int64, []);
        if (node.Shape(0) is { } shape)
            node.OutputValues(0, [shape.Aggregate((SymbolicInteger)1, (product, size) => product * size)]);
    }

    private static void Range(RuleContext node)
    {
        var length = SymbolicInteger.Unknown;
        if (node.Values(0) is [var start] && node.Values(1) is [var limit] && node.Values(2) is [{ Number: { } step }])
        {
            if (step == 0)
                throw node.Fault("its step is 0");
            var width = step > 0 ? step : 0 - (SymbolicInteger)step;
            length = ((step > 0 ? limit - start : start - limit) + (width - 1)) / width;
            if (length.Number is { } count)
                length = Math.Max(count, 0);
            if (length.Number is <= 64 && start.Number is { } first)
                node.OutputValues(
                    0,
                    [.. Enumerable.Range(0, (int)length.Number).Select(i => (SymbolicInteger)(first + i * step))]
                );
        }

        node.Output(0, node.Element(0), [length.ToDim()]);
    }

    private static void Like(RuleContext node) =>
        node.Output(0, node.ElementOf("dtype", node.Element(0)), node.Shape(0));

    private static void Random(RuleContext node) =>
        node.Output(
            0,
            node.ElementOf("dtype", ElementType.Float32),
            node.Ints("shape") is { } shape ? [.. shape.Select(size => new Dim(Math.Max(size, -1)))] : null
        );
}
