using System.Globalization;
using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using Xunit;

namespace SimEval.Tests.Devices;

/// <summary>Models that nobody on this project made, against what their makers' own runs gave.</summary>
public class RealModelsTests
{
    [SharedDataTheory]
    [InlineData("playground_go1/go1_policy.onnx", "playground_go1/go1_vx0.5_20s_io.csv", 48, 12)]
    [InlineData("playground_g1/g1_policy.onnx", "playground_g1/g1_vx0.5_20s_io.csv", 103, 29)]
    public void A_robot_policy_gives_its_recorded_actions(string file, string table, int observed, int acted)
    {
        using var model = new CpuDevice().Load(SharedData.Read($"robots/{file}"), new ModelOptions());
        var binding = Bind(
            model.Signature,
            new BindingRequest
            {
                Observation = [new TensorSpec("observation", [observed], "")],
                Action = new TensorSpec("action", [acted], ""),
            }
        );
        var bound = model.Bind(binding, 16);
        using var session = bound.CreateSession(4);
        foreach (var line in File.ReadLines(SharedData.PathOf($"robots/{table}")).Take(200))
        {
            var cells = line.Split(',').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
            cells.AsSpan(^(observed + acted)..^acted).CopyTo(session.Input(0, 2));
            Assert.Equal(0, session.Run([2]));
            for (var i = 0; i < acted; i++)
                Assert.Equal(cells[^(acted - i)], session.Output(2)[i], 1e-3f);
        }
    }

    [SharedDataTheory]
    [InlineData("silero_vad_op18_ifless.onnx")]
    [InlineData("silero_vad_openvino_16k.onnx")]
    public void A_streaming_voice_detector_gives_its_reference_probabilities(string file)
    {
        using var model = new CpuDevice().Load(SharedData.Read($"speech/silero_vad/{file}"), new ModelOptions());
        var binding = Bind(
            model.Signature,
            new BindingRequest
            {
                Observation = [new TensorSpec("input", [576], "")],
                Action = new TensorSpec("output", [1], ""),
                States = [new StateNames("state", "stateN")],
                Constants = model.Signature.Inputs.Any(input => input.Name == "sr")
                    ? new Dictionary<string, IReadOnlyList<double>> { ["sr"] = [16000] }
                    : new Dictionary<string, IReadOnlyList<double>>(),
            }
        );
        var bound = model.Bind(binding, 8);
        using var session = bound.CreateSession(3);
        var samples = Samples("speech/silero_vad/test.wav");
        float[] expected = [0.20834f, 0.81794f, 0.89120f, 0.99636f];
        for (var chunk = 0; chunk < expected.Length; chunk++)
        {
            for (var i = 0; i < 576; i++)
            {
                var at = chunk * 512 - 64 + i;
                session.Input(0, 1)[i] = at < 0 ? 0 : samples[at] / 32768f;
            }

            Assert.Equal(0, session.Run([1]));
            Assert.Equal(expected[chunk], session.Output(1)[0], 2e-3f);
        }
    }

    private static ModelBinding Bind(ModelSignature signature, BindingRequest request)
    {
        var errors = new List<BindingError>();
        var binding = ModelBinder.Bind(signature, request, errors);
        Assert.Empty(errors);
        return binding!;
    }

    private static short[] Samples(string path)
    {
        var bytes = SharedData.Read(path);
        var data = bytes.AsSpan().IndexOf("data"u8) + 8;
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(bytes.AsSpan(data)).ToArray();
    }
}
