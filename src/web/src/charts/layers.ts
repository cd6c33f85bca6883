import type { Build, Layer } from "../data";
import { s } from "../dom";
import { digits } from "../format";
import { responsive } from "./responsive";
import { linear, ticks } from "./scale";

const HEIGHT = 190;
const M = { left: 44, right: 4, top: 18, bottom: 34 };

// A bar narrower than this has no room for its number.
const NUMBERED = 24;

/** What all panels share, so that a bar means the same in each: the highest and the lowest dB of any layer. */
export function range(builds: Build[]): [number, number] {
  const known = builds.flatMap((b) => b.layers.map((l) => l.sqnrDb)).filter((v): v is number => v !== null);
  const low = Math.min(0, ...known);
  return [Math.floor(low / 10) * 10, Math.max(10, Math.ceil(Math.max(0, ...known) / 10) * 10)];
}

/** Signal to quantization noise, a bar a layer in the order of the model; an equal layer is open to the top. */
export function layers(build: Build, domain: [number, number], label: string): HTMLElement {
  return responsive(HEIGHT, (width) => drawing(build, domain, width), label);
}

function drawing(build: Build, domain: [number, number], width: number): SVGElement {
  const x = linear([0, build.layers.length], [M.left, width - M.right]);
  const y = linear(domain, [HEIGHT - M.bottom, M.top]);
  const step = x(1) - x(0);
  const gap = Math.min(6, step * 0.25);
  const marks = ticks(domain[0], domain[1], 4);
  const every = Math.max(1, Math.ceil(22 / step));
  return s(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, style: { "--colour": `var(--v${build.variant})` } },
    ...marks.map((mark, i) => [
      s("line", { class: mark === 0 ? "grid base" : "grid", x1: M.left, x2: width - M.right, y1: y(mark), y2: y(mark) }),
      s("text", { class: "tick", x: M.left - 6, y: y(mark) + 4, "text-anchor": "end" }, `${digits(mark, true)}${i === marks.length - 1 ? " dB" : ""}`),
    ]),
    ...build.layers.map((layer, i) => {
      const left = x(i) + gap / 2;
      const wide = Math.max(1, step - gap);
      return s(
        "g",
        { class: `layer-bar${layer.equal ? " equal" : ""}${layer.isOutput ? " output" : ""}` },
        s("title", null, `${i + 1} ${layer.name}: ${told(layer)}`),
        bar(layer, left, wide, y),
        step >= NUMBERED || i === build.first ? s("text", { class: "bar-value", x: left + wide / 2, y: top(layer, y) - 4, "text-anchor": "middle" }, short(layer)) : null,
        i % every === 0 ? s("text", { class: "tick", x: left + wide / 2, y: HEIGHT - M.bottom + 15, "text-anchor": "middle" }, i + 1) : null,
      );
    }),
    s("text", { class: "axis", x: (M.left + width - M.right) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, "layer, in the model\u2019s order"),
  );
}

function bar(layer: Layer, x: number, width: number, y: (value: number) => number): SVGElement {
  if (layer.equal) return s("rect", { x, width, y: M.top, height: HEIGHT - M.bottom - M.top });
  const value = layer.sqnrDb ?? 0;
  return s("rect", { x, width, y: Math.min(y(0), y(value)), height: Math.max(1, Math.abs(y(value) - y(0))) });
}

function top(layer: Layer, y: (value: number) => number): number {
  return layer.equal ? (HEIGHT - M.bottom + M.top) / 2 : y(Math.max(0, layer.sqnrDb ?? 0));
}

function short(layer: Layer): string {
  return layer.equal ? "=" : layer.sqnrDb === null ? "?" : String(Math.round(layer.sqnrDb)).replace("-", "\u2212");
}

/** "equal", "34.2 dB, off by at most 0.0123", "no measure: NaN or another shape". */
export function told(layer: Layer): string {
  if (layer.equal) return "equal";
  if (layer.maxError === null) return "no measure: no number, or another shape";
  return `${layer.sqnrDb === null ? "no signal" : `${layer.sqnrDb.toFixed(1)} dB`}, off by at most ${digits(layer.maxError)}`;
}
