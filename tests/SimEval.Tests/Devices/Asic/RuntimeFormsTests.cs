using SimEval.Models;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>
/// Every operator that ONNX Runtime's QDQ rules know, and those beside it that quantized networks have, between a
/// DequantizeLinear and a QuantizeLinear: the same bits, whether the two have one quantization or two, of either type.
/// </summary>
public class RuntimeFormsTests
{
    // Half-way results are frequent with scales that are powers of two.
    private static readonly (float Scale, int Zero)[] Results = [(1 / 32f, 121), (1 / 64f, 7), (0.0217f, 255)];

    private static readonly Dictionary<string, Func<Case, string>> Forms = new(StringComparer.Ordinal)
    {
        ["Abs"] = c => c.Model.Node("Abs", [c.X], "y"),
        ["Add"] = c => c.Model.Node("Add", [c.X, c.Other], "y"),
        ["Add, then Clip that cuts nothing"] = c =>
            c.Model.Node(
                "Clip",
                [
                    c.Model.Node("Add", [c.X, c.Other], "s"),
                    c.Model.Constant("l", [], -99),
                    c.Model.Constant("h", [], 99),
                ],
                "y"
            ),
        ["AveragePool"] = c => c.Model.Node("AveragePool", [c.X], "y", Ints("kernel_shape", 2, 3)),
        ["Clip"] = c =>
            c.Model.Node("Clip", [c.X, c.Model.Constant("l", [], -0.7f), c.Model.Constant("h", [], 1.1f)], "y"),
        ["Concat"] = c => c.Model.Node("Concat", [c.X, c.Other, c.X], "y", ("axis", new AttributeValue.Int(1))),
        ["DepthToSpace"] = c => c.Model.Node("DepthToSpace", [c.X], "y", ("blocksize", new AttributeValue.Int(2))),
        ["Div"] = c => c.Model.Node("Div", [c.X, c.Model.Weights("d", [4, 1, 1], -1, 0.01f)], "y"),
        ["Expand"] = c => c.Model.Node("Expand", [c.X, c.Model.Integers("s", 2, 1, 1, 1, 1)], "y"),
        ["Flatten"] = c => c.Model.Node("Flatten", [c.X], "y"),
        ["Gather"] = c =>
            c.Model.Node("Gather", [c.X, c.Model.Integers("i", 3, 0, -1)], "y", ("axis", new AttributeValue.Int(1))),
        ["GatherElements"] = c =>
            c.Model.Node(
                "GatherElements",
                [c.X, c.Model.Indices("i", [1, 2, 3, 4], 5)],
                "y",
                ("axis", new AttributeValue.Int(3))
            ),
        ["GlobalAveragePool"] = c => c.Model.Node("GlobalAveragePool", [c.X], "y"),
        ["GlobalMaxPool"] = c => c.Model.Node("GlobalMaxPool", [c.X], "y"),
        ["LeakyRelu"] = c => c.Model.Node("LeakyRelu", [c.X], "y"),
        ["MaxPool"] = c => c.Model.Node("MaxPool", [c.X], "y", Ints("kernel_shape", 2, 2)),
        ["Max"] = c => c.Model.Node("Max", [c.X, c.Other], "y"),
        ["Min"] = c => c.Model.Node("Min", [c.X, c.Other], "y"),
        ["Mul"] = c => c.Model.Node("Mul", [c.X, c.Other], "y"),
        ["Pad"] = c => c.Model.Node("Pad", [c.X, c.Model.Integers("p", 0, 0, 1, 2, 0, 0, 1, 0)], "y"),
        ["Pad, reflecting"] = c =>
            c.Model.Node(
                "Pad",
                [c.X, c.Model.Integers("p", 0, 0, 1, 2, 0, 0, 1, 0)],
                "y",
                ("mode", new AttributeValue.Text("reflect"))
            ),
        ["PRelu"] = c => c.Model.Node("PRelu", [c.X, c.Model.Weights("s", [4, 1, 1], -1, 0.01f)], "y"),
        ["ReduceMax"] = c => c.Model.Node("ReduceMax", [c.X], "y", Ints("axes", 2, 3)),
        ["ReduceMin"] = c => c.Model.Node("ReduceMin", [c.X], "y", Ints("axes", 1)),
        ["Relu"] = c => c.Model.Node("Relu", [c.X], "y"),
        ["Reshape"] = c => c.Model.Node("Reshape", [c.X, c.Model.Integers("s", 0, 2, -1)], "y"),
        ["Resize, nearest"] = c => c.Model.Node("Resize", [c.X, "", c.Model.Constant("s", [4], 1, 1, 2, 1.7f)], "y"),
        ["Resize, nearest, to sizes"] = c =>
            c.Model.Node(
                "Resize",
                [c.X, "", "", c.Model.Integers("s", 3, 4, 3, 17)],
                "y",
                ("coordinate_transformation_mode", new AttributeValue.Text("asymmetric")),
                ("nearest_mode", new AttributeValue.Text("floor"))
            ),
        ["Resize, linear"] = c =>
            c.Model.Node("Resize", [c.X, "", c.Model.Constant("s", [4], 1, 1, 2, 1.7f)], "y", Linear),
        ["Resize, linear, between corners"] = c =>
            c.Model.Node(
                "Resize",
                [c.X, "", c.Model.Constant("s", [4], 1, 1, 0.5f, 2.2f)],
                "y",
                Linear,
                ("coordinate_transformation_mode", new AttributeValue.Text("align_corners"))
            ),
        ["Resize, linear, channels last"] = c =>
            c.Model.Node("Resize", [c.X, "", c.Model.Constant("s", [4], 1, 1.5f, 2.3f, 1)], "y", Linear),
        ["Resize, linear, symmetric"] = c =>
            c.Model.Node(
                "Resize",
                [c.X, "", c.Model.Constant("s", [4], 1, 1, 0.7f, 2.6f)],
                "y",
                Linear,
                ("coordinate_transformation_mode", new AttributeValue.Text("pytorch_half_pixel"))
            ),
        ["Sigmoid"] = c => c.Model.Node("Sigmoid", [c.X], "y"),
        ["Slice"] = c =>
            c.Model.Node(
                "Slice",
                [
                    c.X,
                    c.Model.Integers("f", 7),
                    c.Model.Integers("t", 0),
                    c.Model.Integers("a", 3),
                    c.Model.Integers("by", -2),
                ],
                "y"
            ),
        ["Softmax"] = c => c.Model.Node("Softmax", [c.X], "y"),
        ["Softmax over an inner axis"] = c => c.Model.Node("Softmax", [c.X], "y", ("axis", new AttributeValue.Int(1))),
        ["SpaceToDepth"] = c => c.Model.Node("SpaceToDepth", [c.X], "y", ("blocksize", new AttributeValue.Int(2))),
        ["Squeeze"] = c =>
            c.Model.Node(
                "Squeeze",
                [c.Model.Node("Unsqueeze", [c.X, c.Model.Integers("a", 1)], "u"), c.Model.Integers("b", 1)],
                "y"
            ),
        ["Square by Pow"] = c => c.Model.Node("Pow", [c.X, c.Model.Constant("two", [], 2)], "y"),
        ["Sub"] = c => c.Model.Node("Sub", [c.X, c.Other], "y"),
        ["Sum of three"] = c => c.Model.Node("Sum", [c.X, c.Other, c.X], "y"),
        ["Tile"] = c => c.Model.Node("Tile", [c.X, c.Model.Integers("r", 1, 2, 1, 2)], "y"),
        ["Transpose"] = c => c.Model.Node("Transpose", [c.X], "y", Ints("perm", 0, 2, 3, 1)),
        ["Where"] = c =>
            c.Model.Node(
                "Where",
                [c.Model.Node("Greater", [c.Other, c.Model.Constant("g", [], 0.2f)], "c"), c.X, c.Other],
                "y"
            ),
    };

