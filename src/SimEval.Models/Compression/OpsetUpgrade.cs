using System.Collections.Immutable;
using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>
/// Rewrites a model of ONNX's operator sets 11 and up for a later set, up to 21: what moved from attributes to inputs is
/// moved (axes of Squeeze, Unsqueeze and reductions, split sizes), and what changed its meaning is spelled out (Softmax).
/// </summary>
public static class OpsetUpgrade
{
    private const long Oldest = 11;

    private static readonly ImmutableHashSet<string> Reductions =
    [
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSumSquare",
    ];

    /// <summary>
    /// The model at this operator set, or as it is where its own is as late. Throws <see cref="CompressionException"/> when its
    /// own is older than 11, or when a node's meaning changed in a way that is not rewritten.
    /// </summary>
    public static OnnxModel To(OnnxModel model, long version)
    {
        var own = model.Opsets.GetValueOrDefault("", 1);
        if (own >= version)
            return model;
        if (own < Oldest)
            throw new CompressionException(
                $"the model has ONNX operator set {own}; {Oldest} or later is needed (convert it with onnx.version_converter)"
            );
        return model with
        {
            Graph = Upgrade(model.Graph, own, version),
            Opsets = model.Opsets.SetItem("", version),
            IrVersion = Math.Max(model.IrVersion, version > 20 ? 10 : 7),
        };
    }

    private static Graph Upgrade(Graph graph, long own, long version)
    {
        var constants = graph.Initializers.ToBuilder();
        var names = new FreshNames(graph);
        var nodes = graph
            .Nodes.Select(node => node.WithSubgraphs(inner => Upgrade(inner, own, version)))
            .SelectMany(node => node.Domain.Length > 0 ? [node] : Upgrade(node, own, version, constants, names))
            .ToImmutableArray();
        return graph with { Nodes = nodes, Initializers = constants.ToImmutable() };
    }

    private static IEnumerable<Node> Upgrade(
        Node node,
        long own,
        long version,
        ImmutableSortedDictionary<string, Tensor>.Builder constants,
        FreshNames names
    )
    {
        var crosses13 = own < 13 && version >= 13;
        var crosses18 = own < 18 && version >= 18;
        switch (node.Operator)
        {
            case "Squeeze" or "Unsqueeze" or "ReduceSum" when crosses13:
                return [MoveToInput(node, "axes", constants, names)];
            case "Split" when crosses13 && node.Attributes.ContainsKey("split"):
                return [MoveToInput(node, "split", constants, names)];
            case "Softmax" or "LogSoftmax" or "Hardmax" when crosses13:
                return Softmax(node, names);
            case "Split" when crosses18 && node.Input(1).Length == 0:
                return
                [
                    node with
                    {
                        Attributes = node.Attributes.SetItem("num_outputs", Integer(node.Outputs.Length)),
                    },
                ];
            case var reduction when crosses18 && Reductions.Contains(reduction):
                return [MoveToInput(node, "axes", constants, names)];
            case "BatchNormalization" when own < 14 && version >= 14 && node.Outputs.Length > 1:
            case "GridSample" when own < 20 && version >= 20:
            case "Resize"
                when own < 13
                    && node.Attributes.GetValueOrDefault("coordinate_transformation_mode")
                        is AttributeValue.Text("tf_half_pixel_for_nn"):
                throw new CompressionException(
                    $"{node.Title()} changed its meaning between operator sets {own} and {version}; convert the model with onnx.version_converter"
                );
            default:
                return [node];
        }
    }

    private static Node MoveToInput(
        Node node,
        string attribute,
        ImmutableSortedDictionary<string, Tensor>.Builder constants,
        FreshNames names
    )
    {
        if (node.Integers(attribute) is not { } values)
            return node;
        var name = names.Of($"{node.Outputs[0]}/{attribute}");
        constants[name] = Tensor.Of([values.Length], values.AsSpan());
        return node with { Inputs = [node.Inputs[0], name], Attributes = node.Attributes.Remove(attribute) };
    }

    /// <summary>
    /// Before set 13 Softmax flattened its input to a matrix at the axis; after it, it runs along the axis alone. Flatten,
    /// Softmax and a Reshape to the input's shape are the old meaning; for the last axis both are the same.
    /// </summary>
    private static IEnumerable<Node> Softmax(Node node, FreshNames names)
    {
        var axis = node.Integer("axis", 1);
        if (axis == -1)
            return [node with { Attributes = node.Attributes.SetItem("axis", Integer(-1)) }];
        var output = node.Outputs[0];
        var (flat, soft, shape) = (names.Of($"{output}/flat"), names.Of($"{output}/soft"), names.Of($"{output}/shape"));
        return
        [
            new Node("Flatten", "", flat, [node.Inputs[0]], [flat], NodeAttributes.None.Add("axis", Integer(axis))),
            node with
            {
                Inputs = [flat],
                Outputs = [soft],
                Attributes = node.Attributes.SetItem("axis", Integer(-1)),
            },
            new Node("Shape", "", shape, [node.Inputs[0]], [shape], NodeAttributes.None),
            new Node("Reshape", "", $"{output}/reshape", [soft, shape], [output], NodeAttributes.None),
        ];
    }

    private static AttributeValue.Int Integer(long value) => new(value);
}
