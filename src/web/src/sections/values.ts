import type { ReportData } from "../data";
import { h } from "../dom";
import { single } from "../format";
import { section, swatch } from "../parts/section";
import { table } from "../parts/table";

/** Every metric of the one or two rollouts on a replay's page. */
export function values(data: ReportData): HTMLElement {
  const shown = [...new Set(data.replays.clips.map((clip) => clip.variant))];
  return section(
    "values",
    "What was measured",
    null,
    table(
      [
        { title: "Metric" },
        ...shown.map((v) => ({ title: h("span", { class: "nowrap" }, swatch(v), data.variants[v]?.name), numeric: true })),
        { title: "What it is" },
      ],
      data.metrics
        .filter((metric) => shown.some((v) => metric.values[v]?.value !== null))
        .map((metric) => [
          h("span", { class: "metric-name" }, metric.title, h("small", null, metric.name)),
          ...shown.map((v) => single(metric, metric.values[v]?.value ?? null)),
          h("span", { class: "quiet" }, metric.description),
        ]),
      "Metrics of the rollout",
    ),
  );
}
