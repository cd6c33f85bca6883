import type { Change, Metric, ReportData } from "../data";
import { h, s } from "../dom";
import { difference, interval, probability, quantity } from "../format";
import { section, swatch } from "../parts/section";
import { disclosure, table } from "../parts/table";

const MOST_SHOWN = 6;
const MOST_CLEAR = 12;

/** Every metric against the baseline, the clear changes first; without a baseline, every metric as it is. */
export function changes(data: ReportData): HTMLElement {
  if (data.changes.length === 0) return measured(data);

  const clear = data.changes.filter((change) => change.direction !== "unclear");
  const rest = data.changes.filter((change) => change.direction === "unclear");
  const against = [...new Set(data.changes.map((change) => change.baselineName))].join(", ");
  return section(
    "changes",
    "What changed",
    clear.length > 0
      ? `Paired differences from ${against}: these intervals leave out zero. They describe; only the gates above decide.`
      : `Against ${against}, every interval holds zero: nothing measured here changed beyond what chance would do.`,
    clear.length > 0 ? changeTable(data, clear.slice(0, MOST_CLEAR)) : null,
    clear.length > MOST_CLEAR
      ? disclosure(`${clear.length - MOST_CLEAR} more such differences, less grave`, () => changeTable(data, clear.slice(MOST_CLEAR)))
      : null,
    rest.length > 0
      ? disclosure(
          rest.length === 1 ? "1 difference that is not clear" : `${rest.length} differences that are not clear`,
          () => changeTable(data, rest),
        )
      : null,
    disclosure("Every metric of every variant", () => valueTable(data, [...data.metrics.keys()])),
  );
}

function measured(data: ReportData): HTMLElement {
  const order = [...new Set([...data.rollouts.sortedBy, ...data.distributions.map((d) => d.metric), ...data.metrics.keys()])];
  const first = order.slice(0, MOST_SHOWN);
  const rest = order.slice(MOST_SHOWN);
  return section(
    "changes",
    "What was measured",
    "Means over counted rollouts with their intervals. There is no baseline here, so nothing is compared.",
    valueTable(data, first),
    rest.length > 0 ? disclosure(`${rest.length} more metrics`, () => valueTable(data, rest)) : null,
  );
}

function changeTable(data: ReportData, rows: Change[]): HTMLElement {
  const several = new Set(data.changes.flatMap((change) => [change.variant, ...change.also])).size > 1;
  return h(
    "div",
    { class: "change-table" },
    table(
      [
        { title: "Metric" },
        ...(several ? [{ title: "Variant" }] : []),
        { title: "Baseline", numeric: true },
        { title: "Candidate", numeric: true },
        { title: "Difference", numeric: true },
        { title: "Adjusted p", numeric: true },
        { title: h("span", { class: "better-worse" }, h("span", null, "smaller"), h("span", null, "0"), h("span", null, "larger")) },
        { title: "" },
      ],
      rows.map((change) => {
        const metric = data.metrics[change.metric] as Metric;
        return [
          h("span", { title: metric.description }, metric.title),
          ...(several ? [[change.variant, ...change.also].map((v, i) => [i > 0 ? " " : null, h("span", { class: "nowrap" }, swatch(v), data.variants[v]?.name)])] : []),
          quantity(metric, change.baselineValue),
          quantity(metric, change.value),
          h(
            "span",
            { class: "nowrap" },
            h("b", null, difference(metric, change.difference.value)),
            " ",
            h("span", { class: "quiet" }, interval(metric, change.difference, true)),
          ),
          probability(change.adjustedP),
          glyph(change),
          h("span", { class: `word ${change.direction}` }, change.direction),
        ];
      }),
      "Differences from the baseline",
    ),
  );
}

// Zero in the middle, each row on its own scale: the eye compares the interval with zero, never row with row.
function glyph(change: Change): Node {
  const { value, low, high } = change.difference;
  if (value === null) return document.createTextNode("");
  const reach = Math.max(Math.abs(value), Math.abs(low ?? value), Math.abs(high ?? value)) * 1.1 || 1;
  const x = (v: number): string => `${(50 + (50 * v) / reach).toFixed(2)}%`;
  return s(
    "svg",
    { class: `glyph ${change.direction}`, height: 16, "aria-hidden": "true" },
    s("line", { class: "zero", x1: "50%", x2: "50%", y1: 0, y2: 16 }),
    low === null || high === null ? null : s("line", { class: "span", x1: x(low), x2: x(high), y1: 8, y2: 8 }),
    s("circle", { class: "dot", cx: x(value), cy: 8, r: 3.5 }),
  );
}

function valueTable(data: ReportData, shown: number[]): HTMLElement {
  return table(
    [
      { title: "Metric" },
      ...data.variants.map((variant, i) => ({
        title: h("span", { class: "nowrap" }, swatch(i), variant.name),
        numeric: true,
      })),
    ],
    shown.map((i) => data.metrics[i] as Metric).map((metric) => [
      h(
        "span",
        { class: "metric-name", title: metric.description },
        metric.title,
        h("small", null, metric.name, metric.direction === "neutral" ? "" : `, ${metric.direction} is better`),
      ),
      ...metric.values.map((estimate) =>
        h(
          "span",
          { class: "nowrap" },
          quantity(metric, estimate.value),
          " ",
          h("span", { class: "quiet" }, estimate.low === null && estimate.high === null ? "" : interval(metric, estimate, false)),
        ),
      ),
    ]),
    "Metrics of every variant",
  );
}
