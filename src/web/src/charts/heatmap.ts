import type { Axis, Finding, Grid, Metric, Num, ReportData, Slices } from "../data";
import { h, s } from "../dom";
import { count, difference, digits, prettyUnit, quantity } from "../format";
import { tableBehind } from "../parts/table";
import { swatch } from "../parts/section";
import { diverging, even, heat, inkOn, type Themed } from "./colours";
import { responsive } from "./responsive";

interface Panel {
  title: string;
  variant: number;
  value: (cell: number) => Num;
  n: (cell: number) => number;
  colour: (value: number) => Themed;
  text: (value: number) => string;
  outlined: boolean;
}

const TOP = 6;
const BOTTOM = 40;

/** Baseline, candidate and their difference over two swept parameters, cell by cell; without a baseline every variant. */
export function heatmap(data: ReportData, slices: Slices, grid: Grid, baseline: number, candidate: number): HTMLElement {
  const x = slices.axes[grid.x] as Axis;
  const y = slices.axes[grid.y] as Axis;
  const metric = data.metrics[grid.metric] as Metric;
  const panels = panelsOf(data, grid, metric, baseline, candidate);
  const readout = h("p", { class: "readout", "aria-live": "polite" });
  const finding = slices.findings.find((f) => f.metric === grid.metric && f.variant === candidate);
  const region = finding ? outline(finding.bounds, grid, x, y) : null;
  const most = Math.max(1, ...panels.flatMap((panel) => x.bins.flatMap((_, i) => y.bins.map((__, j) => panel.n(j * x.bins.length + i)))));
  let active = -1;
  const marks: SVGRectElement[] = [];

  const select = (cell: number): void => {
    active = cell;
    readout.textContent = cell < 0 ? hint(panels, most) : describe(panels, x, y, cell, metric);
    for (const mark of marks) {
      mark.setAttribute("visibility", cell < 0 ? "hidden" : "visible");
      place(mark, cell);
    }
  };
  const left = leftOf(y);
  const place = (mark: SVGRectElement, cell: number): void => {
    const size = Number(mark.dataset["size"]);
    const tall = Number(mark.dataset["tall"]);
    mark.setAttribute("x", String(left + (cell % x.bins.length) * size));
    mark.setAttribute("y", String(TOP + (y.bins.length - 1 - Math.floor(cell / x.bins.length)) * tall));
  };

  const height = TOP + BOTTOM + y.bins.length * Math.min(30, Math.max(18, 300 / y.bins.length));
  const figures = panels.map((panel) =>
    h(
      "figure",
      { class: "panel" },
      h("figcaption", null, panel.variant >= 0 ? swatch(panel.variant) : null, panel.title),
      responsive(
        height,
        (width) => drawing(panel, x, y, width, height, most, panel.outlined ? region : null, marks, select),
        `${panel.title}: ${metric.title} over ${x.name} and ${y.name}`,
      ),
    ),
  );
  const group = h(
    "div",
    { class: `panels panels-${panels.length > 2 ? 3 : panels.length}`, tabindex: 0, role: "group", "aria-label": `${metric.title} by ${x.name} and ${y.name}; arrow keys walk the cells` },
    ...figures,
  );
  group.addEventListener("keydown", (event) => {
    const step = ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: x.bins.length, ArrowDown: -x.bins.length } as Record<string, number>)[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = active < 0 ? 0 : active + step;
    if (next >= 0 && next < x.bins.length * y.bins.length) select(next);
  });
  group.addEventListener("pointerleave", () => select(-1));
  group.addEventListener("blur", () => select(-1));
  select(-1);
  return h("div", null, group, readout, legend(panels, metric), cellsTable(data, grid, x, y, metric));
}

