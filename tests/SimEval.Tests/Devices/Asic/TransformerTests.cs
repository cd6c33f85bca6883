using SimEval.Models;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>A block of a transformer on a board: attention over a cache, normalisation, and a GELU between two products.</summary>
public class TransformerTests
{
    private const int Width = 16;
    private const int Heads = 2;
    private const int Past = 5;
    private QdqBuilder model = new(0);

    // Attention is of integers and of Softmax's table, and so equal; LayerNormalization between floats is within one quantum.
    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(34)]
    public void An_attention_block_with_a_cache_is_equal_up_to_its_normalisation(int seed)
    {
        model = new QdqBuilder(seed, 20);
        var (attended, keys, values) = Attended();
        model.Output(attended).Output(keys).Output(values);
        Assert.Equal(0, model.Compare("g2", 3, frames: 10).Differing);

        model = new QdqBuilder(seed, 20);
        model.Output(Quantized(Normalised(Attended().Sum), 0.03f, 128));
        var (differing, of, most) = model.Distance("g2", 3, 20);
        Assert.True(most <= 0.03f * 1.001f, $"{most} is more than one quantum");
        Assert.True(differing <= of / 100, $"{differing} of {of} differ");

        // What one quantum becomes behind two products.
        model = new QdqBuilder(seed, 20);
        var inner = Quantized(
            Product(Quantized(Normalised(Attended().Sum), 0.03f, 128), "inner", Width, 32),
            0.03f,
            128
        );
        var gelu = Quantized(model.Node("Gelu", [inner], "gelu"), 0.02f, 9);
        model.Output(Quantized(Product(gelu, "outer", 32, Width), 0.05f, 128));
        (differing, of, most) = model.Distance("g2", 3, 20);
        Assert.True(most <= 2 * 0.05f * 1.001f, $"{most} is more than two quanta");
        Assert.True(differing <= of / 50, $"{differing} of {of} differ");
    }

    private (string Sum, string Keys, string Values) Attended()
    {
        var x = Quantized(model.Input("x", -1, 1, Width), 0.03f, 128);
        var pastKeys = Quantized(model.Input("pastKeys", -1, Heads, Past, Width / Heads), 0.03f, 128);
        var pastValues = Quantized(model.Input("pastValues", -1, Heads, Past, Width / Heads), 0.03f, 128);
        var query = Projected(x, "query");
        var keys = Appended(pastKeys, Projected(x, "key"), "keys");
        var values = Appended(pastValues, Projected(x, "value"), "values");
        var turned = model.Node("Transpose", [keys], "turned", ("perm", new AttributeValue.Ints([0, 1, 3, 2])));
        var scores = Quantized(model.Node("MatMul", [query, Quantized(turned, 0.03f, 128)], "scores"), 0.05f, 128);
        var shares = Quantized(
            model.Node("Softmax", [scores], "shares", ("axis", new AttributeValue.Int(-1))),
            1 / 256f,
            0
        );
        var seen = Quantized(model.Node("MatMul", [shares, values], "seen"), 0.03f, 128);
        var joined = model.Node("Transpose", [seen], "joined", ("perm", new AttributeValue.Ints([0, 2, 1, 3])));
        var flat = Quantized(model.Node("Reshape", [joined, model.Integers("flat", 0, 1, Width)], "rows"), 0.03f, 128);
        return (Quantized(model.Node("Add", [x, flat], "sum"), 0.04f, 128), keys, values);
    }

    private string Normalised(string value) =>
        model.Node(
            "LayerNormalization",
            [value, model.Floats("scale", [Width], 1), model.Floats("shift", [Width], 0.2f)],
            "norm"
        );

    private string Projected(string value, string name)
    {
        var product = Quantized(Product(value, name, Width, Width), 0.03f, 128);
        var shape = model.Integers($"{name}Heads", 0, 1, Heads, Width / Heads);
        var parted = model.Node("Reshape", [product, shape], $"{name}Parted");
        return Quantized(
            model.Node("Transpose", [parted], $"{name}Turned", ("perm", new AttributeValue.Ints([0, 2, 1, 3]))),
            0.03f,
            128
        );
    }

    private string Appended(string past, string now, string name) =>
        Quantized(model.Node("Concat", [past, now], name, ("axis", new AttributeValue.Int(2))), 0.03f, 128);

    private string Product(string value, string name, int rows, int columns) =>
        model.Node("MatMul", [value, model.Weights($"{name}Weights", [rows, columns], 1, 0.006f)], $"{name}Product");

    private string Quantized(string value, float scale, int zero) => model.Quantized(value, scale, zero);
}
