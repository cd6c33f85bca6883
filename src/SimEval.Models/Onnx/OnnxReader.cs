using System.Collections.Immutable;
using Google.Protobuf;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx.Wire;

namespace SimEval.Models.Onnx;

/// <summary>
/// Reads an ONNX file into a graph. What a graph cannot hold is refused with a message that names it; what changes no result
/// (doc strings, annotations) is left out and listed in <see cref="OnnxModel.NotKept"/>.
/// </summary>
public sealed class OnnxReader
{
    private readonly ExternalData external;
    private readonly OnnxLimits limits;

    private OnnxReader(Func<string, ReadOnlyMemory<byte>?>? externalData, OnnxLimits limits) =>
        (external, this.limits) = (new ExternalData(externalData, limits), limits);

    /// <summary>
    /// A model. Tensors may share the memory of <paramref name="externalData"/>'s files, which nobody may change afterwards.
    /// Throws <see cref="OnnxFormatException"/> when the bytes are no ONNX model, are damaged or truncated, exceed
    /// <paramref name="limits"/>, hold what a graph cannot, or fail <see cref="GraphCheck"/>.
    /// </summary>
    /// <param name="bytes">The file.</param>
    /// <param name="externalData">
    /// The bytes of a file beside the model by its path, which is relative to the model's folder and stays inside it; null
    /// where there is no such file.
    /// </param>
    /// <param name="limits">Null: <see cref="OnnxLimits.Default"/>.</param>
    public static OnnxModel Read(
        ReadOnlyMemory<byte> bytes,
        Func<string, ReadOnlyMemory<byte>?>? externalData = null,
        OnnxLimits? limits = null
    )
    {
        limits ??= OnnxLimits.Default;
        return GraphCheck.Checked(new OnnxReader(externalData, limits).Model(Parse(bytes.Span, limits)));
    }

    /// <summary>The file's messages, within limits. Throws as <see cref="Read"/> does.</summary>
    internal static ModelProto Parse(ReadOnlySpan<byte> bytes, OnnxLimits limits)
    {
        if (bytes.IsEmpty)
            throw new OnnxFormatException("the file is empty; an ONNX model was expected");
        WireScan.CheckModel(bytes, limits);
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxFormatException($"this is not an ONNX model, or a damaged one ({e.Message})", e);
        }

