using SimEval.Models;
using SimEval.Models.Onnx;
using SimEval.Tests.Models.Onnx;

namespace SimEval.Tests.Cli;

/// <summary>Files that no verb may trust, by what is wrong with them.</summary>
internal static class HostileModels
{
    private static readonly string[] Rows = ["n", "3"];

    /// <summary>Malformed files, and words of what every verb says of them, one of those between bars.</summary>
    public static IReadOnlyDictionary<string, (Func<byte[]> Bytes, string Because)> Malformed { get; } =
        new Dictionary<string, (Func<byte[]>, string)>
        {
            ["empty"] = (() => [], "the file is empty"),
            ["text"] = (() => "This is a letter, and no model."u8.ToArray(), "not an ONNX model"),
            ["zeros"] = (() => new byte[64], "not an ONNX model"),
            ["truncated"] = (() => Good()[..^9], "truncated or damaged"),
            ["no graph"] = (() => new WireBytes().Number(1, 8).ToArray(), "holds no graph with an output"),
            ["no operator set"] = (
                () => OnnxReaderTests.Model(Graph(Tensor([1]).Bytes(9, new byte[4])), opset: false),
                "does not say which operator sets it uses"
            ),
            ["cyclic"] = (
                () => Model().Output("a", Rows).Node("Add", ["x", "b"], ["a"]).Node("Relu", ["a"], ["b"]).ToBytes(),
                "the graph has a cycle: node 'Add_0' (Add), then node 'Relu_1' (Relu)"
            ),
            ["dangling"] = (
                () => Model().Output("y", Rows).Node("Relu", ["nowhere"], ["y"]).ToBytes(),
                "node 'Relu_0' (Relu) takes 'nowhere', which nothing gives"
            ),
            ["given twice"] = (
                () => Model().Output("y", Rows).Node("Relu", ["x"], ["y"]).Node("Neg", ["x"], ["y"]).ToBytes(),
                "'y' is given twice"
            ),
            ["inner sizes"] = (
                () =>
                    Model()
                        .Output("y", ["n", "5"])
                        .Constant("w", [4, 5], new float[20])
                        .Node("MatMul", ["x", "w"], ["y"])
                        .ToBytes(),
                "node 'MatMul_0' (MatMul): [n,3] times [4,5]: 3 columns do not fit 4 rows"
            ),
            ["rank"] = (
                () =>
                    Model()
                        .Output("y", Rows)
                        .Constant("w", [3, 3, 1, 1], new float[9])
                        .Node("Conv", ["x", "w"], ["y"])
                        .ToBytes(),
                "node 'Conv_0' (Conv)"
            ),
            ["axis"] = (
                () =>
                    Model()
                        .Output("y", Rows)
                        .Node("Softmax", ["x"], ["s"])
                        .Node("Concat", ["s"], ["y"], ("axis", 7L))
                        .ToBytes(),
                "node 'Concat_1' (Concat): axis 7 is outside of 2 dimensions"
            ),
            ["input missing"] = (
                () => Model().Output("y", Rows).Node("Add", ["x"], ["y"]).ToBytes(),
                "node 'Add_0' (Add): its input 1 is missing; it needs 2"
            ),
            ["two types"] = (
                () => Model().Output("y", Rows).Constant("i", [3], [1L, 2, 3]).Node("Add", ["x", "i"], ["y"]).ToBytes(),
                "node 'Add_0' (Add): its input 1 is int64, and its input 0 float32"
            ),
            ["nothing given"] = (
                () => Model().Output("y", Rows).Node("Relu", ["x"], ["y"]).Node("MatMul", ["x", "x"], []).ToBytes(),
                "a node without outputs (MatMul): it gives nothing|node 'MatMul_1' (MatMul): it gives nothing"
            ),
            ["set of operators"] = (
                () => new OnnxBuilder("m", 0).Input("x", Rows).Output("y", Rows).Node("Relu", ["x"], ["y"]).ToBytes(),
                "operator set '' has version 0"
            ),
            ["elements missing"] = (
                () => OnnxReaderTests.Model(Graph(Tensor([2, 3]).Bytes(9, new byte[8]))),
                "constant 'w' has 8 bytes"
            ),
            ["elements without end"] = (
                () => OnnxReaderTests.Model(Graph(Tensor([1L << 40, 1L << 40]))),
                "larger than the limit"
            ),
            ["negative size"] = (() => OnnxReaderTests.Model(Graph(Tensor([-4]))), "constant 'w' has a size of -4"),
            ["element type"] = (
                () => OnnxReaderTests.Model(Graph(new WireBytes().Packed(1, 1).Number(2, 99).Text(8, "w"))),
                "element type 99"
            ),
            ["other file"] = (
                () => OnnxReaderTests.Model(Graph(Beside("weights.bin"))),
                "'weights.bin', which is not beside the model"
            ),
            ["file outside"] = (
                () => OnnxReaderTests.Model(Graph(Beside("../../../etc/passwd"))),
                "must be a path inside the model's folder"
            ),
            ["graphs in graphs"] = (() => OnnxReaderTests.Model(Nested(400)), "inside each other"),
            ["artifact"] = (() => "SIMASIC\0\u0001\0\0\0\u0002\0\0\0"u8.ToArray(), "artifact"),
        };

