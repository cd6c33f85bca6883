namespace SimEval.Scenarios.Sweeps;

/// <summary>
/// Sobol's low-discrepancy sequence, 32 bits, by Gray code (Antonov and Saleev 1979), with the primitive polynomials and
/// initial direction numbers of S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional
/// projections", SIAM J. Sci. Comput. 30 (2008), table new-joe-kuo-6, dimensions 1 to 16.
/// </summary>
public static class SobolSequence
{
    /// <summary>Dimensions there are numbers for.</summary>
    public const int Dimensions = 16;

    private const int Bits = 32;

    // Degree and inner coefficients of the polynomial, then the first numbers m; the first dimension is van der Corput's.
    private static readonly (int Degree, int Inner, int[] First)[] Table =
    [
        (0, 0, []),
        (1, 0, [1]),
        (2, 1, [1, 3]),
        (3, 1, [1, 3, 1]),
        (3, 2, [1, 1, 1]),
        (4, 1, [1, 1, 3, 3]),
        (4, 4, [1, 3, 5, 13]),
        (5, 2, [1, 1, 5, 5, 17]),
        (5, 4, [1, 1, 5, 5, 5]),
        (5, 7, [1, 1, 7, 11, 19]),
        (5, 11, [1, 1, 5, 1, 1]),
        (5, 13, [1, 1, 1, 3, 11]),
        (5, 14, [1, 3, 5, 5, 31]),
        (6, 1, [1, 3, 3, 9, 7, 49]),
        (6, 13, [1, 1, 1, 15, 21, 21]),
        (6, 16, [1, 3, 1, 13, 27, 49]),
    ];

    private static readonly uint[][] Directions = [.. Table.Select(Expand)];

    /// <summary>The point's coordinate as a 32-bit fraction; index 0 is the origin, 1 the centre.</summary>
    /// <param name="index">Index of the point.</param>
    /// <param name="dimension">From 0 to <see cref="Dimensions"/> - 1.</param>
    public static uint Coordinate(uint index, int dimension)
    {
        var gray = index ^ (index >> 1);
        uint value = 0;
        for (var bit = 0; gray != 0; bit++, gray >>= 1)
        {
            if ((gray & 1) != 0)
                value ^= Directions[dimension][bit];
        }

        return value;
    }

    private static uint[] Expand((int Degree, int Inner, int[] First) row)
    {
        var directions = new uint[Bits];
        for (var i = 0; i < Bits; i++)
        {
            if (row.Degree == 0)
                directions[i] = 1u << (Bits - 1 - i);
            else if (i < row.Degree)
                directions[i] = (uint)row.First[i] << (Bits - 1 - i);
            else
            {
                var next = directions[i - row.Degree] ^ (directions[i - row.Degree] >> row.Degree);
                for (var k = 1; k < row.Degree; k++)
                {
                    if (((row.Inner >> (row.Degree - 1 - k)) & 1) != 0)
                        next ^= directions[i - k];
                }

                directions[i] = next;
            }
        }

        return directions;
    }
}
