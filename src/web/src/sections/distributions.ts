import { ecdf } from "../charts/ecdf";
import type { Latency, ReportData } from "../data";
import { h } from "../dom";
import { count, digits } from "../format";
import { empty, section, swatch } from "../parts/section";
import { disclosure, table } from "../parts/table";

/** ECDFs of what the gates and the score are made of; latency apart. */
export function distributions(data: ReportData): HTMLElement {
  const first = data.distributions.slice(0, 4);
  const rest = data.distributions.slice(4);
  return section(
    "distributions",
    "Distributions",
    h("span", { class: "keys" }, ...data.variants.map((v, i) => h("span", null, swatch(i), v.name, v.role === "baseline" ? " (baseline)" : ""))),
    first.length > 0
      ? h("div", { class: "panels panels-2" }, ...first.map((d) => ecdf(data, d)))
      : empty(
          data.rollouts.count > 0
            ? "No metric took more than a few different values: their means, above, tell all."
            : "No rollout ended, so there is nothing to distribute.",
        ),
    rest.length > 0
      ? disclosure(`${rest.length} more ${rest.length === 1 ? "distribution" : "distributions"}`, () =>
          h("div", { class: "panels panels-2" }, ...rest.map((d) => ecdf(data, d))),
        )
      : null,
    data.latency.length > 0 ? latency(data) : null,
  );
}

function latency(data: ReportData): HTMLElement {
  const rows = [...data.latency].sort((a, b) => a.variant - b.variant);
  // Where stages were measured, the whole of a frame is what to read; it comes last of each variant's.
  const whole = rows.filter((row, i) => rows[i + 1]?.variant !== row.variant);
  const stages = rows.length > whole.length;
  return h(
    "div",
    { class: "latency" },
    h("h3", null, "Inference latency, this machine, under batching"),
    h("p", { class: "lead" }, "Measured where this run happened; it says nothing of another board, and gates nothing."),
    latencyTable(data, whole),
    stages ? disclosure("The stages of which a frame\u2019s time is the sum", () => latencyTable(data, rows)) : null,
  );
}

function latencyTable(data: ReportData, rows: Latency[]): HTMLElement {
  const percents = [...new Set(rows.flatMap((l) => l.percentiles.map((p) => p.percent)))].sort((a, b) => a - b);
  const batched = rows.some((l) => l.meanBatch !== null);
  // Variants are compared within a column; the greatest of all would flatten the rest.
  const most = percents.map((p) => Math.max(1, ...rows.map((l) => l.percentiles.find((q) => q.percent === p)?.microseconds ?? 0)));
  return table(
    [
      { title: "Variant" },
      { title: "What" },
      ...percents.map((p) => ({ title: p === 100 ? "Greatest" : `p${digits(p, true)}`, numeric: true })),
      ...(batched ? [{ title: "Mean batch", numeric: true }] : []),
      { title: "Frames", numeric: true },
    ],
    rows.map((row) => [
      h("span", { class: "nowrap" }, swatch(row.variant), data.variants[row.variant]?.name),
      row.title,
      ...percents.map((p, i) => {
        const found = row.percentiles.find((q) => q.percent === p);
        return found
          ? h(
              "span",
              { class: "bar-cell" },
              h("i", { "aria-hidden": "true", style: { width: `${(found.microseconds / (most[i] as number)) * 100}%`, "--colour": `var(--v${row.variant})` } }),
              `${digits(found.microseconds)}\u00a0\u00b5s`,
            )
          : "\u2013";
      }),
      ...(batched ? [digits(row.meanBatch)] : []),
      count(row.count),
    ]),
    "Inference latency on this machine",
  );
}
