using FsCheck;
using FsCheck.Fluent;
using SimEval.Devices.Tensors;
using SimEval.Models;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Tensors;

public sealed class TensorNumbersTests
{
    [Theory]
    [InlineData(ElementType.Int8, -128, 127)]
    [InlineData(ElementType.UInt8, 0, 255)]
    [InlineData(ElementType.Int16, short.MinValue, short.MaxValue)]
    [InlineData(ElementType.UInt16, 0, ushort.MaxValue)]
    [InlineData(ElementType.Int32, int.MinValue, int.MaxValue)]
    [InlineData(ElementType.UInt32, 0, uint.MaxValue)]
    [InlineData(ElementType.Int4, -8, 7)]
    [InlineData(ElementType.UInt4, 0, 15)]
    public void Integers_round_to_even_and_saturate(ElementType type, double least, double most)
    {
        var tensor = TensorNumbers.Write(type, [6], [0.5, 1.5, 2.5, 1e30, -1e30, double.NaN]);
        Assert.Equal([0, 2, 2, most, least, 0], TensorNumbers.Read(tensor));
    }

    [Fact]
    public void Every_bfloat16_survives_a_round_trip()
    {
        var all = Enumerable.Range(0, 1 << 16).Select(bits => (ushort)bits).ToArray();
        var numbers = TensorNumbers.Read(Tensor.Of<ushort>(ElementType.BFloat16, [all.Length], all));
        var again = TensorNumbers.Write(ElementType.BFloat16, [all.Length], numbers).Span<ushort>();
        for (var i = 0; i < all.Length; i++)
            Assert.True(double.IsNaN(numbers[i]) || again[i] == all[i], $"{all[i]:X4} became {again[i]:X4}");
    }

    [Fact]
    public void A_float_becomes_the_nearest_bfloat16() =>
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                ArbMap.Default.ArbFor<NormalFloat>(),
                number =>
                {
                    var value = (float)number.Get;
                    var near = TensorNumbers.Read(TensorNumbers.Write(ElementType.BFloat16, [1], [value]))[0];
                    return !float.IsFinite(value) || Math.Abs(near - value) <= Math.Abs(value) / 256 + 1e-38;
                }
            )
        );

    [Theory]
    [InlineData(ElementType.Float8E4M3Fn, 0x7E, 448)]
    [InlineData(ElementType.Float8E4M3Fn, 0x01, 0.001953125)]
    [InlineData(ElementType.Float8E4M3Fn, 0xFF, double.NaN)]
    [InlineData(ElementType.Float8E4M3FnUz, 0x7F, 240)]
    [InlineData(ElementType.Float8E4M3FnUz, 0x80, double.NaN)]
    [InlineData(ElementType.Float8E5M2, 0x7B, 57344)]
    [InlineData(ElementType.Float8E5M2, 0xFC, double.NegativeInfinity)]
    [InlineData(ElementType.Float8E5M2FnUz, 0x7F, 57344)]
    public void Eight_bit_floats_have_the_values_of_the_standard(ElementType type, int bits, double value) =>
        Assert.Equal([value], TensorNumbers.Read(new Tensor(type, [1], new[] { (byte)bits })));

    [Fact]
    public void Text_is_no_number() =>
        Assert.Throws<ArgumentException>(() => TensorNumbers.Read(new Tensor([1], ["x"])));
}
