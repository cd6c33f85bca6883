using FsCheck;
using FsCheck.Fluent;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Passes;
using Xunit;

namespace SimEval.Tests.Models.Passes;

public class PassTests
{
    [Fact]
    public void Shape_arithmetic_of_known_sizes_becomes_a_constant()
    {
        var model = PassBench.Read(
            new OnnxBuilder("g")
                .Input("x", ["2", "3", "4"])
                .Output("y", ["2", "12"])
                .Constant("zero", [1], [0L])
                .Constant("rest", [1], [-1L])
                .Node("Shape", ["x"], ["shape"])
                .Node("Gather", ["shape", "zero"], ["first"])
                .Node("Concat", ["first", "rest"], ["target"], ("axis", 0L))
                .Node("Reshape", ["x", "target"], ["y"])
        );
        var passed = PassBench.Passed(model);
        Assert.Equal(["Reshape"], PassBench.Operators(passed));
        Assert.Equal(["target"], passed.Graph.Initializers.Keys);
        PassBench.Same(model, passed, PassBench.Random(model, 1), 0);
    }

    [Fact]
    public void An_expand_with_sizes_to_keep_becomes_one_operator()
    {
        // torch.expand(-1, 4) as exporters write it: 1 where -1 stands.
        var model = PassBench.Read(
            new OnnxBuilder("g")
                .Input("x", ["3", "1"])
                .Output("y", ["3", "4"])
                .Constant("wanted", [2], [-1L, 4])
                .Constant("two", [1], [2L])
                .Constant("minus", [], [-1L])
                .Constant("one", [1], [1L])
                .Node("Expand", ["one", "two"], ["ones"])
                .Node("Mul", ["ones", "minus"], ["keep"])
                .Node("Equal", ["wanted", "keep"], ["kept"])
                .Node("Where", ["kept", "ones", "wanted"], ["sizes"])
                .Node("Expand", ["x", "sizes"], ["y"])
        );
        var passed = PassBench.Passed(model);
        Assert.Equal(["Expand"], PassBench.Operators(passed));
        PassBench.Same(model, passed, PassBench.Random(model, 4), 0);
    }

    [Fact]
    public void A_causal_mask_and_a_scale_of_known_sizes_become_constants()
    {
        var model = PassBench.Read(
            new OnnxBuilder("g")
                .Input("x", ["2", "5", "5"])
                .Output("y", ["2", "5", "5"])
                .Constant("last", [], [-1L])
                .Constant("zero", [], [0L])
                .Constant("one", [], [1L])
                .Constant("axis", [1], [1L])
                .Constant("low", [], [-1e9f])
                .Constant("none", [], [0f])
                .Node("Shape", ["x"], ["shape"])
                .Node("Gather", ["shape", "last"], ["size"])
                .Node("Range", ["zero", "size", "one"], ["columns"])
                .Node("Unsqueeze", ["columns", "axis"], ["rows"])
                .Node("LessOrEqual", ["columns", "rows"], ["seen"])
                .Node("Not", ["seen"], ["hidden"])
                .Node("Where", ["hidden", "low", "none"], ["mask"])
                .Node("Cast", ["size"], ["width"], ("to", 1L))
                .Node("Sqrt", ["width"], ["root"])
                .Node("Div", ["x", "root"], ["scaled"])
                .Node("Add", ["scaled", "mask"], ["y"])
        );
        var passed = PassBench.Passed(model);
        Assert.Equal(["Div", "Add"], PassBench.Operators(passed));
        PassBench.Same(model, passed, PassBench.Random(model, 5), 0);
    }

    [Fact]
    public void What_a_constant_would_grow_to_beyond_its_file_stays_a_node()
    {
        var model = PassBench.Read(
            new OnnxBuilder("g")
                .Output("y", ["?", "?"])
                .Constant("one", [], [1f])
                .Constant("sizes", [2], [40000L, 40000])
                .Node("Expand", ["one", "sizes"], ["large"])
                .Node("Neg", ["large"], ["y"])
        );
        Assert.Equal(["Expand", "Neg"], PassBench.Operators(PassBench.Passed(model)));
    }

    [Fact]
    public void Identities_and_what_nothing_takes_go_and_outputs_keep_their_names()
    {
        var model = PassBench.Read(
            new OnnxBuilder("g")
                .Input("x", ["n", "3"])
                .Output("y", ["n", "3"])
                .Node("Identity", ["x"], ["same"])
                .Node("Cast", ["same"], ["cast"], ("to", 1L))
                .Node("Dropout", ["cast"], ["dropped"])
                .Node("Exp", ["dropped"], ["unused"])
                .Node("Relu", ["dropped"], ["relu"])
                .Node("Identity", ["relu"], ["y"])
        );
        var passed = PassBench.Passed(model);
        Assert.Equal(["Relu", "Identity"], PassBench.Operators(passed));
        PassBench.Same(model, passed, PassBench.Random(model, 2), 0);
    }

