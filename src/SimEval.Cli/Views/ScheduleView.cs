using System.Globalization;
using System.Text.Json;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Scheduling;

namespace SimEval.Cli.Views;

/// <summary>A board's schedule as lines, and as JSON.</summary>
internal static class ScheduleView
{
    private const int MostNameWidth = 40;

    /// <summary>A table of layers, and the whole.</summary>
    public static IEnumerable<Line> Draw(Schedule schedule)
    {
        var width = Math.Min(MostNameWidth, schedule.Layers.Select(layer => layer.Name.Length).Append(5).Max());
        yield return new Line().Add(
            $"{"layer".PadRight(width)} {"operator", -22} {"M x K x N", 18} {"flow", 4} {"cycles", 11} {"on chip", 10} {"outside", 10} {"nJ", 9}",
            Tone.Dim
        );
        foreach (var layer in schedule.Layers)
            yield return new Line().Add(Row(layer, width));
        yield return new Line()
            .Add("in all   ", Tone.Strong)
            .Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{schedule.Cycles:N0} cycles, {schedule.Seconds * 1e6:N2} us at batch {schedule.Batch}, {schedule.EnergyPj / 1e6:N3} uJ, {schedule.Macs:N0} multiply-accumulates, {schedule.Utilisation:P1} of the array"
                )
            );
        yield return new Line()
            .Add("memory   ", Tone.Strong)
            .Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"weights {schedule.WeightBytes:N0} bytes {(schedule.WeightsResident ? "stay on the chip" : "come from DRAM each time")}, activations {schedule.PeakActivationBytes:N0}, of {schedule.Board.SramBytes:N0}"
                )
            );
    }

    /// <summary>The fields of an object.</summary>
    public static void Write(Utf8JsonWriter json, Schedule schedule)
    {
        json.WriteNumber("batch", schedule.Batch);
        json.WriteNumber("cycles", schedule.Cycles);
        json.WriteNumber("seconds", schedule.Seconds);
        json.WriteNumber("energyPj", schedule.EnergyPj);
        json.WriteNumber("macs", schedule.Macs);
        json.WriteNumber("dramBytes", schedule.DramBytes);
        json.WriteNumber("weightBytes", schedule.WeightBytes);
        json.WriteNumber("peakActivationBytes", schedule.PeakActivationBytes);
        json.WriteBoolean("weightsResident", schedule.WeightsResident);
        json.WriteNumber("utilisation", schedule.Utilisation);
        json.WriteStartArray("layers");
        foreach (var layer in schedule.Layers)
            Write(json, layer);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, LayerCost layer)
    {
        json.WriteStartObject();
        json.WriteString("name", layer.Name);
        json.WriteString("operator", layer.Operator);
        json.WriteString("unit", layer.Unit.ToString().ToLowerInvariant());
        if (layer is { Product: { } product, Tile: { } tile, Flow: { } flow })
        {
            Sizes(json, "product", product.M, product.K, product.N, product.Count);
            Sizes(json, "tile", tile.M, tile.K, tile.N);
            json.WriteString("dataflow", Short(flow));
        }

        json.WriteNumber("macs", layer.Macs);
        json.WriteNumber("operations", layer.Operations);
        json.WriteNumber("cycles", layer.Cycles);
        json.WriteNumber("computeCycles", layer.ComputeCycles);
        json.WriteNumber("sramBytes", layer.SramBytes);
        json.WriteNumber("dramBytes", layer.DramBytes);
        json.WriteNumber("energyPj", layer.EnergyPj);
        json.WriteEndObject();
    }

    private static void Sizes(Utf8JsonWriter json, string name, params ReadOnlySpan<long> sizes)
    {
        json.WriteStartArray(name);
        foreach (var size in sizes)
            json.WriteNumberValue(size);
        json.WriteEndArray();
    }

    private static string Row(LayerCost layer, int width)
    {
        var name = layer.Name.Length <= width ? layer.Name : "..." + layer.Name[^(width - 3)..];
        var product = layer.Product is { } work
            ? $"{work.M} x {work.K} x {work.N}" + (work.Count > 1 ? $" ({work.Count})" : "")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name.PadRight(width)} {layer.Operator, -22} {product, 18} {(layer.Flow is { } flow ? Short(flow) : ""), 4} {layer.Cycles, 11:N0} {layer.SramBytes, 10:N0} {layer.DramBytes, 10:N0} {layer.EnergyPj / 1000, 9:N1}"
        );
    }

    private static string Short(ArrayDataflow flow) =>
        flow switch
        {
            ArrayDataflow.WeightStationary => "ws",
            ArrayDataflow.InputStationary => "is",
            _ => "os",
        };
}
