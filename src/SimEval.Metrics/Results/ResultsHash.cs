using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SimEval.Metrics.Results;

/// <summary>
/// The hash that two runs of one scenario share when they gave the same results. SHA-256 over the counted rollouts in the
/// fixed order (pair, then variant as declared). Per rollout, little-endian: the length of the variant's name in UTF-8
/// (32 bits), the name, the point's key (64), the seed (32), the final checksum (64), the number of metrics (32) and each
/// metric's bits (64, one pattern for every NaN).
/// </summary>
public static class ResultsHash
{
    private const ulong NotANumber = 0x7FF8000000000000;

    /// <summary>64 hexadecimal digits. Results that are not counted (infrastructure errors, discarded ones) do not enter.</summary>
    public static string Of(ResultSet results)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var record = new byte[256];
        foreach (var result in results.Counted())
        {
            var name = Encoding.UTF8.GetBytes(result.Key.Variant);
            var size = 4 + name.Length + 8 + 4 + 8 + 4 + (8 * result.Values.Count);
            if (record.Length < size)
                record = new byte[size];
            var at = record.AsSpan();
            BinaryPrimitives.WriteInt32LittleEndian(at, name.Length);
            name.CopyTo(at[4..]);
            at = at[(4 + name.Length)..];
            BinaryPrimitives.WriteUInt64LittleEndian(at, result.Key.Point.Value);
            BinaryPrimitives.WriteInt32LittleEndian(at[8..], result.Key.Seed);
            BinaryPrimitives.WriteUInt64LittleEndian(at[12..], result.Checksum);
            BinaryPrimitives.WriteInt32LittleEndian(at[20..], result.Values.Count);
            at = at[24..];
            foreach (var value in result.Values)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(
                    at,
                    double.IsNaN(value) ? NotANumber : BitConverter.DoubleToUInt64Bits(value)
                );
                at = at[8..];
            }

            hash.AppendData(record, 0, size);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
