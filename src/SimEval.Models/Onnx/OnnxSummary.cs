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

    /// <summary>
    /// How often each operator occurs in the file, in subgraphs and functions too; those of other domains as "domain.Operator".
    /// </summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>Elements of all initializers and constants.</summary>
    public required long Parameters { get; init; }

    /// <summary>Whether weights lie in other files.</summary>
    public required bool HasExternalData { get; init; }

    /// <summary>The metadata properties.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Reads a file's bytes; throws <see cref="OnnxFormatException"/> when they are no ONNX model, or beyond <see cref="OnnxLimits.Default"/>.</summary>
    public static OnnxSummary Read(ReadOnlySpan<byte> bytes)
    {
        var model = OnnxReader.Parse(bytes, OnnxLimits.Default);
        var operators = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var initializers = new List<TensorProto>();
        initializers.AddRange(model.Graph.Initializer);
        Walk(model.Graph.Node.Concat(model.Functions.SelectMany(function => function.Node)), operators, initializers);
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
            Parameters = initializers.Aggregate(
                0L,
                (all, tensor) => Count(tensor) is var count && count > long.MaxValue - all ? long.MaxValue : all + count
            ),
            HasExternalData = initializers.Exists(tensor =>
                tensor.DataLocation == TensorProto.Types.DataLocation.External
            ),
            Metadata = Last(model.MetadataProps.Select(entry => (entry.Key, entry.Value))),
        };
    }

    /// <summary>The number of elements; the greatest 64-bit number where sizes make more, and 0 for sizes that none has.</summary>
    private static long Count(TensorProto tensor)
    {
        if (tensor.Dims.Any(size => size <= 0))
            return 0;
        var count = 1L;
        foreach (var size in tensor.Dims)
            count = count > long.MaxValue / size ? long.MaxValue : count * size;
        return count;
    }

    private static void Walk(
        IEnumerable<NodeProto> nodes,
        SortedDictionary<string, int> operators,
        List<TensorProto> initializers
    )
    {
        foreach (var node in nodes)
        {
            var name = node.Domain is "" or "ai.onnx" ? node.OpType : $"{node.Domain}.{node.OpType}";
            operators[name] = operators.GetValueOrDefault(name) + 1;
            foreach (var attribute in node.Attribute)
            {
                if (attribute.T is not null)
                    initializers.Add(attribute.T);
                foreach (var subgraph in attribute.G is null ? attribute.Graphs : attribute.Graphs.Append(attribute.G))
                {
                    initializers.AddRange(subgraph.Initializer);
                    Walk(subgraph.Node, operators, initializers);
                }
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
