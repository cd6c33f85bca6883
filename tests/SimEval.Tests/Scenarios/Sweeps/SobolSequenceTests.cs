using SimEval.Scenarios.Sweeps;
using Xunit;

namespace SimEval.Tests.Scenarios.Sweeps;

public sealed class SobolSequenceTests
{
    [Fact]
    public void The_first_points_are_the_published_ones()
    {
        // The first eight of Joe and Kuo's program in three dimensions.
        double[][] expected =
        [
            [0, 0, 0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
        ];

        for (uint i = 0; i < 8; i++)
            Assert.Equal(expected[i], Enumerable.Range(0, 3).Select(d => Share(i, d)));
    }

    [Fact]
    public void Every_dimension_puts_one_point_in_each_of_its_slices()
    {
        for (var dimension = 0; dimension < SobolSequence.Dimensions; dimension++)
        {
            var slices = Enumerable.Range(0, 1024).Select(i => (int)(Share((uint)i, dimension) * 1024));
            Assert.Equal(1024, slices.Distinct().Count());
        }
    }

    [Fact]
    public void Two_dimensions_together_are_even()
    {
        for (var a = 0; a < SobolSequence.Dimensions; a++)
        {
            for (var b = a + 1; b < SobolSequence.Dimensions; b++)
            {
                var cells = new int[16];
                for (uint i = 0; i < 1024; i++)
                    cells[(int)(Share(i, a) * 4) * 4 + (int)(Share(i, b) * 4)]++;
                Assert.All(cells, count => Assert.Equal(64, count));
            }
        }
    }

    private static double Share(uint index, int dimension) => SobolSequence.Coordinate(index, dimension) / 4294967296.0;
}
