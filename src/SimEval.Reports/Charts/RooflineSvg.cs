using System.Globalization;
using System.Security;
using System.Text;
using SimEval.Metrics.Rooflines;
using SimEval.Scenarios.Numerics;

namespace SimEval.Reports.Charts;

/// <summary>
/// Draws a roofline as one SVG: operations per byte across, operations per second up, both logarithmic; the roof as a line, each
/// of the array's layers as a dot with its name.
/// </summary>
public static class RooflineSvg
{
    private const int Width = 860;
    private const int Height = 460;
    private const int Left = 86;
    private const int Right = 30;
    private const int Top = 46;
    private const int Bottom = 56;
    private const double Decades = 5;
    private static readonly double Ten = PureMath.Log(10);

    /// <summary>The drawing.</summary>
    public static string Draw(Roofline roofline)
    {
        var points = roofline.Points.Where(point => point.Unit == "array" && point.Attained > 0).ToList();
        // Layers that stay on the chip stand at the right edge.
        var right = Power(Math.Ceiling(Logarithm(Math.Max(roofline.Ridge * 100, Greatest(points)))));
        var scale = new Scale(right, roofline.Peak);
        var svg = new StringBuilder();
        Add(
            svg,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\">"
        );
        Add(
            svg,
            $"<title>{Text($"Roofline of {roofline.Device}")}</title><rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>"
        );
        Add(
            svg,
            $"<text x=\"{Left}\" y=\"24\" font-size=\"15\" fill=\"#1b2733\">{Text($"{roofline.Device}: {Number(roofline.Peak / 1e9)} G multiply-accumulates/s, {Number(roofline.BytesPerSecond / 1e9)} GB/s")}</text>"
        );
        Axes(svg, scale);
        Add(
            svg,
            $"<polyline fill=\"none\" stroke=\"#1b2733\" stroke-width=\"2\" points=\"{scale.Line([(scale.Least, scale.Least * roofline.BytesPerSecond), (roofline.Ridge, roofline.Peak), (right, roofline.Peak)])}\"/>"
        );
        foreach (var point in points)
            Point(svg, scale, point, right);
        Add(svg, "</svg>");
        return svg.ToString();
    }

    /// <summary>The drawing, and what it shows as a table, as a page that needs nothing else.</summary>
    public static string Page(Roofline roofline)
    {
        var page = new StringBuilder();
        Add(
            page,
            $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{Text($"Roofline of {roofline.Device}")}</title>"
        );
        Add(
            page,
            "<style>body{font:14px system-ui,sans-serif;max-width:60rem;margin:2rem auto;color:#1b2733}td,th{padding:.2rem .8rem;text-align:right}td:first-child,th:first-child{text-align:left}svg{width:100%}</style>"
        );
        page.Append(Draw(roofline));
        Add(
            page,
            "<table><tr><th>layer<th>unit<th>operations<th>bytes outside<th>G operations/s<th>roof<th>share<th>bound by"
        );
        foreach (var point in roofline.Points)
            Add(
                page,
                $"<tr><td>{Text(point.Name)}<td>{point.Unit}<td>{Number(point.Operations)}<td>{Number(point.Bytes)}<td>{Number(point.Attained / 1e9)}<td>{Number(point.Roof / 1e9)}<td>{Number(Math.Round(point.Share * 100, 1))} %<td>{(point.Kind == RoofKind.Memory ? "memory" : "compute")}"
            );
        Add(page, "</table></html>");
        return page.ToString();
    }

    private static void Axes(StringBuilder svg, Scale scale)
    {
        for (var power = (int)Math.Ceiling(Logarithm(scale.Least)); power <= Logarithm(scale.Right); power++)
        {
            var x = scale.X(Power(power));
            Add(
                svg,
                $"<line x1=\"{Number(x)}\" x2=\"{Number(x)}\" y1=\"{Top}\" y2=\"{Height - Bottom}\" stroke=\"#e3e8ee\"/><text x=\"{Number(x)}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\" fill=\"#5b6b7b\">{Number(Power(power))}</text>"
            );
        }

        for (var power = (int)Math.Ceiling(Logarithm(scale.Bottom)); power <= Logarithm(scale.Top); power++)
        {
            var y = scale.Y(Power(power));
            Add(
                svg,
                $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Number(y)}\" y2=\"{Number(y)}\" stroke=\"#e3e8ee\"/><text x=\"{Left - 8}\" y=\"{Number(y + 4)}\" text-anchor=\"end\" fill=\"#5b6b7b\">{Number(Power(power) / 1e9)}</text>"
            );
        }

        Add(
            svg,
            $"<text x=\"{Width - Right}\" y=\"{Height - 14}\" text-anchor=\"end\" fill=\"#5b6b7b\">multiply-accumulates per byte outside the chip</text><text x=\"{Left}\" y=\"{Top - 8}\" fill=\"#5b6b7b\">G multiply-accumulates/s</text>"
        );
    }

    private static void Point(StringBuilder svg, Scale scale, RooflinePoint point, double right)
    {
        var (x, y) = (scale.X(Math.Min(point.Intensity, right)), scale.Y(point.Attained));
        var colour = point.Kind == RoofKind.Memory ? "#b4552d" : "#2b6cb0";
        var anchor = x > Width - 200 ? "end" : "start";
        var label = anchor == "end" ? x - 8 : x + 8;
        Add(
            svg,
            $"<circle cx=\"{Number(x)}\" cy=\"{Number(y)}\" r=\"4.5\" fill=\"{colour}\"><title>{Text($"{point.Name}: {point.Share:P0} of its roof")}</title></circle><text x=\"{Number(label)}\" y=\"{Number(y + 4)}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{Text(point.Name)}</text>"
        );
    }

    private static double Greatest(IEnumerable<RooflinePoint> points) =>
        points.Select(point => point.Intensity).Where(double.IsFinite).DefaultIfEmpty(1).Max();

    private static void Add(StringBuilder svg, string markup) => svg.Append(markup).Append('\n');

    private static string Text(string text) => SecurityElement.Escape(text);

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static double Power(double exponent) => PureMath.Pow(10, exponent);

    private static double Logarithm(double value) => PureMath.Log(value) / Ten;

    /// <summary>From intensities and operations per second to places in the drawing, so many decades below the greatest.</summary>
    private sealed record Scale(double Right, double Peak)
    {
        public double Least => Right / Power(2 * Decades - 2);

        public double Top => Peak * 2;

        public double Bottom => Peak / Power(Decades);

        public double X(double intensity) => Left + (Width - Left - RooflineSvg.Right) * Share(intensity, Least, Right);

        public double Y(double operations) =>
            Height
            - RooflineSvg.Bottom
            - (Height - RooflineSvg.Top - RooflineSvg.Bottom) * Share(operations, Bottom, Top);

        public string Line(IEnumerable<(double X, double Y)> points) =>
            string.Join(' ', points.Select(point => $"{Number(X(point.X))},{Number(Y(point.Y))}"));

        private static double Share(double value, double least, double most) =>
            Math.Clamp((Logarithm(value) - Logarithm(least)) / (Logarithm(most) - Logarithm(least)), 0, 1);
    }
}
