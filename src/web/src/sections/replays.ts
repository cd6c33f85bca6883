import type { Case, ReportData } from "../data";
import { h, replace, s, type Child } from "../dom";
import { count } from "../format";
import { empty, section, swatch } from "../parts/section";
import { filmstrip } from "../replay/filmstrip";
import { backdrop } from "../replay/picture";
import { player, type Player } from "../replay/player";

const PRINTED = 3;

/** The section of replays; `open` shows the case of a rollout, and says whether the file carries it. */
export interface ReplaySection {
  element: HTMLElement;
  open: (rollout: string, time: number | null) => boolean;
}

export function replays(data: ReportData): ReplaySection {
  const { cases, clips } = data.replays;
  const single = data.kind === "replay";
  const title = cases.some((c) => c.clips.length > 1) ? "The same seed, two builds" : "Rollouts to watch";
  if (cases.length === 0) {
    return {
      element: section("replays", title, null, empty("This file carries no replay. Each rollout can be replayed with ", h("code", null, "simeval replay ROLLOUT --html"), ".")),
      open: () => false,
    };
  }

  const host = h("div", { class: "player-host" });
  const paper = h("div", { class: "paper-only" });
  const head = h("div", { class: "case-head" });
  let current: Player | null = null;
  let index = 0;
  const list = h("ol", { class: "cases", "aria-label": "Replays" });
  const show = (to: number, time: number | null, focus = false): void => {
    current?.stop();
    index = (to + cases.length) % cases.length;
    const shown = cases[index] as Case;
    current = player(data, shown);
    if (time !== null) current.seek(time);
    replace(
      head,
      h("div", null, h("h3", null, shown.title, single ? null : tag(shown.reason)), h("p", null, shown.note, departing(data, shown))),
      cases.length > 1
        ? h(
            "div",
            { class: "pager" },
            h("button", { type: "button", "aria-label": "Previous replay", on: { click: () => show(index - 1, null) } }, "\u2190"),
            h("span", null, `${index + 1} of ${cases.length}`),
            h("button", { type: "button", "aria-label": "Next replay", on: { click: () => show(index + 1, null) } }, "\u2192"),
          )
        : null,
    );
    replace(host, current.element);
    [...list.querySelectorAll("button")].forEach((b, i) => b.setAttribute("aria-current", String(i === index)));
    if (focus) current.element.focus({ preventScroll: true });
  };
  list.append(...cases.map((c, i) => entry(data, c, () => show(i, null, true))));
  show(0, null);
  printing(() => replace(paper, ...cases.slice(0, PRINTED).map((c) => filmstrip(data, c))));

  const element = section(
    "replays",
    single ? "Replay" : title,
    single ? null : `${data.replays.rule} ${data.replays.leftOut > 0 ? `${count(data.replays.leftOut)} rollouts are not carried here; each replays from its command.` : ""}`,
    h("div", { class: "case" }, head, host, cases.length > 1 ? list : null),
    paper,
    s(
      "svg",
      { class: "places", width: 0, height: 0, "aria-hidden": "true" },
      s("defs", null, ...data.replays.backdrops.map((paths, i) => backdrop(`place-${i}`, paths))),
    ),
  );
  const open = (rollout: string, time: number | null): boolean => {
    const clip = clips.findIndex((c) => c.rollout === rollout);
    const found = cases.findIndex((c) => c.clips.includes(clip));
    if (clip < 0 || found < 0) return false;
    show(found, time, true);
    element.scrollIntoView({ block: "start" });
    return true;
  };
  return { element, open };
}

// Where the two builds that are shown part over the run's own frames: their comparison, which has its own section.
function departing(data: ReportData, shown: Case): Child {
  const [parent, variant] = shown.clips.map((i) => data.replays.clips[i]?.variant);
  const build = data.builds.find((b) => b.parent === parent && b.variant === variant);
  const layer = build?.layers[build.first];
  return layer
    ? h("span", { class: "departing" }, " ", h("a", { href: "#departures" }, "Where they depart"), `: first at ${layer.name}.`)
    : null;
}

function entry(data: ReportData, c: Case, pick: () => void): HTMLElement {
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", on: { click: pick } },
      h("span", { class: "case-title" }, c.title, tag(c.reason)),
      h(
        "span",
        { class: "case-clips" },
        ...c.clips.map((i) => {
          const clip = data.replays.clips[i];
          return h("span", null, swatch(clip?.variant ?? 0), clip?.summary ?? "");
        }),
      ),
    ),
  );
}

function tag(reason: Case["reason"]): HTMLElement {
  return h("span", { class: `tag ${reason}` }, reason);
}

// Strips are made when paper asks for them.
function printing(make: () => void): void {
  let made = false;
  const once = (): void => {
    if (!made) make();
    made = true;
  };
  window.addEventListener("beforeprint", once);
  matchMedia("print").addEventListener("change", (event) => event.matches && once());
}
