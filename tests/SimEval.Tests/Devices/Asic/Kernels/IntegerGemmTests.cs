using FsCheck;
using FsCheck.Fluent;
using SimEval.Devices.Asic.Kernels;
using Xunit;

namespace SimEval.Tests.Devices.Asic.Kernels;

public sealed class IntegerGemmTests
{
    public static TheoryData<IntegerKernel> Kernels => [.. IntegerGemm.Available];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_kernel_gives_the_exact_sums_of_any_shape(IntegerKernel kernel) =>
        Prop.ForAll(
                Gen.Choose(1, 21).Zip(Gen.Choose(1, 90)).Zip(Gen.Choose(1, 140)).Zip(Gen.Choose(0, 3)).ToArbitrary(),
                drawn =>
                {
                    var (((m, k), n), extremes) = drawn;
                    var random = new Random((m * 1_000_003) + (k * 1009) + n);
                    var activations = new byte[m * k];
                    var weights = new sbyte[k * n];
                    random.NextBytes(activations);
                    for (var i = 0; i < weights.Length; i++)
                        weights[i] = extremes == 0 ? (sbyte)-128 : (sbyte)random.Next(-128, 128);
                    if (extremes <= 1)
                        Array.Fill(activations, (byte)255);
                    AreExact(kernel, activations, weights, m, k, n, transposed: extremes == 3);
                }
            )
            .QuickCheckThrowOnFailure();

    // 255 x -128 in every place: 16-bit sums of two would saturate, 32-bit sums of 65,793 do not overflow.
    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_longest_sum_of_extremes_is_exact(IntegerKernel kernel)
    {
        const int k = 65_793;
        var activations = Enumerable.Repeat((byte)255, k).ToArray();
        var weights = Enumerable.Repeat((sbyte)-128, k).ToArray();
        var sums = new int[1];
        IntegerGemm.Pack(weights, k, 1, kernel: kernel).Multiply(activations, 1, sums);
        Assert.Equal(-255L * 128 * k, sums[0]);
    }

    // Longer than one piece of K (1024 in the native AVX2 kernel), of odd length, with rows and columns to spare.
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Sums_over_several_pieces_are_exact(IntegerKernel kernel)
    {
        var random = new Random(7);
        var activations = new byte[7 * 2_051];
        random.NextBytes(activations);
        var weights = new sbyte[2_051 * 37];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = (sbyte)random.Next(-128, 128);
        AreExact(kernel, activations, weights, 7, 2_051, 37, transposed: false);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Weights_loaded_anew_replace_the_old_ones(IntegerKernel kernel)
    {
        var packed = IntegerGemm.Pack([1, 2, 3, 4, 5, 6], 3, 2, kernel: kernel);
        Assert.Equal([9, 12], packed.ColumnSums.ToArray());
        packed.Load([1, 0, 0, 0, 1, 0], transposed: true);
        var sums = new int[2];
        packed.Multiply([10, 20, 30], 1, sums);
        Assert.Equal([10, 20], sums);
        Assert.Equal([1, 1], packed.ColumnSums.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Nothing_times_anything_is_nothing(IntegerKernel kernel)
    {
        var sums = new[] { 7, 7 };
        IntegerGemm.Pack([], 0, 2, kernel: kernel).Multiply([], 1, sums);
        Assert.Equal([0, 0], sums);
        IntegerGemm.Pack([1, 2], 1, 2, kernel: kernel).Multiply([], 0, []);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        var packed = IntegerGemm.Pack([1, 2], 1, 2);
        Assert.Throws<ArgumentException>(() => packed.Load([1]));
        Assert.Throws<ArgumentException>(() => packed.Multiply([1, 2], 1, new int[2]));
        Assert.Throws<ArgumentException>(() => packed.Multiply([1], 1, new int[3]));
    }

    private static void AreExact(
        IntegerKernel kernel,
        byte[] activations,
        sbyte[] weights,
        int m,
        int k,
        int n,
        bool transposed
    )
    {
        // A guard on either side: a kernel that writes beyond its matrix is caught.
        var sums = Enumerable.Repeat(12_345, (m * n) + 32).ToArray();
        var packed = IntegerGemm.Pack(weights, k, n, transposed, kernel);
        packed.Multiply(activations, m, sums.AsSpan(16, m * n));
        for (var row = 0; row < m; row++)
        {
            for (var column = 0; column < n; column++)
            {
                var sum = 0L;
                for (var i = 0; i < k; i++)
                    sum += activations[(row * k) + i] * weights[transposed ? (column * k) + i : (i * n) + column];
                Assert.Equal(sum, sums[16 + (row * n) + column]);
            }
        }
        Assert.All(sums.Take(16).Concat(sums.TakeLast(16)), guard => Assert.Equal(12_345, guard));
    }
}