    private static (string, AttributeValue) Linear => ("mode", new AttributeValue.Text("linear"));

    public static TheoryData<string> Names => [.. Forms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bits_are_the_same(string name)
    {
        var wrong = new List<string>();
        foreach (var type in (ElementType[])[ElementType.UInt8, ElementType.Int8])
        {
            foreach (var (scale, zero) in Results)
            {
                var shift = type == ElementType.UInt8 ? 0 : -128;
                var model = new QdqBuilder(zero);
                var y = Forms[name](new Case(model, type, shift));
                model.Output(model.Quantized(y, scale, zero + shift, type));
                var (differing, of) = model.Compare("g3", 3, frames: 3);
                if (differing > 0)
                    wrong.Add($"{type}, scale {scale}, zero {zero + shift}: {differing} of {of}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("; ", wrong));
    }

    // What ONNX Runtime has no integer form of, or does not fuse, both compute in float32.
    [Fact]
    public void A_sum_that_is_taken_twice_is_not_fused()
    {
        foreach (var operation in (string[])["Add", "Mul"])
        {
            var model = new QdqBuilder(4);
            var of = new Case(model, ElementType.UInt8, 0);
            var sum = model.Node(operation, [of.X, of.Other], "sum");
            model
                .Output(model.Quantized(sum, 1 / 32f, 101))
                .Output(model.Quantized(model.Node("Relu", [sum], "r"), 0.02f, 0));
            Assert.Equal(0, model.Compare("g3", 3).Differing);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(197)]
    [InlineData(1024)]
    public void Softmax_over_rows_of_any_length(int size)
    {
        foreach (var (scale, result) in ((float, float)[])[(0.5f, 1 / 256f), (0.047f, 1 / 256f), (0.0031f, 0.0007f)])
        {
            var model = new QdqBuilder(size);
            var x = model.Quantized(model.Input("x", -1, size), scale, 120);
            model.Output(model.Quantized(model.Node("Softmax", [x], "y"), result, 0));
            Assert.Equal(0, model.Compare("g2", 5, frames: 2).Differing);
        }
    }

    // Taken twice, pairs of int8 stay int8.
    [Theory]
    [InlineData(0)]
    [InlineData(-128)]
    public void Softmax_of_int8(int zero)
    {
        var model = new QdqBuilder(3);
        var x = model.Quantized(model.Input("x", -1, 9), 0.3f, -7, ElementType.Int8);
        var y = model.Quantized(model.Node("Softmax", [x], "y"), 1 / 256f, zero, ElementType.Int8);
        model.Output(model.Quantized(model.Node("Abs", [x], "a"), 0.3f, 0, ElementType.Int8));
        model.Output(y).Output(model.Quantized(model.Node("Mul", [y, y], "s"), 1 / 256f, 0, ElementType.Int8));
        Assert.Equal(0, model.Compare("g2", 5).Differing);
    }

    [Fact]
    public void Softmax_before_operator_set_13_runs_over_all_axes_from_its_own_on()
    {
        var model = new QdqBuilder(3, opset: 12);
        var x = model.Quantized(model.Input("x", -1, 4, 5), 0.03f, 120);
        model.Output(model.Quantized(model.Node("Softmax", [x], "y"), 1 / 256f, 0));
        Assert.Equal(0, model.Compare("g2", 5).Differing);
    }

    [Fact]
    public void Parts_of_a_split()
    {
        var model = new QdqBuilder(3);
        var x = model.Quantized(model.Input("x", -1, 6, 5), 0.03f, 120);
        model.Nodes("Split", [x, model.Integers("s", 2, 4)], ["a", "b"], ("axis", new AttributeValue.Int(1)));
        model.Output(model.Quantized("a", 0.03f, 120)).Output(model.Quantized("b", 0.02f, 7));
        Assert.Equal(0, model.Compare("g1", 5).Differing);
    }

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Int8)]
    public void The_place_of_the_greatest(ElementType type)
    {
        var model = new QdqBuilder(3);
        var x = model.Quantized(model.Input("x", -1, 60), 0.3f, type == ElementType.UInt8 ? 120 : -8, type);
        model.Output(model.Node("ArgMax", [x], "y", ("axis", new AttributeValue.Int(1))), ElementType.Int64);
        Assert.Equal(0, model.Compare("g3", 5).Differing);
    }

    [Theory]
    [InlineData(0.5f, 0, 0, false)]
    [InlineData(1, 1, 0, false)]
    [InlineData(1, 0, 1, false)]
    [InlineData(0.3f, 1, 1, true)]
    public void Gemm_with_a_factor_and_transposed_activations(float alpha, int transA, int transB, bool isFloat)
    {
        var model = new QdqBuilder(3);
        var a = model.Quantized(transA == 0 ? model.Input("a", 6, 24) : model.Input("a", 24, 6), 0.03f, 120);
        var b = model.Quantized(transB == 0 ? model.Input("b", 24, 10) : model.Input("b", 10, 24), 0.02f, 117);
        var y = model.Node(
            "Gemm",
            [a, b],
            "y",
            ("alpha", new AttributeValue.Float(alpha)),
            ("transA", new AttributeValue.Int(transA)),
            ("transB", new AttributeValue.Int(transB))
        );
        model.Output(isFloat ? y : model.Quantized(y, 0.05f, 121));
        Assert.Equal(0, model.Compare("g1", 1).Differing);
        Assert.Contains(
            "asic.MatMul",
            AsicCompiler.Compile(model.Model(), BoardLibrary.Get("g1")).Graph.Nodes.Select(OperatorRules.NameOf)
        );
    }

    private static (string, AttributeValue) Ints(string name, params long[] values) =>
        (name, new AttributeValue.Ints([.. values]));

    /// <summary>A model with an input, and another one where it is asked for.</summary>
    private sealed class Case(QdqBuilder model, ElementType type, int shift)
    {
        private string? other;

        public QdqBuilder Model => model;

        public string X { get; } = model.Quantized(model.Input("x", -1, 4, 6, 8), 1 / 32f, 121 + shift, type);

        public string Other => other ??= model.Quantized(model.Input("z", -1, 4, 6, 8), 0.0193f, 100 + shift, type);
    }
}
