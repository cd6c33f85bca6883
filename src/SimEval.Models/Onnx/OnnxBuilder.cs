using System.Runtime.InteropServices;
using Google.Protobuf;
using SimEval.Models.Onnx.Wire;

namespace SimEval.Models.Onnx;

/// <summary>Writes an ONNX file, node by node, in topological order. Equal calls give equal bytes.</summary>
public sealed class OnnxBuilder
{
    private const int Float32 = 1;
    private const int Int64 = 7;
    private readonly ModelProto model;

    /// <summary>Starts a model.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="opset">Version of ONNX's operator set.</param>
    public OnnxBuilder(string name, int opset = 17)
    {
        model = new ModelProto
        {
            IrVersion = 8,
            ProducerName = "SimEval",
            Graph = new GraphProto { Name = name },
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
    }

    /// <summary>Declares an input. A dim is a size, or a symbolic name such as "batch".</summary>
    public OnnxBuilder Input(string name, IReadOnlyList<string> dims, int elementType = Float32)
    {
        model.Graph.Input.Add(Value(name, dims, elementType));
        return this;
    }

    /// <summary>Declares an output.</summary>
    public OnnxBuilder Output(string name, IReadOnlyList<string> dims, int elementType = Float32)
    {
        model.Graph.Output.Add(Value(name, dims, elementType));
        return this;
    }

    /// <summary>Adds a float32 constant.</summary>
    public OnnxBuilder Constant(string name, IReadOnlyList<long> dims, ReadOnlySpan<float> values) =>
        Constant(name, dims, Float32, MemoryMarshal.AsBytes(values), values.Length);

    /// <summary>Adds an int64 constant.</summary>
    public OnnxBuilder Constant(string name, IReadOnlyList<long> dims, ReadOnlySpan<long> values) =>
        Constant(name, dims, Int64, MemoryMarshal.AsBytes(values), values.Length);

    /// <summary>
    /// Adds a node. Attributes are long, float, string, long[], float[], or a builder, whose graph becomes a subgraph.
    /// </summary>
    public OnnxBuilder Node(
        string operation,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> outputs,
        params ReadOnlySpan<(string Name, object Value)> attributes
    )
    {
        var node = new NodeProto { OpType = operation, Name = $"{operation}_{model.Graph.Node.Count}" };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        model.Graph.Node.Add(node);
        return this;
    }

    /// <summary>Adds a metadata property.</summary>
    public OnnxBuilder Metadata(string key, string value)
    {
        model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return this;
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes() => model.ToByteArray();

    private OnnxBuilder Constant(
        string name,
        IReadOnlyList<long> dims,
        int elementType,
        ReadOnlySpan<byte> bytes,
        int count
    )
    {
        if (dims.Aggregate(1L, (product, size) => product * size) != count)
            throw new ArgumentException($"constant '{name}' has {count} values for [{string.Join(",", dims)}]");
        var tensor = new TensorProto
        {
            Name = name,
            DataType = elementType,
            RawData = ByteString.CopyFrom(bytes),
        };
        tensor.Dims.AddRange(dims);
        model.Graph.Initializer.Add(tensor);
        return this;
    }

    private static ValueInfoProto Value(string name, IReadOnlyList<string> dims, int elementType)
    {
        var shape = new TensorShapeProto();
        foreach (var dim in dims)
            shape.Dim.Add(
                long.TryParse(dim, out var size)
                    ? new TensorShapeProto.Types.Dimension { DimValue = size }
                    : new TensorShapeProto.Types.Dimension { DimParam = dim }
            );
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = elementType, Shape = shape },
            },
        };
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case long integer:
                (attribute.I, attribute.Type) = (integer, AttributeProto.Types.AttributeType.Int);
                break;
            case float number:
                (attribute.F, attribute.Type) = (number, AttributeProto.Types.AttributeType.Float);
                break;
            case string text:
                (attribute.S, attribute.Type) = (
                    ByteString.CopyFromUtf8(text),
                    AttributeProto.Types.AttributeType.String
                );
                break;
            case long[] integers:
                attribute.Ints.AddRange(integers);
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            case float[] numbers:
                attribute.Floats.AddRange(numbers);
                attribute.Type = AttributeProto.Types.AttributeType.Floats;
                break;
            case OnnxBuilder subgraph:
                (attribute.G, attribute.Type) = (subgraph.model.Graph, AttributeProto.Types.AttributeType.Graph);
                break;
            default:
                throw new ArgumentException($"attribute '{name}' has a value of type {value.GetType().Name}");
        }

        return attribute;
    }
}
