using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using SimEval.Metrics.Rooflines;
using SimEval.Reports.Charts;

namespace SimEval.Reports.Page;

/// <summary>A roofline as one HTML file that needs no network and no script: the chart, and every layer in a table.</summary>
public static class RooflinePage
{
    private const string Style = """
        :root { color-scheme: light dark; --paper: light-dark(#ffffff, #0e1115); --ink: light-dark(#15181d, #e9ecef);
          --quiet: light-dark(#59626f, #9ba6b3); --line: light-dark(#e2e6ea, #272e37); --roof: light-dark(#15181d, #e9ecef);
          --compute: light-dark(#0b63ce, #6cb2ff); --memory: light-dark(#b3201a, #ff8177); --vector: light-dark(#7c5800, #e6b94d); }
        body { margin: 0 auto; max-width: 960px; padding: 24px 20px 60px; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui, sans-serif; }
        h1 { font-size: 24px; margin: 0 0 4px; } p { margin: 0 0 16px; color: var(--quiet); }
        .scroll { overflow-x: auto; } svg { width: 100%; min-width: 640px; height: auto; display: block; } svg text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
        svg .axis { font-size: 13px; fill: var(--ink); }
        .grid { stroke: var(--line); } .roof { stroke: var(--roof); stroke-width: 2; fill: none; }
        .other-roof { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 6 4; fill: none; opacity: .7; }
        svg .roof-label { fill: var(--ink); font-weight: 600; } svg .other-roof-label { fill: var(--quiet); }
        .gap { stroke: currentColor; stroke-dasharray: 2 4; opacity: .5; } .layer circle { fill: currentColor; }
        .leader { stroke: currentColor; opacity: .5; }
        svg .layer text { fill: var(--ink); font-size: 11px; font-weight: 600; paint-order: stroke; stroke: var(--paper);
          stroke-width: 3px; }
        .compute { color: var(--compute); } .memory { color: var(--memory); } .vector { color: var(--vector); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: 5px 8px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
        th { color: var(--quiet); font-weight: 500; } th:nth-child(2), td:nth-child(2), th:nth-child(3), td:nth-child(3),
        th:last-child, td:last-child { text-align: left; } td:nth-child(2) { white-space: normal; overflow-wrap: anywhere;
          min-width: 130px; }
        @media print { :root { color-scheme: light; } body { max-width: none; padding: 0; } svg { min-width: 0; } tr, svg { break-inside: avoid; } }
        """;

    /// <summary>The page.</summary>
    /// <param name="roofline">The roofline.</param>
    /// <param name="model">The model's name, for the title.</param>
    /// <param name="others">Other boards, whose roofs are drawn behind; their layers are not.</param>
    public static string Render(Roofline roofline, string model, IReadOnlyList<Roofline> others)
    {
        var title = Escape($"{model} on {roofline.Device}");
        var html = new StringBuilder();
        html.Append(
            CultureInfo.InvariantCulture,
            $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title><style>{Style}</style></head><body>"
        );
        html.Append(
            CultureInfo.InvariantCulture,
            $"<h1>{title}</h1><p>Batch {roofline.Batch}: {Escape(Quantities.Seconds(roofline.Seconds))} by the cost model, {Escape(Quantities.Plain(roofline.Batch / roofline.Seconds))} frames/s. A dot is a layer, numbered as in the table, a dotted line what it leaves of the roof; dashed are the roofs of other boards.</p><div class=\"scroll\">"
        );
        html.Append(RooflineChart.Draw(roofline, others));
        html.Append("</div>");
        AppendTable(html, roofline);
        return html.Append("</body></html>\n").ToString();
    }

    private static void AppendTable(StringBuilder html, Roofline roofline)
    {
        html.Append(
            "<div class=\"scroll\"><table><thead><tr><th></th><th>layer</th><th>operator</th><th>MACs / byte</th><th>attained</th><th>attainable</th><th>of roof</th><th>time</th><th>bound by</th></tr></thead><tbody>"
        );
        for (var i = 0; i < roofline.Layers.Count; i++)
        {
            var layer = roofline.Layers[i];
            var bound = layer.Bound.ToString().ToLowerInvariant();
            var attainable = roofline.AttainableOpsPerSecond(layer.MacsPerByte);
            var rates =
                layer.Macs == 0
                    ? "<td></td><td></td><td></td><td></td>"
                    : $"<td>{(double.IsPositiveInfinity(layer.MacsPerByte) ? "on chip" : Escape(Quantities.Plain(layer.MacsPerByte)))}</td><td>{Escape(Quantities.OpsPerSecond(layer.AttainedOpsPerSecond))}</td><td>{Escape(Quantities.OpsPerSecond(attainable))}</td><td>{(layer.AttainedOpsPerSecond / attainable).ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal)}</td>";
            html.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{i + 1}</td><td>{Escape(layer.Name)}</td><td>{Escape(layer.Operator)}</td>{rates}<td>{Escape(Quantities.Seconds(layer.Seconds))}</td><td class=\"{bound}\">{bound}</td></tr>"
            );
        }
        html.Append("</tbody></table></div>");
    }

    private static string Escape(string text) => HtmlEncoder.Default.Encode(text);
}
