using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using SimEval.Metrics.Rooflines;

namespace SimEval.Reports.Charts;

/// <summary>
/// A roofline as SVG: both axes logarithmic, the board's roof as one line and those of other boards behind it, a dot for each
/// layer that multiplies and its number beside it. Layers of which no byte leaves the chip stand side by side in a band at the
/// right. Colours are the style sheet's.
/// </summary>
internal sealed class RooflineChart
{
    private const double Width = 920;
    private const double Height = 500;
    private const double Left = 84;
    private const double Right = 16;
    private const double Top = 18;
    private const double Bottom = 52;
    private const double Radius = 4;
    private const double LeastBand = 130;
    private const double MostBand = 430;
    private const double BandOfLayer = 24;

    // More dotted lines than this are a curtain.
    private const int MostGaps = 16;

    // The width of a digit, and the height of the small print.
    private const double Digit = 7;
    private const double Line = 13;

    private readonly Roofline roofline;
    private readonly IReadOnlyList<Roofline> others;
    private readonly IReadOnlyList<(int Number, RooflineLayer Layer)> shown;
    private readonly LogScale x;
    private readonly LogScale y;
    private readonly double least;
    private readonly double greatest;
    private readonly double edge;
    private readonly double band;
    private readonly LabelPlacement labels = new(Left + 2, Top, Width - Right, Height - Bottom - 2);
    private readonly StringBuilder svg = new();

    private RooflineChart(Roofline roofline, IReadOnlyList<Roofline> others)
    {
        (this.roofline, this.others) = (roofline, others);
        shown =
        [
            .. roofline
                .Layers.Select((layer, i) => (Number: i + 1, Layer: layer))
                .Where(layer => layer.Layer.AttainedOpsPerSecond > 0),
        ];
        var inside = shown.Count(layer => layer.Layer.Bytes == 0);
        band = inside == 0 ? 0 : Math.Clamp(BandOfLayer * inside, LeastBand, MostBand);
        edge = Width - Right - band;
        var roofs = others.Prepend(roofline).ToList();
        var intensities = shown.Select(layer => layer.Layer.MacsPerByte).Where(double.IsFinite).ToList();
        least = LogScale.PowerOfTenBelow(intensities.Concat(roofs.Select(roof => roof.RidgeMacsPerByte / 3)).Min());
        greatest =
            LogScale.PowerOfTenBelow(intensities.Concat(roofs.Select(roof => roof.RidgeMacsPerByte * 1.5)).Max()) * 10;
        var lowest = shown.Select(layer => layer.Layer.AttainedOpsPerSecond);
        var floor = LogScale.PowerOfTenBelow(lowest.Append(roofline.AttainableOpsPerSecond(least)).Min());
        var peak = roofs.Max(roof => roof.PeakOpsPerSecond);
        x = new LogScale(least, greatest, Left, edge);
        y = new LogScale(floor, LogScale.PowerOfTenBelow(peak) * 10, Height - Bottom, Top);
    }

    /// <summary>The chart.</summary>
    /// <param name="roofline">The model under its board's roof.</param>
    /// <param name="others">Other boards, of which only the roofs are drawn.</param>
    public static string Draw(Roofline roofline, IReadOnlyList<Roofline> others) =>
        new RooflineChart(roofline, others).Draw();

