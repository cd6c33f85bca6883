import type { ReportData } from "../data";
import { h } from "../dom";
import { count } from "../format";
import { command } from "../parts/copy";
import { section, swatch } from "../parts/section";
import { disclosure, table } from "../parts/table";

/** Methods in words, counts of every outcome, provenance, and the one command. */
export function method(data: ReportData): HTMLElement {
  const { method: how, provenance } = data;
  return section(
    "method",
    data.kind === "run" ? "How this was decided" : "Where it comes from",
    null,
    how.statements.length > 0
      ? h("dl", { class: "statements" }, ...how.statements.map((s) => h("div", null, h("dt", null, s.topic), h("dd", null, s.text))))
      : null,
    how.notes.length > 0 ? h("ul", { class: "notes" }, ...how.notes.map((note) => h("li", null, note))) : null,
    how.outcomes.length > 0 ? outcomes(data) : null,
    h("h3", null, "Reproduce it"),
    command(provenance.reproduce),
    h("h3", null, "Provenance"),
    h("dl", { class: "provenance" }, ...provenance.entries.map((e) => h("div", null, h("dt", null, e.name), h("dd", null, e.value)))),
    how.defaults.length > 0
      ? disclosure(`${count(how.defaults.length)} defaults that the scenario file left out`, () =>
          table([{ title: "Key" }, { title: "Taken" }], how.defaults.map((d) => [h("code", null, d.name), d.value]), "Defaults"),
        )
      : null,
  );
}

function outcomes(data: ReportData): HTMLElement {
  const rows = data.method.outcomes;
  const whole = rows.reduce((sum, row) => sum + row.total, 0);
  return h(
    "div",
    null,
    h("h3", null, `Every rollout ended in one class: ${count(whole)} of ${count(data.method.planned)}`),
    table(
      [
        { title: "Outcome" },
        { title: "Counts as" },
        ...data.variants.map((v, i) => ({ title: h("span", { class: "nowrap" }, swatch(i), v.name), numeric: true })),
        { title: "Total", numeric: true },
      ],
      [
        ...rows.filter((row) => row.total > 0 || row.name === "Infrastructure error" || row.name === "Failed by the model").map((row) => [
          row.name,
          h("span", { class: "quiet" }, row.meaning),
          ...data.variants.map((_, v) => (row.counts.length > 0 ? count(row.counts[v] ?? 0) : "\u2013")),
          count(row.total),
        ]),
        [h("b", null, "Total"), "", ...data.variants.map(() => ""), h("b", null, count(whole))],
      ],
      "Outcomes",
    ),
  );
}
