import "./styles/base.css";
import "./styles/header.css";
import "./styles/parts.css";
import "./styles/charts.css";
import "./styles/replay.css";
import "./styles/narrow.css";
import "./styles/print.css";
import { readData, type ReportData } from "./data";
import { h } from "./dom";
import { changes } from "./sections/changes";
import { departures } from "./sections/departures";
import { distributions } from "./sections/distributions";
import { gates } from "./sections/gates";
import { contents, header } from "./sections/header";
import { method } from "./sections/method";
import { models } from "./sections/models";
import { replays } from "./sections/replays";
import { rollouts } from "./sections/rollouts";
import { values } from "./sections/values";
import { where } from "./sections/where";

const page = document.getElementById("report");
const data = readData();
if (page && data) draw(page, data);

function draw(host: HTMLElement, report: ReportData): void {
  document.title = `${report.verdict.headline} \u2013 ${report.run.scenario} \u2013 SimEval`;
  report.variants.forEach((variant, i) => {
    document.documentElement.style.setProperty(
      `--v${i}`,
      `light-dark(${variant.colour}, color-mix(in oklab, ${variant.colour} 76%, white))`,
    );
  });
  const films = replays(report);
  const notice = h("p", { class: "notice", role: "status", hidden: true });
  const open = (rollout: string, time: number | null): void => {
    notice.hidden = films.open(rollout, time);
    notice.textContent = notice.hidden ? "" : `This file does not carry ${rollout}; it replays with: simeval replay ${rollout} --run ${report.run.id}`;
    if (!notice.hidden) notice.scrollIntoView({ block: "center" });
  };
  const sections =
    report.kind === "replay"
      ? [films.element, values(report), method(report)]
      : [
          named(gates(report), "Gates"),
          ...models(report).map((element) => named(element, "Builds")),
          named(changes(report), "Changes"),
          named(where(report), "Where"),
          named(films.element, "Replays"),
          ...departures(report).map((element) => named(element, "Layers")),
          named(rollouts(report, (rollout) => open(rollout, null)), "Rollouts"),
          named(distributions(report), "Distributions"),
          named(method(report), "Method"),
        ];
  host.append(
    header(report),
    ...(report.kind === "run" ? [contents(report, sections)] : []),
    notice,
    ...sections,
    h("footer", null, `SimEval. Drawn from this file alone. Data schema ${report.schema}.`),
  );
  const follow = (): void => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const rollout = wanted.get("rollout");
    if (!rollout) return;
    const time = wanted.get("t");
    open(rollout, time === null || !Number.isFinite(Number(time)) ? null : Number(time));
  };
  window.addEventListener("hashchange", follow);
  follow();
}

function named(section: HTMLElement, nav: string): HTMLElement {
  section.dataset["nav"] = nav;
  return section;
}
