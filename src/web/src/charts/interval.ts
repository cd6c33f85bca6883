import type { Gate, Metric } from "../data";
import { s } from "../dom";
import { difference, interval, quantity } from "../format";
import { linear } from "./scale";

/** The interval against its line. Percent coordinates: the drawing stretches with its column and strokes stay crisp. */
export function intervalDrawing(metric: Metric, gate: Gate): SVGElement {
  const { value, low, high } = gate.decides;
  const known = [gate.threshold, value, low, high].filter((v): v is number => v !== null);
  if (gate.isDifference || metric.scale === "binary") known.push(0);
  const least = Math.min(...known);
  const most = Math.max(...known);
  const pad = (most - least || Math.abs(most) || 1) * 0.14;
  const floor = !gate.isDifference && metric.scale !== "real" && least >= 0 ? least - pad * 0.35 : least - pad;
  const x = linear([floor, most + pad], [0, 100]);
  const at = (v: number): string => `${x(v).toFixed(2)}%`;
  const line = x(gate.threshold);
  const above = gate.forbidden === "above";
  const zeroShown = x(0) >= 0 && x(0) <= 100 && known.includes(0);
  const lowX = low === null ? 0 : x(low);
  const highX = high === null ? 100 : x(high);
  const anchor = line > 72 ? "end" : line < 28 ? "start" : "middle";
  const label = gate.isDifference ? difference(metric, gate.threshold, true) : quantity(metric, gate.threshold, true);
  const text = gate.isDifference ? difference(metric, value) : quantity(metric, value);
  return s(
    "svg",
    {
      class: `interval ${gate.verdict.toLowerCase()}`,
      height: 46,
      role: "img",
      "aria-label": `${text} ${interval(metric, gate.decides, gate.isDifference)}; forbidden ${gate.forbidden} ${label}`,
    },
    s("rect", {
      class: "forbidden",
      x: above ? `${line}%` : "0",
      width: above ? `${100 - line}%` : `${line}%`,
      y: 2,
      height: 28,
    }),
    zeroShown ? s("line", { class: "zero", x1: at(0), x2: at(0), y1: 2, y2: 30 }) : null,
    s("line", { class: "allowance", x1: `${line}%`, x2: `${line}%`, y1: 2, y2: 30 }),
    low === null && high === null
      ? null
      : [
          s("line", { class: "span", x1: `${lowX}%`, x2: `${highX}%`, y1: 16, y2: 16 }),
          low === null ? null : s("line", { class: "cap", x1: `${lowX}%`, x2: `${lowX}%`, y1: 11, y2: 21 }),
          high === null ? null : s("line", { class: "cap", x1: `${highX}%`, x2: `${highX}%`, y1: 11, y2: 21 }),
        ],
    value === null ? null : s("circle", { class: "dot", cx: at(value), cy: 16, r: 4.5 }),
    s("text", { class: "tick strong", x: `${line}%`, y: 43, "text-anchor": anchor }, label),
    zeroShown && Math.abs(x(0) - line) > 14
      ? s("text", { class: "tick", x: at(0), y: 43, "text-anchor": x(0) < 4 ? "start" : "middle" }, "0")
      : null,
  );
}
