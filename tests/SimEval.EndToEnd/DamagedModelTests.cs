using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.EndToEnd;

/// <summary>Files that are no sound model, at the doors that read one.</summary>
public sealed class DamagedModelTests : IDisposable
{
    private readonly SimEvalProcess _simeval = new();

    public void Dispose() => _simeval.Dispose();

    [Theory]
    [InlineData("empty", "the file is empty; an ONNX model was expected")]
    [InlineData("text", "not an ONNX model")]
    [InlineData("truncated", "not an ONNX model")]
    [InlineData("cyclic", "the graph has a cycle")]
    [InlineData("dangling", "takes 'nowhere', which nothing gives")]
    [InlineData("misfit", "3 columns do not fit 4 rows")]
    public void Show_tells_the_file_and_what_is_wrong_and_ends_with_4(string kind, string because)
    {
        var path = Path.Combine(_simeval.Folder, $"{kind}.onnx");
        File.WriteAllBytes(path, Bytes(kind));
        var ended = _simeval.Run("model", "show", path).Expect(4);
        Assert.Contains($"{kind}.onnx", ended.Errors, StringComparison.Ordinal);
        Assert.Contains(because, ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_refuses_a_batch_of_a_model_that_has_none()
    {
        var path = Path.Combine(_simeval.Folder, "fixed.onnx");
        File.WriteAllBytes(path, Bytes("fixed"));
        _simeval.Run("model", "show", path).Expect(0);
        var ended = _simeval.Run("model", "show", path, "--batch", "2").Expect(4);
        Assert.Contains("the first axis of every input is fixed", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Optimize_writes_nothing_for_a_pass_that_is_not_there()
    {
        var path = Path.Combine(_simeval.Folder, "good.onnx");
        File.WriteAllBytes(path, Bytes("good"));
        var ended = _simeval.Run("model", "optimize", path, "--out", "o.onnx", "--pass", "fold-bais").Expect(4);
        Assert.Contains("did you mean 'fold-bias'", ended.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_simeval.Folder, "o.onnx")));
    }

    [Fact]
    public void Show_and_optimize_end_with_one_object_with_json()
    {
        var path = Path.Combine(_simeval.Folder, "good.onnx");
        File.WriteAllBytes(path, Bytes("good"));
        Assert.Equal(
            2 * 12,
            _simeval.Run("model", "show", path, "--batch", "2", "--json").Expect(0).Json.GetProperty("macs").GetInt64()
        );
        Assert.Equal(
            1,
            _simeval
                .Run("model", "optimize", path, "--out", "o.onnx", "--json")
                .Expect(0)
                .Json.GetProperty("nodes")
                .GetInt32()
        );
    }

    private static byte[] Bytes(string kind) =>
        kind switch
        {
            "empty" => [],
            "text" => "This is a letter, and no model."u8.ToArray(),
            "fixed" => new OnnxBuilder("m")
                .Input("x", ["1", "3"])
                .Output("y", ["1", "3"])
                .Node("Relu", ["x"], ["y"])
                .ToBytes(),
            "truncated" => Bytes("good")[..^9],
            "cyclic" => Model(["x", "b"], "a").Node("Relu", ["a"], ["b"]).ToBytes(),
            "dangling" => Model(["x", "nowhere"], "y").ToBytes(),
            "misfit" => new OnnxBuilder("m")
                .Input("x", ["n", "3"])
                .Output("y", ["n", "5"])
                .Constant("w", [4, 5], new float[20])
                .Node("MatMul", ["x", "w"], ["y"])
                .ToBytes(),
            _ => new OnnxBuilder("m")
                .Input("x", ["n", "3"])
                .Output("y", ["n", "4"])
                .Constant("w", [3, 4], new float[12])
                .Constant("b", [4], new float[4])
                .Node("MatMul", ["x", "w"], ["p"])
                .Node("Add", ["p", "b"], ["y"])
                .ToBytes(),
        };

    private static OnnxBuilder Model(string[] inputs, string output) =>
        new OnnxBuilder("m").Input("x", ["2"]).Output(output, ["2"]).Node("Add", inputs, [output]);
}
