import type { Axis, Grid, Metric, ReportData, Slices } from "../data";
import { h, s } from "../dom";
import { count, prettyUnit, quantity } from "../format";
import { swatch } from "../parts/section";
import { tableBehind } from "../parts/table";
import { responsive } from "./responsive";
import { linear, tickLabels, ticks } from "./scale";

const HEIGHT = 250;
const M = { left: 52, right: 14, top: 12, bottom: 46 };

/** One swept parameter: a line of means a variant, a dot's area its number of rollouts. */
export function profile(data: ReportData, slices: Slices, grid: Grid): HTMLElement {
  const axis = slices.axes[grid.x] as Axis;
  const metric = data.metrics[grid.metric] as Metric;
  const name = axis.unit ? `${axis.name} (${prettyUnit(axis.unit)})` : axis.name;
  return h(
    "div",
    null,
    h(
      "figure",
      { class: "panel" },
      h(
        "figcaption",
        null,
        `${metric.title} by ${axis.name}`,
        h("span", { class: "keys" }, ...data.variants.map((v, i) => h("span", null, swatch(i), v.name))),
      ),
      responsive(HEIGHT, (width) => drawing(data, grid, axis, metric, name, width), `${metric.title} by ${axis.name}`),
    ),
    tableBehind(
      "The values as a table",
      [{ title: name }, ...data.variants.flatMap((v) => [{ title: v.name, numeric: true }, { title: "n", numeric: true }])],
      () =>
        axis.bins.map((bin, i) => [
          bin.label,
          ...data.variants.flatMap((_, v) => [quantity(metric, grid.means[v]?.[i] ?? null), count(grid.counts[v]?.[i] ?? 0)]),
        ]),
    ),
  );
}

function drawing(data: ReportData, grid: Grid, axis: Axis, metric: Metric, name: string, width: number): SVGElement {
  const known = grid.means.flat().filter((v): v is number => v !== null);
  const low = metric.scale === "real" ? Math.min(...known, 0) : 0;
  const high = Math.max(...known, low + 1e-9) || 1;
  const x = linear([-0.5, axis.bins.length - 0.5], [M.left, width - M.right]);
  const y = linear([low, high * 1.05], [HEIGHT - M.bottom, M.top]);
  const marks = ticks(low, high * 1.05, 4);
  const labels = tickLabels(metric.scale === "binary" ? marks.map((m) => m * 100) : marks);
  const most = Math.max(1, ...grid.counts.flat());
  const every = Math.ceil((Math.max(...axis.bins.map((b) => b.label.length)) * 7 + 8) / (x(1) - x(0)));
  return s(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT },
    ...marks.map((m, i) => [
      s("line", { class: "grid", x1: M.left, x2: width - M.right, y1: y(m), y2: y(m) }),
      s("text", { class: "tick", x: M.left - 8, y: y(m) + 4, "text-anchor": "end" }, `${labels[i]}${metric.scale === "binary" ? "%" : ""}`),
    ]),
    ...axis.bins.map((bin, i) =>
      i % every === 0 ? s("text", { class: "tick", x: x(i), y: HEIGHT - M.bottom + 18, "text-anchor": "middle" }, bin.label) : null,
    ),
    s("text", { class: "axis", x: (M.left + width - M.right) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, name),
    ...data.variants.map((_, v) => {
      const points = axis.bins.map((__, i) => ({ i, value: grid.means[v]?.[i] ?? null, n: grid.counts[v]?.[i] ?? 0 })).filter((p) => p.value !== null);
      return s(
        "g",
        { style: { "--colour": `var(--v${v})` } },
        s("polyline", { class: "curve", points: points.map((p) => `${x(p.i)},${y(p.value as number)}`).join(" ") }),
        ...points.map((p) => s("circle", { class: "curve-dot", cx: x(p.i), cy: y(p.value as number), r: 1.5 + 3 * Math.sqrt(p.n / most) })),
      );
    }),
  );
}
