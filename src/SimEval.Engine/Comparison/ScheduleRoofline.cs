using SimEval.Metrics.Rooflines;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Asic.Scheduling;

namespace SimEval.Engine.Comparison;

/// <summary>Where the layers of a board's schedule stand.</summary>
public static class ScheduleRoofline
{
    /// <summary>The roofline of a schedule; instructions that only move data compute nothing and are left out.</summary>
    public static Roofline Of(Schedule schedule)
    {
        var board = schedule.Board;
        return new Roofline(
            board.DeviceClass,
            board.PeakMacs,
            board.DramBytesPerSecond,
            [.. schedule.Layers.Where(layer => layer.Unit != Unit.Move).Select(layer => Point(layer, schedule))]
        );
    }

    private static RooflinePoint Point(LayerCost layer, Schedule schedule)
    {
        var board = schedule.Board;
        var isArray = layer.Unit == Unit.Array;
        var operations = isArray ? layer.Macs : layer.Operations;
        var seconds = Math.Max(layer.Cycles, 1) / board.ClockHz;
        return new RooflinePoint(
            layer.Name,
            isArray ? "array" : "vector",
            operations,
            layer.DramBytes,
            operations / seconds,
            isArray ? board.PeakMacs : board.VectorLanes * board.ClockHz,
            board.DramBytesPerSecond
        );
    }
}
