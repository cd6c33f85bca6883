using System.Collections.Frozen;
using System.Collections.Immutable;
using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>
/// A model in float16 whose inputs and outputs stay float32. A node stays in float32 where its operator needs it, where a
/// weight is beyond float16, or where a value was seen within a factor of two of float16's limit; casts stand between.
/// </summary>
public sealed class HalfPrecision
{
    /// <summary>Values seen beyond this stay in float32: half of the greatest float16.</summary>
    public const float Limit = 32752;

    private static readonly FrozenSet<string> Operators = (
        "Gemm MatMul Conv ConvTranspose Add Sub Mul Div Relu Clip LeakyRelu PRelu Sigmoid Tanh Elu Selu Celu HardSigmoid HardSwish "
        + "Gelu Softplus Softsign Mish Erf Abs Neg Sqrt Softmax LayerNormalization InstanceNormalization BatchNormalization "
        + "AveragePool GlobalAveragePool MaxPool GlobalMaxPool ReduceMean ReduceMax Concat Identity Reshape Flatten Transpose "
        + "Squeeze Unsqueeze Slice Gather Split Expand DepthToSpace SpaceToDepth LSTM GRU RNN"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly Wiring wiring;
    private readonly IReadOnlyDictionary<string, ValueRange> ranges;
    private readonly FreshNames names;
    private readonly ImmutableSortedDictionary<string, Tensor>.Builder constants;
    private readonly List<Node> nodes = [];
    private readonly HashSet<string> halves = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Value, ElementType Type), string> casts = [];

    private HalfPrecision(Graph graph, IReadOnlyDictionary<string, ValueRange> ranges)
    {
        (wiring, this.ranges) = (new Wiring(graph), ranges);
        names = new FreshNames(graph);
        constants = graph.Initializers.ToBuilder();
    }

    /// <summary>Names of the values whose ranges <see cref="Convert"/> asks for: all that are computed, and the inputs.</summary>
    public static IReadOnlyList<string> Values(OnnxModel prepared) =>
        [
            .. prepared
                .Graph.Inputs.Select(input => input.Name)
                .Concat(prepared.Graph.Nodes.SelectMany(node => node.Given())),
        ];

    /// <summary>
    /// The model in float16. Throws <see cref="CompressionException"/> when no node of it can be.
    /// </summary>
    /// <param name="model">The model; prepared by this when it is not.</param>
    /// <param name="ranges">Ranges of the prepared model's float32 values; a value without one is taken to be of another type.</param>
    public static OnnxModel Convert(OnnxModel model, IReadOnlyDictionary<string, ValueRange> ranges)
    {
        var prepared = Preparation.Prepare(model);
        return prepared with { Graph = new HalfPrecision(prepared.Graph, ranges).Write() };
    }

    private Graph Write()
    {
        var graph = wiring.Graph;
        if (!graph.Nodes.Any(IsHalf))
            throw new CompressionException("no node of the model can be computed in float16");
        foreach (var node in graph.Nodes)
        {
            if (IsHalf(node))
                WriteHalf(node);
            else
                WriteSingle(node);
        }

        var types = graph
            .Types.Where(pair => halves.Contains(pair.Key))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { Element = ElementType.Float16 }));
        return Trimmed.Of(
            graph with
            {
                Nodes = [.. nodes],
                Initializers = constants.ToImmutable(),
                Types = graph.Types.SetItems(types.ToList()),
            }
        );
    }

    private bool IsHalf(Node node) =>
        node.Domain.Length == 0
        && Operators.Contains(node.Operator)
        && node.Given().Any(ranges.ContainsKey)
        && !node.Given().Concat(node.Inputs).Any(IsUnseen)
        && node.Given().Concat(node.Inputs).All(value => !ranges.TryGetValue(value, out var range) || IsSmall(range))
        && node.Inputs.All(value =>
            !IsFloatConstant(value, out var tensor)
            || node.Operator == "Clip"
            || IsSmall(ValueRange.Of(tensor.Span<float>()))
        );

    /// <summary>Whether a value is declared as float32, but of no known range.</summary>
    private bool IsUnseen(string value) =>
        !ranges.ContainsKey(value)
        && !wiring.IsConstant(value)
        && wiring.Graph.Types.GetValueOrDefault(value, TensorType.Unknown).Element == ElementType.Float32;

    private static bool IsSmall(ValueRange range) => range.Least >= -Limit && range.Greatest <= Limit;

    private bool IsFloatConstant(string value, out Tensor tensor) =>
        wiring.Graph.Initializers.TryGetValue(value, out tensor!) && tensor.Type == ElementType.Float32;

    private void WriteHalf(Node node)
    {
        var inputs = node.Inputs.Select(value =>
            IsFloatConstant(value, out var tensor) ? Constant(value, tensor)
            : ranges.ContainsKey(value) ? As(value, ElementType.Float16)
            : value
        );
        var outputs = node.Outputs.Select(value => IsNamedOutside(value) ? names.Of($"{value}/half") : value);
        var written = node with { Inputs = [.. inputs], Outputs = [.. outputs] };
        nodes.Add(written);
        for (var i = 0; i < node.Outputs.Length; i++)
        {
            var value = node.Outputs[i];
            if (!ranges.ContainsKey(value))
                continue;
            if (written.Outputs[i] == value)
                halves.Add(value);
            else
                // The value keeps its name and type for whoever is outside; nodes that take halves take what it is made of.
                Cast(written.Outputs[i], value, ElementType.Float32);
        }
    }

    private bool IsNamedOutside(string value) => ranges.ContainsKey(value) && wiring.IsHeld(value);

    private void WriteSingle(Node node)
    {
        // Shape takes any type.
        var inputs = node.Operator is "Shape" or "Size"
            ? node.Inputs
            : [.. node.Inputs.Select(value => As(value, ElementType.Float32))];
        nodes.Add(node with { Inputs = inputs });
    }

    /// <summary>The value in a type: itself, what it was cast from, or a cast of it.</summary>
    private string As(string value, ElementType type)
    {
        if (
            halves.Contains(value) == (type == ElementType.Float16)
            || (type == ElementType.Float32 && !ranges.ContainsKey(value))
        )
            return value;
        if (casts.TryGetValue((value, type), out var known))
            return known;
        var name = names.Of($"{value}/{(type == ElementType.Float16 ? "half" : "single")}");
        Cast(value, name, type);
        return name;
    }

    private void Cast(string from, string to, ElementType type)
    {
        nodes.Add(
            new Node(
                "Cast",
                "",
                $"{to}/Cast",
                [from],
                [to],
                NodeAttributes.None.Add("to", new AttributeValue.Int((int)type))
            )
        );
        casts[(from, type)] = to;
        // A half that was widened is still there; a float that was narrowed is another number.
        if (type == ElementType.Float32)
            casts[(to, ElementType.Float16)] = from;
    }

    private string Constant(string name, Tensor tensor)
    {
        if (casts.TryGetValue((name, ElementType.Float16), out var known))
            return known;
        var half = names.Of($"{name}/half");
        var elements = tensor.Span<float>().ToArray();
        // A Clip's bounds beyond float16 bound nothing that is seen.
        constants[half] = Tensor.Of<Half>(
            ElementType.Float16,
            tensor.Dims,
            Array.ConvertAll(elements, value => (Half)Math.Clamp(value, (float)Half.MinValue, (float)Half.MaxValue))
        );
        return casts[(name, ElementType.Float16)] = half;
    }
}
