using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace SimEval.Scenarios.Numerics;

/// <summary>
/// A fast 64-bit hash for checksums and keys, the same on every machine (little-endian reads; no secret, so not for
/// hostile input). Chains: the hash of a frame starts from the hash of the frame before it.
/// The mixer is the 64x64-to-128-bit multiply folded by xor, as in wyhash and its kin.
/// </summary>
public static class Hash64
{
    private const ulong P0 = 0xA0761D6478BD642F,
        P1 = 0xE7037ED1A0B428DB,
        P2 = 0x8EBC6AF09C88C6E3;

    /// <summary>Mixes one word into a running hash.</summary>
    public static ulong Mix(ulong hash, ulong word)
    {
        var high = Math.BigMul(hash ^ P0, word ^ P1, out var low);
        return high ^ low ^ BitOperations.RotateLeft(hash, 29);
    }

    /// <summary>Mixes a double by its bits; -0.0 and 0.0 differ, all NaNs are one.</summary>
    public static ulong Mix(ulong hash, double value) =>
        Mix(hash, double.IsNaN(value) ? 0x7FF8000000000000UL : BitConverter.DoubleToUInt64Bits(value));

    /// <summary>The hash of a few words.</summary>
    public static ulong Of(params ReadOnlySpan<ulong> words) => Chain(P2, MemoryMarshal.AsBytes(words));

    /// <summary>The hash of a text's UTF-8 bytes.</summary>
    public static ulong OfText(string text) => Chain(P2, Encoding.UTF8.GetBytes(text));

    /// <summary>The hash of bytes.</summary>
    public static ulong OfBytes(ReadOnlySpan<byte> bytes) => Chain(P2, bytes);

    /// <summary>The running hash after <paramref name="bytes"/>; four lanes, so that long states cost little.</summary>
    public static ulong Chain(ulong hash, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        ulong a = hash ^ P0,
            b = hash ^ P1,
            c = hash ^ P2,
            d = ~hash;
        var i = 0;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = Mix(a, words[i]);
            b = Mix(b, words[i + 1]);
            c = Mix(c, words[i + 2]);
            d = Mix(d, words[i + 3]);
        }

        for (; i < words.Length; i++)
            a = Mix(a, words[i]);
        ulong tail = 0;
        for (var k = words.Length * 8; k < bytes.Length; k++)
            tail = (tail << 8) | bytes[k];
        // The tail goes first, so that its few bits pass four rounds as well.
        return Mix(Mix(Mix(Mix(a, tail ^ ((ulong)bytes.Length << 32)), b), c), d);
    }

    /// <summary>The running hash after doubles, by their bits.</summary>
    public static ulong Chain(ulong hash, ReadOnlySpan<double> values) => Chain(hash, MemoryMarshal.AsBytes(values));
}
