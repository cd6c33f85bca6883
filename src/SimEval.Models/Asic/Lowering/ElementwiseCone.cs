using System.Collections.Immutable;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>
/// Gives the 256 results of a model from uint8[256] or int8[256] "x" to "y"; null where it cannot. The values of a table are
/// those of the runtime that the program shall equal.
/// </summary>
/// <param name="model">The model.</param>
public delegate byte[]? TableEvaluator(OnnxModel model);

/// <summary>
/// The nodes between one dequantized 8-bit tensor and a value that is a function of its elements, one by one: a table of 256
/// entries, whatever the function.
/// </summary>
internal sealed class ElementwiseCone
{
    private const int MostNodes = 64;

    // Functions that no board computes in float32: in a table they cost nothing, and ONNX Runtime gives its entries.
    private static readonly string[] OnlyInTables =
    [
        "Acos",
        "Acosh",
        "Asin",
        "Asinh",
        "Atan",
        "Atanh",
        "Cos",
        "Cosh",
        "Mod",
        "Sin",
        "Sinh",
        "Tan",
    ];

    private static readonly HashSet<string> Operators =
    [
        .. UnaryRules.Names,
        "Cast",
        "Clip",
        "Identity",
        "Not",
        "Where",
        .. BinaryRules.Variadic,
        .. BinaryRules.Arithmetic,
        .. BinaryRules.Comparisons,
        .. OnlyInTables,
    ];

    private readonly QdqIndex index;
    private readonly List<Node> nodes = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> constants = new(StringComparer.Ordinal);
    private string? root;

    private ElementwiseCone(QdqIndex index) => this.index = index;

    /// <summary>The 8-bit tensor.</summary>
    public Dequantized Source => index.Dequantized(root!)!;

    /// <summary>Whether an operator of ONNX's own is a function that a table holds.</summary>
    public static bool IsFunction(string operation) =>
        UnaryRules.Names.Contains(operation) || OnlyInTables.Contains(operation);

    /// <summary>The cone under a value, or null when the value depends on anything else.</summary>
    public static ElementwiseCone? Of(string value, QdqIndex index)
    {
        var cone = new ElementwiseCone(index);
        return cone.Visit(value) && cone.root is not null ? cone : null;
    }

    /// <summary>The table of its function, quantized.</summary>
    /// <param name="value">The value that was asked for.</param>
    /// <param name="result">Its quantization.</param>
    /// <param name="opset">Version of ONNX's operator set.</param>
    /// <param name="evaluator">Gives the values; null: the emulator's own functions do.</param>
    public Tensor Table(string value, Quantization result, long opset, TableEvaluator? evaluator)
    {
        var model = Model(value, result, opset);
        var entries = evaluator?.Invoke(model) ?? Evaluate(model);
        return new Tensor(result.Type, [Tables.Entries], entries);
    }

    private bool Visit(string value)
    {
        if (!seen.Add(value))
            return true;
        if (index.Constant(value) is { } constant)
        {
            constants[value] = constant;
            return constant.Count == 1 && constant.Dims.Count <= 1;
        }

        if (index.Dequantized(value) is { Whole: { } whole } source && whole.Type.Is8Bit())
        {
            var isFirst = root is null;
            var isSame =
                isFirst
                || index.Dequantized(root!) is { } other && other.Source == source.Source && other.Whole == whole;
            if (isFirst)
                root = value;
            else if (isSame)
                nodes.Add(Alias(value));
            return isSame;
        }

        if (index.Maker(value) is not { Domain: "", Outputs.Length: 1 } node || !Operators.Contains(node.Operator))
            return false;
        if (nodes.Count >= MostNodes || !node.Inputs.All(input => input.Length == 0 || Visit(input)))
            return false;
        nodes.Add(node);
        return true;
    }

    // The same tensor, dequantized by a node of its own.
    private Node Alias(string value) =>
        new("Identity", "", "", [root!], [value], ImmutableSortedDictionary<string, AttributeValue>.Empty);

    private OnnxModel Model(string value, Quantization result, long opset)
    {
        var source = Source.Whole!;
        var none = ImmutableSortedDictionary.Create<string, AttributeValue>(StringComparer.Ordinal);
        var all = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, constants).ToBuilder();
        all["x:scale"] = Tensor.Of([], [source.Scale]);
        all["x:zero"] = new Tensor(source.Type, [], new[] { (byte)source.Zero });
        all["y:scale"] = Tensor.Of([], [result.Scale]);
        all["y:zero"] = new Tensor(result.Type, [], new[] { (byte)result.Zero });
        return new OnnxModel
        {
            Opsets = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal).Add("", opset),
            Graph = new Graph
            {
                Name = "table",
                Inputs = [new GraphValue("x:q", new TensorType(source.Type, [Tables.Entries]))],
                Outputs = [new GraphValue("y:q", new TensorType(result.Type, [Tables.Entries]))],
                Initializers = all.ToImmutable(),
                Nodes =
                [
                    new Node("DequantizeLinear", "", "", ["x:q", "x:scale", "x:zero"], [root!], none),
                    .. nodes,
                    new Node("QuantizeLinear", "", "", [value, "y:scale", "y:zero"], ["y:q"], none),
                ],
            },
        };
    }

    private static byte[] Evaluate(OnnxModel model)
    {
        var layout = ProgramLayout.Of(
            new AsicProgram(model.Graph, model.Opsets[""]),
            new Dictionary<string, int[]> { ["x:q"] = [Tables.Entries] },
            PlainProduct.Instance,
            new PackedCache()
        );
        var run = new ProgramRun(layout);
        var input = run.Input("x:q");
        for (var i = 0; i < Tables.Entries; i++)
            input[i] = (byte)i;
        run.Run();
        return run.Value("y:q").ToArray();
    }
}