function panelsOf(data: ReportData, grid: Grid, metric: Metric, baseline: number, candidate: number): Panel[] {
  const of = (variant: number) => (cell: number): Num => grid.means[variant]?.[cell] ?? null;
  const known = (baseline < 0 ? data.variants.map((_, i) => i) : [baseline, candidate]).flatMap((v) => grid.means[v] ?? []).filter((v): v is number => v !== null);
  const high = Math.max(...known, 0);
  const low = Math.min(...known, high);
  const failures = metric.scale === "binary" && metric.direction === "lower";
  const colour = (value: number): Themed => (failures ? heat(value / (high || 1)) : even((value - low) / (high - low || 1)));
  const short = (value: number): string =>
    metric.scale === "binary" ? (value === 0 ? "" : String(Math.round(value * 100)).replace("-", "\u2212")) : brief(value);
  const one = (variant: number): Panel => ({
    title: data.variants[variant]?.name ?? "",
    variant,
    value: of(variant),
    n: (cell) => grid.counts[variant]?.[cell] ?? 0,
    colour,
    text: short,
    outlined: variant === candidate,
  });
  if (baseline < 0 || baseline === candidate) return data.variants.map((_, i) => one(i));

  const change = (cell: number): Num => {
    const a = of(candidate)(cell);
    const b = of(baseline)(cell);
    return a === null || b === null ? null : a - b;
  };
  const sign = metric.direction === "higher" ? -1 : 1;
  const cells = (grid.means[candidate] ?? []).map((_, cell) => Math.abs(change(cell) ?? 0));
  const reach = Math.max(...cells) || 1;
  return [
    one(baseline),
    one(candidate),
    {
      title: `${data.variants[candidate]?.name} \u2212 ${data.variants[baseline]?.name}`,
      variant: -1,
      value: change,
      n: (cell) => Math.min(grid.counts[candidate]?.[cell] ?? 0, grid.counts[baseline]?.[cell] ?? 0),
      colour: (value) => diverging((sign * value) / reach),
      text: (value) => {
        const text = short(value);
        return value > 0 && text !== "" ? `+${text}` : text;
      },
      outlined: true,
    },
  ];
}

// What is too small for three decimals recedes, as an empty cell does; the table has it.
function brief(value: number): string {
  return Math.abs(value) < 0.0005 ? "" : digits(value, true).slice(0, 5);
}

// Room for the longest label and the title that stands beside it.
function leftOf(y: Axis): number {
  return 26 + Math.min(9, Math.max(...y.bins.map((bin) => bin.label.length))) * 6.4;
}

