import { heatmap } from "../charts/heatmap";
import { profile } from "../charts/profile";
import type { Finding, Grid, Metric, ReportData, Slices } from "../data";
import { h, replace } from "../dom";
import { count, difference, digits, inside, quantity } from "../format";
import { empty, section, swatch } from "../parts/section";
import { choice } from "../parts/choice";
import { table } from "../parts/table";

/** Rates over the sweep: baseline, candidate, difference; and, for a suite, its files. */
export function where(data: ReportData): HTMLElement {
  const parts: HTMLElement[] = [];
  if (data.slices && data.slices.grids.length > 0) parts.push(explorer(data, data.slices));
  if (data.suite.length > 0) parts.push(suite(data));
  const found = data.slices?.findings.map((f) => finding(data, f)) ?? [];
  return section(
    "where",
    "Where it fails",
    found.length > 0 ? h("span", null, ...found) : parts.length > 0 ? "Means over the swept parameters, seeds pooled in each cell." : null,
    ...(parts.length > 0
      ? parts
      : [empty("Nothing is swept in this scenario, so there is no slice to show: every rollout met the same point.")]),
  );
}

// The search looked at many regions, so that what it found is a hint, not a test.
function finding(data: ReportData, found: Finding): HTMLElement {
  const metric = inside(data.metrics[found.metric]?.title ?? "");
  const share = (value: number): string => `${digits(Math.round(value * 100), true)}%`;
  return h(
    "span",
    { class: "finding" },
    h("b", null, capital(found.text)),
    ` holds ${share(found.held)} of what ${data.variants[found.variant]?.name ?? ""} loses in ${metric}, in ${share(found.size)} of the rollouts.`,
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function explorer(data: ReportData, slices: Slices): HTMLElement {
  const host = h("div", { class: "heat-host" });
  const candidates = data.variants.map((_, i) => i).filter((i) => data.variants[i]?.role === "candidate");
  const baseline = data.variants.findIndex((v) => v.role === "baseline");
  const shown = candidates.length > 0 ? candidates : data.variants.map((_, i) => i).filter((i) => i !== baseline);
  let grid = slices.grids[0] as Grid;
  let variant = slices.findings[0]?.variant ?? shown[0] ?? 0;

  const draw = (): void => {
    replace(host, grid.y < 0 ? profile(data, slices, grid) : heatmap(data, slices, grid, baseline, variant), absence(data, grid));
  };
  const metrics = [...new Set(slices.grids.map((g) => g.metric))];
  const pairs = [...new Map(slices.grids.map((g) => [`${g.x}/${g.y}`, g])).values()];
  const pick = (metric: number, x: number, y: number): void => {
    grid = slices.grids.find((g) => g.metric === metric && g.x === x && g.y === y) ?? grid;
    draw();
  };
  const axis = (i: number): string => slices.axes[i]?.name ?? "";
  const controls = h(
    "div",
    { class: "controls" },
    choice("Metric", metrics.map((m) => [String(m), data.metrics[m]?.title ?? ""]), String(grid.metric), (v) =>
      pick(Number(v), grid.x, grid.y),
    ),
    pairs.length > 1
      ? choice(
          "Parameters",
          pairs.map((g) => [`${g.x}/${g.y}`, g.y < 0 ? axis(g.x) : `${axis(g.x)} \u00d7 ${axis(g.y)}`]),
          `${grid.x}/${grid.y}`,
          (v) => {
            const [x, y] = v.split("/").map(Number);
            pick(grid.metric, x ?? 0, y ?? -1);
          },
        )
      : null,
    grid.y >= 0 && baseline >= 0 && shown.length > 1
      ? choice("Candidate", shown.map((i) => [String(i), data.variants[i]?.name ?? ""]), String(variant), (v) => {
          variant = Number(v);
          draw();
        })
      : null,
  );
  draw();
  return h("div", null, controls, host);
}

// No failure anywhere is a finding, and says how much it proves.
function absence(data: ReportData, grid: Grid): HTMLElement | null {
  const metric = data.metrics[grid.metric] as Metric;
  if (metric.scale !== "binary" || metric.direction !== "lower") return null;
  const clean = data.variants.map((v, i) => ({ name: v.name, estimate: metric.values[i] })).filter((v) => v.estimate && v.estimate.value === 0);
  if (clean.length === 0) return null;
  return empty(
    `${metric.title}: `,
    clean
      .map(({ name, estimate }) => `${name} 0 of ${count(estimate?.count ?? 0)}; the upper bound is ${quantity(metric, estimate?.high ?? null)}`)
      .join(". "),
    ".",
  );
}

function suite(data: ReportData): HTMLElement {
  const metric = data.metrics[data.suite[0]?.metric ?? 0] as Metric;
  const compared = data.suite.some((row) => row.difference !== null);
  const render = (rows: ReportData["suite"]): HTMLElement =>
    table(
      [
        { title: "File" },
        ...data.variants.map((v, i) => ({ title: h("span", { class: "nowrap" }, swatch(i), v.name), numeric: true })),
        ...(compared ? [{ title: "Difference", numeric: true }] : []),
        { title: "Rollouts", numeric: true },
      ],
      rows.map((row) => [
        h("code", { class: "file" }, row.name),
        ...row.values.map((v) => quantity(metric, v)),
        ...(compared ? [h("b", null, difference(metric, row.difference))] : []),
        count(Math.max(...row.counts, 0)),
      ]),
      `${metric.title} by file`,
    );
  const first = data.suite.slice(0, 12);
  const rest = data.suite.slice(12);
  return h(
    "div",
    null,
    h("h3", null, `${metric.title} by file, ${compared ? "largest difference" : "worst"} first`),
    render(first),
    rest.length > 0
      ? h("details", { class: "behind" }, h("summary", null, `${count(rest.length)} more files`), render(rest))
      : null,
  );
}
