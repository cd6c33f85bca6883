using SimEval.Models;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>The emulator against ONNX Runtime on the same quantized models, bit for bit.</summary>
public class BitsTests
{
    [Theory]
    [InlineData(1, 48, 256, 12)]
    [InlineData(2, 7, 33, 5)]
    [InlineData(3, 129, 65, 1)]
    public void A_network_of_matrix_products(int seed, int inputs, int hidden, int outputs)
    {
        foreach (var batch in (int[])[1, 5, 16])
        {
            var model = new QdqBuilder(seed);
            var x = model.Quantized(model.Input("x", -1, inputs), 0.03f, 120 + seed);
            var w1 = model.Weights("w1", [hidden, inputs], 0, 0.002f);
            var h = model.Node(
                "Gemm",
                [x, w1, model.Bias("b1", w1, 0.03f, hidden)],
                "h",
                ("transB", new AttributeValue.Int(1))
            );
            var a = model.Quantized(model.Node("Relu", [h], "r"), 0.021f, 0);
            var w2 = model.Weights("w2", [hidden, outputs], 1, 0.004f);
            model.Output(model.Quantized(model.Node("MatMul", [a, w2], "y"), 0.17f, 97));
            Assert.Equal(0, model.Compare("g1", batch).Differing);
        }
    }
}
