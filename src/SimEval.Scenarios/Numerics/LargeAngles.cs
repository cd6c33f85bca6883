using System.Numerics;

namespace SimEval.Scenarios.Numerics;

/// <summary>
/// The reduction of angles from 2^40 rad up (Payne and Hanek 1983): a window of the bits of 2/pi, chosen by the angle's
/// exponent, times the angle's 53-bit integer, modulo 4.
/// </summary>
internal static class LargeAngles
{
    // The first 1280 bits of 2/pi after the binary point, most significant first, after 64 zeros that let a window start early.
    private static readonly ulong[] TwoOverPi =
    [
        0,
        0xA2F9836E4E441529,
        0xFC2757D1F534DDC0,
        0xDB6295993C439041,
        0xFE5163ABDEBBC561,
        0xB7246E3A424DD2E0,
        0x06492EEA09D1921C,
        0xFE1DEB1CB129A73E,
        0xE88235F52EBB4484,
        0xE99C7026B45F7E41,
        0x3991D639835339F4,
        0x9C845F8BBDF9283B,
        0x1FF897FFDE05980F,
        0xEF2F118B5A0A6D1F,
        0x6D367ECF27CB09B7,
        0x4F463F669E5FEA2D,
        0x7527BAC7EBE5F17B,
        0x3D0739F78A5292EA,
        0x6BFB5FB11F8D5D08,
        0x56033046FC7B6BAB,
        0xF0CFBC209AF4361D,
    ];

    private const double HalfPi1 = 1.5707963267948966,
        HalfPi2 = 6.123233995736766e-17;

    /// <summary>Quadrant and remainder of an angle of at least 2^40 rad, an infinity or NaN (remainder NaN).</summary>
    internal static int Reduce(double x, out double r, out double rest)
    {
        if (!double.IsFinite(x))
        {
            r = double.NaN;
            rest = 0;
            return 0;
        }

        var bits = BitConverter.DoubleToUInt64Bits(x);
        var mantissa = (bits & ((1UL << 52) - 1)) | (1UL << 52);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1075;

        // Bits of 2/pi that weigh 4 or more after the product are multiples of a full turn. 192 bits remain, of which 2 are
        // the quadrant: 190 of fraction, less 53 for the truncation, less 62 that a double can cancel, leave 75.
        var start = 64 + exponent - 2;
        var (a, b, c) = (Window(start), Window(start + 64), Window(start + 128));
        var high0 = Math.BigMul(mantissa, c, out var low0);
        var high1 = Math.BigMul(mantissa, b, out var low1);
        var word1 = low1 + high0;
        var word2 = mantissa * a + high1 + (word1 < low1 ? 1UL : 0UL);

        var quadrant = (int)(word2 >> 62);
        var f2 = (word2 << 2) | (word1 >> 62);
        var f1 = (word1 << 2) | (low0 >> 62);
        var f0 = low0 << 2;
        var negative = (f2 >> 63) != 0;
        if (negative)
        {
            quadrant++;
            f0 = ~f0 + 1;
            f1 = ~f1 + (f0 == 0 ? 1UL : 0UL);
            f2 = ~f2 + (f0 == 0 && f1 == 0 ? 1UL : 0UL);
        }

        var zeros = BitOperations.LeadingZeroCount(f2);
        if (zeros > 0)
        {
            f2 = zeros == 64 ? f1 : (f2 << zeros) | (f1 >> (64 - zeros));
            f1 = zeros == 64 ? f0 : (f1 << zeros) | (f0 >> (64 - zeros));
        }

        var turn = (f2 >> 11) * Power(-53 - zeros);
        var turnLow = (((f2 & 0x7FF) << 42) | (f1 >> 22)) * Power(-106 - zeros);
        r = turn * HalfPi1;
        rest = Math.FusedMultiplyAdd(turn, HalfPi1, -r) + (turn * HalfPi2 + turnLow * HalfPi1);
        if (bits >> 63 != 0 != negative)
            (r, rest) = (-r, -rest);
        return bits >> 63 != 0 ? -quadrant : quadrant;
    }

    private static ulong Window(int start)
    {
        var (word, shift) = (start >> 6, start & 63);
        return shift == 0 ? TwoOverPi[word] : (TwoOverPi[word] << shift) | (TwoOverPi[word + 1] >> (64 - shift));
    }

    private static double Power(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
