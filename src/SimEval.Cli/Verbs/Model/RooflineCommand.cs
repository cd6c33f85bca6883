using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Engine.Comparison;
using SimEval.Metrics.Rooflines;
using SimEval.Models.Asic.Boards;
using SimEval.Reports.Charts;
using SimEval.Reports.Page;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model roofline MODEL --board BOARD`: where each layer stands under the board's roof.</summary>
internal sealed class RooflineCommand
{
    private const int BarWidth = 30;
    private const int MostNameWidth = 40;
    private readonly Argument<string> model = new("MODEL") { Description = "A quantized ONNX model, or an artifact" };
    private readonly BoardOptions board = new();

    private readonly Option<string?> page = new("--html") { Description = "Draw it, a page", HelpName = "FILE" };

    private RooflineCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new RooflineCommand();
        var command = new Command("roofline", "Show where each layer stands under a board's roof")
        {
            verb.model,
            verb.page,
        };
        verb.board.AddTo(command);
        return host.Bind(command, invocation => Task.Run(() => verb.Run(invocation)));
    }

    private ExitCode Run(Invocation invocation)
    {
        var file = ModelFiles.ReadFile(invocation, invocation.Parsed.GetRequiredValue(model));
        var html = invocation.Parsed.GetValue(page) is { } named ? ModelFiles.Output(page, named, file.Path) : null;
        var (_, schedule) = board.Load(invocation, file);
        var roofline = ScheduleRoofline.Of(schedule);
        if (html is not null)
            ModelFiles.Write(
                html,
                stream =>
                    stream.Write(
                        Encoding.UTF8.GetBytes(
                            RooflinePage.Render(roofline, Path.GetFileName(file.Path), Others(roofline))
                        )
                    )
            );
        if (invocation.Json)
            JsonLine.Write(invocation.Terminal, json => Write(json, roofline));
        else
            LiveView.Print(invocation, [.. Draw(roofline)]);
        return ExitCode.Pass;
    }

    private static List<Roofline> Others(Roofline shown) =>
        [
            .. BoardLibrary
                .All.Where(board => board.DeviceClass != shown.Device)
                .Select(board => new Roofline(
                    board.DeviceClass,
                    shown.Batch,
                    2 * board.PeakMacs,
                    board.DramBytesPerSecond,
                    []
                )),
        ];

    private static IEnumerable<Line> Draw(Roofline roofline)
    {
        var width = Math.Min(MostNameWidth, roofline.Layers.Select(layer => layer.Name.Length).Append(5).Max());
        yield return new Line().Add(
            $"{"layer".PadRight(width)} {"MACs/byte", 9} {"attained", 13} {"attainable", 13}  share of the roof",
            Tone.Dim
        );
        foreach (var layer in roofline.Layers)
            yield return new Line().Add(Row(roofline, layer, width));
        yield return new Line()
            .Add($"{roofline.Device}  ", Tone.Strong)
            .Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Quantities.OpsPerSecond(roofline.PeakOpsPerSecond)}, {Quantities.BytesPerSecond(roofline.BytesPerSecond)}; the roof bends at {roofline.RidgeMacsPerByte:N1} multiply-adds a byte; {Quantities.Seconds(roofline.Seconds)} at batch {roofline.Batch}"
                )
            );
    }

    private static string Row(Roofline roofline, RooflineLayer layer, int width)
    {
        var name = layer.Name.Length <= width ? layer.Name : "..." + layer.Name[^(width - 3)..];
        var bound = layer.Bound.ToString().ToLowerInvariant();
        if (layer.Macs == 0)
            return $"{name.PadRight(width)} {"", 9} {"", 13} {"", 13}  {"".PadRight(BarWidth)}       {bound}";
        var intensity = double.IsFinite(layer.MacsPerByte)
            ? layer.MacsPerByte.ToString("N1", CultureInfo.InvariantCulture)
            : "on chip";
        var share = ShareOf(roofline, layer);
        var bar = new string('#', (int)Math.Round(Math.Clamp(share, 0, 1) * BarWidth)).PadRight(BarWidth, '.');
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name.PadRight(width)} {intensity, 9} {Quantities.OpsPerSecond(layer.AttainedOpsPerSecond), 13} {Quantities.OpsPerSecond(roofline.AttainableOpsPerSecond(layer.MacsPerByte)), 13}  {bar} {share, 5:P0} {bound}"
        );
    }

    private static double ShareOf(Roofline roofline, RooflineLayer layer) =>
        layer.Macs == 0 ? 0 : layer.AttainedOpsPerSecond / roofline.AttainableOpsPerSecond(layer.MacsPerByte);

    private static void Write(Utf8JsonWriter json, Roofline roofline)
    {
        json.WriteString("device", roofline.Device);
        json.WriteNumber("batch", roofline.Batch);
        json.WriteNumber("peakOpsPerSecond", roofline.PeakOpsPerSecond);
        json.WriteNumber("bytesPerSecond", roofline.BytesPerSecond);
        json.WriteNumber("ridgeMacsPerByte", roofline.RidgeMacsPerByte);
        json.WriteNumber("seconds", roofline.Seconds);
        json.WriteStartArray("layers");
        foreach (var layer in roofline.Layers)
        {
            json.WriteStartObject();
            json.WriteString("name", layer.Name);
            json.WriteString("operator", layer.Operator);
            json.WriteNumber("macs", layer.Macs);
            json.WriteNumber("bytes", layer.Bytes);
            // Null: it stays on the chip.
            json.WriteFinite("macsPerByte", layer.MacsPerByte);
            json.WriteNumber("seconds", layer.Seconds);
            json.WriteNumber("attainedOpsPerSecond", layer.AttainedOpsPerSecond);
            json.WriteNumber("attainableOpsPerSecond", roofline.AttainableOpsPerSecond(layer.MacsPerByte));
            json.WriteNumber("share", ShareOf(roofline, layer));
            json.WriteString("bound", layer.Bound.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
