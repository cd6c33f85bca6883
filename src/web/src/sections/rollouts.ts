import type { Metric, ReportData } from "../data";
import { h, replace, type Child } from "../dom";
import { count, inside, single } from "../format";
import { choice } from "../parts/choice";
import { copyButton } from "../parts/copy";
import { empty, section, swatch } from "../parts/section";
import { column } from "../replay/motion";

const PAGE = 12;
const OUTCOMES = ["completed", "failed by the model", "infrastructure error", "cancelled", "discarded"];

interface Sorting {
  key: number;
  descending: boolean;
}

/** Every rollout that the file carries, worst first; sortable, filtered by variant, outcome and text. */
export function rollouts(data: ReportData, open: (rollout: string) => void): HTMLElement {
  const table = data.rollouts;
  if (table.count === 0) {
    return section("rollouts", "Worst rollouts", null, empty("No rollout ended, so there is none to list."));
  }

  const variant = column(table.variant, "u8");
  const point = column(table.point, "u32");
  const seed = column(table.seed, "u32");
  const outcome = column(table.outcome, "u8");
  const ending = column(table.ending, "u8");
  const clip = column(table.clip, "i32");
  const values = table.values.map((text) => column(text, "f32"));
  const columns = shownMetrics(data);
  const name = (row: number): string =>
    `${data.variants[variant[row] ?? 0]?.name}/${table.points[point[row] ?? 0]?.key}/${seed[row]}`;

  let sorting: Sorting | null = null;
  let ofVariant = -1;
  let ofOutcome = -1;
  let text = "";
  let page = 0;
  const body = h("tbody");
  const head = h("tr");
  const pager = h("div", { class: "pager" });

  const worst = (a: number, b: number): number => {
    const graver = grade(outcome[a] ?? 0) - grade(outcome[b] ?? 0);
    if (graver !== 0) return graver;
    for (const metric of table.sortedBy) {
      const order = compare(values[metric]?.[a], values[metric]?.[b], (data.metrics[metric] as Metric).direction === "lower");
      if (order !== 0) return order;
    }
    return a - b;
  };
  const rows = (): number[] => {
    const kept: number[] = [];
    for (let row = 0; row < table.count; row++) {
      if (ofVariant >= 0 && variant[row] !== ofVariant) continue;
      if (ofOutcome >= 0 && outcome[row] !== ofOutcome) continue;
      if (text && !`${name(row)} ${table.points[point[row] ?? 0]?.label} ${table.endings[ending[row] ?? 0]}`.toLowerCase().includes(text)) continue;
      kept.push(row);
    }
    const by = sorting;
    return kept.sort(by ? (a, b) => compare(values[by.key]?.[a], values[by.key]?.[b], by.descending) || worst(a, b) : worst);
  };
  const draw = (): void => {
    const all = rows();
    const pages = Math.max(1, Math.ceil(all.length / PAGE));
    page = Math.min(page, pages - 1);
    const shown = all.slice(page * PAGE, page * PAGE + PAGE);
    replace(
      body,
      ...shown.map((row) => line(row)),
      shown.length === 0 ? h("tr", null, h("td", { colspan: columns.length + 4 }, "No rollout matches.")) : null,
    );
    replace(
      pager,
      h("button", { type: "button", disabled: page === 0, "aria-label": "Previous page", on: { click: () => turn(-1) } }, "\u2190"),
      h("span", null, `${count(all.length)} rollouts, page ${page + 1} of ${pages}`),
      h("button", { type: "button", disabled: page >= pages - 1, "aria-label": "Next page", on: { click: () => turn(1) } }, "\u2192"),
    );
  };
  const turn = (by: number): void => {
    page += by;
    draw();
  };
  const line = (row: number): HTMLElement => {
    const detail = table.details[String(row)];
    const own = clip[row] ?? -1;
    return h(
      "tr",
      null,
      h("td", { class: "nowrap" }, swatch(variant[row] ?? 0), data.variants[variant[row] ?? 0]?.name),
      h("td", { class: "point" }, table.points[point[row] ?? 0]?.label, h("small", { class: "nowrap" }, ` seed ${seed[row]}`)),
      h("td", { title: detail ?? "" }, outcome[row] === 0 ? table.endings[ending[row] ?? 0] : h("b", null, OUTCOMES[outcome[row] ?? 0]), detail ? h("small", { class: "error-detail" }, detail) : null),
      ...columns.map((metric) => h("td", { class: "n" }, single(data.metrics[metric] as Metric, finite(values[metric]?.[row])))),
      h(
        "td",
        { class: "nowrap act" },
        own >= 0
          ? h("button", { type: "button", class: "watch", on: { click: () => open(name(row)) } }, "Watch")
          : copyButton(`simeval replay ${name(row)} --run ${data.run.id}`, "Copy command"),
      ),
    );
  };
  const heading = (title: Child, key: number): HTMLElement => {
    const state = sorting?.key === key ? (sorting.descending ? "descending" : "ascending") : "none";
    return h(
      "th",
      { class: "n", scope: "col", "aria-sort": state },
      h(
        "button",
        {
          type: "button",
          on: {
            click: () => {
              const lower = (data.metrics[key] as Metric).direction === "lower";
              sorting = sorting?.key === key ? { key, descending: !sorting.descending } : { key, descending: lower };
              page = 0;
              header();
              draw();
            },
          },
        },
        title,
        h("span", { class: "arrow", "aria-hidden": "true" }, state === "descending" ? "\u2193" : state === "ascending" ? "\u2191" : ""),
      ),
    );
  };
  const header = (): void =>
    replace(
      head,
      h("th", { scope: "col" }, "Variant"),
      h("th", { scope: "col" }, "Point"),
      h("th", { scope: "col" }, "Ended by"),
      ...columns.map((metric) => heading(data.metrics[metric]?.title, metric)),
      h("th", { scope: "col" }, h("span", { class: "offscreen" }, "Replay")),
    );
  const search = h("input", { type: "search", placeholder: "gap 9, collision \u2026", "aria-label": "Find in rollouts" });
  search.addEventListener("input", () => {
    text = search.value.trim().toLowerCase();
    page = 0;
    draw();
  });
  const present = [...new Set(Array.from({ length: table.count }, (_, row) => outcome[row] as number))].sort();
  header();
  draw();
  return section(
    "rollouts",
    "Worst rollouts",
    `${count(table.count)} rollouts, worst first by ${columns.slice(0, 2).map((m) => inside(data.metrics[m]?.title ?? "")).join(", then ")}${table.leftOut > 0 ? `; the ${count(table.leftOut)} best are left out of this file and stand in the CSV` : ""}. A heading sorts.`,
    h(
      "div",
      { class: "controls" },
      choice("Variant", [["-1", "All"], ...data.variants.map((v, i): [string, string] => [String(i), v.name])], "-1", (v) => {
        ofVariant = Number(v);
        page = 0;
        draw();
      }),
      present.length > 1
        ? choice("Outcome", [["-1", "All"], ...present.map((o): [string, string] => [String(o), OUTCOMES[o] ?? ""])], "-1", (v) => {
            ofOutcome = Number(v);
            page = 0;
            draw();
          })
        : null,
      search,
    ),
    h("div", { class: "scroll rollout-table", tabindex: 0, role: "region", "aria-label": "Rollouts" }, h("table", null, h("thead", null, head), body)),
    pager,
  );
}

// What makes a rollout bad comes first, then what is drawn; five columns fit.
function shownMetrics(data: ReportData): number[] {
  return [...new Set([...data.rollouts.sortedBy, ...data.distributions.map((d) => d.metric)])].slice(0, 5);
}

// What the model failed is worst; what the infrastructure failed says nothing of the model.
function grade(outcome: number): number {
  return outcome === 1 ? 0 : outcome === 0 ? 1 : outcome;
}

// What has no value sorts last either way.
function compare(a: number | undefined, b: number | undefined, descending: boolean): number {
  const [x, y] = [a ?? NaN, b ?? NaN];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return descending ? y - x : x - y;
}

function finite(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
