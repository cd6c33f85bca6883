using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Shapes;
using Xunit;

namespace SimEval.Tests.Models.Shapes;

public class ShapeInferenceTests
{
    [Fact]
    public void Named_sizes_are_followed_through_shape_arithmetic()
    {
        // x.reshape(x.shape[0], -1), as exporters write it.
        var types = Infer(
            new OnnxBuilder("g")
                .Input("x", ["batch", "3", "4"])
                .Output("y", ["?", "?"])
                .Constant("zero", [1], [0L])
                .Constant("rest", [1], [-1L])
                .Node("Shape", ["x"], ["shape"])
                .Node("Gather", ["shape", "zero"], ["first"])
                .Node("Concat", ["first", "rest"], ["target"], ("axis", 0L))
                .Node("Reshape", ["x", "target"], ["y"])
        );
        Assert.Equal("float32[batch,12]", types["y"].ToString());
    }

    [Theory]
    [InlineData("Reshape", new long[] { 2, -1 }, "float32[2,6*batch]")]
    [InlineData("Reshape", new long[] { 0, 12 }, "float32[batch,12]")]
    [InlineData("Reshape", new long[] { -1, 4 }, "float32[3*batch,4]")]
    [InlineData("Tile", new long[] { 2, 1, 1 }, "float32[2*batch,3,4]")]
    [InlineData("Expand", new long[] { 5, 1, 1, 1 }, "float32[5,batch,3,4]")]
    public void Named_sizes_become_expressions(string operation, long[] values, string expected)
    {
        var types = Infer(
            new OnnxBuilder("g")
                .Input("x", ["batch", "3", "4"])
                .Output("y", [])
                .Constant("values", [values.Length], values)
                .Node(operation, ["x", "values"], ["z"])
                .Node("Abs", ["z"], ["y"])
        );
        Assert.Equal(expected, types["z"].ToString());
    }

    [Fact]
    public void The_least_integer_has_no_negation()
    {
        var types = Infer(
            new OnnxBuilder("g")
                .Input("x", ["n"])
                .Output("y", ["?"])
                .Constant("least", [1], [long.MinValue])
                .Node("Shape", ["x"], ["size"])
                .Node("Sub", ["size", "least"], ["beyond"])
                .Node("ConstantOfShape", ["beyond"], ["y"])
        );
        Assert.Equal("float32[?]", types["y"].ToString());
    }

    [Theory]
    [InlineData("bij,bjk->bik", "float32[2,3,5]")]
    [InlineData("bij, bjk", "float32[3,5]")]
    [InlineData("...ij,...jk->...ik", "float32[2,3,5]")]
    [InlineData("...ij,...jk", "float32[2,3,5]")]
    [InlineData("bij,bjk->", "float32[]")]
    public void Einsum_gives_the_axes_that_its_equation_keeps(string equation, string expected) =>
        Assert.Equal(expected, Infer(Einsum(equation))["y"].ToString());

    [Theory]
    [InlineData("bij,bkj->bik", "axis 2 of input 1 has size 5, and another of the same letter has size 4")]
    [InlineData("ij,bjk->bik", "2 letters for input 0, which has 3 dimensions")]
    [InlineData("bij->bi", "1 terms for 2 inputs")]
    [InlineData("bij,bjk->bim", "'m' that no input has")]
    [InlineData("bij,bjk->bii", "'i' twice")]
    [InlineData("b?j,bjk->bk", "the sign '?'")]
    public void Einsum_refuses_an_equation_that_does_not_fit(string equation, string because)
    {
        var refused = Assert.Throws<OnnxFormatException>(() => Infer(Einsum(equation)));
        Assert.Contains("'Einsum_0' (Einsum)", refused.Message, StringComparison.Ordinal);
        Assert.Contains(because, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "float32[2,7,12]")]
    [InlineData(true, "float32[2,4,7,3]")]
    public void Attention_gives_a_row_for_each_query_and_all_keys(bool isSplit, string expected)
    {
        string[] Rows(string length, string heads, string width, string all) =>
            isSplit ? ["2", heads, length, width] : ["2", length, all];
        var types = Infer(
            new OnnxBuilder("g", 23)
                .Input("q", Rows("7", "4", "8", "32"))
                .Input("k", Rows("5", "2", "8", "16"))
                .Input("v", Rows("5", "2", "3", "6"))
                .Input("past", ["2", "2", "time", "8"])
                .Input("pastv", ["2", "2", "time", "3"])
                .Output("y", [])
                .Output("keys", [])
                .Output("values", [])
                .Node(
                    "Attention",
                    ["q", "k", "v", "", "past", "pastv"],
                    ["y", "keys", "values"],
                    ("q_num_heads", 4L),
                    ("kv_num_heads", 2L)
                )
        );
        Assert.Equal(expected, types["y"].ToString());
        Assert.Equal("float32[2,2,time+5,8]", types["keys"].ToString());
        Assert.Equal("float32[2,2,time+5,3]", types["values"].ToString());
    }

    [Fact]
    public void A_convolution_over_a_named_time_axis_gives_an_expression()
    {
        var types = Infer(
            new OnnxBuilder("g")
                .Input("x", ["1", "4", "time"])
                .Output("y", ["1", "8", "?"])
                .Constant("w", [8, 4, 3], new float[96])
                .Node("Conv", ["x", "w"], ["y"], ("strides", new long[] { 2 }), ("pads", new long[] { 1, 1 }))
        );
        Assert.Equal("float32[1,8,(time-1)/2+1]", types["y"].ToString());
    }