    private string Draw()
    {
        Add(
            $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Roofline of {Escape(roofline.Device)}: attained operations a second over multiply-adds a byte\">"
        );
        DrawAxes();
        foreach (var other in others)
            DrawRoof(other, "other-roof");
        DrawRoof(roofline, "roof");
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
            $"<text class=\"axis\" x=\"{(Left + edge) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">multiply-adds a byte of memory</text>"
        );
        if (band > 0)
            Add(
                $"<text x=\"{(edge + Width - Right) / 2}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">all on the chip</text>"
            );
    }

    private void DrawRoof(Roofline roof, string style)
    {
        var (peak, ridge) = (roof.PeakOpsPerSecond, roof.RidgeMacsPerByte);
        var (startX, startY) = (x.Of(least), y.Of(roof.AttainableOpsPerSecond(least)));
        var (bendX, bendY) = (x.Of(ridge), y.Of(peak));
        Add(
            $"<path class=\"{style}\" d=\"M{startX:F1} {startY:F1} L{bendX:F1} {bendY:F1} L{Width - Right} {bendY:F1}\"/>"
        );
        var text = $"{roof.Device} {Quantities.OpsPerSecond(peak)}";
        Add($"<text class=\"{style}-label\" x=\"{bendX + 6:F1}\" y=\"{bendY - 7:F1}\">{Escape(text)}</text>");
        labels.Avoid(bendX, bendY - 7 - Line, bendX + 6 + Digit * text.Length, bendY + 2);
        // Along the slope: degrees of the line in the picture's own units.
        var angle = -Math.Round((startY - bendY) / (bendX - startX) * 100) / 100;
        var (atX, atY) = (startX + (bendX - startX) * 0.06, startY + (bendY - startY) * 0.06);
        var memory = Quantities.BytesPerSecond(roof.BytesPerSecond);
        Add(
            $"<text class=\"{style}-label\" transform=\"matrix(1 {angle} 0 1 {atX:F1} {atY - 7:F1})\">{Escape(memory)}</text>"
        );
        AvoidSlope(startX, startY, bendX, bendY);
    }

    // A line that slants is many small boxes.
    private void AvoidSlope(double startX, double startY, double bendX, double bendY)
    {
        const int Steps = 40;
        for (var i = 0; i < Steps; i++)
        {
            var (atX, atY) = (startX + (bendX - startX) * i / Steps, startY + (bendY - startY) * i / Steps);
            labels.Avoid(atX, atY - (i < Steps / 4 ? Line + 7 : 3), atX + 6, atY + 3);
        }

        labels.Avoid(bendX, bendY - 2, Width - Right, bendY + 2);
    }

    private void DrawLayers()
    {
        var inside = shown.Where(layer => layer.Layer.Bytes == 0).Select(layer => layer.Number).ToList();
        var dots = shown
            .Select(layer =>
            {
                var place = inside.IndexOf(layer.Number);
                var atX =
                    place < 0
                        ? x.Of(layer.Layer.MacsPerByte)
                        : edge + 16 + (band - 32) * (inside.Count == 1 ? 0.5 : (double)place / (inside.Count - 1));
                return (layer.Number, layer.Layer, X: atX, Y: y.Of(layer.Layer.AttainedOpsPerSecond));
            })
            .ToList();
        foreach (var dot in dots)
            labels.Avoid(dot.X - Radius, dot.Y - Radius, dot.X + Radius, dot.Y + Radius);
        // The slowest are named first: where there is no room for all, theirs are the names that matter.
        foreach (var (number, layer, atX, atY) in dots.OrderByDescending(dot => dot.Layer.Seconds))
        {
            var attainable = roofline.AttainableOpsPerSecond(layer.MacsPerByte);
            Add($"<g class=\"layer {layer.Bound.ToString().ToLowerInvariant()}\">");
            Add(
                $"<title>{number} {Escape(layer.Name)} ({Escape(layer.Operator)}): {Escape(Quantities.OpsPerSecond(layer.AttainedOpsPerSecond))} of {Escape(Quantities.OpsPerSecond(attainable))}, {Escape(Quantities.Seconds(layer.Seconds))}</title>"
            );
            if (shown.Count <= MostGaps)
                Add(
                    $"<line class=\"gap\" x1=\"{atX:F1}\" y1=\"{atY:F1}\" x2=\"{atX:F1}\" y2=\"{y.Of(attainable):F1}\"/>"
                );
            Add($"<circle cx=\"{atX:F1}\" cy=\"{atY:F1}\" r=\"{Radius}\"/>");
            var text = number.ToString(CultureInfo.InvariantCulture);
            if (labels.Place(atX, atY, Digit * text.Length + 2, Line - 2) is var (labelX, labelY))
            {
                if (Math.Abs(labelX - atX) + Math.Abs(labelY - atY) > 20)
                    Add(
                        $"<line class=\"leader\" x1=\"{atX:F1}\" y1=\"{atY:F1}\" x2=\"{labelX:F1}\" y2=\"{labelY:F1}\"/>"
                    );
                Add($"<text x=\"{labelX:F1}\" y=\"{labelY + 4:F1}\" text-anchor=\"middle\">{text}</text>");
            }

            Add($"</g>");
        }
    }

    private void Add(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string Escape(string text) => HtmlEncoder.Default.Encode(text);
}
