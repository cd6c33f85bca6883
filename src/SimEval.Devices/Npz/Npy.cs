using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using SimEval.Devices.Tensors;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Npz;

/// <summary>One array in NumPy's NPY format: little-endian numbers, bool, and text ("&lt;U", "|S").</summary>
public static class Npy
{
    private const long MostEmptyTexts = 1 << 20;

    private static readonly Dictionary<string, ElementType> Types = new(StringComparer.Ordinal)
    {
        ["f4"] = ElementType.Float32,
        ["f8"] = ElementType.Float64,
        ["f2"] = ElementType.Float16,
        ["i1"] = ElementType.Int8,
        ["i2"] = ElementType.Int16,
        ["i4"] = ElementType.Int32,
        ["i8"] = ElementType.Int64,
        ["u1"] = ElementType.UInt8,
        ["u2"] = ElementType.UInt16,
        ["u4"] = ElementType.UInt32,
        ["u8"] = ElementType.UInt64,
        ["b1"] = ElementType.Bool,
        ["c8"] = ElementType.Complex64,
        ["c16"] = ElementType.Complex128,
    };

    /// <summary>Reads an array; throws <see cref="NpyFormatException"/> for anything else, or for types that are not read.</summary>
    public static Tensor Read(ReadOnlySpan<byte> file)
    {
        var header = NpyHeader.Read(file);
        var data = file[header.Bytes..];
        var width = WidthOf(header.Descr);
        var count = CountOf(header.Shape, width);
        // Empty texts take no bytes, so that the file's size does not bound their number.
        if (width == 0 && count > MostEmptyTexts)
            throw new NpyFormatException($"the array has {count:N0} empty texts; at most {MostEmptyTexts:N0} are read");
        if (data.Length != count * width)
            throw new NpyFormatException(
                $"the array says {header.Descr}({string.Join(", ", header.Shape)}), {count * width:N0} bytes, but {data.Length:N0} follow"
            );
        var bytes = header.FortranOrder ? RowMajor(data, header.Shape, width) : data.ToArray();
        return header.Descr[1] is 'U' or 'S'
            ? new Tensor(header.Shape, Texts(bytes, (int)count, width, header.Descr[1] == 'U'))
            : new Tensor(Types[header.Descr[1..]], header.Shape, bytes);
    }

    /// <summary>
    /// An array, version 1, row-major. Types that NumPy lacks become the next wider one that holds every value: bfloat16 and
    /// 8-bit floats float32, int4 int8, uint4 uint8.
    /// </summary>
    public static byte[] Write(Tensor tensor)
    {
        if (tensor.Type == ElementType.Text)
            return WriteTexts(tensor);
        if (!Types.ContainsValue(tensor.Type))
            tensor = TensorNumbers.Write(WiderThan(tensor.Type), tensor.Dims, TensorNumbers.Read(tensor));
        return [.. Header(tensor.Type, tensor.Dims), .. tensor.Data.Span];
    }

    /// <summary>What stands before the elements of an array of one of NumPy's types; throws for any other.</summary>
    internal static byte[] Header(ElementType type, IReadOnlyList<long> dims)
    {
        if (Types.FirstOrDefault(pair => pair.Value == type).Key is not { } code)
            throw new ArgumentException($"NumPy has no {type.Name()}");
        return NpyHeader.Write($"{(type.Bits() == 8 ? '|' : '<')}{code}", dims);
    }

    private static ElementType WiderThan(ElementType type) =>
        type switch
        {
            ElementType.Int4 => ElementType.Int8,
            ElementType.UInt4 => ElementType.UInt8,
            _ => ElementType.Float32,
        };

    private static int WidthOf(string descr)
    {
        if (descr.Length < 2)
            throw new NpyFormatException($"'{descr}' is no element type");
        var (order, code) = (descr[0], descr[1..]);
        if (order == '>')
            throw new NpyFormatException(
                $"the array is big-endian ('{descr}'); save it little-endian (array.astype(array.dtype.newbyteorder('<')))"
            );
        if (order is '<' or '|' or '=')
        {
            if (
                code[0] is 'U' or 'S'
                && int.TryParse(code[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            )
                return n is >= 0 and <= 1 << 20 ? n * (code[0] == 'U' ? 4 : 1) : throw Unread(descr);
            if (Types.TryGetValue(code, out var type))
                return type.Bits() / 8;
        }

        throw Unread(descr);
    }

    private static NpyFormatException Unread(string descr) =>
        new(
            descr[^1] == 'O' || descr.EndsWith("O8", StringComparison.Ordinal)
                ? "arrays of Python objects are not read; save numbers or text"
                : $"element type '{descr}' is not read; these are: {string.Join(", ", Types.Keys)}, U and S"
        );

    private static long CountOf(IReadOnlyList<long> shape, int width)
    {
        try
        {
            var count = shape.Aggregate(1L, (product, size) => checked(product * size));
            _ = checked(count * Math.Max(width, 1));
            return count;
        }
        catch (OverflowException)
        {
            throw new NpyFormatException($"no file holds an array of ({string.Join(", ", shape)})");
        }
    }

    private static byte[] RowMajor(ReadOnlySpan<byte> data, IReadOnlyList<long> shape, int width)
    {
        var target = new byte[data.Length];
        var index = new long[shape.Count];
        for (var from = 0; from < data.Length; from += width)
        {
            long place = 0;
            for (var axis = 0; axis < shape.Count; axis++)
                place = place * shape[axis] + index[axis];
            data.Slice(from, width).CopyTo(target.AsSpan((int)(place * width)));
            for (var axis = 0; axis < shape.Count && ++index[axis] == shape[axis]; axis++)
                index[axis] = 0;
        }

        return target;
    }

    private static string[] Texts(ReadOnlySpan<byte> data, int count, int width, bool unicode)
    {
        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            var cell = data.Slice(i * width, width);
            var text = unicode ? Encoding.UTF32.GetString(cell) : Encoding.UTF8.GetString(cell);
            texts[i] = text.TrimEnd('\0');
        }

        return texts;
    }

    private static byte[] WriteTexts(Tensor tensor)
    {
        var runes = tensor.Texts.Select(text => text.EnumerateRunes().ToList()).ToList();
        var longest = Math.Max(1, runes.Select(text => text.Count).DefaultIfEmpty().Max());
        var data = new byte[runes.Count * longest * 4];
        for (var i = 0; i < runes.Count; i++)
        {
            for (var j = 0; j < runes[i].Count; j++)
                BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan((i * longest + j) * 4), runes[i][j].Value);
        }

        return [.. NpyHeader.Write($"<U{longest}", tensor.Dims), .. data];
    }
}
