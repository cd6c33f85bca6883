using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Devices.Torch;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Devices.Torch;

public class LoweringTests
{
    private static readonly Philox Draws = new(5);

    [TorchFact]
    public void A_network_gives_what_the_cpu_device_gives_in_every_batch_that_the_probe_allows()
    {
        var bytes = new OnnxBuilder("mlp")
            .Input("observation", ["batch", "12"])
            .Output("action", ["batch", "3"])
            .Constant("w0", [12, 40], Values(480))
            .Constant("b0", [40], Values(40))
            .Constant("w1", [40, 3], Values(120))
            .Node("Gemm", ["observation", "w0", "b0"], ["h"])
            .Node("Tanh", ["h"], ["t"])
            .Node("MatMul", ["t", "w1"], ["action"])
            .ToBytes();
        using var bench = new TorchBench(bytes, [12], 3, slots: 20);
        var rows = Values(240);
        for (var slot = 0; slot < 20; slot++)
            rows.AsSpan(slot * 12, 12).CopyTo(bench.Session.Input(0, slot));
        Assert.Equal(0, bench.Session.Run(20));
        var expected = Run(new CpuDevice(), bytes, Tensor.Of([20, 12], rows.AsSpan()))["action"]
            .Span<float>()
            .ToArray();
        for (var slot = 0; slot < 20; slot++)
        {
            var together = bench.Session.Output(slot).ToArray();
            for (var i = 0; i < 3; i++)
                Assert.Equal(expected[slot * 3 + i], together[i], 1e-5f);
            bench.Session.Run([slot]);
            Assert.Equal(together, bench.Session.Output(slot).ToArray());
        }
    }

    [TorchFact]
    public void A_state_whose_batch_is_not_its_first_axis_is_gathered_and_scattered()
    {
        var bytes = new OnnxBuilder("stacked")
            .Input("observation", ["batch", "3"])
            .Input("h", ["2", "batch", "3"])
            .Output("action", ["batch", "3"])
            .Output("hNext", ["2", "batch", "3"])
            .Constant("one", [], [1L])
            .Node("Add", ["h", "observation"], ["hNext"])
            .Node("Gather", ["hNext", "one"], ["action"], ("axis", 0L))
            .ToBytes();
        using var bench = new TorchBench(bytes, [3], 3, slots: 4, states: [new("h", "hNext")]);
        for (var slot = 0; slot < 4; slot++)
            bench.Session.Input(0, slot).Fill(slot + 1);
        bench.Session.Run(4);
        bench.Session.Run([3, 1]);
        Assert.Equal([1f, 4, 3, 8], Enumerable.Range(0, 4).Select(slot => bench.Session.Output(slot)[2]));
    }

    [TorchFact]
    public void One_failing_frame_fails_its_slot_only()
    {
        var bytes = new OnnxBuilder("lookup")
            .Input("observation", ["batch", "1"], 7)
            .Output("action", ["batch", "1"])
            .Constant("rows", [5], [0f, 1, 2, 3, 4])
            .Node("Gather", ["rows", "observation"], ["action"])
            .ToBytes();
        using var bench = new TorchBench(bytes, [1], 1, slots: 4);
        for (var slot = 0; slot < 4; slot++)
            bench.Session.Input(0, slot)[0] = slot == 2 ? 50 : slot;
        Assert.Equal(1, bench.Session.Run(4));
        Assert.Contains("index", bench.Session.Fault(2), StringComparison.Ordinal);
        Assert.Equal(3, bench.Session.Output(3)[0]);
    }

    [TorchFact]
    public void An_operator_that_is_not_lowered_is_named()
    {
        var bytes = new OnnxBuilder("odd")
            .Input("x", ["batch", "1"])
            .Output("y", ["batch", "1"])
            .Node("NonMaxSuppression", ["x"], ["y"])
            .ToBytes();
        var fault = Assert.Throws<ModelException>(() => new TorchDevice().Load(bytes, new ModelOptions()));
        Assert.Equal(ModelFault.Unsupported, fault.Fault);
        Assert.Equal("op not lowered to torch: NonMaxSuppression", fault.Message);
    }

    [TorchFact]
    public void Without_a_gpu_cuda_says_what_is_missing()
    {
        var bytes = new OnnxBuilder("identity")
            .Input("x", ["1"])
            .Output("y", ["1"])
            .Node("Identity", ["x"], ["y"])
            .ToBytes();
        try
        {
            using var model = new TorchDevice(TorchDevice.Cuda).Load(bytes, new ModelOptions());
        }
        catch (ModelException fault)
        {
            Assert.Equal(ModelFault.RuntimeMissing, fault.Fault);
            Assert.Contains("CUDA", fault.Message, StringComparison.Ordinal);
        }
    }

    [TorchFact]
    public void A_session_goes_on_when_its_model_has_been_disposed()
    {
        var bytes = new OnnxBuilder("neg")
            .Input("x", ["batch", "1"])
            .Output("y", ["batch", "1"])
            .Node("Neg", ["x"], ["y"]);
        using var bench = new TorchBench(bytes.ToBytes(), [1], 1, slots: 4);
        bench.Dispose(sessionToo: false);
        bench.Session.Input(0, 3)[0] = 2;
        Assert.Equal(0, bench.Session.Run([3, 1, 2]));
        Assert.Equal(-2, bench.Session.Output(3)[0]);
    }

