using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Devices.Tensors;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Passes;
using Xunit;

namespace SimEval.Tests.Models.Passes;

/// <summary>Models before and after passes, on ONNX Runtime.</summary>
internal static class PassBench
{
    private static readonly CpuDevice Device = new();

    public static OnnxModel Read(OnnxBuilder model) => OnnxReader.Read(model.ToBytes());

    /// <summary>The model after these passes, or after all.</summary>
    public static OnnxModel Passed(OnnxModel model, params string[] passes) =>
        PassPipeline
            .Run(model, [.. GraphPass.All.Where(pass => passes.Length == 0 || passes.Contains(pass.Name))])
            .Model;

    public static IReadOnlyList<string> Operators(OnnxModel model) =>
        [.. model.Graph.Nodes.Select(node => node.Operator)];

    public static ITensorModel Open(OnnxModel model) =>
        Device.Open(new ModelFile("", OnnxWriter.Write(model)), new ModelOptions());

    /// <summary>All outputs agree: bits where the relative tolerance is 0, else |a - e| up to it times the largest |e|.</summary>
    public static void Same(
        OnnxModel before,
        OnnxModel after,
        IReadOnlyDictionary<string, Tensor> inputs,
        double relative
    )
    {
        using var first = Open(before);
        using var second = Open(after);
        var (expected, actual) = (first.Run(inputs), second.Run(inputs));
        foreach (var (name, wanted) in expected)
        {
            Assert.Equal(wanted.ToString(), actual[name].ToString());
            if (relative == 0)
                Assert.Equal(wanted.Data.ToArray(), actual[name].Data.ToArray());
            else
            {
                var numbers = TensorNumbers.Read(wanted);
                var scale = numbers.Select(Math.Abs).Append(1e-3).Max();
                Assert.All(
                    numbers.Zip(TensorNumbers.Read(actual[name])),
                    pair => Assert.InRange(pair.Second, pair.First - relative * scale, pair.First + relative * scale)
                );
            }
        }
    }

    public static Dictionary<string, Tensor> Random(OnnxModel model, int seed)
    {
        var random = new Random(seed);
        return model.Graph.Inputs.ToDictionary(
            input => input.Name,
            input => Normal(random, [.. input.Type.Shape!.Select(size => size.IsKnown ? size.Size : 3)])
        );
    }

    public static Tensor Normal(Random random, long[] dims) =>
        Tensor.Of(
            dims,
            [
                .. Enumerable
                    .Range(0, (int)dims.Aggregate(1L, (product, size) => product * size))
                    .Select(_ => (float)(random.NextDouble() * 4 - 2)),
            ]
        );

    public static float[] Numbers(int seed, int count, float least = -1, float most = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => least + (most - least) * random.NextSingle())];
    }
}
