using SimEval.Models.Asic.Boards;

namespace SimEval.Models.Asic.Cost;

/// <summary>
/// Cycles, bytes and energy of one layer on one board: counts, never measured, so that they are the same everywhere. What
/// each term stands for is in docs/devices/boards.md.
/// </summary>
public static class CostModel
{
    /// <summary>The cost of a layer under the tiling that takes the fewest cycles, then the fewest bytes.</summary>
    /// <exception cref="ArgumentException">The layer asks for more steps than 63 bits count.</exception>
    public static LayerCost Of(BoardGeneration board, LayerWork work, Placement placement)
    {
        try
        {
            if (work.Product is null)
                return VectorCost(board, work, placement);
            var best = Tiling
                .Candidates(board, work, placement)
                .Select(tiling => (Tiling: tiling, Dram: ProductDramBytes(board, work, placement, tiling)))
                .MinBy(cut => (Math.Max(ArrayCycles(board, work, cut.Tiling), board.DramCycles(cut.Dram)), cut.Dram));
            return ProductCost(board, work, best.Tiling, best.Dram);
        }
        catch (OverflowException)
        {
            throw new ArgumentException($"layer '{work.Name}' is too large: its steps do not fit 63 bits");
        }
    }

    private static LayerCost ProductCost(BoardGeneration board, LayerWork work, Tiling tiling, long dram)
    {
        var sram = checked(ProductSramBytes(board.Array, work.Product!.Value, tiling) * work.Repeats + dram);
        return Cost(board, work, ArrayCycles(board, work, tiling), sram, dram) with { Tiling = tiling };
    }

    private static long ArrayCycles(BoardGeneration board, LayerWork work, Tiling tiling) =>
        checked(SystolicCycles.Of(board.Array, work.Product!.Value, tiling.Pieces) * work.Repeats);

    private static LayerCost VectorCost(BoardGeneration board, LayerWork work, Placement placement)
    {
        checked
        {
            var dram =
                (placement.Inputs ? 0 : work.ActivationBytes)
                + (placement.Weights ? 0 : work.WeightBytes)
                + (placement.Outputs ? 0 : work.OutputBytes);
            var sram = work.ActivationBytes + work.WeightBytes + work.OutputBytes + dram;
            return Cost(board, work, 0, sram, dram);
        }
    }

    private static LayerCost Cost(BoardGeneration board, LayerWork work, long arrayCycles, long sram, long dram)
    {
        var cost = new LayerCost
        {
            Name = work.Name,
            Operator = work.Operator,
            Macs = work.Macs,
            ArrayCycles = arrayCycles,
            VectorCycles = SystolicCycles.Pieces(work.VectorElements, board.VectorWidth),
            MemoryCycles = board.DramCycles(dram),
            SramBytes = sram,
            DramBytes = dram,
            EnergyPicojoules =
                work.Macs * board.Energy.MultiplyAdd
                + work.VectorElements * board.Energy.VectorElement
                + sram * board.Energy.SramByte
                + dram * board.Energy.DramByte,
            Utilisation = 0,
        };
        return cost.Cycles == 0
            ? cost
            : cost with
            {
                Utilisation = (double)cost.Macs / ((double)cost.Cycles * board.Array.Cells),
            };
    }

    private static long ProductDramBytes(BoardGeneration board, LayerWork work, Placement placement, Tiling tiling)
    {
        checked
        {
            // Activations that all fit together are fetched once, however the product is cut.
            var together = work.LiveBytes <= board.Sram.Activations;
            var activations = work.ActivationBytes * (together ? 1 : tiling.ActivationFetches);
            long weights;
            if (work.WeightsAreComputed)
                weights = placement.Inputs ? 0 : work.WeightBytes * (together ? 1 : tiling.WeightFetches);
            else if (placement.Weights)
                weights = 0;
            else
                weights = work.WeightBytes * tiling.WeightFetches * Loads(work, tiling);
            return (placement.Inputs ? 0 : activations) + weights + (placement.Outputs ? 0 : work.OutputBytes);
        }
    }

    // Repeats of the same weights load them anew each time, unless they are one tile.
    private static long Loads(LayerWork work, Tiling tiling)
    {
        var product = work.Product!.Value;
        var oneTile = tiling.Tile.K >= product.K && tiling.Tile.N >= product.N;
        return work.SameWeights && !oneTile ? work.Repeats : 1;
    }

    private static long ProductSramBytes(SystolicArray array, ProductShape shape, Tiling tiling)
    {
        checked
        {
            // How often each operand enters the array, and how often each sum is written before it is whole.
            var (activations, weights, writes) = array.Dataflow switch
            {
                Dataflow.WeightStationary => (
                    SystolicCycles.Pieces(shape.N, array.Columns),
                    tiling.Pieces,
                    SystolicCycles.Pieces(shape.K, array.Rows)
                ),
                Dataflow.InputStationary => (
                    tiling.Pieces,
                    SystolicCycles.Pieces(shape.M, array.Columns),
                    SystolicCycles.Pieces(shape.K, array.Rows)
                ),
                _ => (
                    SystolicCycles.Pieces(shape.N, array.Columns),
                    SystolicCycles.Pieces(shape.M, array.Rows),
                    tiling.Pieces
                ),
            };
            // Each write but the first reads what it adds to; requantization reads the whole sum and writes one byte.
            return shape.ActivationBytes * activations
                + shape.WeightBytes * weights
                + shape.AccumulatorBytes * 2 * writes
                + shape.Outputs;
        }
    }
}
