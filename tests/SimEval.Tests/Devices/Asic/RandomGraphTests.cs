using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>Graphs drawn operator by operator: whatever they are made of, the emulator gives ONNX Runtime's bits.</summary>
public class RandomGraphTests
{
    private static readonly string[] Functions =
    [
        "Tanh",
        "Sigmoid",
        "Elu",
        "HardSwish",
        "LeakyRelu",
        "Softplus",
        "Erf",
    ];

    [Fact]
    public void Any_graph_of_integer_forms_gives_the_same_bits()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var (differing, of) = new Drawing(seed).Model().Compare("g2", batch: 1 + seed % 5, frames: 2);
            Assert.True(differing == 0, $"seed {seed}: {differing} of {of} differ");
        }
    }

    private sealed class Drawing(int seed)
    {
        private readonly QdqBuilder model = new(seed);
        private readonly Philox draws = new((ulong)seed + 17);
        private readonly List<(string Value, int Size)> values = [];
        private readonly ElementType type = seed % 3 == 0 ? ElementType.Int8 : ElementType.UInt8;
        private readonly bool isBinary = seed % 2 == 0;
        private ulong drawn;

        public QdqBuilder Model()
        {
            var size = 1 + Below(40);
            values.Add((Quantized(model.Input("x", -1, size)), size));
            var count = 2 + Below(6);
            for (var i = 0; i < count; i++)
                Add(i);
            if (seed % 4 == 0)
                model.Output(values[Below(values.Count - 1)].Value);
            return model.Output(values[^1].Value);
        }

        private void Add(int i)
        {
            var (value, size) = values[Below(values.Count)];
            var name = $"n{i}";
            switch (Below(10))
            {
                case 0:
                    values.Add((Quantized(model.Node(Functions[Below(Functions.Length)], [value], name)), size));
                    break;
                case 1:
                    var (other, width) = values[Below(values.Count)];
                    var joined = model.Node("Concat", [value, other], name, ("axis", new AttributeValue.Int(1)));
                    values.Add((Quantized(joined), size + width));
                    break;
                case 2 when values.Exists(candidate => candidate.Size == size && candidate.Value != value):
                    var pair = values.First(candidate => candidate.Size == size && candidate.Value != value).Value;
                    values.Add((Quantized(model.Node(Below(2) == 0 ? "Add" : "Mul", [value, pair], name)), size));
                    break;
                case 3 when values.Exists(candidate => candidate.Size == size):
                    var same = values.First(candidate => candidate.Size == size).Value;
                    var sum = model.Node(Below(2) == 0 ? "Add" : "Sub", [value, same], name);
                    values.Add((Quantized(Below(2) == 0 ? model.Node("Relu", [sum], $"{name}r") : sum), size));
                    break;
                case 4:
                    values.Add((Quantized(model.Node("Softmax", [value], name)), size));
                    break;
                case 5 when size > 1:
                    var until = 1 + Below(size - 1);
                    var cut = model.Node(
                        "Slice",
                        [
                            value,
                            model.Integers($"{name}from", 0),
                            model.Integers($"{name}to", until),
                            model.Integers($"{name}axis", 1),
                        ],
                        name
                    );
                    values.Add((Below(2) == 0 ? cut : Quantized(cut), until));
                    break;
                case 6:
                    Attention(value, size, name);
                    break;
                default:
                    Product(value, size, name);
                    break;
            }
        }

        // Each row times itself, as a column: a product of two activations.
        private void Attention(string value, int size, string name)
        {
            var row = model.Node("Reshape", [value, model.Integers($"{name}row", 0, 1, size)], $"{name}r");
            var column = model.Node("Reshape", [value, model.Integers($"{name}column", 0, size, 1)], $"{name}c");
            var outer = Quantized(model.Node("MatMul", [column, row], name));
            var mixed = Quantized(model.Node("MatMul", [row, outer], $"{name}m"));
            values.Add((model.Node("Reshape", [mixed, model.Integers($"{name}flat", 0, size)], $"{name}f"), size));
        }

        private void Product(string value, int size, string name)
        {
            var columns = 1 + Below(70);
            var weights = model.Weights($"{name}w", [size, columns], Below(2) == 0 ? 1 : -1, 0.02f / size);
            var product = model.Node("MatMul", [value, weights], name);
            if (Below(2) == 0)
                values.Add((Quantized(model.Node("Relu", [product], $"{name}r")), columns));
            else
                values.Add((Quantized(product), columns));
        }

        private string Quantized(string value) =>
            type == ElementType.UInt8
                ? model.Quantized(value, Scale(), Below(256))
                : model.Quantized(value, Scale(), Below(256) - 128, ElementType.Int8);

        // Powers of two put results exactly between two integers.
        private float Scale() => isBinary ? 1f / (16 << Below(4)) : 0.004f + 0.03f * (float)draws.Uniform(drawn++);

        private int Below(int bound) => (int)(draws.Uniform(drawn++) * bound);
    }
}
