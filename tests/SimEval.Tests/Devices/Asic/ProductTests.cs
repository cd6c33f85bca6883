using SimEval.Devices.Asic;
using SimEval.Models.Asic.Programs;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

public class ProductTests
{
    private static readonly Philox Draws = new(3);

    public static TheoryData<int> Products => [.. Enumerable.Range(0, AsicProducts.All.Count)];

    [Theory]
    [MemberData(nameof(Products))]
    public void Every_way_of_making_products_gives_the_same_sums(int index)
    {
        var product = AsicProducts.All[index];
        foreach (
            var (rows, k, n) in ((int, int, int)[])
                [
                    (1, 1, 1),
                    (3, 7, 5),
                    (4, 64, 64),
                    (5, 65, 70),
                    (17, 130, 129),
                    (9, 256, 12),
                    (8, 31, 16),
                    (1, 300, 200),
                ]
        )
        {
            var x = Bytes(rows * k, rows);
            var w = Array.ConvertAll(Bytes(k * n, k), value => (sbyte)value);
            Assert.Equal(Sums(PlainProduct.Instance, x, rows, w, k, n), Sums(product, x, rows, w, k, n));
        }
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void The_greatest_operands_do_not_overflow(int index)
    {
        const int k = 4096;
        var x = Enumerable.Repeat((byte)255, k).ToArray();
        var w = Enumerable.Repeat((sbyte)-128, k).ToArray();
        Assert.Equal(-255 * 128 * k, Sums(AsicProducts.All[index], x, 1, w, k, 1)[0]);
    }

    private static int[] Sums(IInt8Product product, byte[] x, int rows, sbyte[] w, int k, int n)
    {
        var packed = product.Allocate(k, n);
        product.Pack(w, packed);
        var sums = new int[rows * n];
        product.Multiply(x, rows, packed, sums);
        return sums;
    }

    private static byte[] Bytes(int count, int stream) =>
        [.. Enumerable.Range(0, count).Select(i => (byte)(Draws.Uniform((ulong)(stream * 100003L + i)) * 256))];
}
