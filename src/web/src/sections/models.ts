import type { Metric, Model, ReportData } from "../data";
import { h } from "../dom";
import { count, difference, digits, interval, quantity } from "../format";
import { section, swatch } from "../parts/section";
import { table } from "../parts/table";

/** The builds side by side: what each costs, and what it gives; nothing where no variant is a build of another. */
export function models(data: ReportData): HTMLElement[] {
  if (data.models.length === 0) return [];
  const judged = data.gates[0]?.metric ?? data.rollouts.sortedBy[0];
  const metric = judged === undefined ? undefined : data.metrics[judged];
  const modelled = data.models.some((m) => m.modelledMicroseconds !== null);
  return [
    section(
      "builds",
      "The builds side by side",
      modelled
        ? "What each build weighs and takes, how far its action is from its parent\u2019s, and how it drives. A board\u2019s time is by its cost model, for one frame."
        : "What each build weighs, how far its action is from its parent\u2019s, and how it drives.",
      table(
        [
          { title: "Build" },
          { title: "File", numeric: true },
          ...(modelled ? [{ title: "Frame on its board", numeric: true }] : []),
          { title: "Departs first at" },
          { title: "Action\u2019s SQNR", numeric: true },
          ...(metric ? [{ title: metric.title, numeric: true }, { title: "Difference", numeric: true }] : []),
        ],
        data.models.map((model) => [
          h("span", { class: "build-name" }, h("span", { class: "nowrap" }, swatch(model.variant), data.variants[model.variant]?.name), h("small", null, data.variants[model.variant]?.policy)),
          model.bytes > 0 ? bytes(model.bytes) : "\u2013",
          ...(modelled ? [model.modelledMicroseconds === null ? "\u2013" : `${digits(model.modelledMicroseconds)}\u00a0\u00b5s`] : []),
          departs(data, model),
          model.outputEqual ? "equal" : model.outputSqnrDb === null ? "\u2013" : `${model.outputSqnrDb.toFixed(1)}\u00a0dB`,
          ...(metric && judged !== undefined ? driven(data, model, metric, judged) : []),
        ]),
        "The builds side by side",
      ),
    ),
  ];
}

function departs(data: ReportData, model: Model): Node | string {
  const build = data.builds.find((b) => b.variant === model.variant);
  if (!build) return h("span", { class: "quiet" }, "(the parent)");
  if (!build.compared) return h("span", { class: "quiet" }, "not compared");
  return model.first === null ? "nowhere" : h("span", { class: "layer-name" }, model.first);
}

function driven(data: ReportData, model: Model, metric: Metric, judged: number): (Node | string)[] {
  const value = metric.values[model.variant]?.value ?? null;
  const change = data.changes.find((c) => c.metric === judged && (c.variant === model.variant || c.also.includes(model.variant)));
  return [
    quantity(metric, value),
    change
      ? h("span", { class: "nowrap" }, difference(metric, change.difference.value), " ", h("span", { class: "quiet" }, interval(metric, change.difference, true)))
      : "\u2013",
  ];
}

function bytes(size: number): string {
  return size < 10_000 ? `${count(size)}\u00a0B` : size < 10_000_000 ? `${digits(size / 1000)}\u00a0kB` : `${digits(size / 1_000_000)}\u00a0MB`;
}
