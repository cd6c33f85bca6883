using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Devices.Cpu;
using SimEval.Devices.Torch;
using SimEval.Engine.Comparison;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Compression;
using SimEval.Models.Costs;
using SimEval.Models.Onnx;
using SimEval.Models.Passes;
using SimEval.Models.Shapes;
using SimEval.Tests.Cli;
using SimEval.Tests.Devices.Asic;
using Xunit;

namespace SimEval.Tests.Models.Onnx;

/// <summary>Sound files with bytes changed, cut and repeated: everything that reads one ends with a result or a message.</summary>
public class OnnxFuzzTests
{
    [Fact]
    public void A_damaged_model_is_read_or_refused() => Fuzz(HostileModels.Good(), 800, Everything);

    [Fact]
    public void A_damaged_quantized_model_is_read_or_refused() => Fuzz(Quantized(), 800, Everything);

    private static byte[] Quantized()
    {
        var builder = new QdqBuilder(3);
        var x = builder.Quantized(builder.Input("x", -1, 6), 0.05f, 120);
        var w = builder.Weights("w", [6, 8], 1, 0.02f);
        builder.Output(builder.Quantized(builder.Node("MatMul", [x, w], "p"), 0.1f, 90));
        return builder.Bytes();
    }

    [SharedDataTheory]
    [InlineData("robots/playground_go1/go1_policy.onnx", 10)]
    [InlineData("speech/silero_vad/silero_vad_op18_ifless.onnx", 4)]
    [InlineData("speech/gtcrn/gtcrn_simple.onnx", 3)]
    public void A_damaged_real_model_is_read_or_refused(string path, int rounds) =>
        Fuzz(SharedData.Read(path), rounds, Everything);

    [Fact]
    public void A_damaged_model_is_run_or_refused_by_every_device()
    {
        ITensorDevice[] devices =
        [
            new CpuDevice(),
            new AsicDevice(BoardLibrary.Get("g3")),
            .. TorchDevice.IsInstalled ? (ITensorDevice[])[new TorchDevice()] : [],
        ];
        foreach (var device in devices)
            Fuzz(HostileModels.Good(), 120, bytes => Run(device, bytes));
        foreach (var device in devices)
            Fuzz(Quantized(), 120, bytes => Run(device, bytes));
    }

    private static void Run(ITensorDevice device, byte[] bytes)
    {
        using var model = device.Open(new ModelFile("", bytes), new ModelOptions());
        model.Run(RandomInputs.For(model, 1).Frame(0));
    }

    private static void Fuzz(byte[] sound, int rounds, Action<byte[]> act)
    {
        var random = new Random(sound.Length);
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        var (read, refused) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var bytes = Damaged(sound, random);
            try
            {
                act(bytes);
                read++;
            }
            catch (Exception e)
                when (e is OnnxFormatException or CompressionException or CompileException or ModelException)
            {
                refused++;
            }
            catch (Exception e)
            {
                wrong.Add(
                    $"{e.GetType().Name} {e.Message} {string.Join(" < ", (e.StackTrace ?? "").Split('\n').Take(3))}"
                );
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(read + refused == rounds, $"{read} read, {refused} refused");
    }

    private static void Everything(byte[] bytes)
    {
        OnnxSummary.Read(bytes);
        var model = OnnxReader.Read(bytes);
        ShapeInference.Analyse(model);
        ModelCost.Of(model, 2);
        PassPipeline.Run(model, GraphPass.All);
        OnnxReader.Read(OnnxWriter.Write(model));
        Refusable(() => Preparation.Prepare(model));
        Refusable(() => WeightOnly.Int4(model, 32));
        Refusable(() => Pruner.Prune(model, new PruningPattern.Magnitude(0.5), new HashSet<string>()));
        var board = BoardLibrary.Get("g3");
        AsicCompiler.Schedule(AsicCompiler.Compile(model, board), board, 1);
    }

    private static void Refusable(Action act)
    {
        try
        {
            act();
        }
        catch (CompressionException)
        {
            // What comes after it is looked at all the same.
        }
    }

    private static byte[] Damaged(byte[] sound, Random random)
    {
        var bytes = sound.ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
            bytes[At()] = random.Next(3) switch
            {
                0 => (byte)(bytes[At()] ^ (1 << random.Next(8))),
                1 => (byte)random.Next(256),
                _ => (byte)(random.Next(2) * 255),
            };
        return random.Next(8) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes[..At()], .. bytes[At()..]],
            _ => bytes,
        };

        // Names, attributes and sizes rather than weights: those of small files, and the ends of large ones.
        int At() =>
            bytes.Length < 4096 || random.Next(4) == 0 ? random.Next(bytes.Length)
            : random.Next(2) == 0 ? random.Next(2048)
            : bytes.Length - 1 - random.Next(2048);
    }
}
