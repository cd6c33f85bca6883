using Google.Protobuf;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx.Wire;

namespace SimEval.Models.Onnx;

/// <summary>Writes a graph as an ONNX file, all weights inside. Equal models give equal bytes.</summary>
public static class OnnxWriter
{
    /// <summary>
    /// The file. Throws <see cref="OnnxFormatException"/> where it would exceed the format's 2 GiB.
    /// </summary>
    public static byte[] Write(OnnxModel model)
    {
        var file = new ModelProto { IrVersion = model.IrVersion };
        foreach (var (domain, version) in model.Opsets)
            file.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        if (model.Producer.Length > 0)
            file.ProducerName = model.Producer;
        if (model.Domain.Length > 0)
            file.Domain = model.Domain;
        if (model.Version != 0)
            file.ModelVersion = model.Version;
        if (model.Description.Length > 0)
            file.DocString = model.Description;
        foreach (var (key, value) in model.Metadata)
            file.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        var bytes = DataBytes(model.Graph);
        if (bytes > int.MaxValue - (64 << 20))
            throw new OnnxFormatException(
                $"the model has {bytes:N0} bytes of weights; one ONNX file holds less than 2 GiB"
            );
        file.Graph = Encode(model.Graph);
        return file.ToByteArray();
    }

    private static GraphProto Encode(Graph graph)
    {
        var encoded = new GraphProto { Name = graph.Name };
        encoded.Node.AddRange(graph.Nodes.Select(Encode));
        encoded.Initializer.AddRange(graph.Initializers.Select(pair => TensorDecoding.Encode(pair.Key, pair.Value)));
        encoded.Input.AddRange(graph.Inputs.Select(value => Encode(value.Name, value.Type)));
        encoded.Output.AddRange(graph.Outputs.Select(value => Encode(value.Name, value.Type)));
        var declared = graph.Inputs.Concat(graph.Outputs).Select(value => value.Name).ToHashSet(StringComparer.Ordinal);
        encoded.ValueInfo.AddRange(
            graph
                .Types.Where(pair =>
                    pair.Value != TensorType.Unknown
                    && !declared.Contains(pair.Key)
                    && !graph.Initializers.ContainsKey(pair.Key)
                )
                .Select(pair => Encode(pair.Key, pair.Value))
        );
        return encoded;
    }

    private static NodeProto Encode(Node node)
    {
        var encoded = new NodeProto { OpType = node.Operator };
        if (node.Domain.Length > 0)
            encoded.Domain = node.Domain;
        if (node.Name.Length > 0)
            encoded.Name = node.Name;
        encoded.Input.AddRange(node.Inputs);
        encoded.Output.AddRange(node.Outputs);
        foreach (var (name, value) in node.Attributes)
            encoded.Attribute.Add(AttributeDecoding.Encode(name, value, Encode));
        return encoded;
    }

    private static ValueInfoProto Encode(string name, TensorType type)
    {
        var encoded = new ValueInfoProto { Name = name };
        if (TypeDecoding.Encode(type) is { } wire)
            encoded.Type = wire;
        return encoded;
    }

    private static long DataBytes(Graph graph) =>
        graph.Initializers.Values.Sum(Bytes)
        + graph
            .Nodes.SelectMany(node => node.Attributes.Values)
            .Sum(value =>
                value switch
                {
                    AttributeValue.OfGraph(var subgraph) => DataBytes(subgraph),
                    AttributeValue.OfTensor(var tensor) => Bytes(tensor),
                    _ => 0,
                }
            );

    private static long Bytes(Tensor tensor) => tensor.Data.Length + tensor.Texts.Sum(text => 4L * text.Length);
}
