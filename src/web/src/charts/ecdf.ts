import type { Curve, Distribution, Metric, ReportData } from "../data";
import { h, s } from "../dom";
import { count, digits, inside, prettyUnit, quantity } from "../format";
import { swatch } from "../parts/section";
import { tableBehind } from "../parts/table";
import { responsive } from "./responsive";
import { linear, tickLabels, ticks, type Scale } from "./scale";

const HEIGHT = 230;
const M = { left: 40, right: 12, top: 10, bottom: 42 };

/** Share of rollouts at or below each value, one step curve a variant; earlier ones are broader, so that equal ones show. */
export function ecdf(data: ReportData, distribution: Distribution): HTMLElement {
  const metric = data.metrics[distribution.metric] as Metric;
  const curves = distribution.curves.filter((curve) => curve.x.length > 0);
  const readout = h("p", { class: "readout small" });
  const alike = curves.every((c) => c.count === curves[0]?.count);
  const rest = `Share of rollouts at or below. ${
    alike ? `n = ${count(curves[0]?.count ?? 0)} each` : curves.map((c) => `${data.variants[c.variant]?.name} n = ${count(c.count)}`).join(", ")
  }.`;
  readout.textContent = rest;
  return h(
    "figure",
    { class: "panel" },
    h("figcaption", null, distribution.title, h("small", null, metric.title)),
    responsive(HEIGHT, (width) => drawing(data, metric, curves, width, readout, rest), `${metric.title}: ${distribution.title}`),
    readout,
    tableBehind(
      "Quantiles as a table",
      [{ title: "Share" }, ...curves.map((c) => ({ title: h("span", { class: "nowrap" }, swatch(c.variant), data.variants[c.variant]?.name), numeric: true }))],
      () =>
        [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99].map((share) => [
          `${digits(share * 100, true)}%`,
          ...curves.map((c) => quantity(metric, quantile(c, share))),
        ]),
    ),
  );
}

function drawing(data: ReportData, metric: Metric, curves: Curve[], width: number, readout: HTMLElement, rest: string): SVGElement {
  const all = curves.flatMap((c) => [c.x[0] as number, c.x[c.x.length - 1] as number]);
  let low = Math.min(...all);
  let high = Math.max(...all);
  if (metric.scale === "share" && low < 0.35 && high > 0.65) [low, high] = [0, 1];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const x = linear([low, high], [M.left, width - M.right]);
  const y = linear([0, 1], [HEIGHT - M.bottom, M.top]);
  const marks = ticks(low, high, Math.max(3, Math.round(width / 90)));
  const labels = tickLabels(marks);
  const cursor = s("line", { class: "cursor", y1: M.top, y2: HEIGHT - M.bottom, visibility: "hidden" });
  const unit = metric.unit ? ` (${prettyUnit(metric.unit)})` : "";
  const picture = s(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT },
    ...[0, 0.25, 0.5, 0.75, 1].map((p) => [
      s("line", { class: p === 0 ? "grid base" : "grid", x1: M.left, x2: width - M.right, y1: y(p), y2: y(p) }),
      p === 0.25 || p === 0.75 ? null : s("text", { class: "tick", x: M.left - 7, y: y(p) + 4, "text-anchor": "end" }, `${p * 100}%`),
    ]),
    ...marks.map((m, i) =>
      s("text", { class: "tick", x: x(m), y: HEIGHT - M.bottom + 17, "text-anchor": i === marks.length - 1 && x(m) > width - 24 ? "end" : "middle" }, labels[i]),
    ),
    s("text", { class: "axis", x: (M.left + width - M.right) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, `${inside(metric.title)}${unit}`),
    ...curves.map((c, i) =>
      s("path", { class: "curve", d: steps(c, x, y), style: { "--colour": `var(--v${c.variant})`, "stroke-width": 1.75 + Math.min(1.5, 4 / curves.length) * (curves.length - 1 - i) } }),
    ),
    cursor,
  );
  picture.addEventListener("pointermove", (event) => {
    const at = low + ((event.offsetX - M.left) / (width - M.left - M.right)) * (high - low);
    if (at < low || at > high) return;
    cursor.setAttribute("x1", String(x(at)));
    cursor.setAttribute("x2", String(x(at)));
    cursor.setAttribute("visibility", "visible");
    readout.textContent = `At or below ${quantity(metric, at)}: ${curves.map((c) => `${data.variants[c.variant]?.name} ${digits(shareAt(c, at) * 100)}%`).join(", ")}.`;
  });
  picture.addEventListener("pointerleave", () => {
    cursor.setAttribute("visibility", "hidden");
    readout.textContent = rest;
  });
  return picture;
}

function steps(curve: Curve, x: Scale, y: Scale): string {
  const [low, high] = x.domain;
  let path = `M${x(low).toFixed(1)} ${y(0).toFixed(1)}`;
  curve.x.forEach((value, i) => (path += `H${x(value).toFixed(1)}V${y(curve.p[i] as number).toFixed(1)}`));
  return `${path}H${x(high).toFixed(1)}`;
}

function shareAt(curve: Curve, value: number): number {
  let share = 0;
  for (let i = 0; i < curve.x.length && (curve.x[i] as number) <= value; i++) share = curve.p[i] as number;
  return share;
}

function quantile(curve: Curve, share: number): number | null {
  const i = curve.p.findIndex((p) => p >= share - 1e-9);
  return i < 0 ? (curve.x[curve.x.length - 1] ?? null) : (curve.x[i] ?? null);
}
