using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx.Wire;

namespace SimEval.Models.Onnx;

/// <summary>Tensors from the file's three forms (raw bytes, typed fields, other files) into one, and back into raw bytes.</summary>
internal static class TensorDecoding
{
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>A tensor.</summary>
    /// <param name="tensor">As the file has it.</param>
    /// <param name="where">What it is, for messages.</param>
    /// <param name="external">Where data of other files comes from.</param>
    /// <param name="limits">Limits.</param>
    public static Tensor Decode(TensorProto tensor, string where, ExternalData external, OnnxLimits limits)
    {
        var type = TypeDecoding.Element(tensor.DataType, where);
        if (type == ElementType.Undefined)
            throw new OnnxFormatException($"{where} has no element type");
        if (tensor.Segment is not null)
            throw new OnnxFormatException($"{where} is a segment of a larger tensor; SimEval reads whole tensors");
        var dims = tensor.Dims.ToArray();
        var count = Count(dims, type, where, limits);
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            return type != ElementType.Text
                ? new Tensor(type, dims, external.Read(tensor, Tensor.BytesOf(type, count), where))
                : throw new OnnxFormatException($"{where} is text in another file, which ONNX does not allow");
        if (type == ElementType.Text)
            return Texts(tensor, dims, count, where);
        return new Tensor(
            type,
            dims,
            tensor.RawData.Length > 0 ? Raw(tensor, type, count, where) : Typed(tensor, type, count, where)
        );
    }

    /// <summary>The file's form of a tensor: raw bytes, or text.</summary>
    public static TensorProto Encode(string name, Tensor tensor)
    {
        var encoded = new TensorProto { DataType = (int)tensor.Type };
        if (name.Length > 0)
            encoded.Name = name;
        encoded.Dims.AddRange(tensor.Dims);
        if (tensor.Type == ElementType.Text)
            encoded.StringData.AddRange(tensor.Texts.Select(ByteString.CopyFromUtf8));
        else
            encoded.RawData = UnsafeByteOperations.UnsafeWrap(tensor.Data);
        return encoded;
    }

    /// <summary>Text of bytes that must be UTF-8.</summary>
    public static string Text(ByteString bytes, string where)
    {
        try
        {
            return Strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new OnnxFormatException($"{where} holds text that is not UTF-8");
        }
    }

    private static long Count(long[] dims, ElementType type, string where, OnnxLimits limits)
    {
        if (dims.Length > limits.Rank)
            throw new OnnxFormatException($"{where} has {dims.Length:N0} dimensions; the limit is {limits.Rank}");
        Int128 count = 1;
        foreach (var size in dims)
        {
            if (size < 0)
                throw new OnnxFormatException($"{where} has a size of {size}");
            count *= size;
            if (count * Math.Max(type.Bits(), 8) > (Int128)limits.TensorBytes * 8)
                throw new OnnxFormatException(
                    $"{where} is {type.Name()}[{string.Join(",", dims)}], larger than the limit of {limits.TensorBytes:N0} bytes"
                );
        }

        return (long)count;
    }

    private static Tensor Texts(TensorProto tensor, long[] dims, long count, string where)
    {
        Expect(tensor.StringData.Count, count, "texts", where);
        return new Tensor(dims, [.. tensor.StringData.Select(bytes => Text(bytes, where))]);
    }

    private static ReadOnlyMemory<byte> Raw(TensorProto tensor, ElementType type, long count, string where)
    {
        if (TypedCount(tensor) > 0)
            throw new OnnxFormatException($"{where} has its elements twice: as raw bytes and as numbers");
        Expect(tensor.RawData.Length, Tensor.BytesOf(type, count), "bytes", where);
        return tensor.RawData.Memory;
    }

    private static int TypedCount(TensorProto tensor) =>
        tensor.FloatData.Count
        + tensor.Int32Data.Count
        + tensor.Int64Data.Count
        + tensor.DoubleData.Count
        + tensor.Uint64Data.Count
        + tensor.StringData.Count;

    /// <summary>Elements of the field that ONNX has for the type: floats, 64-bit ones, or 32-bit ones for all that is smaller.</summary>
    private static byte[] Typed(TensorProto tensor, ElementType type, long count, string where)
    {
        var pairs = type is ElementType.Complex64 or ElementType.Complex128 ? 2 * count : count;
        switch (type)
        {
            case ElementType.Float32 or ElementType.Complex64:
                return Copied(tensor.FloatData, pairs);
            case ElementType.Float64 or ElementType.Complex128:
                return Copied(tensor.DoubleData, pairs);
            case ElementType.Int64:
                return Copied(tensor.Int64Data, count);
            case ElementType.UInt64:
                return Copied(tensor.Uint64Data, count);
            case ElementType.UInt32:
                ExpectTyped(tensor.Uint64Data.Count, count);
                return Narrowed([.. tensor.Uint64Data.Select(value => unchecked((long)value))]);
            default:
                ExpectTyped(tensor.Int32Data.Count, type.Bits() == 4 ? (count + 1) / 2 : count);
                return Narrowed([.. tensor.Int32Data.Select(value => (long)value)]);
        }

        byte[] Copied<T>(IEnumerable<T> field, long expected)
            where T : unmanaged
        {
            T[] elements = [.. field];
            ExpectTyped(elements.Length, expected);
            return MemoryMarshal.AsBytes<T>(elements).ToArray();
        }

        void ExpectTyped(int found, long expected)
        {
            Expect(found, expected, "elements in the field of its type", where);
            if (TypedCount(tensor) > found)
                throw new OnnxFormatException($"{where} has elements in the field of another type");
        }

        byte[] Narrowed(long[] values)
        {
            var width = Math.Max(type.Bits() / 8, 1);
            var bytes = new byte[values.Length * width];
            var (least, most) = Range(type);
            Span<byte> element = stackalloc byte[8];
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i] < least || values[i] > most)
                    throw new OnnxFormatException($"{where} has the element {values[i]}, which no {type.Name()} is");
                BinaryPrimitives.WriteInt64LittleEndian(element, values[i]);
                element[..width].CopyTo(bytes.AsSpan(i * width));
            }

            return bytes;
        }
    }

    /// <summary>What an element may be in a wider field: 4-bit types come two a number, floats as their bits.</summary>
    private static (long Least, long Most) Range(ElementType type) =>
        type switch
        {
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ElementType.Int16 => (short.MinValue, short.MaxValue),
            ElementType.Int32 => (int.MinValue, int.MaxValue),
            ElementType.UInt32 => (0, uint.MaxValue),
            ElementType.UInt16 or ElementType.Float16 or ElementType.BFloat16 => (0, ushort.MaxValue),
            ElementType.Bool => (0, 1),
            ElementType.Int4 => (sbyte.MinValue, byte.MaxValue),
            _ => (0, byte.MaxValue),
        };

    private static void Expect(long found, long expected, string what, string where)
    {
        if (found != expected)
            throw new OnnxFormatException($"{where} has {found:N0} {what}; its sizes ask for {expected:N0}");
    }
}
