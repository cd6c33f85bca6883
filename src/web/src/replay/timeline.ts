import { h, s } from "../dom";
import { responsive } from "../charts/responsive";
import { linear, ticks } from "../charts/scale";
import { duration, type Take } from "./stage";

const HEIGHT = 92;
const M = { left: 40, right: 12, top: 16, bottom: 20 };

/** The ego's speed over the clock they share: the place to scrub, with events as marks. */
export interface Timeline {
  element: HTMLElement;
  show: (time: number) => void;
}

export function timeline(takes: Take[], seek: (time: number) => void, departure: number | null): Timeline {
  const end = Math.max(...takes.map((take) => duration(take.clip)), 0.1);
  let now = 0;
  let move: (time: number) => void = () => undefined;
  const element = responsive(
    HEIGHT,
    (width) => {
      const x = linear([0, end], [M.left, width - M.right]);
      const fastest = Math.max(1, ...takes.flatMap((take) => Array.from(take.ego?.speed ?? [])));
      const y = linear([0, fastest * 1.08], [HEIGHT - M.bottom, M.top]);
      const cursor = s("g", { class: "playhead" }, s("line", { y1: M.top - 6, y2: HEIGHT - M.bottom }), s("circle", { r: 4, cy: M.top - 8 }));
      move = (time) => cursor.setAttribute("transform", `translate(${x(Math.min(time, end)).toFixed(1)} 0)`);
      const svg = s(
        "svg",
        { class: "timeline", viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT },
        s("line", { class: "grid base", x1: M.left, x2: width - M.right, y1: y(0), y2: y(0) }),
        ...ticks(0, fastest, 2).map((v) => [
          v > 0 ? s("line", { class: "grid", x1: M.left, x2: width - M.right, y1: y(v), y2: y(v) }) : null,
          s("text", { class: "tick", x: M.left - 6, y: y(v) + 4, "text-anchor": "end" }, v),
        ]),
        s("text", { class: "tick", x: 2, y: 10 }, "m/s"),
        ...ticks(0, end, Math.round(width / 80)).map((t) => s("text", { class: "tick", x: x(t), y: HEIGHT - 5, "text-anchor": "middle" }, `${t}\u00a0s`)),
        departure === null ? null : s("g", { class: "departure" }, s("line", { x1: x(departure), x2: x(departure), y1: M.top, y2: HEIGHT - M.bottom }), s("title", null, "First departing frame")),
        ...takes.map((take) =>
          s("polyline", {
            class: "curve",
            style: { "--colour": `var(--v${take.clip.variant})` },
            points: Array.from(take.ego?.speed ?? [], (v, i) => `${x(((take.ego?.track.first ?? 0) + i) * take.clip.timeStep).toFixed(1)},${y(v).toFixed(1)}`).join(" "),
          }),
        ),
        ...takes.flatMap((take) =>
          take.clip.events.map((event) =>
            s(
              "g",
              { class: `event ${event.kind}`, transform: `translate(${x(Math.min(event.time, end))} ${y(speedAt(take, event.time))})`, style: { "--colour": `var(--v${take.clip.variant})` } },
              s("path", { d: "M0-5L5 0L0 5L-5 0Z" }),
              s("title", null, `${event.time.toFixed(1)} s: ${event.text}`),
            ),
          ),
        ),
        cursor,
      );
      const scrub = (event: PointerEvent): void => {
        const share = (event.offsetX - M.left) / (width - M.left - M.right);
        seek(Math.min(end, Math.max(0, share * end)));
      };
      svg.addEventListener("pointerdown", (event) => {
        svg.setPointerCapture(event.pointerId);
        scrub(event);
      });
      svg.addEventListener("pointermove", (event) => event.buttons === 1 && scrub(event));
      move(now);
      return svg;
    },
    "Speed of the ego over time, with events marked",
  );
  return {
    element: h("div", { class: "timeline-box" }, element),
    show: (time) => {
      now = time;
      move(time);
    },
  };
}

function speedAt(take: Take, time: number): number {
  const column = take.ego?.speed;
  if (!column || column.length === 0) return 0;
  const i = Math.round(time / take.clip.timeStep) - (take.ego?.track.first ?? 0);
  return column[Math.min(column.length - 1, Math.max(0, i))] ?? 0;
}
