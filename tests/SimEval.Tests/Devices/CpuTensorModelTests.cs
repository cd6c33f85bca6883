using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Tests.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Devices;

public sealed class CpuTensorModelTests
{
    private static readonly CpuDevice Device = new();

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Int8)]
    [InlineData(ElementType.Int16)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.UInt16)]
    [InlineData(ElementType.UInt32)]
    [InlineData(ElementType.UInt64)]
    [InlineData(ElementType.Bool)]
    public void Tensors_of_every_type_pass_through_unchanged(ElementType type)
    {
        using var model = Open(Reshape(type, 14));
        var bytes = Enumerable.Range(0, 6 * type.Bits() / 8).Select(i => (byte)(i & 1)).ToArray();
        var output = Run(model, ("x", new Tensor(type, [2, 3], bytes)))["y"];
        Assert.Equal($"{type.Name()}[3,2]", output.ToString());
        Assert.Equal(bytes, output.Data.ToArray());
    }

    [Theory]
    [InlineData(ElementType.Int4)]
    [InlineData(ElementType.UInt4)]
    public void Four_bit_integers_go_in_and_out_packed(ElementType type)
    {
        var bytes = new OnnxBuilder("nibbles", 21)
            .Input("x", ["3"], (int)type)
            .Input("zero", [], (int)type)
            .Constant("scale", [], [0.5f])
            .Node("DequantizeLinear", ["x", "scale"], ["numbers"])
            .Node("QuantizeLinear", ["numbers", "scale", "zero"], ["y"])
            .Output("numbers", ["3"])
            .Output("y", ["3"], (int)type)
            .ToBytes();
        using var model = Open(bytes);
        var nibbles = new byte[] { 0x21, 0x0F };
        var outputs = Run(
            model,
            ("x", new Tensor(type, [3], nibbles)),
            ("zero", new Tensor(type, [], new byte[] { 0 }))
        );
        Assert.Equal([0.5f, 1, type == ElementType.Int4 ? -0.5f : 7.5f], outputs["numbers"].Span<float>().ToArray());
        Assert.Equal(nibbles, outputs["y"].Data.ToArray());
    }

    [Fact]
    public void Text_passes_through()
    {
        using var model = Open(Reshape(ElementType.Text, 14));
        string[] words = ["", "grüße", "🚗", "d", "e", "f"];
        Assert.Equal(words, Run(model, ("x", new Tensor([2, 3], words)))["y"].Texts);
    }

    [Fact]
    public void Axes_that_are_free_take_any_size_zero_too()
    {
        var bytes = new OnnxBuilder("double")
            .Input("x", ["n", "m"])
            .Node("Add", ["x", "x"], ["y"])
            .Output("y", ["n", "m"])
            .ToBytes();
        using var model = Open(bytes);
        Assert.Equal([2f, 4, 6], Run(model, ("x", Tensor.Of([1, 3], [1f, 2, 3])))["y"].Span<float>().ToArray());
        Assert.Equal([0, 5], Run(model, ("x", Tensor.Of([0, 5], ReadOnlySpan<float>.Empty)))["y"].Dims);
    }

    [Fact]
    public void Values_inside_the_graph_are_given_on_request()
    {
        using var model = Open(TwoSteps(), "sum", "x");
        var all = Run(model, ("x", Tensor.Of([1, 2], [1f, -3])));
        Assert.Equal([2f, -6], all["sum"].Span<float>().ToArray());
        Assert.Equal([2f, 0], all["y"].Span<float>().ToArray());
        Assert.Equal([1f, -3], all["x"].Span<float>().ToArray());
        Assert.Equal(["y"], model.Signature.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Asking_for_what_comes_back_of_quantization_leaves_the_outputs_bit_for_bit()
    {
        var bytes = Quantized();
        using var plain = Open(bytes);
        using var asked = Open(bytes, "hidden_dequantized");
        var draws = new Random(3);
        float[] row = [.. Enumerable.Range(0, 64 * 32).Select(_ => draws.NextSingle() * 4 - 2)];
        var x = ("x", Tensor.Of([64, 32], row));
        Assert.Equal(Run(plain, x)["y"].Data.ToArray(), Run(asked, x)["y"].Data.ToArray());
    }

    [Fact]
    public void A_value_that_is_not_there_is_refused_with_the_nearest()
    {
        var refused = Assert.Throws<ModelException>(() => Open(TwoSteps(), "sun"));
        Assert.Contains("did you mean 'sum'?", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_it_runs()
    {
        using var model = Open(TwoSteps());
        Assert.Contains("is given nothing", Refusal(model), StringComparison.Ordinal);
        Assert.Contains("another shape", Refusal(model, ("x", Tensor.Of([2], [1f, 2]))), StringComparison.Ordinal);
        Assert.Contains(
            "another element type",
            Refusal(model, ("x", Tensor.Of([1, 2], [1L, 2]))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no input 'xx'; did you mean 'x'?",
            Refusal(model, ("x", Tensor.Of([1, 2], [1f, 2])), ("xx", Tensor.Of([1], [1f]))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_operator_that_nobody_has_is_lacking_and_a_wrong_graph_is_unreadable()
    {
        var lacking = Assert.Throws<ModelException>(() => Open(One("Levitate", ["x"])));
        Assert.Equal(ModelFault.Unsupported, lacking.Fault);
        Assert.Contains("Levitate", lacking.Message, StringComparison.Ordinal);
        var wrong = Assert.Throws<ModelException>(() => Open(One("Add", ["x", "nowhere"])));
        Assert.Equal(ModelFault.Unreadable, wrong.Fault);
        Assert.Equal(ModelFault.Unreadable, Assert.Throws<ModelException>(() => Open([1, 2, 3])).Fault);
    }

    [Fact]
    public void A_loop_without_end_is_ended()
    {
        var body = new OnnxBuilder("body")
            .Input("i", [], 7)
            .Input("go", [], 9)
            .Input("v", ["1"])
            .Node("Identity", ["go"], ["again"])
            .Node("Neg", ["v"], ["w"])
            .Output("again", [], 9)
            .Output("w", ["1"]);
        var bytes = new OnnxBuilder("loop")
            .Input("go", [], 9)
            .Input("x", ["1"])
            .Node("Loop", ["", "go", "x"], ["y"], ("body", body))
            .Output("y", ["1"])
            .ToBytes();
        using var model = Device.Open(
            new ModelFile("", bytes),
            new ModelOptions { RunTime = TimeSpan.FromMilliseconds(50) }
        );
        var ended = Assert.Throws<ModelException>(() =>
            Run(model, ("go", new Tensor(ElementType.Bool, [], new byte[] { 1 })), ("x", Tensor.Of([1], [1f])))
        );
        Assert.Contains("had not ended after", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_beside_the_model_are_read_and_their_absence_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("simeval-external-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.onnx");
            var bytes = WithWeightsIn("weights.bin");
            File.WriteAllBytes(path, bytes);
            var missing = Assert.Throws<ModelException>(() =>
                Device.Open(new ModelFile(path, bytes), new ModelOptions())
            );
            Assert.Contains("weights.bin", missing.Message, StringComparison.Ordinal);
            File.WriteAllBytes(Path.Combine(folder.FullName, "weights.bin"), [0, 0, 128, 63, 0, 0, 0, 64]);
            using var model = Device.Open(new ModelFile(path, bytes), new ModelOptions());
            Assert.Equal([4f, 6], Run(model, ("x", Tensor.Of([2], [3f, 4])))["y"].Span<float>().ToArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.Int16)]
    [InlineData(ElementType.UInt16)]
    [InlineData(ElementType.UInt32)]
    [InlineData(ElementType.UInt64)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.Bool)]
    public void The_closed_loop_feeds_and_reads_every_numeric_type(ElementType type)
    {
        var bytes = new OnnxBuilder("same")
            .Input("x", ["n", "3"], (int)type)
            .Node("Identity", ["x"], ["y"])
            .Output("y", ["n", "3"], (int)type)
            .ToBytes();
        using var model = Device.Load(bytes, new ModelOptions());
        var request = new BindingRequest
        {
            Observation = [new TensorSpec("x", [3], "")],
            Action = new TensorSpec("y", [3], ""),
        };
        var errors = new List<BindingError>();
        var binding = ModelBinder.Bind(model.Signature, request, errors);
        Assert.True(binding is not null, string.Join("; ", errors));
        using var session = model.Bind(binding, 4).CreateSession(2);
        float[] row = [0, 1, type == ElementType.Bool ? 1 : 200];
        row.CopyTo(session.Input(0, 1));
        Assert.Equal(0, session.Run([1]));
        Assert.Equal(row, session.Output(1).ToArray());
    }

    private static ITensorModel Open(byte[] bytes, params string[] values) =>
        Device.Open(new ModelFile("", bytes), new ModelOptions(), values);

    private static IReadOnlyDictionary<string, Tensor> Run(
        ITensorModel model,
        params (string Name, Tensor Tensor)[] inputs
    ) => model.Run(inputs.ToDictionary(input => input.Name, input => input.Tensor));

    private static string Refusal(ITensorModel model, params (string Name, Tensor Tensor)[] inputs) =>
        Assert.Throws<ModelException>(() => Run(model, inputs)).Message;

    private static byte[] Reshape(ElementType type, int opset) =>
        new OnnxBuilder("reshape", opset)
            .Input("x", ["2", "3"], (int)type)
            .Constant("shape", [2], [3L, 2])
            .Node("Reshape", ["x", "shape"], ["y"])
            .Output("y", ["3", "2"], (int)type)
            .ToBytes();

    // Protobuf merges what is appended: the constant comes as a field of the graph.
    private static byte[] WithWeightsIn(string file)
    {
        var sum = new OnnxBuilder("sum").Input("x", ["2"]).Node("Add", ["x", "w"], ["y"]).Output("y", ["2"]);
        var tensor = new WireBytes().Packed(1, 2).Number(2, (int)ElementType.Float32).Text(8, "w").Number(14, 1);
        tensor.Message(13, new WireBytes().Text(1, "location").Text(2, file));
        return [.. sum.ToBytes(), .. new WireBytes().Message(7, new WireBytes().Message(5, tensor)).ToArray()];
    }

    // u8 activations and s8 weights around one MatMul, as a quantizer writes it.
    private static byte[] Quantized()
    {
        var bytes = new OnnxBuilder("quantized", 13)
            .Input("x", ["n", "32"])
            .Constant("scale", [], [4f / 255])
            .Constant("w_scale", [], [1f / 127])
            .Constant("y_scale", [], [24f / 255])
            .Constant("zero", [], [0f])
            .Constant("w", [0], ReadOnlySpan<float>.Empty)
            .Node("QuantizeLinear", ["x", "scale", "zero"], ["x_quantized"])
            .Node("DequantizeLinear", ["x_quantized", "scale", "zero"], ["x_dequantized"])
            .Node("DequantizeLinear", ["w", "w_scale"], ["w_dequantized"])
            .Node("MatMul", ["x_dequantized", "w_dequantized"], ["hidden"])
            .Node("QuantizeLinear", ["hidden", "y_scale", "zero"], ["hidden_quantized"])
            .Node("DequantizeLinear", ["hidden_quantized", "y_scale", "zero"], ["hidden_dequantized"])
            .Node("Relu", ["hidden_dequantized"], ["y"])
            .Output("y", ["n", "16"])
            .ToBytes();
        var model = OnnxReader.Read(bytes);
        var draws = new Random(5);
        sbyte[] weights = [.. Enumerable.Range(0, 32 * 16).Select(_ => (sbyte)draws.Next(-127, 128))];
        // The builder writes floats; these two are given their types here.
        var constants = model
            .Graph.Initializers.SetItem("zero", new Tensor(ElementType.UInt8, [], new byte[] { 128 }))
            .SetItem("w", Tensor.Of<sbyte>(ElementType.Int8, [32, 16], weights));
        return OnnxWriter.Write(
            model with
            {
                Graph = model.Graph with { Initializers = constants, Types = model.Graph.Types.Clear() },
            }
        );
    }

    private static byte[] TwoSteps() =>
        new OnnxBuilder("steps")
            .Input("x", ["n", "2"])
            .Node("Add", ["x", "x"], ["sum"])
            .Node("Relu", ["sum"], ["y"])
            .Output("y", ["n", "2"])
            .ToBytes();

    private static byte[] One(string operation, string[] inputs) =>
        new OnnxBuilder("one").Input("x", ["2"]).Node(operation, inputs, ["y"]).Output("y", ["2"]).ToBytes();
}
