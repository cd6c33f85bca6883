using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Models;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

public sealed class RowBytesTests
{
    [Theory]
    [InlineData(ElementType.UInt8, 0)]
    [InlineData(ElementType.UInt8, 131)]
    [InlineData(ElementType.Int8, -7)]
    public void A_value_is_quantized_alike_alone_and_in_a_long_row(ElementType type, int zero)
    {
        var model = new QdqBuilder(1);
        model.Output(model.Quantized(model.Input("x", -1), 0.25f, zero, type));
        var bytes = OnnxWriter.Write(model.Model());
        using var device = new AsicDevice(BoardLibrary.Get("g1")).Open(new ModelFile("", bytes), new ModelOptions());
        // Halves of a step are ties.
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 1e30f, -1e30f, 0.125f, 0.375f];
        float[] values = [.. odd, .. Enumerable.Range(-150, 300).Select(i => i * 0.125f), .. odd];
        var row = Quantized(values);
        Assert.Equal(values.Select(value => Quantized([value])[0]), row);
        Assert.Equal(((type == ElementType.Int8 ? -128 : 0) - zero) * 0.25f, row[0]);

        float[] Quantized(float[] x)
        {
            var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.Of([x.Length], x) };
            return device.Run(inputs).Values.Single().Span<float>().ToArray();
        }
    }
}
