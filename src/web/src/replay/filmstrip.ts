import type { Case, ReportData } from "../data";
import { h } from "../dom";
import { swatch } from "../parts/section";
import { picture } from "./picture";
import { takesOf } from "./player";
import { cameraFor, duration, moment } from "./stage";

const INSTANTS = 5;

/** On paper nothing plays: five instants up to the event, one row a variant. */
export function filmstrip(data: ReportData, shown: Case): HTMLElement {
  const takes = takesOf(data, shown);
  const clips = takes.map((take) => take.clip);
  const end = Math.max(...clips.map(duration));
  const event = Math.min(end, moment(clips));
  const from = Math.max(0, event - 4);
  const times = Array.from({ length: INSTANTS }, (_, i) => from + ((event - from) * i) / (INSTANTS - 1));
  const camera = cameraFor(takes, 1.7, false);
  return h(
    "figure",
    { class: "filmstrip" },
    h("figcaption", null, h("b", null, shown.title), ` ${shown.note}`),
    ...takes.map((take, row) =>
      h(
        "div",
        { class: "strip" },
        h("span", { class: "strip-name" }, swatch(take.clip.variant), data.variants[take.clip.variant]?.name),
        ...times.map((time) => {
          const eye = camera(take);
          const close = { ...eye, width: Math.min(eye.width, 48), height: Math.min(eye.width, 48) / 1.7 };
          const view = picture(take, close, `place-${take.clip.backdrop}`, takes.length === 2 ? (takes[1 - row] ?? null) : null, `${time.toFixed(1)} s`);
          view.show(time);
          return h("div", { class: "instant" }, view.element, h("span", null, `${time.toFixed(1)} s`));
        }),
      ),
    ),
    h("p", { class: "fine" }, clips.map((clip) => clip.command).join("   ")),
  );
}
