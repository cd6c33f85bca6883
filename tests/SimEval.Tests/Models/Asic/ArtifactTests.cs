using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Devices.Cpu;
using SimEval.Models.Asic.Artifacts;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Graphs;
using SimEval.Scenarios.Numerics;
using SimEval.Tests.Devices.Asic;
using Xunit;

namespace SimEval.Tests.Models.Asic;

public class ArtifactTests
{
    private static readonly Lazy<byte[]> File = new(() =>
        AsicLoading
            .Load(new ModelFile("tiny.onnx", Tiny().Bytes()), BoardLibrary.Get("g1"), new ModelOptions())
            .ToBytes()
    );

    [Fact]
    public void What_is_written_is_read_again()
    {
        var artifact = Artifact.Read(File.Value);
        Assert.Equal("g1", artifact.Board);
        Assert.Equal("tiny.onnx", artifact.Origin["model"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Tiny().Bytes())), artifact.Origin["model.sha256"]);
        Assert.Equal(File.Value, artifact.ToBytes());
        Assert.Equal(ArtifactContainer.HashOf(File.Value), artifact.Hash);
    }

    [Fact]
    public void It_runs_as_the_model_it_was_made_from()
    {
        var device = new AsicDevice(BoardLibrary.Get("g1"));
        using var compiled = device.Open(new ModelFile("", Tiny().Bytes()), new ModelOptions());
        using var read = device.Open(new ModelFile("", File.Value), new ModelOptions());
        var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.Of([2, 3], [1f, -2, 0.5f, 3, 0, -0.25f]) };
        var (expected, actual) = (compiled.Run(inputs), read.Run(inputs));
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, pair => Assert.Equal(pair.Value.Data.ToArray(), actual[pair.Key].Data.ToArray()));
    }

    [Fact]
    public void The_processor_refuses_it_and_names_its_board()
    {
        var refusal = Assert.Throws<ModelException>(() => new CpuDevice().Load(File.Value, new ModelOptions()));
        Assert.Equal(ModelFault.Unsupported, refusal.Fault);
        Assert.Contains("name asic/g1 as the device", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_any_byte_is_found()
    {
        for (var i = 0; i < File.Value.Length; i++)
        {
            byte[] damaged = [.. File.Value];
            damaged[i] ^= 0x10;
            Assert.Throws<ArtifactException>(() => Artifact.Read(damaged));
        }
    }

    [Fact]
    public void A_file_of_any_shorter_length_is_refused()
    {
        for (var length = 0; length < File.Value.Length; length += 7)
            Assert.Throws<ArtifactException>(() => Artifact.Read(File.Value.AsMemory(0, length)));
        Assert.Throws<ArtifactException>(() => Artifact.Read(new byte[File.Value.Length + 1]));
    }

    [Theory]
    [InlineData(12, 0xFFFFFFFFu, "4294967295 sections, where at most 64 are possible")]
    [InlineData(8, 7u, "version 7 of the format; this SimEval reads version 1")]
    [InlineData(32, 0xFFFFFFF0u, "section 'program' is said to lie at 4294967280")]
    [InlineData(40, 0x7FFFFFFFu, "with 2147483647 bytes")]
    public void Sizes_that_cannot_be_are_refused_before_they_are_used(int at, uint value, string message)
    {
        byte[] damaged = [.. File.Value];
        BinaryPrimitives.WriteUInt32LittleEndian(damaged.AsSpan(at), value);
        Rehash(damaged);
        Assert.Contains(
            message,
            Assert.Throws<ArtifactException>(() => Artifact.Read(damaged)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("\"opset\": 17", "\"opset\": -1", "program.opset is -1")]
    [InlineData("\"operator\": \"asic.Table\"", "\"operator\": \"asic.Tablet\"", "there is no operator 'asic.Tablet'")]
    [InlineData("\"type\": \"int8\"", "\"type\": \"int9\"", "'int9', which is no element type of a board")]
    [InlineData("\"board\": \"g1\",", "", "program.board is missing")]
    [InlineData("\"offset\": 0,", "\"offset\": 99999999,", "do not lie in section 'constants'")]
    [InlineData("\"inputs\": [", "\"inputs\": [ 5,", "is Number, where Object is expected")]
    public void A_program_that_misfits_names_the_place(string right, string wrong, string message)
    {
        var sections = ArtifactContainer.Read(File.Value);
        var program = Encoding.UTF8.GetString(sections["program"].Span);
        Assert.Contains(right, program, StringComparison.Ordinal);
        var at = program.IndexOf(right, StringComparison.Ordinal);
        var changed = string.Concat(program.AsSpan(0, at), wrong, program.AsSpan(at + right.Length));
        var bytes = ArtifactContainer.Write([
            ("program", Encoding.UTF8.GetBytes(changed)),
            ("constants", sections["constants"].ToArray()),
        ]);
        Assert.Contains(
            message,
            Assert.Throws<ArtifactException>(() => Artifact.Read(bytes)).Message,
            StringComparison.Ordinal
        );
    }

    // Whoever wrote it: a program of changed characters, under right hashes, runs or is refused in words.
    [Fact]
    public void A_program_changed_anywhere_runs_or_is_refused()
    {
        var draws = new Philox(23);
        var sections = ArtifactContainer.Read(File.Value);
        var device = new AsicDevice(BoardLibrary.Get("g1"));
        var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.Of([1, 3], [1f, -2, 0.5f]) };
        for (var round = 0; round < 600; round++)
        {
            var program = sections["program"].ToArray();
            for (var change = 0; change < 1 + round % 3; change++)
            {
                var at = (int)(draws.Uniform((ulong)(round * 8 + change)) * program.Length);
                program[at] = (byte)"0123456789-[]{},\"axw"[(int)(draws.Uniform((ulong)(round * 8 + change + 4)) * 20)];
            }

            var bytes = ArtifactContainer.Write([("program", program), ("constants", sections["constants"].ToArray())]);
            try
            {
                using var model = device.Open(new ModelFile("", bytes), new ModelOptions());
                model.Run(inputs);
            }
            catch (ModelException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }
    }

    // Sizes and counts that a program states, and names that lead in circles or nowhere, under right hashes.
    [Fact]
    public void A_program_of_extreme_numbers_and_wrong_names_is_refused_before_memory_is_taken()
    {
        var draws = new Philox(29);
        var device = new AsicDevice(BoardLibrary.Get("g2"));
        var file = AsicLoading
            .Load(new ModelFile("", Varied().Bytes()), BoardLibrary.Get("g2"), new ModelOptions())
            .ToBytes();
        var sections = ArtifactContainer.Read(file);
        var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.Of([1, 4, 6, 8], new float[4 * 6 * 8]) };
        var ran = 0;
        for (var round = 0; round < 400; round++)
        {
            var program = JsonNode.Parse(sections["program"].Span)!;
            var leaves = Leaves(program).ToList();
            for (var change = 0; change < 1 + round % 2; change++)
            {
                var leaf = leaves[(int)(draws.Uniform((ulong)(round * 8 + change)) * leaves.Count)];
                var draw = draws.Uniform((ulong)(round * 8 + change + 4));
                if (leaf.GetValueKind() == JsonValueKind.Number)
                    leaf.ReplaceWith(JsonNode.Parse(Extremes[(int)(draw * Extremes.Length)]));
                else
                    leaf.ReplaceWith(leaves[(int)(draw * leaves.Count)].ToString());
            }

            var bytes = ArtifactContainer.Write([
                ("program", Encoding.UTF8.GetBytes(program.ToJsonString())),
                ("constants", sections["constants"].ToArray()),
            ]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var model = device.Open(new ModelFile("", bytes), new ModelOptions());
                model.Run(inputs);
                ran++;
            }
            catch (ModelException refused)
            {
                Assert.NotEmpty(refused.Message);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
        }

        Assert.InRange(ran, 1, 399);
    }

    [Theory]
    [InlineData(30, "\"Expand\"", "at most")]
    [InlineData(1, "\"MatMul\"", "at most")]
    public void A_small_file_of_large_values_is_refused_before_they_are_made(
        int times,
        string operation,
        string message
    )
    {
        var steps = Enumerable
            .Range(0, times)
            .Select(i =>
                operation == "\"Expand\""
                    ? $$"""{ "operator": "Expand", "inputs": ["x", "large"], "outputs": ["y{{i}}"] }"""
                    : """
                        { "operator": "ConstantOfShape", "inputs": ["large"], "outputs": ["a"] },
                        { "operator": "MatMul", "inputs": ["a", "a"], "outputs": ["b"] },
                        { "operator": "MatMul", "inputs": ["a", "b"], "outputs": ["c"] },
                        { "operator": "MatMul", "inputs": ["a", "c"], "outputs": ["y0"] }
                        """
            );
        var program = $$"""
            { "board": "g2", "opset": 17,
              "inputs": [{ "name": "x", "type": "float32", "shape": [8192, 1] }], "outputs": [{ "name": "y0", "type": "float32" }],
              "constants": [{ "name": "large", "type": "int64", "shape": [2], "offset": 0, "bytes": 16 }],
              "instructions": [ {{string.Join(",", steps)}} ] }
            """;
        var constants = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(constants, 8192);
        BinaryPrimitives.WriteInt64LittleEndian(constants.AsSpan(8), 8192);
        var bytes = ArtifactContainer.Write([("program", Encoding.UTF8.GetBytes(program)), ("constants", constants)]);
        var refused = Assert.Throws<ModelException>(() =>
            new AsicDevice(BoardLibrary.Get("g2")).Open(new ModelFile("", bytes), new ModelOptions())
        );
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_without_its_multiplier_is_refused()
    {
        var sections = ArtifactContainer.Read(File.Value);
        var program = JsonNode.Parse(sections["program"].Span)!;
        var product = program["instructions"]!.AsArray().First(node => (string)node!["operator"]! == "asic.MatMul")!;
        product["inputs"]![2] = "";
        var bytes = ArtifactContainer.Write([
            ("program", Encoding.UTF8.GetBytes(program.ToJsonString())),
            ("constants", sections["constants"].ToArray()),
        ]);
        var device = new AsicDevice(BoardLibrary.Get("g1"));
        var refused = Assert.Throws<ModelException>(() => device.Open(new ModelFile("", bytes), new ModelOptions()));
        Assert.Contains("it has no multiplier", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_artifact_of_another_board_says_where_it_runs()
    {
        var device = new AsicDevice(BoardLibrary.Get("g2"));
        var refused = Assert.Throws<ModelException>(() =>
            device.Open(new ModelFile("", File.Value), new ModelOptions())
        );
        Assert.Contains("compiled for board g1", refused.Message, StringComparison.Ordinal);
    }

    [PythonFact]
    public void Another_compiler_in_another_language_writes_one_from_the_format_s_page()
    {
        var path = Path.Combine(Path.GetTempPath(), $"simeval-{Guid.NewGuid():N}.sea");
        var script = Path.Combine(SharedData.Root, "tests/SimEval.Tests/Models/Asic/write_artifact.py");
        using var process = Process.Start(
            new ProcessStartInfo("python3", [script, path, "g2"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        try
        {
            Assert.Equal(0, process.ExitCode);
            using var expected = JsonDocument.Parse(printed);
            var (x, y) = (Rows(expected, "x"), Rows(expected, "y"));
            using var model = new AsicDevice(BoardLibrary.Get("g2")).Open(
                new ModelFile(path, System.IO.File.ReadAllBytes(path)),
                new ModelOptions(),
                ["h_dq"]
            );
            var results = model.Run(new Dictionary<string, Tensor> { ["x"] = Tensor.Of([5, 9], x) });
            Assert.Equal(y, results["y"].Span<float>().ToArray());
            Assert.Equal([5, 70], results["h_dq"].Dims);
            Assert.Equal([5, 4, 17], results["z"].Dims);
            Assert.Equal(Rows(expected, "z"), results["z"].Span<float>().ToArray());
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private static readonly string[] Extremes =
    [
        "0",
        "-1",
        "1",
        "3",
        "127",
        "65536",
        "67108864",
        "2147483647",
        "9223372036854775807",
        "-9223372036854775808",
        "1e30",
        "-0.5",
    ];

    private static IEnumerable<JsonValue> Leaves(JsonNode? node) =>
        node switch
        {
            JsonValue value => [value],
            JsonArray array => array.SelectMany(Leaves),
            JsonObject fields => fields.SelectMany(field => Leaves(field.Value)),
            _ => [],
        };

    // Instructions of every unit.
    private static QdqBuilder Varied()
    {
        var model = new QdqBuilder(2);
        var x = model.Quantized(model.Input("x", -1, 4, 6, 8), 0.03f, 120);
        var w = model.Weights("w", [5, 4, 3, 3], 0, 0.01f);
        var c = model.Quantized(model.Node("Conv", [x, w], "c"), 0.05f, 99);
        var window = ("kernel_shape", new AttributeValue.Ints([2, 2]));
        var p = model.Quantized(model.Node("AveragePool", [c], "p", window), 0.05f, 99);
        var shares = model.Quantized(model.Node("Softmax", [p], "s"), 1 / 256f, 0);
        var r = model.Node("Resize", [shares, "", model.Constant("scales", [4], 1, 1, 2, 2)], "r");
        var padded = model.Node("Pad", [r, model.Integers("pads", 0, 0, 1, 0, 0, 0, 0, 1)], "padded");
        var turned = model.Node("Transpose", [padded], "turned", ("perm", new AttributeValue.Ints([0, 2, 3, 1])));
        var norm = model.Node("LayerNormalization", [turned, model.Floats("scale", [5], 1)], "norm");
        var flat = model.Quantized(model.Node("Flatten", [norm], "flat"), 0.03f, 120);
        return model.Output(model.Node("MatMul", [flat, model.Weights("v", [7 * 11 * 5, 3], 1, 0.01f)], "y"));
    }

    private static QdqBuilder Tiny()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 3), 0.03f, 120);
        var w = model.Weights("w", [3, 4], 1, 0.01f);
        var y = model.Quantized(model.Node("MatMul", [x, w], "y"), 0.05f, 99);
        return model.Output(model.Quantized(model.Node("Tanh", [y], "t"), 1 / 128f, 128));
    }

    private static float[] Rows(JsonDocument document, string name) =>
        [.. Numbers(document.RootElement.GetProperty(name))];

    private static IEnumerable<float> Numbers(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Numbers) : [element.GetSingle()];

    private static void Rehash(byte[] file)
    {
        var count = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(12));
        var end = 16 + 64 * (long)count;
        if (end + 32 <= file.Length)
            SHA256.HashData(file.AsSpan(0, (int)end), file.AsSpan((int)end));
    }
}

/// <summary>A fact that needs a Python interpreter.</summary>
internal sealed class PythonFactAttribute : FactAttribute
{
    /// <summary>Skips where there is none.</summary>
    public PythonFactAttribute()
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!Array.Exists(places, place => System.IO.File.Exists(Path.Combine(place, "python3"))))
            Skip = "python3 is not here";
    }
}
