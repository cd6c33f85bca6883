using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SimEval.Devices.Npz;
using SimEval.Models;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Npz;

public sealed class NpzArchiveTests
{
    private const long Limit = 1 << 20;

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.Int8)]
    [InlineData(ElementType.Int16)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.UInt16)]
    [InlineData(ElementType.UInt32)]
    [InlineData(ElementType.UInt64)]
    [InlineData(ElementType.Bool)]
    [InlineData(ElementType.Complex64)]
    [InlineData(ElementType.Complex128)]
    public void What_is_written_is_read_again(ElementType type) =>
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    var width = type.Bits() / 8;
                    var count = bytes.Length / width;
                    var tensor = new Tensor(type, [count, 1], bytes.AsMemory(0, count * width));
                    var read = Read(Write(("a", tensor)))["a"];
                    return read.Type == type
                        && read.Dims.SequenceEqual(tensor.Dims)
                        && read.Data.Span.SequenceEqual(tensor.Data.Span);
                }
            )
        );

    [Fact]
    public void Scalars_texts_and_several_arrays_keep_their_names_and_order()
    {
        var arrays = Read(
            Write(
                ("scalar", Tensor.Of([], [2.5f])),
                ("words", new Tensor([2, 2], ["", "grüße", "🚗", "a b"])),
                ("layer/with.dots:0", Tensor.Of([0, 3], ReadOnlySpan<float>.Empty))
            )
        );
        Assert.Equal(["scalar", "words", "layer/with.dots:0"], arrays.Keys);
        Assert.Empty(arrays["scalar"].Dims);
        Assert.Equal(["", "grüße", "🚗", "a b"], arrays["words"].Texts);
        Assert.Equal([0, 3], arrays["layer/with.dots:0"].Dims);
    }

    [Fact]
    public void Types_that_numpy_lacks_become_wider_ones_of_the_same_values()
    {
        var arrays = Read(
            Write(
                ("bf", Tensor.Of<ushort>(ElementType.BFloat16, [2], [0x3F80, 0xC000])),
                ("i4", new Tensor(ElementType.Int4, [3], new byte[] { 0x8F, 0x07 }))
            )
        );
        Assert.Equal([1f, -2f], arrays["bf"].Span<float>().ToArray());
        Assert.Equal([(sbyte)-1, -8, 7], arrays["i4"].Span<sbyte>().ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void All_versions_of_the_format_are_read_and_columns_are_turned_to_rows(byte version)
    {
        var file = Npy(
            version,
            "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }",
            [1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6, 0]
        );
        var tensor = SimEval.Devices.Npz.Npy.Read(file);
        Assert.Equal([(short)1, 2, 3, 4, 5, 6], tensor.Span<short>().ToArray());
        Assert.Equal([2, 3], tensor.Dims);
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "big-endian")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "Python objects")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "8 bytes, but 4 follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }", "no file holds")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "structured")]
    [InlineData("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,), }", "True or False")]
    [InlineData("{'descr': '<f4', 'shape': (1,), }", "lacks")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,", "cut short")]
    [InlineData("{'descr': '<U0', 'fortran_order': False, 'shape': (2000000000,), }", "empty texts")]
    public void Other_arrays_are_refused_with_what_is_wrong(string header, string told)
    {
        var refused = Assert.Throws<NpyFormatException>(() =>
            SimEval.Devices.Npz.Npy.Read(Npy(1, header, [0, 0, 0, 0]))
        );
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_bytes_are_refused_never_thrown_otherwise()
    {
        var file = Write(("a", Tensor.Of([2, 2], [1f, 2, 3, 4])), ("b", new Tensor([1], ["x"])));
        var draw = new Random(7);
        for (var i = 0; i < 400; i++)
        {
            var damaged = (byte[])file.Clone();
            damaged[draw.Next(damaged.Length)] = (byte)draw.Next(256);
            var cut = damaged.AsMemory(0, i % 4 == 0 ? draw.Next(damaged.Length) : damaged.Length);
            try
            {
                Read(cut);
            }
            catch (NpyFormatException)
            {
                // What is wrong is told; nothing else may come out.
            }
        }
    }

    [Fact]
    public void More_than_the_limit_is_refused_before_it_is_unpacked()
    {
        var file = Write(("a", new Tensor(ElementType.UInt8, [1 << 16], new byte[1 << 16])));
        var refused = Assert.Throws<NpyFormatException>(() => NpzArchive.Read(file, 1000));
        Assert.Contains("more than 1,000 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_written_piece_by_piece_is_the_same_file()
    {
        var whole = Write(("a", Tensor.Of([4, 2], [1f, 2, 3, 4, 5, 6, 7, 8])), ("b", Tensor.Of([1], [9f])));
        using var stream = new MemoryStream();
        using (var writer = new NpzWriter(stream))
        {
            using (var pieces = writer.Begin("a", ElementType.Float32, [4, 2]))
            {
                pieces.Write(Tensor.Of([1, 2], [1f, 2]).Data.Span);
                pieces.Write(Tensor.Of([3, 2], [3f, 4, 5, 6, 7, 8]).Data.Span);
            }

            writer.Add("b", Tensor.Of([1], [9f]));
            Assert.Throws<ArgumentException>(() => writer.Begin("c", ElementType.BFloat16, [1]));
        }

        Assert.Equal(whole, stream.ToArray());
    }

    [Fact]
    public void Equal_arrays_make_equal_files()
    {
        var tensor = Tensor.Of([3], [1f, 2, 3]);
        Assert.Equal(Write(("a", tensor)), Write(("a", tensor)));
    }

    private static IReadOnlyDictionary<string, Tensor> Read(ReadOnlyMemory<byte> file) => NpzArchive.Read(file, Limit);

    private static byte[] Write(params (string Name, Tensor Tensor)[] arrays)
    {
        using var stream = new MemoryStream();
        NpzArchive.Write(stream, arrays.Select(array => KeyValuePair.Create(array.Name, array.Tensor)));
        return stream.ToArray();
    }

    private static byte[] Npy(byte version, string header, byte[] data)
    {
        byte[] length = version == 1 ? [(byte)header.Length, 0] : [(byte)header.Length, 0, 0, 0];
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