    [Theory]
    [InlineData("Conv", 1)]
    [InlineData("Conv", 2)]
    [InlineData("ConvTranspose", 1)]
    [InlineData("ConvTranspose", 2)]
    public void Batch_normalization_goes_into_the_weights_of_a_convolution(string operation, long group)
    {
        var per = operation == "Conv" ? 4 / group : 6 / group;
        var builder = new OnnxBuilder("g")
            .Input("x", ["1", "4", "5", "5"])
            .Output("y", ["1", "6", "?", "?"])
            .Constant(
                "w",
                [operation == "Conv" ? 6 : 4, per, 3, 3],
                PassBench.Numbers(1, (operation == "Conv" ? 6 : 4) * (int)per * 9)
            )
            .Constant("b", [6], PassBench.Numbers(2, 6))
            .Node(operation, ["x", "w", "b"], ["c"], ("group", group));
        Normalized(builder, "c", 6);
        Folds(builder, operation);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Batch_normalization_goes_into_the_weights_of_a_gemm(long transposed)
    {
        var builder = new OnnxBuilder("g")
            .Input("x", ["n", "4"])
            .Output("y", ["n", "6"])
            .Constant("w", transposed == 0 ? [4, 6] : [6, 4], PassBench.Numbers(3, 24))
            .Constant("b", [1, 6], PassBench.Numbers(4, 6))
            .Node("Gemm", ["x", "w", "b"], ["c"], ("transB", transposed), ("alpha", 0.5f), ("beta", 2f));
        Normalized(builder, "c", 6);
        Folds(builder, "Gemm");
    }

    [Theory]
    [InlineData("Conv", new long[] { 4, 3, 1, 1 }, new[] { "1", "3", "5", "5" }, new long[] { 4, 1, 1 })]
    [InlineData("MatMul", new long[] { 3, 4 }, new[] { "n", "3" }, new long[] { 4 })]
    [InlineData("MatMul", new long[] { 3, 4 }, new[] { "n", "3" }, new long[] { 1 })]
    public void An_addend_a_channel_becomes_a_bias(string operation, long[] weights, string[] input, long[] addend)
    {
        var builder = new OnnxBuilder("g")
            .Input("x", input)
            .Output("y", [.. input.Select(_ => "?")])
            .Constant("w", weights, PassBench.Numbers(5, 12))
            .Constant("b", addend, PassBench.Numbers(6, (int)addend.Max()))
            .Node(operation, ["x", "w"], ["c"])
            .Node("Add", ["b", "c"], ["y"]);
        Folds(builder, operation == "MatMul" ? "Gemm" : operation);
    }

    [Fact]
    public void An_addend_along_another_axis_or_to_a_product_of_many_matrices_stays()
    {
        var model = PassBench.Read(
            new OnnxBuilder("g")
                .Input("x", ["2", "5", "3"])
                .Output("y", ["2", "5", "4"])
                .Constant("w", [3, 4], PassBench.Numbers(7, 12))
                .Constant("b", [4], PassBench.Numbers(8, 4))
                .Node("MatMul", ["x", "w"], ["c"])
                .Node("Add", ["c", "b"], ["y"])
        );
        Assert.Equal(["MatMul", "Add"], PassBench.Operators(PassBench.Passed(model)));
    }

    [Fact]
    public void Gelu_that_is_spelled_out_becomes_one_operator()
    {
        Folds(
            new OnnxBuilder("g", 20)
                .Input("x", ["n", "3"])
                .Output("y", ["n", "3"])
                .Constant("root", [], [1.4142135f])
                .Constant("one", [], [1f])
                .Constant("half", [], [0.5f])
                .Node("Div", ["x", "root"], ["scaled"])
                .Node("Erf", ["scaled"], ["erf"])
                .Node("Add", ["erf", "one"], ["gate"])
                .Node("Mul", ["x", "gate"], ["gated"])
                .Node("Mul", ["gated", "half"], ["y"]),
            "Gelu"
        );
    }

    [Fact]
    public void Relu_and_clip_become_one_clip_and_hard_swish_is_found()
    {
        Folds(
            new OnnxBuilder("g")
                .Input("x", ["n", "3"])
                .Output("y", ["n", "3"])
                .Constant("six", [], [1.5f])
                .Node("HardSigmoid", ["x"], ["gate"], ("alpha", 1 / 6f), ("beta", 0.5f))
                .Node("Mul", ["gate", "x"], ["swish"])
                .Node("Relu", ["swish"], ["relu"])
                .Node("Clip", ["relu", "", "six"], ["y"]),
            "HardSwish",
            "Clip"
        );
    }

    [Fact]
    public void Transposes_cancel_over_elementwise_operators_and_go_into_gemm()
    {
        var builder = new OnnxBuilder("g")
            .Input("x", ["2", "3", "4"])
            .Input("a", ["3", "2"])
            .Output("y", ["2", "3", "4"])
            .Output("z", ["2", "5"])
            .Constant("w", [3, 5], PassBench.Numbers(9, 15))
            .Node("Transpose", ["x"], ["t"], ("perm", new long[] { 0, 2, 1 }))
            .Node("Tanh", ["t"], ["u"])
            .Node("Transpose", ["u"], ["v"], ("perm", new long[] { 0, 2, 1 }))
            .Node("Relu", ["v"], ["y"])
            .Node("Transpose", ["a"], ["b"])
            .Node("Gemm", ["b", "w"], ["z"]);
        Folds(builder, "Tanh", "Relu", "Gemm");
    }

    [Fact]
    public void Quantized_pairs_keep_their_meaning()
    {
        var builder = new OnnxBuilder("g")
            .Input("x", ["n", "3"])
            .Output("y", ["n", "4"])
            .Constant("scale", [], [0.05f])
            .Constant("w", [3, 4], PassBench.Numbers(10, 12))
            .Constant("b", [4], PassBench.Numbers(11, 4))
            .Node("QuantizeLinear", ["w", "scale"], ["wq"])
            .Node("DequantizeLinear", ["wq", "scale"], ["wd"])
            .Node("MatMul", ["x", "wd"], ["c"])
            .Node("Add", ["c", "b"], ["y"]);
        var model = PassBench.Read(builder);
        Assert.Empty(PassPipeline.Run(model, GraphPass.All).Applied);
    }

    [Fact]
    public void Random_graphs_give_what_they_gave() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40),
            Prop.ForAll(
                ArbMap.Default.ArbFor<int>(),
                seed =>
                {
                    var model = PassBench.Read(RandomGraph(new Random(seed)));
                    var inputs = PassBench.Random(model, seed);
                    PassBench.Same(model, PassPipeline.Run(model, GraphPass.Exact).Model, inputs, 0);
                    PassBench.Same(model, PassBench.Passed(model), inputs, 1e-5);
                }
            )
        );

    private static OnnxBuilder RandomGraph(Random random)
    {
        var builder = new OnnxBuilder("g")
            .Input("x", ["3", "4"])
            .Constant("w", [4, 4], PassBench.Numbers(random.Next(), 16))
            .Constant("b", [4], PassBench.Numbers(random.Next(), 4))
            .Constant("c", [1], PassBench.Numbers(random.Next(), 1))
            .Constant("back", [2], [-1L, 4]);
        var last = "x";
        var count = random.Next(1, 12);
        for (var i = 0; i < count; i++)
        {
            var next = $"v{i}";
            switch (random.Next(8))
            {
                case 0:
                    builder.Node("MatMul", [last, "w"], [next]);
                    break;
                case 1:
                    builder.Node("Add", random.Next(2) == 0 ? [last, "b"] : ["b", last], [next]);
                    break;
                case 2:
                    builder.Node("Add", ["b", "c"], [$"d{i}"]).Node("Mul", [last, $"d{i}"], [next]);
                    break;
                case 3:
                    builder.Node("Transpose", [last], [$"t{i}"]).Node("Reshape", [$"t{i}", "back"], [next]);
                    break;
                case 4:
                    builder
                        .Node("Transpose", [last], [$"t{i}"])
                        .Node("Tanh", [$"t{i}"], [$"u{i}"])
                        .Node("Transpose", [$"u{i}"], [next]);
                    break;
                case 5:
                    builder.Node("Gemm", [last, "w", "b"], [next], ("transB", (long)random.Next(2)));
                    break;
                case 6:
                    builder.Node(random.Next(2) == 0 ? "Identity" : "Relu", [last], [next]);
                    break;
                default:
                    builder.Node("Shape", [last], [$"s{i}"]).Node("Reshape", [last, $"s{i}"], [next]);
                    break;
            }

            last = next;
        }

        return builder.Output(last, ["3", "4"]);
    }

    private static void Normalized(OnnxBuilder builder, string value, int channels) =>
        builder
            .Constant("scale", [channels], PassBench.Numbers(20, channels))
            .Constant("shift", [channels], PassBench.Numbers(21, channels))
            .Constant("mean", [channels], PassBench.Numbers(22, channels))
            .Constant("variance", [channels], PassBench.Numbers(23, channels, 0.5f, 2))
            .Node("BatchNormalization", [value, "scale", "shift", "mean", "variance"], ["y"]);

    private static void Folds(OnnxBuilder builder, params string[] operators)
    {
        var model = PassBench.Read(builder);
        var passed = PassBench.Passed(model);
        Assert.Equal(operators, PassBench.Operators(passed));
        PassBench.Same(model, passed, PassBench.Random(model, 3), 1e-5);
        Assert.Empty(PassPipeline.Run(passed, GraphPass.All).Applied);
    }
}