        if (model.Graph is null || model.Graph.Output.Count == 0)
            throw new OnnxFormatException("this is not an ONNX model: it holds no graph with an output");
        return model.OpsetImport.FirstOrDefault(set => set.Version is < 1 or > int.MaxValue) is { } wrong
            ? throw new OnnxFormatException($"operator set '{wrong.Domain}' has version {wrong.Version}")
            : model;
    }

    private OnnxModel Model(ModelProto model)
    {
        FunctionInlining.Apply(model, limits);
        return new OnnxModel
        {
            Graph = Graph(model.Graph, "the graph"),
            Opsets = Opsets(model),
            IrVersion = model.IrVersion,
            Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            Domain = model.Domain,
            Version = model.ModelVersion,
            Description = model.DocString,
            NotKept = NotKeptOf(model),
            Metadata = model.MetadataProps.Aggregate(
                ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
                (all, entry) => all.SetItem(entry.Key, entry.Value)
            ),
        };
    }

    private static ImmutableSortedDictionary<string, long> Opsets(ModelProto model)
    {
        var opsets = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var set in model.OpsetImport)
            opsets[Domain(set.Domain)] = set.Version;

        // The format's first two versions had one operator set and did not name it.
        if (opsets.Count == 0 && model.IrVersion is 1 or 2)
            opsets[""] = 1;
        return opsets.Count > 0
            ? opsets.ToImmutable()
            : throw new OnnxFormatException("the model does not say which operator sets it uses (opset_import)");
    }

    private Graph Graph(GraphProto graph, string where)
    {
        if (graph.SparseInitializer.Count > 0)
            throw new OnnxFormatException(
                $"{where} has the sparse constant '{graph.SparseInitializer[0].Values?.Name}'; SimEval reads dense tensors only"
            );
        var initializers = ImmutableSortedDictionary.CreateBuilder<string, Tensor>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
        {
            if (tensor.Name.Length == 0)
                throw new OnnxFormatException($"{where} has a constant without a name");
            if (!initializers.TryAdd(tensor.Name, Decode(tensor, $"constant '{tensor.Name}'")))
                throw new OnnxFormatException($"{where} gives the constant '{tensor.Name}' twice");
        }

        var inputs = graph.Input.Where(input => !initializers.ContainsKey(input.Name)).Select(Value).ToImmutableArray();
        var outputs = graph.Output.Select(Value).ToImmutableArray();
        var types = ImmutableSortedDictionary.CreateBuilder<string, TensorType>(StringComparer.Ordinal);
        foreach (var value in graph.ValueInfo.Select(Value).Concat(outputs).Concat(inputs))
            types[value.Name] = value.Type;
        foreach (var (name, tensor) in initializers)
            types[name] = new TensorType(tensor.Type, [.. tensor.Dims.Select(size => new Dim(size))]);
        return new Graph
        {
            Name = graph.Name,
            Nodes = [.. graph.Node.Select(Node)],
            Inputs = inputs,
            Outputs = outputs,
            Initializers = initializers.ToImmutable(),
            Types = types.ToImmutable(),
        };
    }

    private GraphValue Value(ValueInfoProto value)
    {
        if (value.Name.Length == 0)
            throw new OnnxFormatException("a graph declares an input, output or value without a name");
        return new GraphValue(value.Name, TypeDecoding.Decode(value.Type, $"value '{value.Name}'", limits));
    }

    private Node Node(NodeProto node, int position)
    {
        var where = node.Name.Length > 0 ? $"node '{node.Name}' ({node.OpType})" : $"node {position} ({node.OpType})";
        if (node.OpType.Length == 0)
            throw new OnnxFormatException($"{where} has no operator");
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var attribute in node.Attribute)
        {
            var value = AttributeDecoding.Decode(
                attribute,
                $"attribute '{attribute.Name}' of {where}",
                Decode,
                Graph,
                limits
            );
            if (attribute.Name.Length == 0 || !attributes.TryAdd(attribute.Name, value))
                throw new OnnxFormatException($"{where} has the attribute '{attribute.Name}' twice, or without a name");
        }

        return new Node(
            node.OpType,
            Domain(node.Domain),
            node.Name,
            [.. node.Input],
            [.. node.Output],
            attributes.ToImmutable()
        );
    }

    private Tensor Decode(TensorProto tensor, string where) => TensorDecoding.Decode(tensor, where, external, limits);

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    private static ImmutableArray<string> NotKeptOf(ModelProto model)
    {
        var graph = model.Graph;
        var constants = graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        // Before version 4 of the format every constant had to be an input as well.
        var overridable = model.IrVersion < 4 ? 0 : graph.Input.Count(input => constants.Contains(input.Name));
        (int Count, string What)[] items =
        [
            (graph.Node.Count(node => node.DocString.Length > 0), "doc strings of nodes"),
            (graph.Node.Count(node => node.MetadataProps.Count > 0), "metadata of nodes"),
            (graph.DocString.Length > 0 ? 1 : 0, "doc string of the graph"),
            (graph.MetadataProps.Count, "metadata of the graph"),
            (graph.QuantizationAnnotation.Count, "quantization annotations"),
            (overridable, "inputs that only override a constant"),
            (model.TrainingInfo.Count, "training graphs"),
            (model.Functions.Count, "functions, which stand in the place of their calls"),
        ];
        return [.. items.Where(item => item.Count > 0).Select(item => $"{item.Count} {item.What}")];
    }
}