    /// <summary>Sound files that ask for what nothing here has; a device says one of several things.</summary>
    public static IReadOnlyDictionary<string, (Func<byte[]> Bytes, string Because)> Unsupported { get; } =
        new Dictionary<string, (Func<byte[]>, string)>
        {
            ["operator"] = (() => Model().Output("y", Rows).Node("Frobnicate", ["x"], ["y"]).ToBytes(), "Frobnicate"),
            ["operator set"] = (
                () =>
                    new OnnxBuilder("m", 99)
                        .Input("x", Rows)
                        .Output("y", Rows)
                        .Node("Frobnicate", ["x"], ["y"])
                        .ToBytes(),
                "operator set 99; ONNX Runtime knows those up to|Frobnicate"
            ),
            ["domain"] = (
                () =>
                {
                    var model = OnnxReader.Read(Model().Output("y", Rows).Node("Mine", ["x"], ["y"]).ToBytes());
                    return OnnxWriter.Write(
                        model with
                        {
                            Graph = model.Graph with { Nodes = [model.Graph.Nodes[0] with { Domain = "my.company" }] },
                            Opsets = model.Opsets.Add("my.company", 1),
                        }
                    );
                },
                "my.company.Mine"
            ),
        };

    /// <summary>A model that every verb takes.</summary>
    public static byte[] Good() =>
        Model()
            .Output("y", ["n", "4"])
            .Constant("w", [3, 4], [1f, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
            .Constant("b", [4], [1f, 2, 3, 4])
            .Node("Gemm", ["x", "w", "b"], ["y"])
            .ToBytes();

    /// <summary>A sound model of an input that no machine holds.</summary>
    public static byte[] Vast() =>
        new OnnxBuilder("m")
            .Input("x", ["1048576", "1048576"])
            .Output("y", ["1048576", "1048576"])
            .Node("Relu", ["x"], ["y"])
            .ToBytes();

    /// <summary>A sound model of more than 4,000 bytes.</summary>
    public static byte[] Large() =>
        Model()
            .Output("y", ["n", "300"])
            .Constant("w", [3, 300], new float[900])
            .Node("MatMul", ["x", "w"], ["y"])
            .ToBytes();

    private static OnnxBuilder Model() => new OnnxBuilder("m").Input("x", Rows);

    /// <summary>A graph of one constant, its output.</summary>
    private static WireBytes Graph(WireBytes constant) =>
        new WireBytes().Message(5, constant).Message(12, new WireBytes().Text(1, "w"));

    private static WireBytes Tensor(ReadOnlySpan<long> dims) =>
        new WireBytes().Packed(1, dims).Number(2, (int)ElementType.Float32).Text(8, "w");

    private static WireBytes Beside(string path) =>
        Tensor([2]).Number(14, 1).Message(13, new WireBytes().Text(1, "location").Text(2, path));

    private static WireBytes Nested(int depth)
    {
        var graph = new WireBytes().Message(12, new WireBytes().Text(1, "y"));
        for (var i = 0; i < depth; i++)
        {
            var attribute = new WireBytes().Text(1, "body").Message(6, graph).Number(20, 5);
            graph = new WireBytes()
                .Message(1, new WireBytes().Text(4, "If").Message(5, attribute))
                .Message(12, new WireBytes().Text(1, "y"));
        }

        return graph;
    }

    /// <summary>A file of 9 MiB that asks for a hundred times that.</summary>
    public static byte[] Crowded()
    {
        var nodes = new byte[9 << 20];
        for (var i = 0; i < nodes.Length; i += 2)
            nodes[i] = 1 << 3 | 2;
        return new WireBytes().Number(1, 8).Bytes(7, nodes).ToArray();
    }
}