interface Region {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

function drawing(
  panel: Panel,
  x: Axis,
  y: Axis,
  width: number,
  height: number,
  most: number,
  region: Region | null,
  marks: SVGRectElement[],
  select: (cell: number) => void,
): SVGElement {
  const left = leftOf(y);
  const wide = Math.min(44, (width - left - 2) / x.bins.length);
  const tall = (height - TOP - BOTTOM) / y.bins.length;
  const cells: SVGElement[] = [];
  y.bins.forEach((_, j) =>
    x.bins.forEach((__, i) => cells.push(cellOf(panel, j * x.bins.length + i, left + i * wide, TOP + (y.bins.length - 1 - j) * tall, wide, tall, most, select))),
  );
  const mark = s("rect", { class: "cell-mark", width: wide, height: tall, rx: 3, visibility: "hidden", "data-size": wide, "data-tall": tall });
  marks.push(mark);
  const right = left + x.bins.length * wide;
  const bottom = TOP + y.bins.length * tall;
  const every = Math.ceil((Math.max(...x.bins.map((b) => b.label.length)) * 6.6 + 6) / wide);
  return s(
    "svg",
    { class: "heatmap", viewBox: `0 0 ${width} ${height}`, width, height },
    ...cells,
    region
      ? s("rect", {
          class: "region",
          x: left + region.x0 * wide,
          y: TOP + (y.bins.length - 1 - region.y1) * tall,
          width: (region.x1 - region.x0 + 1) * wide,
          height: (region.y1 - region.y0 + 1) * tall,
          rx: 3,
        })
      : null,
    mark,
    ...x.bins.map((bin, i) =>
      i % every === 0 ? s("text", { class: "tick", x: left + (i + 0.5) * wide, y: bottom + 15, "text-anchor": "middle" }, bin.label) : null,
    ),
    ...y.bins.map((bin, j) =>
      s("text", { class: "tick", x: left - 6, y: TOP + (y.bins.length - 0.5 - j) * tall + 4, "text-anchor": "end" }, bin.label.length > 9 ? `${bin.label.slice(0, 8)}\u2026` : bin.label),
    ),
    s("text", { class: "axis", x: (left + right) / 2, y: bottom + 33, "text-anchor": "middle" }, axisTitle(x)),
    s("text", { class: "axis", transform: `translate(9 ${(TOP + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, axisTitle(y)),
  );
}

// The area of a cell's square is its number of rollouts: a cell with few looks it.
function cellOf(
  panel: Panel,
  cell: number,
  left: number,
  top: number,
  wide: number,
  tall: number,
  most: number,
  select: (cell: number) => void,
): SVGElement {
  const value = panel.value(cell);
  const n = panel.n(cell);
  const share = Math.sqrt(n / most);
  const w = Math.max(0, (wide - 2) * share);
  const t = Math.max(0, (tall - 2) * share);
  const group = s("g", { class: "cell" });
  group.addEventListener("pointerenter", () => select(cell));
  group.append(s("rect", { class: "cell-field", x: left, y: top, width: wide, height: tall }));
  if (value === null || n === 0) {
    group.append(s("circle", { class: "cell-none", cx: left + wide / 2, cy: top + tall / 2, r: 1.5 }));
    return group;
  }

  const colour = panel.colour(value);
  const ink = inkOn(colour);
  group.append(
    s("rect", {
      class: "themed",
      x: left + (wide - w) / 2,
      y: top + (tall - t) / 2,
      width: w,
      height: t,
      rx: 2.5,
      style: { "--l": colour.light, "--d": colour.dark },
    }),
  );
  const text = panel.text(value);
  if (text !== "" && text !== "0" && text.length * 6.1 < w + 2 && t > 12) {
    group.append(
      s("text", { class: "cell-text themed", x: left + wide / 2, y: top + tall / 2 + 3.6, style: { "--l": ink.light, "--d": ink.dark } }, text),
    );
  }
  return group;
}

function outline(bounds: Finding["bounds"], grid: Grid, x: Axis, y: Axis): Region | null {
  const span = (axis: Axis, index: number): [number, number] => {
    const bound = bounds.find((b) => b.axis === index);
    return bound ? [bound.first, bound.last] : [0, axis.bins.length - 1];
  };
  if (!bounds.every((b) => b.axis === grid.x || b.axis === grid.y)) return null;
  const [x0, x1] = span(x, grid.x);
  const [y0, y1] = span(y, grid.y);
  return { x0, x1, y0, y1 };
}

function axisTitle(axis: Axis): string {
  return axis.unit ? `${axis.name} (${prettyUnit(axis.unit)})` : axis.name;
}

function hint(panels: Panel[], most: number): string {
  return `Point at a cell, or walk with the arrow keys. A full cell holds ${count(most)} rollouts${panels.length > 1 ? " a variant" : ""}; smaller squares hold fewer.`;
}

function describe(panels: Panel[], x: Axis, y: Axis, cell: number, metric: Metric): string {
  const i = cell % x.bins.length;
  const j = Math.floor(cell / x.bins.length);
  const place = `${x.name} ${x.bins[i]?.label}${x.unit ? ` ${prettyUnit(x.unit)}` : ""}, ${y.name} ${y.bins[j]?.label}${y.unit ? ` ${prettyUnit(y.unit)}` : ""}`;
  const parts = panels.map((panel) => {
    const value = panel.value(cell);
    if (value === null) return `${panel.title} not run`;
    if (panel.variant < 0) return `difference ${difference(metric, value)}`;
    const n = panel.n(cell);
    return metric.scale === "binary"
      ? `${panel.title} ${count(value * n)} of ${count(n)} (${quantity(metric, value)})`
      : `${panel.title} ${quantity(metric, value)} (n = ${count(n)})`;
  });
  return `${place}: ${parts.join("; ")}.`;
}

function legend(panels: Panel[], metric: Metric): HTMLElement {
  const ramp = (colours: Themed[], low: string, high: string): HTMLElement =>
    h(
      "span",
      { class: "ramp" },
      low,
      h("span", { class: "ramp-bar", "aria-hidden": "true" }, ...colours.map((c) => h("i", { class: "themed-back", style: { "--l": c.light, "--d": c.dark } }))),
      high,
    );
  const steps = [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1];
  const failures = metric.scale === "binary" && metric.direction === "lower";
  return h(
    "p",
    { class: "legend" },
    failures ? ramp(steps.map(heat), "none", "most") : ramp(steps.map(even), "lowest", "highest"),
    panels.some((panel) => panel.variant < 0) ? ramp([-1, -0.6, -0.3, 0, 0.3, 0.6, 1].map(diverging), metric.direction === "neutral" ? "smaller" : "better", metric.direction === "neutral" ? "larger" : "worse") : null,
  );
}

function cellsTable(data: ReportData, grid: Grid, x: Axis, y: Axis, metric: Metric): HTMLElement {
  return tableBehind(
    "The cells as a table",
    [
      { title: axisTitle(x), numeric: true },
      { title: axisTitle(y), numeric: true },
      ...data.variants.flatMap((v, i) => [
        { title: h("span", { class: "nowrap" }, swatch(i), v.name), numeric: true },
        { title: "n", numeric: true },
      ]),
    ],
    () =>
      y.bins.flatMap((yb, j) =>
        x.bins.map((xb, i) => {
          const cell = j * x.bins.length + i;
          return [
            xb.label,
            yb.label,
            ...data.variants.flatMap((_, v) => [quantity(metric, grid.means[v]?.[cell] ?? null), count(grid.counts[v]?.[cell] ?? 0)]),
          ];
        }),
      ),
  );
}
