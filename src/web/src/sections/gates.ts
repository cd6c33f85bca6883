import { intervalDrawing } from "../charts/interval";
import type { Estimate, Gate, Metric, ReportData } from "../data";
import { h } from "../dom";
import { count, difference, digits, interval, probability, quantity } from "../format";
import { empty, section, swatch } from "../parts/section";
import { tableBehind } from "../parts/table";
import { chip } from "../parts/verdict-chip";

/** One row a gate: value, baseline, the interval drawn against the forbidden side, the word. */
export function gates(data: ReportData): HTMLElement {
  const id = "gates";
  if (data.gates.length === 0) {
    return section(
      id,
      "Gates",
      null,
      empty("This scenario declares no gates: the numbers below describe, and nothing here passes or fails."),
    );
  }

  const nominal = [...new Set(data.gates.map((gate) => `${digits(gate.nominal * 100, true)}%`))].join(" or ");
  const tests = Math.max(...data.gates.map((gate) => gate.tests));
  const widened = tests > 1 ? `, widened because ${tests} questions are asked` : "";
  return section(
    id,
    "Gates",
    `Each bar is the estimate with the interval that decides (${nominal}${widened}), on the metric\u2019s own scale; the shaded side is what the gate forbids. Open a row for its numbers.`,
    h(
      "div",
      { class: "gates" },
      h(
        "div",
        { class: "gate-row gate-head", "aria-hidden": "true" },
        h("span", null, "Metric"),
        h("span", { class: "n" }, "Baseline"),
        h("span", { class: "n" }, "Candidate"),
        h("span", { class: "gate-picture" }, "Estimate and interval"),
        h("span", { class: "n" }, "Allowed"),
        h("span", null, "Verdict"),
      ),
      ...data.gates.map((gate) => row(data, gate)),
    ),
    tableBehind(
      "The gates as a table",
      [
        { title: "Metric" },
        { title: "Variant" },
        { title: "Against" },
        { title: "Estimate", numeric: true },
        { title: "Interval", numeric: true },
        { title: "Allowed", numeric: true },
        { title: "n", numeric: true },
        { title: "Adjusted p", numeric: true },
        { title: "Verdict" },
      ],
      () =>
        data.gates.map((gate) => {
          const metric = metricOf(data, gate);
          return [
            title(metric, gate),
            data.variants[gate.variant]?.name,
            gate.baselineName ?? "\u2013",
            show(metric, gate, gate.decides.value),
            interval(metric, gate.decides, gate.isDifference),
            allowance(metric, gate),
            count(gate.decides.count),
            probability(gate.adjustedP),
            gate.verdict,
          ];
        }),
    ),
  );
}

function row(data: ReportData, gate: Gate): HTMLElement {
  const metric = metricOf(data, gate);
  const variant = data.variants[gate.variant]?.name ?? "";
  return h(
    "details",
    { class: `gate ${gate.verdict.toLowerCase()}` },
    h(
      "summary",
      { class: "gate-row" },
      h(
        "span",
        { class: "gate-title" },
        title(metric, gate),
        h("small", null, swatch(gate.variant), variant, gate.baselineName ? ` against ${gate.baselineName}` : " on its own"),
      ),
      value(metric, gate.baselineValue, gate.baseline, "Baseline"),
      value(metric, gate.value, gate.variant, "Candidate"),
      h("span", { class: "gate-picture" }, intervalDrawing(metric, gate)),
      h("span", { class: "n gate-allowed" }, h("small", { class: "inline-label" }, "Allowed "), allowance(metric, gate)),
      h("span", { class: "gate-verdict" }, chip(gate.verdict)),
    ),
    h(
      "div",
      { class: "gate-more" },
      h("p", null, gate.reason),
      h(
        "dl",
        { class: "numbers" },
        pair(gate.isDifference ? "Difference" : "Value", show(metric, gate, gate.decides.value)),
        pair(`Interval that decides (${digits(gate.confidence * 100, true)}%)`, interval(metric, gate.decides, gate.isDifference)),
        pair("Allowed", allowance(metric, gate)),
        pair(gate.isDifference ? "Pairs" : "Rollouts", count(gate.decides.count)),
        gate.decides.effective !== null && gate.decides.effective < gate.decides.count * 0.995
          ? pair("Effective number", count(gate.decides.effective))
          : null,
        gate.pValue !== null ? pair("p", probability(gate.pValue)) : null,
        gate.adjustedP !== null ? pair("p, adjusted", probability(gate.adjustedP)) : null,
        gate.baselineValue && gate.baselineName
          ? pair(gate.baselineName, `${quantity(metric, gate.baselineValue.value)} ${interval(metric, gate.baselineValue, false)}`)
          : null,
        pair(variant, `${quantity(metric, gate.value.value)} ${interval(metric, gate.value, false)}`),
      ),
      h("p", { class: "fine" }, gate.method, metric.source ? ` Metric: ${metric.source}.` : ""),
    ),
  );
}

function title(metric: Metric, gate: Gate): string {
  return gate.statistic === "mean" ? metric.title : `${metric.title}, ${gate.statistic}`;
}

function value(metric: Metric, estimate: Estimate | null, variant: number, label: string): HTMLElement {
  return h(
    "span",
    { class: "n gate-value" },
    estimate
      ? [
          h("small", { class: "inline-label" }, variant >= 0 ? swatch(variant) : null, `${label} `),
          quantity(metric, estimate.value),
        ]
      : h("span", { class: "none" }, "\u2013"),
  );
}

function show(metric: Metric, gate: Gate, number: number | null): string {
  return gate.isDifference ? difference(metric, number) : quantity(metric, number);
}

/** "at most +0.5 points". */
function allowance(metric: Metric, gate: Gate): string {
  const sign = gate.forbidden === "above" ? "\u2264" : "\u2265";
  return `${sign}\u00a0${gate.isDifference ? difference(metric, gate.threshold, true) : quantity(metric, gate.threshold, true)}`;
}

function pair(name: string, text: string): HTMLElement {
  return h("div", null, h("dt", null, name), h("dd", null, text));
}

function metricOf(data: ReportData, gate: Gate): Metric {
  return data.metrics[gate.metric] as Metric;
}