    [Fact]
    public void A_loop_whose_state_grows_is_of_unknown_size()
    {
        var body = new OnnxBuilder("body")
            .Input("i", [], (int)ElementType.Int64)
            .Input("go", [], (int)ElementType.Bool)
            .Input("state", ["n"])
            .Node("Identity", ["go"], ["goes"])
            .Node("Concat", ["state", "state"], ["next"], ("axis", 0L))
            .Node("Abs", ["one"], ["scan"])
            .Output("goes", [], (int)ElementType.Bool)
            .Output("next", ["m"])
            .Output("scan", ["1"]);
        var types = Infer(
            new OnnxBuilder("g")
                .Input("one", ["1"])
                .Output("last", ["k"])
                .Output("all", ["trips", "1"])
                .Constant("trips", [], [4L])
                .Node("Loop", ["trips", "", "one"], ["last", "all"], ("body", body))
        );
        Assert.Equal("float32[k]", types["last"].ToString());
        Assert.Equal("float32[4,1]", types["all"].ToString());
    }

    [Theory]
    [InlineData("MatMul", "3 columns do not fit 4 rows")]
    [InlineData("Add", "do not broadcast")]
    public void What_does_not_fit_is_told_with_its_node(string operation, string because)
    {
        var model = new OnnxBuilder("g")
            .Input("a", ["2", "3"])
            .Input("b", ["4", "5"])
            .Output("y", ["?", "?"])
            .Node(operation, ["a", "b"], ["y"]);
        var refused = Assert.Throws<OnnxFormatException>(() => Infer(model));
        Assert.Contains($"node '{operation}_0' ({operation})", refused.Message, StringComparison.Ordinal);
        Assert.Contains(because, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Gemm", new long[] { 3, 5 }, new long[] { 4 }, "input 2 is [4], which does not stretch over [2,5]")]
    [InlineData("Conv", new long[] { 6, 3, 1 }, new long[] { 5 }, "input 2 is [5], not [6]")]
    [InlineData(
        "LayerNormalization",
        new long[] { 4 },
        new long[] { 3 },
        "input 1 is [4], which does not stretch over [2,3]"
    )]
    [InlineData("QuantizeLinear", new long[] { 4 }, new long[] { 4 }, "input 1 is [4], not [3]")]
    [InlineData("LSTM", new long[] { 1, 16, 3 }, new long[] { 1, 16, 5 }, "input 2 is [1,16,5], not [1,16,4]")]
    public void Inputs_that_the_others_settle_must_fit(string operation, long[] second, long[] third, string because)
    {
        string[] x = operation switch
        {
            "Conv" => ["2", "3", "7"],
            "LSTM" => ["7", "2", "3"],
            _ => ["2", "3"],
        };
        var model = new OnnxBuilder("g")
            .Input("x", x)
            .Input("second", [.. second.Select(size => $"{size}")])
            .Input("third", [.. third.Select(size => $"{size}")])
            .Output("y", [])
            .Node(
                operation,
                ["x", "second", "third"],
                ["y"],
                operation == "LSTM" ? [("hidden_size", 4L)]
                    : operation == "QuantizeLinear" ? [("axis", 1L)]
                    : []
            );
        var refused = Assert.Throws<OnnxFormatException>(() => Infer(model));
        Assert.Contains($"node '{operation}_0' ({operation}): {because}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_contradicts_itself_is_told_and_what_it_computes_is_taken()
    {
        var model = new OnnxBuilder("g").Input("x", ["2", "3"]).Output("y", ["2", "4"]).Node("Abs", ["x"], ["y"]);
        var report = ShapeInference.Analyse(OnnxReader.Read(model.ToBytes()));
        Assert.Equal("float32[2,3]", report.Model.Graph.Types["y"].ToString());
        Assert.Contains("declares 'y' as float32[2,4]", Assert.Single(report.Conflicts), StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_without_a_rule_are_counted_and_what_they_declare_is_believed()
    {
        var model = new OnnxBuilder("g").Input("x", ["2"]).Output("y", ["7"]).Node("Mystery", ["x"], ["y"]);
        var report = ShapeInference.Analyse(OnnxReader.Read(model.ToBytes()));
        Assert.Equal(1, report.WithoutRule["Mystery"]);
        Assert.Equal("float32[7]", report.Model.Graph.Types["y"].ToString());
    }

    [SharedDataFact]
    public void Real_models_are_inferred_without_gaps()
    {
        foreach (var path in Directory.GetFiles(SharedData.Folder!, "*.onnx", SearchOption.AllDirectories))
        {
            var report = ShapeInference.Analyse(OnnxReader.Read(File.ReadAllBytes(path)));
            Assert.Empty(report.WithoutRule);
            Assert.Empty(report.Conflicts);
            Assert.DoesNotContain(report.Model.Graph.Types, pair => pair.Value.Element == ElementType.Undefined);
            Assert.DoesNotContain(
                report.Model.Graph.Types,
                pair => pair.Value.Shape is null && path.Contains("robots")
            );
        }
    }

    private static OnnxBuilder Einsum(string equation) =>
        new OnnxBuilder("g")
            .Input("a", ["2", "3", "4"])
            .Input("b", ["2", "4", "5"])
            .Output("y", [])
            .Node("Einsum", ["a", "b"], ["y"], ("equation", equation));

    private static IReadOnlyDictionary<string, TensorType> Infer(OnnxBuilder model) =>
        ShapeInference.Infer(OnnxReader.Read(model.ToBytes())).Graph.Types;
}
