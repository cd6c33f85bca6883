using SimEval.Devices.Npz;
using SimEval.Devices.Torch;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Tests.Devices.Torch;
using Xunit;

namespace SimEval.EndToEnd;

/// <summary>What a stranger gets wrong at the verbs about models: told in a line, with its code, and nothing is lost.</summary>
public sealed class ModelDoorsTests : IDisposable
{
    private readonly SimEvalProcess _simeval = new();

    public void Dispose() => _simeval.Dispose();

    [Theory]
    [InlineData("--random takes a whole number, not 'x'", "model run p.onnx --random x")]
    [InlineData("--random takes a whole number, not '1.5'", "model quantize p.onnx --random 1.5 --out q.onnx")]
    [InlineData("--random takes a whole number from 1 up, not 0", "model diff p.onnx p.onnx --random 0")]
    [InlineData("--batch takes a whole number, not 'many'", "model compile p.onnx --board g2 --batch many --out q.sea")]
    [InlineData("--keep takes a whole number, not 'all'", "model quantize p.onnx --keep all --out q.onnx")]
    [InlineData("--sparsity takes a number, not 'half'", "model prune p.onnx --sparsity half --out q.onnx")]
    [InlineData("'--out' is required", "infer p.onnx --inputs x.npz")]
    public void A_value_that_no_option_takes_is_explained_and_is_an_object_with_json(string told, string arguments)
    {
        var ended = _simeval.Run([.. arguments.Split(' '), "--json"]).Expect(4);
        Assert.Contains(told, ended.Errors, StringComparison.Ordinal);
        Assert.Equal(4, ended.Json.GetProperty("exit").GetInt32());
        Assert.Contains(told, ended.Json.GetProperty("errors")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text.onnx: ", "model diff p.onnx text.onnx --random 1")]
    [InlineData("text.onnx: ", "model run text.onnx --random 1")]
    [InlineData("text.onnx: ", "model compile text.onnx --board g2 --out q.sea")]
    [InlineData("text.onnx: ", "infer text.onnx --inputs other.npz --out q.npz")]
    [InlineData("p.onnx is there, and no device is named here", "model show p.onnx@cpu")]
    [InlineData("other.npz: the model's input observation", "model run p.onnx --inputs other.npz")]
    [InlineData("there is 'observatio', which it does not take", "infer p.onnx --inputs other.npz --out q.npz")]
    [InlineData("other.npz: the model's input observation", "model quantize p.onnx --inputs other.npz --out q.onnx")]
    [InlineData("nan.npz holds no number that is finite", "model quantize p.onnx --inputs nan.npz --out q.onnx")]
    public void What_is_wrong_is_said_of_its_file(string told, string arguments)
    {
        Prepare();
        Assert.Contains(told, _simeval.Run(arguments.Split(' ')).Expect(4).Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_simeval.Folder, "q.*"));
    }

    [Theory]
    [InlineData("model quantize p.onnx --random 2 --out ./p.onnx")]
    [InlineData("model prune p.onnx --pattern 2:4 --out link.onnx")]
    [InlineData("model optimize p.onnx --out p.onnx")]
    [InlineData("model run p.onnx --inputs nan.npz --out nan.npz")]
    [InlineData("model roofline p.onnx --board g2 --html p.onnx")]
    [InlineData("infer p.onnx --inputs nan.npz --out nan.npz")]
    public void What_is_read_is_not_written_over(string arguments)
    {
        Prepare();
        File.CreateSymbolicLink(Path.Combine(_simeval.Folder, "link.onnx"), "p.onnx");
        var before = (Bytes("p.onnx"), Bytes("nan.npz"));
        var ended = _simeval.Run(arguments.Split(' ')).Expect(4);
        Assert.Contains("is a file that is read", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(before, (Bytes("p.onnx"), Bytes("nan.npz")));
    }

    [Fact]
    public void A_device_is_written_to_and_stays_one()
    {
        Prepare();
        var link = Path.Combine(_simeval.Folder, "nowhere");
        File.CreateSymbolicLink(link, "/dev/null");
        _simeval.Run("model", "run", "p.onnx", "--random", "1", "--out", "nowhere").Expect(0);
        Assert.Equal("/dev/null", new FileInfo(link).LinkTarget);
        Assert.Empty(File.ReadAllBytes("/dev/null"));
    }

    [Fact]
    public void A_TorchScript_module_is_shown_and_checked_where_libtorch_is()
    {
        File.WriteAllBytes(
            Path.Combine(_simeval.Folder, "double.pt"),
            ScriptArchive.Of("def forward(self, x: Tensor) -> Tensor:\n  return torch.mul(x, 2)")
        );
        var code = TorchDevice.IsInstalled ? 0 : 8;
        var shown = _simeval.Run("model", "show", "double.pt", "--json").Expect(code);
        var check = _simeval.Run("model", "check", "double.pt@torch", "--json").Expect(code);
        if (code != 0)
            return;
        Assert.Equal("torchscript", shown.Json.GetProperty("format").GetString());
        Assert.Equal("x", shown.Json.GetProperty("inputs")[0].GetProperty("name").GetString());
        Assert.Contains("export it to ONNX", shown.Output, StringComparison.Ordinal);
        Assert.True(check.Json.GetProperty("valid").GetBoolean());
    }

    [Fact]
    public void Nothing_is_not_equal_to_nothing()
    {
        Prepare();
        Write("none.npz", "observation", 0, 0);
        var ended = _simeval.Run("model", "diff", "p.onnx", "p.onnx", "--inputs", "none.npz").Expect(5);
        Assert.Contains("nothing was compared", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_written_is_said_and_the_inference_can_be_resumed()
    {
        Prepare();
        Write("rows.npz", "observation", 3, 0);
        _simeval.Write("blocked", "a file where a folder was to be");
        var ended = _simeval.Run("infer", "p.onnx", "--inputs", "rows.npz", "--out", "blocked/below/out.npz").Expect(6);
        Assert.Contains("out.npz cannot be written", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("'simeval resume infer-p-1' goes on", ended.Errors, StringComparison.Ordinal);
        File.Delete(Path.Combine(_simeval.Folder, "blocked"));
        _simeval.Run("resume", "infer-p-1", "-q").Expect(0);
        Assert.True(File.Exists(Path.Combine(_simeval.Folder, "blocked", "below", "out.npz")));
    }

    private void Prepare()
    {
        File.Copy(
            Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.onnx"),
            Path.Combine(_simeval.Folder, "p.onnx")
        );
        _simeval.Write("text.onnx", "this is a text");
        Write("other.npz", "observatio", 2, 0);
        Write("nan.npz", "observation", 2, float.NaN);
    }

    private string Bytes(string name) => Convert.ToHexString(File.ReadAllBytes(Path.Combine(_simeval.Folder, name)));

    private void Write(string name, string array, int rows, float value)
    {
        var values = Enumerable.Repeat(value, rows * 72).ToArray();
        using var file = File.Create(Path.Combine(_simeval.Folder, name));
        NpzArchive.Write(file, [KeyValuePair.Create(array, Tensor.Of<float>(ElementType.Float32, [rows, 72], values))]);
    }
}
