import type { Case, ReportData } from "../data";
import { h, s } from "../dom";
import { clock } from "../format";
import { choice } from "../parts/choice";
import { command, copyButton } from "../parts/copy";
import { swatch } from "../parts/section";
import { unpack } from "./motion";
import { picture, type Picture } from "./picture";
import { aspectOf, cameraFor, duration, moment, type Take } from "./stage";
import { timeline } from "./timeline";

const SPEEDS: [string, string][] = [
  ["0.25", "\u00bc\u00d7"],
  ["0.5", "\u00bd\u00d7"],
  ["1", "1\u00d7"],
  ["2", "2\u00d7"],
];

/** One or two rollouts of one point and seed on one clock: play, scrub, step. */
export interface Player {
  element: HTMLElement;
  seek: (time: number) => void;
  stop: () => void;
}

export function takesOf(data: ReportData, shown: Case): Take[] {
  return shown.clips
    .map((index) => data.replays.clips[index])
    .filter((clip) => clip !== undefined)
    .map((clip) => {
      const motions = unpack(clip);
      return { clip, motions, ego: motions.find((m) => m.track.kind === "ego") ?? null };
    });
}

export function player(data: ReportData, shown: Case): Player {
  const takes = takesOf(data, shown);
  const clips = takes.map((take) => take.clip);
  const end = Math.max(...clips.map(duration), 0);
  const step = clips[0]?.timeStep ?? 0.1;
  let time = moment(clips);
  let rate = 1;
  let playing = false;
  let last = 0;
  let pictures: Picture[] = [];

  const aspect = aspectOf(takes);
  const stage = h("div", { class: `stage stage-${takes.length}`, style: { "--aspect": aspect } });
  const captions = takes.map(() => h("span", { class: "take-state" }));
  const clockText = h("output", { class: "clock" });
  const slider = h("input", { type: "range", min: 0, max: end, step, "aria-label": "Time in seconds" });
  const play = h("button", { type: "button", class: "play", "aria-label": "Play" });
  const track = timeline(takes, (t) => seek(t), shown.departure?.time ?? null);

  const draw = (): void => {
    for (const view of pictures) view.show(time);
    takes.forEach((take, i) => ((captions[i] as HTMLElement).textContent = state(take, time)));
    track.show(time);
    slider.value = String(time);
    slider.setAttribute("aria-valuetext", `${time.toFixed(1)} seconds`);
    clockText.textContent = `${clock(time)} / ${clock(end)}`;
  };
  const build = (whole: boolean): void => {
    const camera = cameraFor(takes, aspect, whole);
    pictures = takes.map((take, i) =>
      picture(take, camera(take), `place-${take.clip.backdrop}`, takes.length === 2 ? (takes[1 - i] ?? null) : null, `${data.variants[take.clip.variant]?.name}: ${take.clip.summary}`),
    );
    stage.replaceChildren(
      ...takes.map((take, i) =>
        h(
          "figure",
          { class: "take" },
          h(
            "figcaption",
            null,
            h("b", null, swatch(take.clip.variant), data.variants[take.clip.variant]?.name),
            h("span", null, take.clip.summary),
            captions[i],
          ),
          (pictures[i] as Picture).element,
        ),
      ),
    );
    draw();
  };
  const seek = (to: number): void => {
    time = Math.min(end, Math.max(0, to));
    draw();
  };
  const stop = (): void => {
    playing = false;
    play.replaceChildren(icon("M5 3.5v9l7.5-4.5z"));
    play.setAttribute("aria-label", "Play");
  };
  const tick = (now: number): void => {
    if (!playing) return;
    seek(time + ((now - last) / 1000) * rate);
    last = now;
    if (time >= end) stop();
    else requestAnimationFrame(tick);
  };
  const start = (): void => {
    if (time >= end - 1e-6) time = 0;
    playing = true;
    last = performance.now();
    play.replaceChildren(icon("M4.5 3.5h2.5v9H4.5zM9 3.5h2.5v9H9z"));
    play.setAttribute("aria-label", "Pause");
    requestAnimationFrame(tick);
  };
  const toggle = (): void => (playing ? stop() : start());
  const by = (frames: number): void => {
    stop();
    seek(Math.round(time / step + frames) * step);
  };

  play.addEventListener("click", toggle);
  slider.addEventListener("input", () => {
    stop();
    seek(Number(slider.value));
  });
  const jumps = takes.flatMap((take) =>
    take.clip.events.map((event) =>
      h(
        "button",
        { type: "button", class: `jump ${event.kind}`, on: { click: () => (stop(), seek(event.time)) } },
        swatch(take.clip.variant),
        h("b", null, `${event.time.toFixed(1)}\u00a0s`),
        ` ${event.text}`,
      ),
    ),
  );
  if (shown.departure) {
    const { frame, time: at, layer, difference } = shown.departure;
    jumps.unshift(
      h(
        "button",
        { type: "button", class: "jump departure", on: { click: () => (stop(), seek(at)) } },
        h("b", null, `${at.toFixed(1)}\u00a0s`),
        ` first departing frame ${frame}${layer ? `, layer ${layer}` : ""} (${difference})`,
      ),
    );
  }

  const element = h(
    "div",
    { class: "player", tabindex: 0, role: "group", "aria-label": `Replay: ${shown.title}. Space plays, arrow keys step.` },
    stage,
    h(
      "div",
      { class: "controls" },
      play,
      h("button", { type: "button", class: "step", "aria-label": "One frame back", on: { click: () => by(-1) } }, icon("M10.5 3.5v9L4.5 8zM3 3.5h1.2v9H3z")),
      h("button", { type: "button", class: "step", "aria-label": "One frame on", on: { click: () => by(1) } }, icon("M5.5 3.5v9l6-4.5zM11.8 3.5H13v9h-1.2z")),
      slider,
      clockText,
      choice("Speed", SPEEDS, "1", (v) => (rate = Number(v))),
      choice("View", [["follow", "Follow"], ["whole", "Whole"]], "follow", (v) => build(v === "whole")),
    ),
    track.element,
    jumps.length > 0 ? h("div", { class: "jumps" }, ...jumps) : null,
    h(
      "div",
      { class: "commands" },
      ...clips.map((clip) => command(clip.command)),
      copyButton(() => linkTo(clips[clips.length - 1]?.rollout ?? "", time), "Copy a link to this moment"),
    ),
  );
  element.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLButtonElement && (event.key === " " || event.key === "Enter")) return;
    const act: Record<string, () => void> = {
      " ": toggle,
      ArrowLeft: () => by(event.shiftKey ? -Math.round(1 / step) : -1),
      ArrowRight: () => by(event.shiftKey ? Math.round(1 / step) : 1),
      Home: () => by(-1e9),
      End: () => by(1e9),
    };
    const found = act[event.key];
    if (!found) return;
    event.preventDefault();
    found();
  });
  stop();
  build(false);
  return { element, seek, stop };
}

/** A link that opens this file at a moment of a rollout. */
export function linkTo(rollout: string, time: number): string {
  return `${location.href.split("#")[0]}#rollout=${encodeURIComponent(rollout)}&t=${time.toFixed(2)}`;
}

function state(take: Take, time: number): string {
  const at = Math.round(Math.min(time, duration(take.clip)) / take.clip.timeStep) - (take.ego?.track.first ?? 0);
  const speed = take.ego?.speed[Math.min(Math.max(0, at), (take.ego?.speed.length ?? 1) - 1)];
  const over = time > duration(take.clip) + 1e-6;
  return over ? `ended: ${take.clip.ending}` : speed === undefined ? "" : `${speed.toFixed(1)}\u00a0m/s`;
}

function icon(path: string): SVGElement {
  return s("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: path }));
}
