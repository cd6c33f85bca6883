using SimEval.Metrics.Rooflines;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Asic.Scheduling;

namespace SimEval.Engine.Comparison;

/// <summary>Where the layers of a board's schedule stand.</summary>
public static class ScheduleRoofline
{
    /// <summary>The roofline of a schedule; instructions that take no time are left out.</summary>
    public static Roofline Of(Schedule schedule)
    {
        var board = schedule.Board;
        return new Roofline(
            board.DeviceClass,
            schedule.Batch,
            2 * board.PeakMacs,
            board.DramBytesPerSecond,
            [
                .. schedule
                    .Layers.Where(layer => layer.Cycles > 0)
                    .Select(layer => new RooflineLayer(
                        layer.Name,
                        layer.Operator,
                        layer.Macs,
                        layer.DramBytes,
                        layer.Cycles / board.ClockHz,
                        BoundOf(layer)
                    )),
            ]
        );
    }

    private static RooflineBound BoundOf(LayerCost layer) =>
        layer.Cycles > layer.ComputeCycles ? RooflineBound.Memory
        : layer.Unit == Unit.Array ? RooflineBound.Compute
        : RooflineBound.Vector;
}
