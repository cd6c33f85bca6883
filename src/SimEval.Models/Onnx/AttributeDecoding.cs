using System.Collections.Immutable;
using Google.Protobuf;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx.Wire;
using Kind = SimEval.Models.Onnx.Wire.AttributeProto.Types.AttributeType;

namespace SimEval.Models.Onnx;

/// <summary>Attributes from the file's form and into it.</summary>
internal static class AttributeDecoding
{
    /// <summary>An attribute's value.</summary>
    /// <param name="attribute">As the file has it.</param>
    /// <param name="where">What it is, for messages.</param>
    /// <param name="tensor">How tensors are decoded.</param>
    /// <param name="graph">How subgraphs are decoded.</param>
    /// <param name="limits">Limits.</param>
    public static AttributeValue Decode(
        AttributeProto attribute,
        string where,
        Func<TensorProto, string, Tensor> tensor,
        Func<GraphProto, string, Graph> graph,
        OnnxLimits limits
    )
    {
        if (attribute.RefAttrName.Length > 0)
            throw new OnnxFormatException($"{where} refers to the attribute of a function, but stands in none");
        return KindOf(attribute) switch
        {
            Kind.Float => new AttributeValue.Float(attribute.F),
            Kind.Int => new AttributeValue.Int(attribute.I),
            Kind.String => new AttributeValue.Text(TensorDecoding.Text(attribute.S, where)),
            Kind.Tensor => new AttributeValue.OfTensor(tensor(attribute.T ?? throw Empty("tensor"), where)),
            Kind.Graph => new AttributeValue.OfGraph(graph(attribute.G ?? throw Empty("graph"), where)),
            Kind.TypeProto => new AttributeValue.OfType(TypeDecoding.Decode(attribute.Tp, where, limits)),
            Kind.Floats => new AttributeValue.Floats([.. attribute.Floats]),
            Kind.Ints => new AttributeValue.Ints([.. attribute.Ints]),
            Kind.Strings => new AttributeValue.TextList([
                .. attribute.Strings.Select(bytes => TensorDecoding.Text(bytes, where)),
            ]),
            Kind.SparseTensor or Kind.SparseTensors => throw Unsupported("a sparse tensor"),
            Kind.Tensors => throw Unsupported("a list of tensors"),
            Kind.Graphs => throw Unsupported("a list of graphs"),
            Kind.TypeProtos => throw Unsupported("a list of types"),
            _ => throw new OnnxFormatException($"{where} has no value, or one of an unknown kind"),
        };

        OnnxFormatException Empty(string what) => new($"{where} is said to be a {what}, but holds none");

        OnnxFormatException Unsupported(string what) => new($"{where} is {what}, which SimEval does not read");
    }

    /// <summary>The file's form of an attribute.</summary>
    public static AttributeProto Encode(string name, AttributeValue value, Func<Graph, GraphProto> graph)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case AttributeValue.Float(var number):
                (attribute.Type, attribute.F) = (Kind.Float, number);
                break;
            case AttributeValue.Int(var number):
                (attribute.Type, attribute.I) = (Kind.Int, number);
                break;
            case AttributeValue.Text(var text):
                (attribute.Type, attribute.S) = (Kind.String, ByteString.CopyFromUtf8(text));
                break;
            case AttributeValue.OfTensor(var tensor):
                (attribute.Type, attribute.T) = (Kind.Tensor, TensorDecoding.Encode("", tensor));
                break;
            case AttributeValue.OfGraph(var subgraph):
                (attribute.Type, attribute.G) = (Kind.Graph, graph(subgraph));
                break;
            case AttributeValue.OfType(var type):
                (attribute.Type, attribute.Tp) = (Kind.TypeProto, TypeDecoding.Encode(type) ?? new TypeProto());
                break;
            case AttributeValue.Floats(var numbers):
                attribute.Type = Kind.Floats;
                attribute.Floats.AddRange(numbers);
                break;
            case AttributeValue.Ints(var numbers):
                attribute.Type = Kind.Ints;
                attribute.Ints.AddRange(numbers);
                break;
            case AttributeValue.TextList(var texts):
                attribute.Type = Kind.Strings;
                attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                break;
        }

        return attribute;
    }

    // Files of the first format version do not say the kind: it is that of the field that is there.
    private static Kind KindOf(AttributeProto attribute) =>
        attribute.HasType && attribute.Type != Kind.Undefined ? attribute.Type
        : attribute.HasF ? Kind.Float
        : attribute.HasI ? Kind.Int
        : attribute.HasS ? Kind.String
        : attribute.T is not null ? Kind.Tensor
        : attribute.G is not null ? Kind.Graph
        : attribute.Tp is not null ? Kind.TypeProto
        : attribute.SparseTensor is not null ? Kind.SparseTensor
        : attribute.Floats.Count > 0 ? Kind.Floats
        : attribute.Ints.Count > 0 ? Kind.Ints
        : attribute.Strings.Count > 0 ? Kind.Strings
        : attribute.Tensors.Count > 0 ? Kind.Tensors
        : attribute.Graphs.Count > 0 ? Kind.Graphs
        : Kind.Undefined;
}
