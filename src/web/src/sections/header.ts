import type { ReportData } from "../data";
import { h, s } from "../dom";
import { chip } from "../parts/verdict-chip";

/** Brand line, verdict sentence, facts: a reader who stops here knows what to do. */
export function header(data: ReportData): HTMLElement {
  const { run, verdict } = data;
  return h(
    "header",
    { class: `top ${verdict.status.toLowerCase()}`, id: "verdict" },
    h(
      "div",
      { class: "brand" },
      mark(),
      h("strong", null, "SimEval"),
      crumb("Scenario", run.scenario),
      run.team ? crumb("Team", run.team) : null,
      crumb("Run", run.id),
      run.seed ? crumb("Seed", run.seed) : null,
      run.finishedAt ? h("span", { class: "crumb when" }, run.finishedAt) : null,
    ),
    h("h1", null, h("span", { class: "verdict-word" }, `${verdict.lead}:`), " ", ...words(verdict.headline)),
    h("div", { class: "detail" }, ...verdict.detail.map((sentence) => h("p", null, sentence))),
    Object.keys(run.labels).length > 0
      ? h(
          "ul",
          { class: "labels", "aria-label": "Labels" },
          ...Object.entries(run.labels).map(([key, value]) => h("li", null, h("span", null, key), " ", value)),
        )
      : null,
    data.facts.length > 0
      ? h(
          "dl",
          { class: "facts" },
          ...data.facts.map((fact) =>
            h("div", { class: fact.alert ? "fact alert" : "fact" }, h("dt", null, fact.label), h("dd", null, fact.value)),
          ),
        )
      : null,
  );
}

/** The bar that stays when the verdict has scrolled away. */
export function contents(data: ReportData, sections: HTMLElement[]): HTMLElement {
  const bar = h(
    "nav",
    { class: "contents", "aria-label": "Sections" },
    h(
      "div",
      { class: "contents-inner" },
      h("a", { href: "#verdict", class: "contents-verdict" }, chip(data.verdict.status), data.run.scenario),
      h(
        "ol",
        null,
        ...sections
          .filter((section) => section.id && section.dataset["nav"])
          .map((section) => h("li", null, h("a", { href: `#${section.id}` }, section.dataset["nav"] ?? ""))),
      ),
    ),
  );
  // Stuck to the top, the bar repeats the verdict; its place is kept all along, so that nothing moves.
  new IntersectionObserver(([entry]) => bar.classList.toggle("stuck", (entry?.intersectionRatio ?? 1) < 1), {
    threshold: [1],
    rootMargin: "-1px 0px 0px 0px",
  }).observe(bar);
  return bar;
}

// A browser would break "at-fault" after its hyphen.
function words(text: string): (Node | string)[] {
  return text
    .split(/( )/)
    .map((word) => (word.includes("-") && word.length < 20 ? h("span", { class: "nowrap" }, word) : word));
}

function crumb(label: string, value: string): HTMLElement {
  return h("span", { class: "crumb" }, h("span", { class: "crumb-label" }, `${label} `), value);
}

// A lane that bends round a point: the product's mark.
function mark(): SVGElement {
  return s(
    "svg",
    { class: "mark", viewBox: "0 0 24 24", "aria-hidden": "true" },
    s("rect", { x: 1, y: 1, width: 22, height: 22, rx: 6, class: "mark-back" }),
    s("path", { d: "M6 18.5C6 12 10 11 12.5 10.5S18 9 18 5.5", class: "mark-lane" }),
    s("circle", { cx: 6, cy: 18, r: 2, class: "mark-dot" }),
  );
}
