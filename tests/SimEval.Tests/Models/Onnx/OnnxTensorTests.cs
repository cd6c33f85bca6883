using System.Buffers.Binary;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Models.Onnx;

public class OnnxTensorTests
{
    public static TheoryData<ElementType> Types() =>
        [.. Enum.GetValues<ElementType>().Where(type => type is not (ElementType.Undefined or ElementType.Text))];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_is_written_and_read_back(ElementType type)
    {
        var data = Enumerable.Range(0, (int)Tensor.BytesOf(type, 15)).Select(i => (byte)(i % 2)).ToArray();
        var (name, back) = OnnxTensorReader.Read(OnnxTensorWriter.Write("t", new Tensor(type, [3, 5], data)));
        Assert.Equal("t", name);
        Assert.Equal(type, back.Type);
        Assert.Equal([3, 5], back.Dims);
        Assert.Equal(data, back.Data.ToArray());
    }

    [Theory]
    [InlineData(ElementType.Int8, new long[] { -128, 127 }, new byte[] { 0x80, 0x7f })]
    [InlineData(ElementType.UInt8, new long[] { 0, 255 }, new byte[] { 0, 0xff })]
    [InlineData(ElementType.Bool, new long[] { 1, 0 }, new byte[] { 1, 0 })]
    [InlineData(ElementType.Int16, new long[] { -2, 3 }, new byte[] { 0xfe, 0xff, 3, 0 })]
    [InlineData(ElementType.Int32, new long[] { -2, 3 }, new byte[] { 0xfe, 0xff, 0xff, 0xff, 3, 0, 0, 0 })]
    [InlineData(ElementType.Float16, new long[] { 0x3c00, 0xbc00 }, new byte[] { 0, 0x3c, 0, 0xbc })]
    [InlineData(ElementType.BFloat16, new long[] { 0x3f80, 0 }, new byte[] { 0x80, 0x3f, 0, 0 })]
    [InlineData(ElementType.Float8E4M3Fn, new long[] { 0x38, 0xff }, new byte[] { 0x38, 0xff })]
    public void Small_types_come_in_a_field_of_integers_too(ElementType type, long[] values, byte[] expected)
    {
        var tensor = Tensors([2], type).Packed(5, values);
        Assert.Equal(expected, OnnxTensorReader.Read(tensor.ToArray()).Tensor.Data.ToArray());
    }

    [Fact]
    public void Four_bit_integers_come_two_a_number()
    {
        var tensor = Tensors([3], ElementType.Int4).Packed(5, 0x21, 0x0f);
        Assert.Equal([0x21, 0x0f], OnnxTensorReader.Read(tensor.ToArray()).Tensor.Data.ToArray());
    }

    [Fact]
    public void Wide_types_have_fields_of_their_own()
    {
        var unsigned = OnnxTensorReader.Read(Tensors([1], ElementType.UInt32).Packed(11, 0xfffffffe).ToArray());
        Assert.Equal([0xfffffffeu], unsigned.Tensor.Span<uint>().ToArray());
        var signed = OnnxTensorReader.Read(Tensors([2], ElementType.Int64).Packed(7, -5, long.MaxValue).ToArray());
        Assert.Equal([-5, long.MaxValue], signed.Tensor.Span<long>().ToArray());
        Span<byte> pair = stackalloc byte[8];
        BinaryPrimitives.WriteSingleLittleEndian(pair, 1.5f);
        BinaryPrimitives.WriteSingleLittleEndian(pair[4..], -2);
        var complex = OnnxTensorReader.Read(Tensors([1], ElementType.Complex64).Bytes(4, pair).ToArray());
        Assert.Equal([1.5f, -2], complex.Tensor.Span<float>().ToArray());
    }

    [Fact]
    public void Text_is_kept_as_text()
    {
        var tensor = new Tensor([2], ["grün", ""]);
        Assert.Equal(["grün", ""], OnnxTensorReader.Read(OnnxTensorWriter.Write("", tensor)).Tensor.Texts);
    }

    [Fact]
    public void What_does_not_fit_its_type_or_sizes_is_refused()
    {
        Refuses(Tensors([2], ElementType.Int8).Packed(5, 1, 128), "the element 128");
        Refuses(Tensors([2], ElementType.Int8).Packed(5, 1), "1 elements");
        Refuses(Tensors([2], ElementType.Float32).Bytes(9, [1, 2, 3]), "3 bytes");
        Refuses(Tensors([2], ElementType.Float32).Packed(7, 1, 2), "0 elements");
        Refuses(Tensors([1], ElementType.Int32).Packed(5, 1).Packed(7, 1), "another type");
        Refuses(Tensors([1], ElementType.Int32).Packed(5, 1).Bytes(9, [1, 0, 0, 0]), "twice");
        Refuses(Tensors([-1], ElementType.Float32), "a size of -1");
        Refuses(Tensors([1L << 40, 1L << 40, 0], ElementType.Float32), "larger than the limit");
        Refuses(Tensors([1], (ElementType)23).Bytes(9, [1]), "float4e2m1");
        Refuses(Tensors([1], ElementType.Undefined), "no element type");
        Refuses(Tensors([1], ElementType.Text).Bytes(6, [0xff]), "UTF-8");
        Refuses(
            Tensors([1], ElementType.UInt8)
                .Bytes(9, [1])
                .Number(14, 1)
                .Message(13, new WireBytes().Text(1, "location").Text(2, "w")),
            "twice"
        );
    }

    private static WireBytes Tensors(ReadOnlySpan<long> dims, ElementType type) =>
        new WireBytes().Packed(1, dims).Number(2, (int)type);

    private static void Refuses(WireBytes tensor, string because)
    {
        var refused = Assert.Throws<OnnxFormatException>(() => OnnxTensorReader.Read(tensor.ToArray()));
        Assert.Contains(because, refused.Message, StringComparison.Ordinal);
    }
}
