using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Cost;
using Xunit;

namespace SimEval.Tests.Models.Asic.Cost;

public sealed class ScheduleTests
{
    private static readonly BoardGeneration G1 = BoardGenerations.Find("g1");

    private static IReadOnlyList<LayerWork> Mlp(int batch) =>
        [
            LayerWork.Dense("first", "Gemm", new ProductShape(batch, 48, 256)),
            LayerWork.Dense("second", "Gemm", new ProductShape(batch, 256, 256)),
            LayerWork.Dense("third", "Gemm", new ProductShape(batch, 256, 12)),
        ];

    [Fact]
    public void A_network_that_fits_the_chip_takes_the_published_cycles()
    {
        var schedule = Schedule.Of(G1, Mlp(64), 64);
        Assert.True(schedule.WeightsStay);
        Assert.Equal([5_279, 28_159, 1_759], schedule.Layers.Select(layer => layer.Cycles));
        Assert.Equal(35_197, schedule.Cycles);
        Assert.Equal(35_197 / 700e6, schedule.LatencySeconds);
        Assert.Equal(0.575, schedule.Utilisation, 3);
        Assert.All(schedule.Layers, layer => Assert.Equal(Bound.Array, layer.Bound));
    }

    [Fact]
    public void Only_the_models_inputs_and_outputs_leave_a_chip_that_holds_the_rest()
    {
        var schedule = Schedule.Of(G1, Mlp(64), 64);
        Assert.Equal([64L * 48, 0, 64 * 12], schedule.Layers.Select(layer => layer.DramBytes));
    }

    [Fact]
    public void Weights_that_do_not_stay_are_fetched_once_a_batch_and_bind_a_single_frame_to_memory()
    {
        IReadOnlyList<LayerWork> layers =
        [
            LayerWork.Dense("wide", "Gemm", new ProductShape(1, 512, 512)),
            LayerWork.Dense("last", "Gemm", new ProductShape(1, 512, 16)),
        ];
        var schedule = Schedule.Of(G1, layers, 1);
        Assert.False(schedule.WeightsStay);
        Assert.Equal(512 + (512 * 512) + (4 * 512), schedule.Layers[0].DramBytes);
        Assert.Equal(Bound.Memory, Schedule.Of(G1 with { ClockHz = 7_000_000_000 }, layers, 1).Layers[0].Bound);
    }

    [Fact]
    public void A_layer_takes_the_longest_of_its_times()
    {
        foreach (var layer in Schedule.Of(BoardGenerations.Find("g2"), Mlp(4096), 4096).Layers)
        {
            var longest = new[] { layer.ArrayCycles, layer.VectorCycles, layer.MemoryCycles }.Max();
            Assert.Equal(longest, layer.Cycles);
        }
    }

    [Fact]
    public void Energy_is_the_sum_of_its_counts()
    {
        var cost = Schedule.Of(G1, Mlp(64), 64).Layers[1];
        Assert.Equal(64 * 256 * 256, cost.Macs);
        // 16 column folds read the activations, weights enter once, 16 row folds write 32-bit sums and read them again.
        var sram = (64L * 256 * 16) + (256 * 256) + (4 * 64 * 256 * 2 * 16) + (64 * 256);
        Assert.Equal(sram, cost.SramBytes);
        Assert.Equal((cost.Macs * 0.3m) + (64 * 256 * 4.6m) + (sram * 5m), cost.EnergyPicojoules);
    }

    [Fact]
    public void Every_tile_fits_its_buffers_and_all_bytes_are_moved_at_least_once()
    {
        foreach (var board in BoardGenerations.All)
        {
            foreach (var shape in new ProductShape[] { new(1, 1, 1), new(5000, 77, 3000), new(3, 9000, 4000) })
            {
                var work = LayerWork.Dense("layer", "MatMul", shape);
                var cost = CostModel.Of(board, work, default);
                var tile = cost.Tiling!.Tile;
                Assert.True(2 * tile.AccumulatorBytes <= board.Sram.Accumulators);
                Assert.True(2 * tile.WeightBytes <= board.Sram.Weights);
                Assert.True(cost.DramBytes >= work.ActivationBytes + work.WeightBytes + work.OutputBytes);
                Assert.True(cost.Cycles >= SystolicCycles.Of(board.Array, shape));
            }
        }
    }

    [Fact]
    public void A_layer_that_fits_nowhere_is_cut_and_one_operand_is_fetched_again()
    {
        // 4 MiB of activations and 4 MiB of weights through buffers of 64 KiB and 128 KiB.
        var work = LayerWork.Dense("large", "MatMul", new ProductShape(2048, 2048, 2048));
        var cost = CostModel.Of(G1, work, default);
        Assert.True(cost.Tiling!.ActivationFetches > 1 || cost.Tiling.WeightFetches > 1);
        Assert.True(cost.DramBytes > work.ActivationBytes + work.WeightBytes + work.OutputBytes);
    }

    [Fact]
    public void A_convolution_is_a_product_over_windows_and_its_input_is_read_once()
    {
        var work = LayerWork.Convolution("conv", 8 * 14 * 14, 9, 16, 32, 2, 8 * 16 * 16 * 16);
        Assert.Equal(new ProductShape(8 * 14 * 14, 72, 16), work.Product);
        Assert.Equal(2, work.Repeats);
        Assert.Equal(8L * 14 * 14 * 9 * 8 * 32, work.Macs);
        Assert.Equal(8 * 16 * 16 * 16, work.ActivationBytes);
        Assert.Equal((9 * 8 * 32) + (4 * 32), work.WeightBytes);
        var cost = CostModel.Of(G1, work, new Placement(true, true, true));
        Assert.Equal(0, cost.DramBytes);
        Assert.Equal(2 * SystolicCycles.Of(G1.Array, work.Product!.Value, cost.Tiling!.Pieces), cost.ArrayCycles);
    }

    [Fact]
    public void Work_of_the_vector_unit_takes_its_elements_over_its_width()
    {
        var cost = CostModel.Of(G1, LayerWork.Vector("relu", "Relu", 100, 100, 100), new Placement(true, true, true));
        Assert.Equal((0L, 7L, 0L, Bound.Vector), (cost.ArrayCycles, cost.VectorCycles, cost.MemoryCycles, cost.Bound));
    }

    [Fact]
    public void Steps_of_a_recurrent_cell_load_weights_again_only_where_they_do_not_fit()
    {
        var cell = LayerWork.Dense("cell", "LSTM", new ProductShape(1, 64, 256)) with
        {
            Repeats = 10,
            SameWeights = true,
            ActivationBytes = 640,
            OutputBytes = 2560,
        };
        Assert.Equal(640 + (64 * 256) + 1024 + 2560, CostModel.Of(G1, cell, default).DramBytes);
        var large = LayerWork.Dense("cell", "LSTM", new ProductShape(1, 512, 2048)) with
        {
            Repeats = 10,
            SameWeights = true,
        };
        Assert.True(CostModel.Of(G1, large, default).DramBytes >= 10 * 512 * 2048);
    }

    [Fact]
    public void A_layer_beyond_all_counting_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            CostModel.Of(G1, LayerWork.Vector("huge", "Add", 1, long.MaxValue, long.MaxValue), default)
        );
        Assert.Contains("'huge' is too large", error.Message, StringComparison.Ordinal);
    }
}
