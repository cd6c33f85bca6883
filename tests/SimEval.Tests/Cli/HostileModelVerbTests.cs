using System.Text.Json;
using System.Text.RegularExpressions;
using SimEval.Cli;
using SimEval.Devices.Npz;
using SimEval.Devices.Torch;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Cli;

/// <summary>Every verb that reads a model, over files that are none, or that nothing here runs: one clear line and its code.</summary>
public sealed partial class HostileModelVerbTests : IDisposable
{
    private const int Failed = 1;
    private const int Invalid = 4;
    private const int Unsatisfiable = 8;
    private readonly string folder = Directory.CreateTempSubdirectory("simeval-hostile-").FullName;

    public static TheoryData<string> Malformed => [.. HostileModels.Malformed.Keys];

    public static TheoryData<string> Unsupported => [.. HostileModels.Unsupported.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_model_is_named_with_what_is_wrong_and_ends_with_4(string kind)
    {
        var (bytes, because) = HostileModels.Malformed[kind];
        var path = Written(kind, bytes());
        foreach (var verb in Verbs(path))
            await Refuses(verb, Invalid, path, because);
    }

    [Theory]
    [MemberData(nameof(Unsupported))]
    public async Task What_nothing_here_runs_is_named_and_ends_with_8_and_is_still_shown(string kind)
    {
        var (bytes, because) = HostileModels.Unsupported[kind];
        var path = Written(kind, bytes());
        foreach (var verb in Verbs(path).Where(verb => verb[1] is not ("show" or "optimize")))
            await Refuses(verb, Unsatisfiable, path, because);
        var (code, data, _) = await Run(["model", "show", path]);
        Assert.Equal(0, code);
        Assert.True(because.Split('|').Any(part => data.Contains(part, StringComparison.Ordinal)), data);
        Assert.Equal(0, (await Run(["model", "optimize", path, "--out", Out])).Code);
    }

    [Fact]
    public async Task A_model_over_the_limit_ends_with_4_and_both_sizes()
    {
        var path = Written("large", HostileModels.Large());
        foreach (var verb in Verbs(path))
            await Refuses([.. verb, "-D", "simeval.models.max-bytes=1KiB"], Invalid, path, "the limit is 1,024");
    }

    [Fact]
    public async Task A_file_of_too_many_parts_is_not_unpacked()
    {
        var path = Written("crowded", HostileModels.Crowded());
        foreach (var verb in Verbs(path).Where(verb => verb[1] is "show" or "run"))
            await Refuses(verb, Invalid, path, "which is more than SimEval reads");
    }

    [Fact]
    public async Task A_folder_of_tests_that_cannot_be_read_is_not_one_that_holds_none()
    {
        var file = Written("file", []);
        await Refuses(["model", "conformance", file], Invalid, file, "is a file");
        // Nothing is closed to a privileged user.
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            return;
        var closed = Path.Combine(folder, "tests", "closed");
        Directory.CreateDirectory(closed, UnixFileMode.None);
        await Refuses(["model", "conformance", Path.GetDirectoryName(closed)!], Invalid, closed, "cannot be read");
    }

    [Fact]
    public async Task An_input_that_no_machine_holds_is_not_filled()
    {
        var path = Written("vast", HostileModels.Vast());
        await Refuses(["model", "check", path], Invalid, path, "models.memory");
        await Refuses(["model", "run", path, "--random", "1"], Invalid, path, "models.memory");
        const string Because = "1,099,511,627,776 elements; at most 67,108,864 random ones are drawn";
        await Refuses(["model", "quantize", path, "--random", "2", "--out", Out], Invalid, path, Because);
    }

    [Fact]
    public async Task A_model_that_fails_when_it_runs_is_named_and_ends_with_1()
    {
        var path = Written(
            "beyond",
            new OnnxBuilder("m")
                .Input("x", ["n", "3"])
                .Output("y", ["n", "1"])
                .Constant("places", [1], [9L])
                .Node("Gather", ["x", "places"], ["y"], ("axis", 1L))
                .ToBytes()
        );
        await Refuses(["model", "run", path, "--random", "1"], Failed, path, "out of data bounds");
        await Refuses(["model", "diff", path, path, "--random", "1"], Failed, path, "out of data bounds");
        await Refuses(["model", "quantize", path, "--random", "2", "--out", Out], Failed, path, "out of data bounds");
    }

    [Fact]
    public async Task What_the_runtime_says_comes_without_the_place_in_its_source()
    {
        var newer = Written("newer", OnnxWriter.Write(OnnxReader.Read(HostileModels.Good()) with { IrVersion = 99 }));
        await Refuses(["model", "check", newer], Invalid, newer, "model: Unsupported model IR version: 99");
        var misfit = Written(
            "misfit",
            new OnnxBuilder("m")
                .Input("x", ["n", "3"])
                .Output("y", ["7", "5"])
                .Constant("sizes", [2], [7L, 5])
                .Node("Reshape", ["x", "sizes"], ["y"])
                .ToBytes()
        );
        await Refuses(["model", "run", misfit, "--random", "1"], Failed, misfit, "cannot be reshaped");
    }

    [Fact]
    public async Task Check_tells_what_the_file_declares_otherwise_and_goes_on()
    {
        var path = Written(
            "otherwise",
            new OnnxBuilder("m").Input("x", ["n", "3"]).Output("y", ["n", "4"]).Node("Relu", ["x"], ["y"]).ToBytes()
        );
        var (code, data, people) = await Run(["model", "check", path, "--json"]);
        Assert.True(code == 0, people);
        var conflict = JsonDocument.Parse(LastLine(data)).RootElement.GetProperty("conflicts")[0].GetString();
        Assert.Equal("the file declares 'y' as float32[n,4], but node 'Relu_0' (Relu) makes it float32[n,3]", conflict);
    }

    [Fact]
    public async Task A_sound_model_passes_where_the_others_did_not()
    {
        var path = Written("good", HostileModels.Good());
        foreach (var verb in Verbs(path).Where(RunsFloats))
        {
            var (code, data, people) = await Run([.. verb, "--json"]);
            Assert.True(code == 0, $"{string.Join(' ', verb)}: {code}\n{people}");
            Assert.False(JsonDocument.Parse(LastLine(data)).RootElement.TryGetProperty("errors", out _));
        }
    }

    // A board takes quantized models.
    private static bool RunsFloats(string[] verb) =>
        verb[1] is not ("compile" or "roofline")
        && !verb.Any(word => word.EndsWith("@asic/g2", StringComparison.Ordinal));

    private string Out => Path.Combine(folder, "out.onnx");

    private string Written(string kind, byte[] bytes)
    {
        var path = Path.Combine(folder, $"{kind}.onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private List<string[]> Verbs(string path)
    {
        var inputs = Path.Combine(folder, "x.npz");
        using (var stream = File.Create(inputs))
            NpzArchive.Write(stream, [KeyValuePair.Create("x", Tensor.Of([2, 3], new float[6]))]);
        var arrays = Path.Combine(folder, "out.npz");
        return
        [
            ["model", "show", path],
            ["model", "check", path],
            ["model", "check", $"{path}@asic/g2"],
            .. TorchDevice.IsInstalled
                ? (string[][])
                    [
                        ["model", "check", $"{path}@torch"],
                    ]
                : [],
            ["model", "run", path, "--random", "1"],
            ["model", "run", $"{path}@asic/g2", "--random", "1"],
            ["model", "diff", path, path, "--random", "1"],
            ["model", "quantize", path, "--random", "2", "--out", Out],
            ["model", "prune", path, "--sparsity", "0.5", "--out", Out],
            ["model", "compile", path, "--board", "g2", "--out", Out],
            ["model", "roofline", path, "--board", "g2"],
            ["model", "optimize", path, "--out", Out],
            ["infer", path, "--inputs", inputs, "--out", arrays, "--data", Path.Combine(folder, "data")],
        ];
    }

    private async Task Refuses(string[] verb, int expected, string path, string because)
    {
        var (code, data, people) = await Run([.. verb, "--json"]);
        var told = $"{string.Join(' ', verb)}: {code}\n{people}";
        Assert.True(code == expected, told);
        Assert.True(people.Contains(path, StringComparison.Ordinal), told);
        Assert.True(because.Split('|').Any(part => people.Contains(part, StringComparison.Ordinal)), told);
        Assert.False(SourcePlace().IsMatch(people), told);
        Assert.False(File.Exists(Out), told);
        var json = JsonDocument.Parse(LastLine(data)).RootElement;
        Assert.Equal(expected, json.GetProperty("exit").GetInt32());
        Assert.NotEqual(0, json.GetProperty("errors").GetArrayLength());
    }

    private static async Task<(int Code, string Data, string People)> Run(string[] arguments)
    {
        using var data = new StringWriter();
        using var people = new StringWriter();
        var code = await CommandLine.RunAsync(arguments, new Terminal(data, people, false, false, 120));
        return ((int)code, data.ToString(), people.ToString());
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];

    // A stack trace, or a place in a library's source.
    [GeneratedRegex(@"   at \w|\.(?:cc|cpp|h|cs):\d+|onnxruntime::")]
    private static partial Regex SourcePlace();
}
