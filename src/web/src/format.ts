import type { Estimate, Metric, Num } from "./data";

// Three significant digits, a real minus, units always, and decimals only, so that a column of numbers has one notation:
// the one place where a number becomes text.

const MINUS = "\u2212";
const NONE = "\u2013";
const SPACE = "\u00a0";
const SMALL = 0.0005;
const MOST_DECIMALS = 8;

/** 1234567 -> "1,234,567". */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Three significant digits, two of what is small; `trim` drops zeros that say nothing. */
export function digits(value: Num, trim = false, places = decimals(value)): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  if (value === 0) return "0";
  const size = Math.abs(value);
  let text: string;
  if (size >= 1000) {
    text = Math.round(size).toLocaleString("en-US");
  } else {
    text = size.toFixed(places);
    if (Number(text) === 0 && places === MOST_DECIMALS) return "\u22480";
    if (trim && text.includes(".")) text = text.replace(/\.?0+$/, "");
  }
  return (value < 0 ? MINUS : "") + text;
}

function decimals(value: Num): number {
  if (value === null || value === 0 || !Number.isFinite(value)) return 0;
  const size = Math.abs(value);
  if (size < SMALL) return Math.min(MOST_DECIMALS, 1 - Math.floor(Math.log10(Number(size.toPrecision(2)))));
  return Math.min(5, Math.max(0, 2 - Math.floor(Math.log10(Number(size.toPrecision(3))))));
}

// What is small beside its unit is told in millionths of it: 0.41 \u00b5rad/s.
function scaled(metric: Metric, value: Num): { factor: number; unit: string } {
  if (metric.scale === "binary") return { factor: 100, unit: "%" };
  const small = value !== null && value !== 0 && Math.abs(value) < SMALL && /^(m|s|rad)\b/.test(metric.unit);
  return small ? { factor: 1e6, unit: `\u00b5${metric.unit}` } : { factor: 1, unit: metric.unit };
}

function signed(text: string, value: Num): string {
  return value !== null && value > 0 ? `+${text}` : text;
}

/** A value of the metric: "3.42%", "0.914", "2.31 s". */
export function quantity(metric: Metric, value: Num, trim = false): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  const { factor, unit } = scaled(metric, value);
  return withUnit(digits(value * factor, trim), unit);
}

/** A value of one rollout: of a yes-or-no metric the word. */
export function single(metric: Metric, value: Num): string {
  if (metric.scale !== "binary" || value === null) return quantity(metric, value);
  return value >= 0.5 ? "yes" : "no";
}

/** A difference of the metric: "+2.20 points", "\u22120.0123". */
export function difference(metric: Metric, value: Num, trim = false): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  const { factor, unit } = scaled(metric, value);
  const text = signed(digits(value * factor, trim), value);
  return metric.scale === "binary" ? `${text} points` : withUnit(text, unit);
}

/** "[+1.01, +3.40]" or "[2.45, 5.00]": the unit stands at the estimate before it, whose decimals the ends have as well. */
export function interval(metric: Metric, estimate: Estimate, isDifference: boolean): string {
  if (estimate.low === null && estimate.high === null) return "no interval";
  const { factor } = scaled(metric, estimate.value);
  const widest = Math.max(Math.abs(estimate.low ?? 0), Math.abs(estimate.high ?? 0)) * factor;
  const places = estimate.value ? Math.min(decimals(estimate.value * factor), decimals(widest) + 1) : decimals(widest);
  const one = (value: Num): string => {
    if (value === null) return "\u221e";
    const text = digits(value * factor, false, places);
    return isDifference ? signed(text, value) : text;
  };
  return `[${estimate.low === null ? `${MINUS}\u221e` : one(estimate.low)}, ${one(estimate.high)}]`;
}

export function withUnit(text: string, unit: string): string {
  if (unit === "" || unit === "%") return text + unit;
  return unit.startsWith("1/") ? `${text}/${unit.slice(2)}` : `${text}${SPACE}${prettyUnit(unit)}`;
}

/** "m/s2" -> "m/s\u00b2". */
export function prettyUnit(unit: string): string {
  return unit.replace(/([a-z])2\b/g, "$1\u00b2").replace(/([a-z])3\b/g, "$1\u00b3");
}

/** p-values below a thousandth are not worth their digits. */
export function probability(value: Num): string {
  if (value === null) return NONE;
  return value < 0.001 ? "< 0.001" : digits(value);
}

/** 4.6 -> "0:04.6". */
export function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds - minutes * 60;
  return `${minutes}:${rest < 9.95 ? "0" : ""}${rest.toFixed(1)}`;
}

/** "At-fault collisions" inside a sentence; "nuPlan score" and "TTC" keep their capitals. */
export function inside(title: string): string {
  return /^[A-Z][a-z-]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
