using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SimEval.Devices.Npz;

/// <summary>
/// The header of an NPY file (NumPy enhancement proposal 1): magic, version 1, 2 or 3, and a Python dictionary with `descr`,
/// `fortran_order` and `shape`.
/// </summary>
/// <param name="Descr">NumPy's name of the element type: "&lt;f4", "|b1".</param>
/// <param name="FortranOrder">Whether the first axis varies fastest.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Bytes">Bytes that the header takes, the magic included.</param>
internal sealed record NpyHeader(string Descr, bool FortranOrder, IReadOnlyList<long> Shape, int Bytes)
{
    private const int MostHeader = 1 << 20;
    private const int MostRank = 32;
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads it; throws <see cref="NpyFormatException"/>.</summary>
    public static NpyHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 10 || !file[..6].SequenceEqual(Magic))
            throw new NpyFormatException("this is no NPY array: it does not begin with \\x93NUMPY");
        if (file[6] is < 1 or > 3)
            throw new NpyFormatException($"NPY version {file[6]}.{file[7]} is not read; versions 1 to 3 are");
        var start = file[6] == 1 ? 10 : 12;
        if (file.Length < start)
            throw new NpyFormatException("the NPY header is cut short");
        var length =
            file[6] == 1
                ? BinaryPrimitives.ReadUInt16LittleEndian(file[8..])
                : BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (length > MostHeader || length > file.Length - start)
            throw new NpyFormatException($"the NPY header says that it has {length} bytes; the file has fewer");
        var text = Encoding.UTF8.GetString(file.Slice(start, (int)length));
        return new Literal(text).Header(start + (int)length);
    }

    /// <summary>The header's bytes, version 1, padded so that the data are aligned to 64 bytes.</summary>
    public static byte[] Write(string descr, IReadOnlyList<long> shape)
    {
        var sizes = string.Concat(shape.Select(size => size.ToString(CultureInfo.InvariantCulture) + ", "));
        var tuple = shape.Count == 1 ? $"({shape[0]},)" : $"({sizes.TrimEnd(' ', ',')})";
        var text = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple}, }}";
        var bytes = (10 + text.Length + 1 + 63) / 64 * 64;
        var header = new byte[bytes];
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(bytes - 10));
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>The few forms of a Python literal that a header has: a dictionary of texts, booleans and tuples of integers.</summary>
    private sealed class Literal(string text)
    {
        private int at;

        public NpyHeader Header(int bytes)
        {
            string? descr = null;
            bool? fortran = null;
            List<long>? shape = null;
            Expect('{');
            while (!Take('}'))
            {
                var key = Quoted();
                Expect(':');
                switch (key)
                {
                    case "descr":
                        if (Peek() == '[')
                            throw new NpyFormatException("structured arrays (records) are not read");
                        descr = Quoted();
                        break;
                    case "fortran_order":
                        fortran = Boolean();
                        break;
                    case "shape":
                        shape = Tuple();
                        break;
                    default:
                        throw Bad($"the key '{key}'");
                }

                if (!Take(','))
                {
                    Expect('}');
                    break;
                }
            }

            return descr is not null && fortran is { } order && shape is not null
                ? new NpyHeader(descr, order, shape, bytes)
                : throw new NpyFormatException("the NPY header lacks descr, fortran_order or shape");
        }

        private string Quoted()
        {
            var quote = Peek();
            if (quote is not ('\'' or '"'))
                throw Bad("what should be a text");
            var end = text.IndexOf(quote, at + 1);
            if (end < 0)
                throw Bad("a text without an end");
            var value = text[(at + 1)..end];
            at = end + 1;
            return value;
        }

        private bool Boolean()
        {
            foreach (var (word, value) in new[] { ("True", true), ("False", false) })
            {
                Peek();
                if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0)
                    continue;
                at += word.Length;
                return value;
            }

            throw Bad("what should be True or False");
        }

        private List<long> Tuple()
        {
            var sizes = new List<long>();
            Expect('(');
            while (!Take(')'))
            {
                Peek();
                var start = at;
                while (at < text.Length && char.IsAsciiDigit(text[at]))
                    at++;
                if (!long.TryParse(text[start..at], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                    throw Bad("what should be a size");
                // Python 2 wrote long integers so.
                Take('L');
                sizes.Add(size);
                if (sizes.Count > MostRank)
                    throw new NpyFormatException($"the array has more than {MostRank} dimensions");
                if (Take(','))
                    continue;
                Expect(')');
                break;
            }

            return sizes;
        }

        private char Peek()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            return at < text.Length ? text[at] : throw new NpyFormatException("the NPY header is cut short");
        }

        private bool Take(char expected)
        {
            if (Peek() != expected)
                return false;
            at++;
            return true;
        }

        private void Expect(char expected)
        {
            if (!Take(expected))
                throw Bad($"no '{expected}'");
        }

        private NpyFormatException Bad(string what) => new($"the NPY header has {what} at character {at}");
    }
}
