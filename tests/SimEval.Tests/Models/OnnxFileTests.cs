using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Models;

public class OnnxFileTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var summary = OnnxSummary.Read(Small());
        Assert.Equal(["x"], summary.Inputs.Select(input => input.Name));
        Assert.Equal(["batch", "3"], summary.Inputs[0].Dims!);
        Assert.Equal(["y"], summary.Outputs.Select(output => output.Name));
        Assert.Equal(17, summary.Opsets[""]);
        Assert.Equal(1, summary.Operators["Gemm"]);
        Assert.Equal(8, summary.Parameters);
        Assert.Equal("the team", summary.Metadata["made by"]);
        Assert.False(summary.HasExternalData);
        Assert.StartsWith("SimEval", summary.Producer, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_models_are_equal_bytes() => Assert.Equal(Small(), Small());

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_crash()
    {
        var bytes = Small();
        for (var cut = 0; cut < bytes.Length; cut++)
            ReadOrRefuse(bytes.AsSpan(0, cut));
        for (var at = 0; at < bytes.Length; at++)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 0xFF;
            ReadOrRefuse(damaged);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is a text, not a model")]
    [InlineData("{ \"name\": 1 }")]
    public void Other_files_are_refused_in_plain_words(string text)
    {
        var refused = Assert.Throws<OnnxFormatException>(() =>
            OnnxSummary.Read(System.Text.Encoding.UTF8.GetBytes(text))
        );
        Assert.Contains("ONNX model", refused.Message, StringComparison.Ordinal);
    }

    [SharedDataFact]
    public void Files_of_other_tools_are_read()
    {
        var policy = OnnxSummary.Read(SharedData.Read("robots/playground_go1/go1_policy.onnx"));
        Assert.Equal("48", policy.Inputs.Single().Dims![^1]);
        Assert.True(policy.Parameters > 100_000);
        var voice = OnnxSummary.Read(SharedData.Read("speech/silero_vad/silero_vad_op18_ifless.onnx"));
        Assert.Contains(voice.Inputs, input => input.Name == "state");
        Assert.NotEmpty(OnnxSummary.Read(SharedData.Read("speech/gtcrn/gtcrn_simple.onnx")).Operators);
    }

    private static byte[] Small() =>
        new OnnxBuilder("small")
            .Input("x", ["batch", "3"])
            .Output("y", ["batch", "2"])
            .Constant("w", [3, 2], [1f, 2, 3, 4, 5, 6])
            .Constant("b", [2], [7f, 8])
            .Node("Gemm", ["x", "w", "b"], ["y"], ("alpha", 1f))
            .Metadata("made by", "the team")
            .ToBytes();

    private static void ReadOrRefuse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            OnnxSummary.Read(bytes);
        }
        catch (OnnxFormatException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    }
}
