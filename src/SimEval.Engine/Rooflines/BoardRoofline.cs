using SimEval.Metrics.Rooflines;
using SimEval.Models.Asic.Cost;

namespace SimEval.Engine.Rooflines;

/// <summary>A schedule on a board as a roofline.</summary>
public static class BoardRoofline
{
    /// <summary>Every layer of the schedule, in order.</summary>
    public static Roofline Of(Schedule schedule)
    {
        var board = schedule.Board;
        return new Roofline(
            "asic/" + board.Name,
            schedule.Batch,
            2.0 * board.Array.Cells * board.ClockHz,
            board.Dram.BytesPerSecond,
            [
                .. schedule.Layers.Select(layer => new RooflineLayer(
                    layer.Name,
                    layer.Operator,
                    layer.Macs,
                    layer.DramBytes,
                    board.Seconds(layer.Cycles),
                    layer.Bound switch
                    {
                        Bound.Array => RooflineBound.Compute,
                        Bound.Vector => RooflineBound.Vector,
                        _ => RooflineBound.Memory,
                    }
                )),
            ]
        );
    }
}