    [TorchFact]
    public void Values_inside_the_graph_are_given_when_asked_for()
    {
        var bytes = new OnnxBuilder("inner")
            .Input("x", ["2"])
            .Output("y", ["2"])
            .Node("Neg", ["x"], ["inside"])
            .Node("Exp", ["inside"], ["y"])
            .ToBytes();
        using var model = new TorchDevice().Open(new ModelFile("", bytes), new ModelOptions(), ["inside"]);
        var given = model.Run(new Dictionary<string, Tensor> { ["x"] = Tensor.Of([2], [1f, -2]) });
        Assert.Equal([-1f, 2], given["inside"].Span<float>().ToArray());
        Assert.Equal(MathF.Exp(2), given["y"].Span<float>()[1], 1e-5f);
    }

    [TorchTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Passes_before_lowering_keep_what_is_given_and_what_is_asked_for(bool isAsked)
    {
        var bytes = new OnnxBuilder("normalised", 20)
            .Input("observation", ["batch", "6"])
            .Output("y", ["batch", "5"])
            .Constant("w", [6, 5], Values(30))
            .Constant("bias", [5], Values(5))
            .Constant("scale", [5], [1f, 0.5f, 2, -1, 0.25f])
            .Constant("variance", [5], [1f, 0.5f, 2, 1, 0.25f])
            .Constant("root", [], [1.4142135f])
            .Constant("one", [], [1f])
            .Constant("half", [], [0.5f])
            .Node("Gemm", ["observation", "w"], ["product"])
            .Node("BatchNormalization", ["product", "scale", "bias", "bias", "variance"], ["normal"])
            .Node("Div", ["normal", "root"], ["scaled"])
            .Node("Erf", ["scaled"], ["erf"])
            .Node("Add", ["erf", "one"], ["gate"])
            .Node("Mul", ["normal", "gate"], ["gated"])
            .Node("Mul", ["gated", "half"], ["y"])
            .ToBytes();
        string[] asked = isAsked ? ["product", "gate"] : [];
        var inputs = new Dictionary<string, Tensor> { ["observation"] = Tensor.Of([3, 6], Values(18).AsSpan()) };
        using var cpu = new CpuDevice().Open(new ModelFile("", bytes), new ModelOptions(), asked);
        using var torch = new TorchDevice().Open(new ModelFile("", bytes), new ModelOptions(), asked);
        var (expected, given) = (cpu.Run(inputs), torch.Run(inputs));
        Assert.Equal(1 + asked.Length, given.Count);
        foreach (var (name, wanted) in expected)
        {
            Assert.Equal(wanted.Dims, given[name].Dims);
            for (var i = 0; i < wanted.Count; i++)
                Assert.Equal(wanted.Span<float>()[i], given[name].Span<float>()[i], 1e-5f);
        }
    }

    [TorchTheory(sharedData: true)]
    [InlineData("robots/playground_go1/go1_policy.onnx")]
    [InlineData("robots/playground_g1/g1_policy.onnx")]
    [InlineData("speech/silero_vad/silero_vad_op18_ifless.onnx")]
    [InlineData("speech/silero_vad/silero_vad_openvino_16k.onnx")]
    [InlineData("speech/gtcrn/gtcrn_simple.onnx")]
    public void A_real_model_gives_what_the_cpu_device_gives(string file)
    {
        var bytes = SharedData.Read(file);
        using var cpu = new CpuDevice().Open(new ModelFile("", bytes), new ModelOptions());
        using var torch = new TorchDevice().Open(new ModelFile("", bytes), new ModelOptions());
        var inputs = cpu.Signature.Inputs.ToDictionary(input => input.Name, Input);
        var expected = cpu.Run(inputs);
        var given = torch.Run(inputs);
        foreach (var (name, wanted) in expected)
        {
            Assert.Equal(wanted.Dims, given[name].Dims);
            var (a, b) = (wanted.Span<float>().ToArray(), given[name].Span<float>().ToArray());
            for (var i = 0; i < a.Length; i++)
                Assert.True(
                    MathF.Abs(a[i] - b[i]) <= 1e-4f + 1e-3f * MathF.Abs(a[i]),
                    $"{name}[{i}]: {b[i]}, cpu {a[i]}"
                );
        }
    }

    private static Tensor Input(ModelTensor input)
    {
        var dims = input.Dims.Select(size => size < 0 ? 1L : size).ToArray();
        if (input.Name == "input" && input.Dims is [_, < 0])
            dims[1] = 576;
        return input.Type == ElementType.Int64
            ? Tensor.Of([], [16000L])
            : Tensor.Of(dims, Values((int)dims.Aggregate(1L, (size, next) => size * next)).AsSpan());
    }

    private static float[] Values(int count) =>
        [.. Enumerable.Range(0, count).Select(i => (float)Draws.Normal((ulong)i) * 0.3f)];

    private static IReadOnlyDictionary<string, Tensor> Run(ITensorDevice device, byte[] bytes, Tensor observation)
    {
        using var model = device.Open(new ModelFile("", bytes), new ModelOptions());
        return model.Run(new Dictionary<string, Tensor> { ["observation"] = observation });
    }
}
