using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Models.Onnx;

public class OnnxReaderTests
{
    [OnnxTestDataFact]
    public void Models_of_the_backend_tests_are_read_and_written_back_the_same()
    {
        var refused = new List<string>();
        foreach (var path in OnnxTestData.Models())
        {
            try
            {
                RoundTrip(File.ReadAllBytes(path));
            }
            catch (OnnxFormatException e)
            {
                refused.Add($"{path}: {e.Message}");
            }
        }

        Assert.True(refused.Count == 0, string.Join("\n", refused));
    }

    [OnnxTestDataFact]
    public void Tensors_of_the_backend_tests_are_read_and_written_back_the_same()
    {
        var files = OnnxTestData
            .NodeTests()
            .SelectMany(test => Directory.GetFiles(test, "*.pb", SearchOption.AllDirectories));
        foreach (
            var path in files.Where(path =>
                !path.Contains("sequence", StringComparison.Ordinal)
                && !path.Contains("optional", StringComparison.Ordinal)
                && !path.Contains("loop", StringComparison.Ordinal)
                && !path.Contains("identity", StringComparison.Ordinal)
                && !path.Contains("if_", StringComparison.Ordinal)
            )
        )
        {
            var (name, tensor) = OnnxTensorReader.Read(File.ReadAllBytes(path));
            var again = OnnxTensorReader.Read(OnnxTensorWriter.Write(name, tensor));
            Assert.Equal(tensor.Data.ToArray(), again.Tensor.Data.ToArray());
            Assert.Equal(tensor.Texts, again.Tensor.Texts);
            Assert.Equal(tensor.Dims, again.Tensor.Dims);
        }
    }

    [SharedDataFact]
    public void Real_models_are_read_and_written_back_the_same()
    {
        foreach (var path in Directory.GetFiles(SharedData.Folder!, "*.onnx", SearchOption.AllDirectories))
            RoundTrip(File.ReadAllBytes(path));
    }

    [Fact]
    public void A_graph_has_what_the_file_says()
    {
        var model = OnnxReader.Read(Gemm().Metadata("made by", "the team").ToBytes());
        Assert.Equal(17, model.Opsets[""]);
        Assert.Equal("the team", model.Metadata["made by"]);
        var node = Assert.Single(model.Graph.Nodes);
        Assert.Equal(("Gemm", "x", "y"), (node.Operator, node.Inputs[0], node.Outputs[0]));
        Assert.Equal(new AttributeValue.Float(2), node.Attributes["alpha"]);
        Assert.Equal([1f, 2, 3, 4, 5, 6], model.Graph.Initializers["w"].Span<float>().ToArray());
        Assert.Equal("float32[batch,3]", model.Graph.Types["x"].ToString());
        Assert.Equal("float32[3,2]", model.Graph.Types["w"].ToString());
    }

    [Fact]
    public void External_data_is_found_beside_the_model()
    {
        var data = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var tensor = OnnxReader.Read(
            External("sub/w.bin", "8", "8"),
            path => path == "sub/w.bin" ? data : default(ReadOnlyMemory<byte>?)
        );
        Assert.Equal(data.AsSpan(8, 8).ToArray(), tensor.Graph.Initializers["w"].Data.ToArray());
    }

    [Theory]
    [InlineData("/etc/passwd", "0", "8", "inside the model's folder")]
    [InlineData("../w", "0", "8", "inside the model's folder")]
    [InlineData("a/../../w", "0", "8", "inside the model's folder")]
    [InlineData("a\\..\\w", "0", "8", "inside the model's folder")]
    [InlineData("C:\\w", "0", "8", "inside the model's folder")]
    [InlineData("", "0", "8", "inside the model's folder")]
    [InlineData("none", "0", "8", "not beside the model")]
    [InlineData("w", "30", "8", "which has 32")]
    [InlineData("w", "9223372036854775807", "8", "which has 32")]
    [InlineData("w", "-1", "8", "must be a number")]
    [InlineData("w", "0", "9", "9 bytes")]
    public void External_data_that_is_not_there_is_refused(
        string location,
        string offset,
        string length,
        string because
    )
    {
        var refused = Assert.Throws<OnnxFormatException>(() =>
            OnnxReader.Read(
                External(location, offset, length),
                path => path == "w" ? new byte[32] : default(ReadOnlyMemory<byte>?)
            )
        );
        Assert.Contains(because, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Graphs_inside_each_other_end_at_a_limit()
    {
        var graph = new WireBytes().Message(12, new WireBytes().Text(1, "y"));
        for (var depth = 0; depth < 2000; depth++)
        {
            var attribute = new WireBytes().Text(1, "body").Message(6, graph).Number(20, 5);
            graph = new WireBytes()
                .Message(1, new WireBytes().Text(4, "If").Message(5, attribute))
                .Message(12, new WireBytes().Text(1, "y"));
        }

        Refuses(Model(graph), "inside each other");
    }

    [Fact]
    public void A_small_file_that_asks_for_much_memory_is_refused()
    {
        var nodes = new byte[16 << 20];
        for (var i = 0; i < nodes.Length; i += 2)
            nodes[i] = 1 << 3 | 2;
        Refuses(new WireBytes().Number(1, 8).Bytes(7, nodes).ToArray(), "nodes, names and values");
    }

    [Fact]
    public void What_a_graph_cannot_hold_is_refused_by_name()
    {
        var output = new WireBytes().Text(1, "y");
        Refuses(Model(new WireBytes().Message(12, output).Message(15, new WireBytes())), "sparse");
        Refuses(Model(new WireBytes().Message(12, output), opset: false), "operator sets");
        Refuses(Model(new WireBytes().Message(12, output).Message(1, new WireBytes().Text(1, "x"))), "no operator");
        var map = new WireBytes().Text(1, "y").Message(2, new WireBytes().Message(5, new WireBytes().Number(1, 7)));
        Refuses(Model(new WireBytes().Message(12, map)), "'y' is a map");
    }

    internal static byte[] Model(WireBytes graph, bool opset = true)
    {
        var model = new WireBytes().Number(1, 8).Message(7, graph);
        return (opset ? model.Message(8, new WireBytes().Number(2, 17)) : model).ToArray();
    }

    private static void Refuses(byte[] bytes, string because)
    {
        var refused = Assert.Throws<OnnxFormatException>(() => OnnxReader.Read(bytes));
        Assert.Contains(because, refused.Message, StringComparison.Ordinal);
    }

    private static void RoundTrip(byte[] bytes)
    {
        var written = OnnxWriter.Write(OnnxReader.Read(bytes));
        Assert.Equal(written, OnnxWriter.Write(OnnxReader.Read(written)));
    }

    private static byte[] External(string location, string offset, string length)
    {
        var tensor = new WireBytes().Packed(1, 2).Number(2, (int)ElementType.Float32).Text(8, "w").Number(14, 1);
        foreach (var (key, value) in new[] { ("location", location), ("offset", offset), ("length", length) })
            tensor.Message(13, new WireBytes().Text(1, key).Text(2, value));
        return Model(new WireBytes().Message(5, tensor).Message(12, new WireBytes().Text(1, "w")));
    }

    private static OnnxBuilder Gemm() =>
        new OnnxBuilder("small")
            .Input("x", ["batch", "3"])
            .Output("y", ["batch", "2"])
            .Constant("w", [3, 2], [1f, 2, 3, 4, 5, 6])
            .Constant("b", [2], [7f, 8])
            .Node("Gemm", ["x", "w", "b"], ["y"], ("alpha", 2f));
}
