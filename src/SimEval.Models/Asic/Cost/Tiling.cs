using SimEval.Models.Asic.Boards;

namespace SimEval.Models.Asic.Cost;

/// <summary>Which operand a tile of is kept while tiles of the other pass by.</summary>
public enum StayingOperand
{
    /// <summary>Columns of weights outside, rows of activations inside.</summary>
    Weights,

    /// <summary>Rows of activations outside, columns of weights inside.</summary>
    Activations,
}

/// <summary>
/// How one product is cut to the chip's memory. Sums over all K stay in the accumulators (K is the innermost loop); of the
/// two loops outside it, <see cref="Stays"/> names the outer.
/// </summary>
/// <param name="Tile">The largest tile; the last of each side may be smaller.</param>
/// <param name="Stays">The operand of the outer loop.</param>
/// <param name="ActivationFetches">How often the activations are brought to the chip, were they not there.</param>
/// <param name="WeightFetches">How often the weights are brought to the chip, were they not there.</param>
/// <param name="Pieces">Pieces of the array's streaming side.</param>
public sealed record Tiling(
    ProductShape Tile,
    StayingOperand Stays,
    long ActivationFetches,
    long WeightFetches,
    long Pieces
)
{
    /// <summary>
    /// Every tiling that fits the board, the whole product first where it fits. Sides are halved down to the smallest tile
    /// that fills the array. Buffers work as two halves, except that activations which all fit together are not cut.
    /// </summary>
    public static IEnumerable<Tiling> Candidates(BoardGeneration board, LayerWork work, Placement placement)
    {
        var shape = work.Product ?? throw new ArgumentException($"layer '{work.Name}' has no product to tile");
        var least = ProductShape.LeastTile(board.Array);
        var allFit = work.LiveBytes <= board.Sram.Activations;
        foreach (var m in Sizes(shape.M, least.M))
        {
            foreach (var n in Sizes(shape.N, least.N))
            {
                foreach (var k in Sizes(shape.K, least.K))
                {
                    var tile = new ProductShape(m, k, n);
                    if (!Fits(board, work, placement, tile, allFit))
                        continue;
                    yield return Of(board.Array, shape, tile, StayingOperand.Weights);
                    yield return Of(board.Array, shape, tile, StayingOperand.Activations);
                }
            }
        }
    }

    private static bool Fits(BoardGeneration board, LayerWork work, Placement placement, ProductShape tile, bool allFit)
    {
        if (2 * tile.AccumulatorBytes > board.Sram.Accumulators)
            return false;
        if (!work.WeightsAreComputed && !placement.Weights && 2 * tile.WeightBytes > board.Sram.Weights)
            return false;
        var computed = work.WeightsAreComputed ? tile.WeightBytes : 0;
        return allFit || 2 * (tile.ActivationBytes + computed + tile.Outputs) <= board.Sram.Activations;
    }

    private static Tiling Of(SystolicArray array, ProductShape shape, ProductShape tile, StayingOperand stays)
    {
        var m = SystolicCycles.Pieces(shape.M, tile.M);
        var n = SystolicCycles.Pieces(shape.N, tile.N);
        var k = SystolicCycles.Pieces(shape.K, tile.K);
        // What stays is fetched once where all of K is one tile; what passes by is fetched again for each tile of the
        // outer loop, unless it is a single tile that needs no exchange.
        var (activations, weights) =
            stays == StayingOperand.Weights
                ? (m == 1 && k == 1 ? 1 : n, k == 1 ? 1 : m)
                : (k == 1 ? 1 : n, n == 1 && k == 1 ? 1 : m);
        var pieces = array.Dataflow switch
        {
            Dataflow.WeightStationary => m,
            Dataflow.InputStationary => n,
            _ => k,
        };
        return new Tiling(tile, stays, activations, weights, pieces);
    }

    // The whole side, then halves of it, in whole multiples of the least.
    private static IEnumerable<long> Sizes(long side, long least)
    {
        var steps = SystolicCycles.Pieces(side, least);
        yield return side;
        while (steps > 1)
        {
            steps = (steps + 1) / 2;
            yield return steps * least;
        }
    }
}
