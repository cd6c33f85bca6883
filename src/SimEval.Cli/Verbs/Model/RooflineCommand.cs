using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Engine.Comparison;
using SimEval.Metrics.Rooflines;
using SimEval.Reports.Charts;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model roofline MODEL --board BOARD`: where each layer stands under the board's roof.</summary>
internal sealed class RooflineCommand
{
    private const int BarWidth = 30;
    private readonly Argument<string> model = new("MODEL") { Description = "A quantized ONNX model, or an artifact" };
    private readonly BoardOptions board = new();

    private readonly Option<string?> drawing = new("--svg") { Description = "Draw it, an SVG", HelpName = "FILE" };
    private readonly Option<string?> page = new("--html") { Description = "Draw it, a page", HelpName = "FILE" };

    private RooflineCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new RooflineCommand();
        var command = new Command("roofline", "Show where each layer stands under a board's roof")
        {
            verb.model,
            verb.drawing,
            verb.page,
        };
        verb.board.AddTo(command);
        return host.Bind(command, invocation => Task.Run(() => verb.Run(invocation)));
    }

    private ExitCode Run(Invocation invocation)
    {
        var file = ModelFiles.ReadFile(invocation, invocation.Parsed.GetRequiredValue(model));
        var (_, schedule) = board.Load(invocation, file);
        var roofline = ScheduleRoofline.Of(schedule);
        if (invocation.Parsed.GetValue(drawing) is { } svg)
            ModelFiles.Write(svg, stream => stream.Write(Encoding.UTF8.GetBytes(RooflineSvg.Draw(roofline))));
        if (invocation.Parsed.GetValue(page) is { } html)
            ModelFiles.Write(html, stream => stream.Write(Encoding.UTF8.GetBytes(RooflineSvg.Page(roofline))));
        if (invocation.Json)
            JsonLine.Write(invocation.Terminal, json => Write(json, roofline));
        else
            LiveView.Print(invocation, [.. Draw(roofline)]);
        return ExitCode.Pass;
    }

    private static IEnumerable<Line> Draw(Roofline roofline)
    {
        var width = roofline.Points.Select(point => point.Name.Length).Append(5).Max();
        yield return new Line().Add(
            $"{"layer".PadRight(width)} {"unit", -6} {"ops/byte", 9} {"G ops/s", 9} {"roof", 9}  share of the roof",
            Tone.Dim
        );
        foreach (var point in roofline.Points)
        {
            var bar = new string('#', (int)Math.Round(Math.Clamp(point.Share, 0, 1) * BarWidth)).PadRight(
                BarWidth,
                '.'
            );
            var intensity = double.IsFinite(point.Intensity)
                ? point.Intensity.ToString("N1", CultureInfo.InvariantCulture)
                : "on chip";
            yield return new Line().Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{point.Name.PadRight(width)} {point.Unit, -6} {intensity, 9} {point.Attained / 1e9, 9:N2} {point.Roof / 1e9, 9:N2}  {bar} {point.Share, 5:P0} {(point.Kind == RoofKind.Memory ? "memory" : "compute")}"
                )
            );
        }

        yield return new Line()
            .Add($"{roofline.Device}  ", Tone.Strong)
            .Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{roofline.Peak / 1e9:N1} G multiply-accumulates/s, {roofline.BytesPerSecond / 1e9:N1} GB/s; the roof bends at {roofline.Ridge:N1} per byte"
                )
            );
    }

    private static void Write(Utf8JsonWriter json, Roofline roofline)
    {
        json.WriteString("device", roofline.Device);
        json.WriteNumber("peakMacsPerSecond", roofline.Peak);
        json.WriteNumber("bytesPerSecond", roofline.BytesPerSecond);
        json.WriteNumber("ridge", roofline.Ridge);
        json.WriteStartArray("layers");
        foreach (var point in roofline.Points)
        {
            json.WriteStartObject();
            json.WriteString("name", point.Name);
            json.WriteString("unit", point.Unit);
            json.WriteNumber("operations", point.Operations);
            json.WriteNumber("bytes", point.Bytes);
            // Null: it stays on the chip.
            json.WriteFinite("intensity", point.Intensity);
            json.WriteNumber("attained", point.Attained);
            json.WriteNumber("roof", point.Roof);
            json.WriteString("bound", point.Kind == RoofKind.Memory ? "memory" : "compute");
            json.WriteNumber("share", point.Share);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
