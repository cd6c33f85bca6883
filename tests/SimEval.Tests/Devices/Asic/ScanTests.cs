using SimEval.Models;
using SimEval.Models.Graphs;
using Xunit;
using Xunit.Abstractions;

namespace SimEval.Tests.Devices.Asic;

public class ScanTests(ITestOutputHelper output)
{
    private static AttributeValue.Int I(long v) => new(v);

    private static AttributeValue.Ints Is(params long[] v) => new([.. v]);

    private void Say(string name, QdqBuilder model, int batch = 3, string board = "g3", float spread = 2)
    {
        try
        {
            var (differing, of) = model.Compare(board, batch, 20, spread);
            output.WriteLine($"{name}: {differing} of {of}");
        }
        catch (Exception e)
        {
            output.WriteLine($"{name}: {e.GetType().Name} {e.Message}");
        }
    }

    [Fact]
    public void Scan()
    {
        foreach (
            var op in (string[])
                [
                    "Relu",
                    "Tanh",
                    "Sigmoid",
                    "Elu",
                    "Selu",
                    "Softplus",
                    "Erf",
                    "HardSwish",
                    "HardSigmoid",
                    "LeakyRelu",
                    "Celu",
                    "Abs",
                    "Neg",
                    "Exp",
                    "Softsign",
                    "Sqrt",
                    "Log",
                ]
        )
        {
            foreach (var n in (int[])[64, 37])
            {
                var m = new QdqBuilder(5);
                var x = m.Quantized(m.Input("x", -1, n), 0.03f, 120);
                m.Output(m.Quantized(m.Node(op, [x], "y"), 0.0113f, 100));
                Say($"{op}[{n}]", m);
            }
        }

        foreach (var op in (string[])["Add", "Sub", "Mul", "Div"])
        {
            foreach (var type in (ElementType[])[ElementType.UInt8, ElementType.Int8])
            {
                foreach (var n in (int[])[64, 37, 1])
                {
                    var m = new QdqBuilder(5);
                    var zero = type == ElementType.UInt8 ? 0 : -128;
                    var x = m.Quantized(m.Input("x", -1, 64), 0.03f, 120 + zero, type);
                    var z = m.Quantized(m.Input("z", -1, n == 1 ? 1 : 64), 0.0217f, 101 + zero, type);
                    m.Output(m.Quantized(m.Node(op, [x, z], "y"), 0.0413f, 100 + zero, type));
                    Say($"{op} {type} {n}", m);
                }
            }
        }

        foreach (var zero in (int[])[0, 3])
        {
            var m = new QdqBuilder(8);
            var x = m.Quantized(m.Input("x", -1, 6, 9, 11), 0.03f, 120);
            var w = m.Weights("w", [8, 6, 3, 3], 0, 0.002f);
            var c = m.Node(
                "Conv",
                [x, w, m.Bias("b", w, 0.03f, 8)],
                "c",
                ("pads", Is(1, 0, 1, 1)),
                ("strides", Is(1, 2))
            );
            m.Output(m.Quantized(m.Node("Relu", [c], "r"), 0.011f, zero));
            Say($"Conv Relu zero {zero}", m);
        }
        {
            var m = new QdqBuilder(9);
            var x = m.Quantized(m.Input("x", -1, 6, 9, 11), 0.03f, 120);
            var w = m.Weights("w", [6, 1, 3, 3], 0, 0.006f);
            m.Output(m.Quantized(m.Node("Conv", [x, w], "c", ("group", I(6)), ("dilations", Is(2, 1))), 0.011f, 120));
            Say("depthwise", m);
        }
        {
            var m = new QdqBuilder(9);
            var x = m.Quantized(m.Input("x", -1, 6, 19), 0.03f, 120);
            var w = m.Weights("w", [4, 3, 3], 0, 0.006f);
            m.Output(m.Quantized(m.Node("Conv", [x, w], "c", ("group", I(2))), 0.011f, 120));
            Say("conv1d groups", m);
        }
        foreach (var op in (string[])["AveragePool", "MaxPool"])
        {
            var m = new QdqBuilder(9);
            var x = m.Quantized(m.Input("x", -1, 6, 9, 11), 0.03f, 120);
            m.Output(
                m.Quantized(m.Node(op, [x], "c", ("kernel_shape", Is(3, 2)), ("pads", Is(1, 1, 1, 0))), 0.03f, 120)
            );
            Say(op, m);
        }
        foreach (var same in (bool[])[true, false])
        {
            var m = new QdqBuilder(9);
            var x = m.Quantized(m.Input("x", -1, 6, 7, 11), 0.03f, 120);
            m.Output(m.Quantized(m.Node("GlobalAveragePool", [x], "c"), same ? 0.03f : 0.0021f, 120));
            Say("GlobalAveragePool", m, spread: 0.3f);
        }
        {
            var m = new QdqBuilder(9);
            var x = m.Quantized(m.Input("x", -1, 6, 31), 0.03f, 120);
            m.Output(m.Quantized(m.Node("ReduceMean", [x], "c", ("axes", Is(2))), 0.0031f, 120));
            Say("ReduceMean", m, spread: 0.3f);
        }
        foreach (var last in (int[])[10, 64])
        {
            var m = new QdqBuilder(9);
            var x = m.Quantized(m.Input("x", -1, last), 0.03f, 120);
            m.Output(m.Quantized(m.Node("Softmax", [x], "c"), 1 / 256f, 0));
            Say($"Softmax {last}", m);
        }
        {
            var m = new QdqBuilder(9);
            var x = m.Quantized(m.Input("x", -1, 64), 0.03f, 120);
            m.Output(
                m.Quantized(
                    m.Node("LayerNormalization", [x, m.Floats("s", [64], 1), m.Floats("b", [64], 1)], "c"),
                    0.03f,
                    120
                )
            );
            Say("LayerNorm", m);
        }
        {
            var m = new QdqBuilder(9);
            var x = m.Quantized(m.Input("x", -1, 5, 16), 0.03f, 120);
            var z = m.Quantized(m.Input("z", -1, 16, 7), 0.02f, 110);
            m.Output(m.Quantized(m.Node("MatMul", [x, z], "c"), 0.08f, 120));
            Say("batched MatMul", m);
        }
        {
            var m = new QdqBuilder(9);
            var x = m.Quantized(m.Input("x", -1, 5, 16), 0.03f, 120);
            var z = m.Quantized(m.Input("z", -1, 4, 16), 0.02f, 110);
            m.Output(m.Quantized(m.Node("Concat", [x, z], "c", ("axis", I(1))), 0.028f, 117));
            Say("Concat", m);
        }
        foreach (
            var kind in (string[])
                [
                    "MatMul",
                    "MatMul3",
                    "MatMul+f",
                    "MatMul+i",
                    "Gemm",
                    "Gemm f",
                    "Gemm i",
                    "Conv",
                    "Conv f",
                    "MatMul3+f",
                    "MatMul3+i",
                ]
        )
        {
            foreach (var q in (bool[])[true, false])
            {
                var m = new QdqBuilder(11);
                var three = kind.StartsWith("MatMul3", StringComparison.Ordinal);
                var x = m.Quantized(
                    kind.StartsWith("Conv", StringComparison.Ordinal) ? m.Input("x", -1, 24, 5)
                        : three ? m.Input("x", -1, 5, 24)
                        : m.Input("x", -1, 24),
                    0.03f,
                    120
                );
                string y;
                if (kind.StartsWith("Conv", StringComparison.Ordinal))
                {
                    var w = m.Weights("w", [10, 24, 3], 0, 0.004f);
                    y = m.Node("Conv", kind == "Conv" ? [x, w] : [x, w, m.Floats("fb", [10], 1)], "y");
                }
                else
                {
                    var w = m.Weights("w", [24, 10], 1, 0.004f);
                    var op = kind.StartsWith("Gemm", StringComparison.Ordinal) ? "Gemm" : "MatMul";
                    string[] extra =
                        kind.EndsWith('f') ? [m.Floats("fb", [10], 1)]
                        : kind.EndsWith('i') ? [m.Bias("ib", w, 0.03f, 10)]
                        : [];
                    y =
                        op == "Gemm"
                            ? m.Node(op, [x, w, .. extra], "y")
                            : m.Node(op, [x, w], extra.Length > 0 ? "y0" : "y");
                    if (op == "MatMul" && extra.Length > 0)
                        y = m.Node("Add", ["y0", extra[0]], "y");
                }

                m.Output(q ? m.Quantized(y, 0.011f, 120) : y);
                Say($"{kind} {(q ? "Q" : "float")}", m);
            }
        }
        {
            var m = new QdqBuilder(11);
            var x = m.Quantized(m.Input("x", -1, 24), 0.03f, 120);
            var w = m.Weights("w", [24, 10], -1, 0.004f, ElementType.UInt8, 131);
            m.Output(m.Quantized(m.Node("MatMul", [x, w], "y"), 0.011f, 120));
            Say("u8 weights", m);
        }
        {
            var m = new QdqBuilder(11);
            var x = m.Quantized(m.Input("x", -1, 24), 0.03f, -3, ElementType.Int8);
            var w = m.Weights("w", [24, 10], 1, 0.004f);
            m.Output(m.Quantized(m.Node("MatMul", [x, w], "y"), 0.011f, 7, ElementType.Int8));
            Say("s8s8", m);
        }
        {
            var m = new QdqBuilder(11, 20);
            var x = m.Quantized(m.Input("x", -1, 24), 0.03f, 120);
            m.Output(m.Quantized(m.Node("Gelu", [x], "y"), 0.011f, 20));
            Say("Gelu", m);
        }
    }
}
