/** A linear map from values to pixels. */
export interface Scale {
  (value: number): number;
  domain: readonly [number, number];
}

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain;
  const span = high - low || 1;
  const map = (value: number): number => range[0] + ((value - low) / span) * (range[1] - range[0]);
  return Object.assign(map, { domain });
}

/** Round steps (1, 2 or 5 times a power of ten) that give about `wanted` ticks. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((candidate) => candidate >= raw * 0.999) ?? raw;
  const result: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    result.push(Number((i * step).toPrecision(12)));
  }
  return result;
}

/** Tick labels share their number of decimals. */
export function tickLabels(values: number[]): string[] {
  const decimals = Math.max(0, ...values.map((v) => (String(Number(v.toPrecision(6))).split(".")[1] ?? "").length));
  return values.map((v) => (v === 0 ? 0 : v).toFixed(Math.min(decimals, 4)).replace("-", "\u2212"));
}
