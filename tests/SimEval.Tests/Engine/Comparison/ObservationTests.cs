using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Devices.Cpu;
using SimEval.Engine.Comparison;
using SimEval.Models;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Tests.Devices.Asic;
using Xunit;

namespace SimEval.Tests.Engine.Comparison;

/// <summary>What two builds give is compared as they are, whatever looking inside does to them.</summary>
public sealed class ObservationTests
{
    // Pairs of int8 with one taker run as uint8; a value that is asked for is a second taker.
    [Theory]
    [InlineData(ElementType.Int8)]
    [InlineData(ElementType.UInt8)]
    public void Looking_into_a_quantized_model_changes_nothing(ElementType type)
    {
        var shift = type == ElementType.Int8 ? -128 : 0;
        for (var seed = 0; seed < 6; seed++)
        {
            var model = new QdqBuilder(seed);
            var x = model.Quantized(model.Input("x", -1, 24), 1 / 64f, 121 + shift, type);
            var z = model.Quantized(model.Node("Tanh", [x], "t"), 1 / 64f, 103 + shift, type);
            var sum = model.Quantized(model.Node("Add", [x, z], "sum"), 1 / 16f, 127 + shift, type);
            var product = model.Node("MatMul", [sum, model.Weights("w", [24, 10], 1, 0.004f)], "product");
            var scaled = model.Quantized(product, 1 / 32f, 120 + shift, type);
            model.Output(model.Quantized(model.Node("Mul", [scaled, scaled], "square"), 1 / 16f, 3 + shift, type));
            var file = new ModelFile("", model.Bytes());
            var report = Compare(new CpuDevice(), file, new AsicDevice(BoardLibrary.Get("g1")), file);
            Assert.True(report.IsEqual, $"seed {seed}: departs at {report.FirstDeparture}");
            Assert.False(report.IsDisturbed);
            Assert.Contains(report.Layers, layer => layer.Name == "sum");
        }
    }

    [Fact]
    public void Layers_that_looking_inside_has_changed_are_no_departure()
    {
        var model = new OnnxBuilder("two")
            .Input("x", ["n", "2"])
            .Node("Relu", ["x"], ["inner"])
            .Node("Neg", ["inner"], ["y"])
            .Output("y", ["n", "2"]);
        var file = new ModelFile("", model.ToBytes());
        var report = Compare(new CpuDevice(), file, new Shy(), file);
        Assert.True(report.IsEqual);
        Assert.True(report.IsDisturbed);
        Assert.False(report.Layers.Single(layer => layer.Name == "inner").IsEqual);
        Assert.True(report.Layers.Single(layer => layer.IsOutput).IsEqual);
    }

    private static SimEval.Metrics.Layers.LayerReport Compare(
        ITensorDevice device,
        ModelFile file,
        ITensorDevice otherDevice,
        ModelFile other
    )
    {
        using var comparison = ModelComparison.Open((file, device), (other, otherDevice), new ModelOptions());
        var inputs = new RandomInputs(comparison.Reference.Signature, 1);
        for (var frame = 0; frame < 50; frame++)
            comparison.Add(inputs.Frame(frame));
        return comparison.Report();
    }

    /// <summary>Gives other numbers when it is looked into.</summary>
    private sealed class Shy : ITensorDevice
    {
        private readonly CpuDevice cpu = new();

        public string DeviceClass => "shy";

        public bool ObservationMayChange => true;

        public ITensorModel Open(ModelFile file, ModelOptions options, IReadOnlyCollection<string>? values = null)
        {
            var opened = cpu.Open(file, options, values);
            return values is { Count: > 0 } ? new Changed(opened) : opened;
        }

        private sealed class Changed(ITensorModel model) : ITensorModel
        {
            public ModelSignature Signature => model.Signature;

            public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs) =>
                model.Run(inputs).ToDictionary(pair => pair.Key, pair => Doubled(pair.Value));

            public void Dispose() => model.Dispose();

            private static Tensor Doubled(Tensor tensor) =>
                Tensor.Of([.. tensor.Dims], [.. tensor.Span<float>().ToArray().Select(value => 2 * value - 1)]);
        }
    }
}
