using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SimEval.Models.Asic.Operators;

/// <summary>Rows of float32 values to 8 bits, many at a time; the same bits as <see cref="Numerics8"/> gives one by one.</summary>
internal static class RowBytes
{
    /// <summary>Values of one step at 512 bits; half as many at 256.</summary>
    private const int Wide = 64,
        Narrow = 32;

    /// <summary>Quantizes a row: <see cref="Numerics8.Quantize"/> of each value.</summary>
    public static void Quantize(
        ReadOnlySpan<float> source,
        float scale,
        int zero,
        int least,
        int greatest,
        Span<byte> target
    )
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var bounds = new Bounds512(zero, least, greatest);
            var divisor = Vector512.Create(scale);
            for (; i + Wide <= source.Length; i += Wide)
                Pack(
                    bounds.Round(Load512(source, i) / divisor),
                    bounds.Round(Load512(source, i + 16) / divisor),
                    bounds.Round(Load512(source, i + 32) / divisor),
                    bounds.Round(Load512(source, i + 48) / divisor),
                    target[i..]
                );
        }

        if (Vector256.IsHardwareAccelerated)
        {
            var bounds = new Bounds256(zero, least, greatest);
            var divisor = Vector256.Create(scale);
            for (; i + Narrow <= source.Length; i += Narrow)
                Pack(
                    bounds.Round(Load256(source, i) / divisor),
                    bounds.Round(Load256(source, i + 8) / divisor),
                    bounds.Round(Load256(source, i + 16) / divisor),
                    bounds.Round(Load256(source, i + 24) / divisor),
                    target[i..]
                );
        }

        for (; i < source.Length; i++)
            target[i] = (byte)Numerics8.Quantize(source[i], scale, zero, least, greatest);
    }

    /// <summary>Requantizes a row: <see cref="Numerics8.Requantize"/> of each sum plus its offset, by its multiplier.</summary>
    public static void Requantize(
        ReadOnlySpan<int> sums,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<float> multipliers,
        int zero,
        int least,
        int greatest,
        Span<byte> target
    )
    {
        var i = 0;
        offsets = offsets[..sums.Length];
        multipliers = multipliers[..sums.Length];
        if (Vector512.IsHardwareAccelerated)
        {
            var bounds = new Bounds512(zero, least, greatest);
            for (; i + Wide <= sums.Length; i += Wide)
                Pack(
                    bounds.RoundNumber(Scaled512(sums, offsets, multipliers, i)),
                    bounds.RoundNumber(Scaled512(sums, offsets, multipliers, i + 16)),
                    bounds.RoundNumber(Scaled512(sums, offsets, multipliers, i + 32)),
                    bounds.RoundNumber(Scaled512(sums, offsets, multipliers, i + 48)),
                    target[i..]
                );
        }

        if (Vector256.IsHardwareAccelerated)
        {
            var bounds = new Bounds256(zero, least, greatest);
            for (; i + Narrow <= sums.Length; i += Narrow)
                Pack(
                    bounds.RoundNumber(Scaled256(sums, offsets, multipliers, i)),
                    bounds.RoundNumber(Scaled256(sums, offsets, multipliers, i + 8)),
                    bounds.RoundNumber(Scaled256(sums, offsets, multipliers, i + 16)),
                    bounds.RoundNumber(Scaled256(sums, offsets, multipliers, i + 24)),
                    target[i..]
                );
        }

        for (; i < sums.Length; i++)
            target[i] = (byte)
                Numerics8.Requantize(unchecked(sums[i] + offsets[i]), multipliers[i], zero, least, greatest);
    }

    private static Vector512<float> Scaled512(
        ReadOnlySpan<int> sums,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<float> multipliers,
        int at
    ) => Vector512.ConvertToSingle(Load512(sums, at) + Load512(offsets, at)) * Load512(multipliers, at);

    private static Vector256<float> Scaled256(
        ReadOnlySpan<int> sums,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<float> multipliers,
        int at
    ) => Vector256.ConvertToSingle(Load256(sums, at) + Load256(offsets, at)) * Load256(multipliers, at);

    private static Vector512<T> Load512<T>(ReadOnlySpan<T> values, int at) =>
        Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)at);

    private static Vector256<T> Load256<T>(ReadOnlySpan<T> values, int at) =>
        Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)at);

    // Saturated already, so that the low bytes are the values.
    private static void Pack(
        Vector512<int> a,
        Vector512<int> b,
        Vector512<int> c,
        Vector512<int> d,
        Span<byte> target
    ) =>
        Vector512
            .Narrow(Vector512.Narrow(a, b), Vector512.Narrow(c, d))
            .AsByte()
            .StoreUnsafe(ref MemoryMarshal.GetReference(target[..Wide]));

    private static void Pack(
        Vector256<int> a,
        Vector256<int> b,
        Vector256<int> c,
        Vector256<int> d,
        Span<byte> target
    ) =>
        Vector256
            .Narrow(Vector256.Narrow(a, b), Vector256.Narrow(c, d))
            .AsByte()
            .StoreUnsafe(ref MemoryMarshal.GetReference(target[..Narrow]));

    // Saturated before rounding, as Numerics8 does. Processors differ in the bounds of what is not a number, which gives the
    // least value; a sum times a finite multiplier always is one.
    private readonly struct Bounds512(int zero, int least, int greatest)
    {
        private readonly Vector512<float> low = Vector512.Create((float)(least - zero));
        private readonly Vector512<float> high = Vector512.Create((float)(greatest - zero));
        private readonly Vector512<int> zeros = Vector512.Create(zero);
        private readonly Vector512<int> lowest = Vector512.Create(least);

        public Vector512<int> RoundNumber(Vector512<float> value)
        {
            var bounded = Vector512.MinNative(Vector512.MaxNative(value, low), high);
            return Vector512.ConvertToInt32Native(Vector512.Round(bounded)) + zeros;
        }

        public Vector512<int> Round(Vector512<float> value) =>
            Vector512.ConditionalSelect(Vector512.Equals(value, value).AsInt32(), RoundNumber(value), lowest);
    }

    private readonly struct Bounds256(int zero, int least, int greatest)
    {
        private readonly Vector256<float> low = Vector256.Create((float)(least - zero));
        private readonly Vector256<float> high = Vector256.Create((float)(greatest - zero));
        private readonly Vector256<int> zeros = Vector256.Create(zero);
        private readonly Vector256<int> lowest = Vector256.Create(least);

        public Vector256<int> RoundNumber(Vector256<float> value)
        {
            var bounded = Vector256.MinNative(Vector256.MaxNative(value, low), high);
            return Vector256.ConvertToInt32Native(Vector256.Round(bounded)) + zeros;
        }

        public Vector256<int> Round(Vector256<float> value) =>
            Vector256.ConditionalSelect(Vector256.Equals(value, value).AsInt32(), RoundNumber(value), lowest);
    }
}
