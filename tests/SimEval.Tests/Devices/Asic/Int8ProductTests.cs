using FsCheck;
using FsCheck.Fluent;
using SimEval.Devices.Asic;
using SimEval.Models.Asic.Programs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

public sealed class Int8ProductTests
{
    public static TheoryData<string> Names => [.. AsicProducts.All.Select(product => product.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_product_gives_the_exact_sums_of_any_shape(string name) =>
        Prop.ForAll(
                Gen.Choose(1, 21).Zip(Gen.Choose(1, 90)).Zip(Gen.Choose(1, 140)).Zip(Gen.Choose(0, 2)).ToArbitrary(),
                drawn =>
                {
                    var (((rows, k), n), extremes) = drawn;
                    var (x, weights) = Drawn(rows, k, n);
                    if (extremes == 0)
                        Array.Fill(weights, (sbyte)-128);
                    if (extremes <= 1)
                        Array.Fill(x, (byte)255);
                    AreExact(name, x, weights, rows, k, n);
                }
            )
            .QuickCheckThrowOnFailure();

    // 255 x -128 in every place: 16-bit sums of two would saturate, 32-bit sums of 65,793 do not overflow.
    [Theory]
    [MemberData(nameof(Names))]
    public void The_longest_sum_of_extremes_is_exact(string name)
    {
        const int k = 65_793;
        var x = Enumerable.Repeat((byte)255, k).ToArray();
        var weights = Enumerable.Repeat((sbyte)-128, k).ToArray();
        Assert.Equal(-255L * 128 * k, Multiply(name, x, weights, 1, k, 1)[16]);
    }

    // Longer than one piece of K (1024 in the native AVX2 kernel), of odd length, with rows and columns to spare.
    [Theory]
    [MemberData(nameof(Names))]
    public void Sums_over_several_pieces_are_exact(string name)
    {
        var (x, weights) = Drawn(7, 2_051, 37);
        AreExact(name, x, weights, 7, 2_051, 37);
    }

    private static (byte[] X, sbyte[] Weights) Drawn(int rows, int k, int n)
    {
        var random = new Random((rows * 1_000_003) + (k * 1009) + n);
        var x = new byte[rows * k];
        random.NextBytes(x);
        var weights = new sbyte[k * n];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = (sbyte)random.Next(-128, 128);
        return (x, weights);
    }

    // A guard of 16 on either side: a kernel that writes beyond its matrix is caught.
    private static int[] Multiply(string name, byte[] x, sbyte[] weights, int rows, int k, int n)
    {
        var product = AsicProducts.All.Single(candidate => candidate.Name == name);
        var packed = product.Allocate(k, n);
        product.Pack(weights, packed);
        var sums = Enumerable.Repeat(12_345, (rows * n) + 32).ToArray();
        product.Multiply(x, rows, packed, sums.AsSpan(16, rows * n));
        Assert.All(sums.Take(16).Concat(sums.TakeLast(16)), guard => Assert.Equal(12_345, guard));
        return sums;
    }

    private static void AreExact(string name, byte[] x, sbyte[] weights, int rows, int k, int n)
    {
        var sums = Multiply(name, x, weights, rows, k, n);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < n; column++)
            {
                var sum = 0L;
                for (var i = 0; i < k; i++)
                    sum += x[(row * k) + i] * weights[(i * n) + column];
                Assert.Equal(sum, sums[16 + (row * n) + column]);
            }
        }
    }
}
