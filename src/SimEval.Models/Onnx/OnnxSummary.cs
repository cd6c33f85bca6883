using Google.Protobuf;
using SimEval.Models.Onnx.Wire;

namespace SimEval.Models.Onnx;

/// <summary>An input or output as the file declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">TensorProto.DataType: 1 float32, 7 int64, 10 float16, ...; 0: not a tensor.</param>
/// <param name="Dims">Sizes as text: "48", a symbolic name ("batch"), or "?"; null: rank unknown.</param>
public sealed record OnnxTensor(string Name, int ElementType, IReadOnlyList<string>? Dims);

/// <summary>What a file says of itself, for provenance: read without a runtime.</summary>
public sealed record OnnxSummary
{
    /// <summary>Size of the file in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Version of the file format.</summary>
    public required long IrVersion { get; init; }

    /// <summary>Operator sets: domain ("" is ONNX's own) and version.</summary>
    public required IReadOnlyDictionary<string, long> Opsets { get; init; }

    /// <summary>The tool that wrote it, with its version, or "".</summary>
    public required string Producer { get; init; }

    /// <summary>Inputs that are no initializers.</summary>
    public required IReadOnlyList<OnnxTensor> Inputs { get; init; }

    /// <summary>Outputs.</summary>
    public required IReadOnlyList<OnnxTensor> Outputs { get; init; }

    /// <summary>How often each operator occurs, subgraphs included; those of other domains as "domain.Operator".</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>Elements of all initializers and constants.</summary>
    public required long Parameters { get; init; }

    /// <summary>Whether weights lie in other files.</summary>
    public required bool HasExternalData { get; init; }

    /// <summary>The metadata properties.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Reads a file's bytes; throws <see cref="OnnxFormatException"/> when they are no ONNX model.</summary>
    public static OnnxSummary Read(ReadOnlySpan<byte> bytes)
    {
        var model = Parse(bytes);
        var operators = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var initializers = new List<TensorProto>();
        Walk(model.Graph, operators, initializers);
        var constants = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return new OnnxSummary
        {
            Bytes = bytes.Length,
            IrVersion = model.IrVersion,
            Opsets = Last(model.OpsetImport.Select(set => (set.Domain, set.Version))),
            Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            Inputs = [.. model.Graph.Input.Where(input => !constants.Contains(input.Name)).Select(Describe)],
            Outputs = [.. model.Graph.Output.Select(Describe)],
            Operators = operators,
            Parameters = initializers.Sum(tensor => tensor.Dims.Aggregate(1L, (product, size) => product * size)),
            HasExternalData = initializers.Exists(tensor =>
                tensor.DataLocation == TensorProto.Types.DataLocation.External
            ),
            Metadata = Last(model.MetadataProps.Select(entry => (entry.Key, entry.Value))),
        };
    }

    private static ModelProto Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            throw new OnnxFormatException("the file is empty; an ONNX model was expected");
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxFormatException($"this is not an ONNX model, or a damaged one ({e.Message})", e);
        }

        return model.Graph is not null && model.Graph.Output.Count > 0
            ? model
            : throw new OnnxFormatException("this is not an ONNX model: it holds no graph with an output");
    }

    private static void Walk(GraphProto graph, SortedDictionary<string, int> operators, List<TensorProto> initializers)
    {
        initializers.AddRange(graph.Initializer);
        foreach (var node in graph.Node)
        {
            var name = node.Domain is "" or "ai.onnx" ? node.OpType : $"{node.Domain}.{node.OpType}";
            operators[name] = operators.GetValueOrDefault(name) + 1;
            foreach (var attribute in node.Attribute)
            {
                if (attribute.T is not null)
                    initializers.Add(attribute.T);
                if (attribute.G is not null)
                    Walk(attribute.G, operators, initializers);
                foreach (var subgraph in attribute.Graphs)
                    Walk(subgraph, operators, initializers);
            }
        }
    }

    private static OnnxTensor Describe(ValueInfoProto value)
    {
        var tensor = value.Type?.TensorType;
        return new OnnxTensor(
            value.Name,
            tensor?.ElemType ?? 0,
            tensor?.Shape is null
                ? null
                :
                [
                    .. tensor.Shape.Dim.Select(dim =>
                        dim.HasDimValue ? dim.DimValue.ToString(System.Globalization.CultureInfo.InvariantCulture)
                        : dim.DimParam.Length > 0 ? dim.DimParam
                        : "?"
                    ),
                ]
        );
    }

    private static SortedDictionary<string, T> Last<T>(IEnumerable<(string Key, T Value)> entries)
    {
        var map = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
            map[key == "ai.onnx" ? "" : key] = value;
        return map;
    }
}
