using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using SimEval.Metrics.Rooflines;

namespace SimEval.Reports.Charts;

/// <summary>
/// A roofline as SVG: both axes logarithmic, the roof as one line, a numbered dot for each layer that multiplies. Colours are
/// the style sheet's; a layer of which no byte leaves the chip stands at the right edge.
/// </summary>
internal sealed class RooflineChart
{
    private const double Width = 920;
    private const double Height = 480;
    private const double Left = 74;
    private const double Right = 26;
    private const double Top = 18;
    private const double Bottom = 52;
    private const double Radius = 9;

    private readonly Roofline roofline;
    private readonly LogScale x;
    private readonly LogScale y;
    private readonly double least;
    private readonly double greatest;
    private readonly StringBuilder svg = new();

    private RooflineChart(Roofline roofline)
    {
        this.roofline = roofline;
        var intensities = roofline
            .Layers.Select(layer => layer.MacsPerByte)
            .Where(value => value > 0 && double.IsFinite(value))
            .ToList();
        var ridge = roofline.RidgeMacsPerByte;
        least = LogScale.PowerOfTenBelow(intensities.Append(ridge / 3).Min());
        greatest = LogScale.PowerOfTenBelow(intensities.Append(ridge * 3).Max()) * 10;
        var lowest = Shown(roofline).Select(layer => layer.Layer.AttainedOpsPerSecond);
        var floor = LogScale.PowerOfTenBelow(lowest.Append(roofline.AttainableOpsPerSecond(least)).Min());
        x = new LogScale(least, greatest, Left, Width - Right);
        y = new LogScale(floor, LogScale.PowerOfTenBelow(roofline.PeakOpsPerSecond) * 10, Height - Bottom, Top);
    }

    /// <summary>The chart.</summary>
    public static string Draw(Roofline roofline) => new RooflineChart(roofline).Draw();

    /// <summary>Layers with a dot, and their numbers: their places in the model, from 1.</summary>
    public static IEnumerable<(int Number, RooflineLayer Layer)> Shown(Roofline roofline) =>
        roofline
            .Layers.Select((layer, i) => (Number: i + 1, Layer: layer))
            .Where(shown => shown.Layer.AttainedOpsPerSecond > 0);

    private string Draw()
    {
        Add(
            $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Roofline of {Escape(roofline.Device)}: attained operations a second over multiply-adds a byte\">"
        );
        DrawAxes();
        DrawRoof();
        DrawLayers();
        Add($"</svg>");
        return svg.ToString();
    }

    private void DrawAxes()
    {
        foreach (var value in x.Decades())
        {
            Add(
                $"<line class=\"grid\" x1=\"{x.Of(value):F1}\" y1=\"{Top}\" x2=\"{x.Of(value):F1}\" y2=\"{Height - Bottom}\"/>"
            );
            Add(
                $"<text x=\"{x.Of(value):F1}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{Escape(Quantities.Plain(value))}</text>"
            );
        }
        foreach (var value in y.Decades())
        {
            Add(
                $"<line class=\"grid\" x1=\"{Left}\" y1=\"{y.Of(value):F1}\" x2=\"{Width - Right}\" y2=\"{y.Of(value):F1}\"/>"
            );
            Add(
                $"<text x=\"{Left - 8}\" y=\"{y.Of(value) + 4:F1}\" text-anchor=\"end\">{Escape(Quantities.OpsPerSecond(value))}</text>"
            );
        }
        Add(
            $"<text class=\"axis\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">multiply-adds a byte of memory</text>"
        );
    }

    private void DrawRoof()
    {
        var (peak, ridge) = (roofline.PeakOpsPerSecond, roofline.RidgeMacsPerByte);
        Add(
            $"<path class=\"roof\" d=\"M{x.Of(least):F1} {y.Of(roofline.AttainableOpsPerSecond(least)):F1} L{x.Of(ridge):F1} {y.Of(peak):F1} L{x.Of(greatest):F1} {y.Of(peak):F1}\"/>"
        );
        Add(
            $"<text class=\"roof-label\" x=\"{Width - Right}\" y=\"{y.Of(peak) - 8:F1}\" text-anchor=\"end\">array {Escape(Quantities.OpsPerSecond(peak))}, from {Escape(Quantities.Plain(ridge))} multiply-adds a byte on</text>"
        );
        Add(
            $"<text class=\"roof-label\" x=\"{x.Of(least) + 10:F1}\" y=\"{y.Of(roofline.AttainableOpsPerSecond(least)) - 14:F1}\">memory {Escape(Quantities.BytesPerSecond(roofline.BytesPerSecond))}</text>"
        );
    }

    private void DrawLayers()
    {
        foreach (var (number, layer) in Shown(roofline))
        {
            var (atX, atY) = (x.Of(layer.MacsPerByte), y.Of(layer.AttainedOpsPerSecond));
            var attainable = roofline.AttainableOpsPerSecond(layer.MacsPerByte);
            Add($"<g class=\"layer {layer.Bound.ToString().ToLowerInvariant()}\">");
            Add(
                $"<title>{Escape(layer.Name)} ({Escape(layer.Operator)}): {Escape(Quantities.OpsPerSecond(layer.AttainedOpsPerSecond))} of {Escape(Quantities.OpsPerSecond(attainable))}</title>"
            );
            Add($"<line class=\"gap\" x1=\"{atX:F1}\" y1=\"{atY:F1}\" x2=\"{atX:F1}\" y2=\"{y.Of(attainable):F1}\"/>");
            Add($"<circle cx=\"{atX:F1}\" cy=\"{atY:F1}\" r=\"{Radius}\"/>");
            Add($"<text x=\"{atX:F1}\" y=\"{atY + 3.5:F1}\" text-anchor=\"middle\">{number}</text></g>");
        }
    }

    private void Add(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string Escape(string text) => HtmlEncoder.Default.Encode(text);
}
