using SimEval.Models;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>Recurrent cells with their state as an input and an output, quantized.</summary>
public class RecurrentCellTests
{
    private const int Inputs = 9;
    private const int Hidden = 8;

    [Fact]
    public void A_cell_made_of_quantized_nodes_gives_the_same_bits()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var model = new QdqBuilder(seed);
            var x = model.Quantized(model.Input("x", -1, Inputs), 0.03f, 128);
            var h = model.Quantized(model.Input("h", -1, Hidden), 1 / 128f, 128);
            var update = Gate(model, "z", x, h, "Sigmoid", 1 / 256f, 0);
            var reset = Gate(model, "r", x, h, "Sigmoid", 1 / 256f, 0);
            var kept = model.Quantized(model.Node("Mul", [reset, h], "kept"), 1 / 128f, 128);
            var candidate = Gate(model, "n", x, kept, "Tanh", 1 / 128f, 128);
            var change = model.Quantized(model.Node("Sub", [candidate, h], "difference"), 1 / 64f, 128);
            var step = model.Quantized(model.Node("Mul", [update, change], "step"), 1 / 64f, 128);
            model.Output(model.Quantized(model.Node("Add", [h, step], "next"), 1 / 128f, 128));
            Assert.Equal(0, model.Compare("g1", 5, frames: 20, spread: 0.7f).Differing);
        }
    }

    [Theory]
    [InlineData("LSTM", 4)]
    [InlineData("GRU", 3)]
    [InlineData("RNN", 1)]
    public void A_cell_between_quantized_tensors_is_within_one_quantum(string operation, int gates)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var model = new QdqBuilder(seed);
            var x = model.Quantized(model.Input("x", 3, -1, Inputs), 0.03f, 128);
            var w = model.Weights("w", [1, gates * Hidden, Inputs], -1, 0.003f);
            var r = model.Weights("r", [1, gates * Hidden, Hidden], -1, 0.003f);
            var h = model.Quantized(model.Input("h", 1, -1, Hidden), 1 / 128f, 128);
            string[] given = operation == "LSTM" ? ["y", "hNext", "cNext"] : ["y", "hNext"];
            string[] taken =
                operation == "LSTM" ? [x, w, r, "", "", h, model.Input("c", 1, -1, Hidden)] : [x, w, r, "", "", h];
            model.Nodes(operation, taken, given, ("hidden_size", new AttributeValue.Int(Hidden)));
            foreach (var value in given.Take(2))
                model.Output(model.Quantized(value, 1 / 128f, 128));
            var (differing, of, most) = model.Distance("g2", 5, 20);
            Assert.True(most <= 1 / 128f * 1.001f, $"{most} is more than one quantum");
            Assert.True(differing <= of / 200, $"{differing} of {of} differ");
        }
    }

    private static string Gate(
        QdqBuilder model,
        string name,
        string x,
        string h,
        string function,
        float scale,
        int zero
    )
    {
        var fromInput = Product(model, $"{name}x", x, Inputs);
        var fromState = Product(model, $"{name}h", h, Hidden);
        var sum = model.Quantized(model.Node("Add", [fromInput, fromState], $"{name}Sum"), 1 / 32f, 128);
        return model.Quantized(model.Node(function, [sum], name), scale, zero);
    }

    private static string Product(QdqBuilder model, string name, string value, int rows) =>
        model.Quantized(
            model.Node("MatMul", [value, model.Weights($"{name}Weights", [rows, Hidden], 1, 0.006f)], name),
            1 / 32f,
            128
        );
}
