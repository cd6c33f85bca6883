// Colour scales for both themes. Each colour is a pair; the style sheet picks by light-dark().

export interface Themed {
  light: string;
  dark: string;
}

type Rgb = readonly [number, number, number];

const hex = (text: string): Rgb => [
  parseInt(text.slice(1, 3), 16),
  parseInt(text.slice(3, 5), 16),
  parseInt(text.slice(5, 7), 16),
];

// ColorBrewer YlOrRd; on dark paper it runs backwards, so that more is brighter there.
const HEAT = ["#ffeda0", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#e31a1c", "#bd0026", "#800026"].map(hex);
const HEAT_DARK = ["#4a1020", "#7a1226", "#a81a2a", "#d2382c", "#ee6a35", "#fb9a4b", "#fec86a", "#fff0b3"].map(hex);

// Cividis, sampled.
const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"].map(hex);

// ColorBrewer RdBu around a centre that recedes into the paper.
const WORSE = ["#f3f1f0", "#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f"].map(hex);
const BETTER = ["#f0f2f3", "#d1e5f0", "#92c5de", "#4393c3", "#2166ac", "#053061"].map(hex);
const WORSE_DARK = ["#20242a", "#4d2823", "#803a30", "#b9503f", "#e6755c", "#ffb199"].map(hex);
const BETTER_DARK = ["#20242a", "#1f3448", "#265275", "#3177a8", "#58a3d6", "#a8d5f5"].map(hex);

const ZERO: Themed = { light: "#f2f3f5", dark: "#1d2127" };

/** A rate of failures in [0, 1] of the shown maximum: none of them recedes into the paper. */
export function heat(share: number): Themed {
  if (share <= 0) return ZERO;
  return { light: at(HEAT, share), dark: at(HEAT_DARK, share) };
}

/** Any other mean, in [0, 1] of the shown range. */
export function even(share: number): Themed {
  const colour = at(CIVIDIS, share);
  return { light: colour, dark: colour };
}

/** A difference in [-1, 1] of the shown maximum; positive is worse. */
export function diverging(share: number): Themed {
  if (share === 0) return ZERO;
  const size = Math.abs(share);
  return share > 0
    ? { light: at(WORSE, size), dark: at(WORSE_DARK, size) }
    : { light: at(BETTER, size), dark: at(BETTER_DARK, size) };
}

/** Ink that can be read on a colour. */
export function inkOn(colour: Themed): Themed {
  return { light: ink(colour.light), dark: ink(colour.dark) };
}

function ink(colour: string): string {
  const [r, g, b] = colour.startsWith("#") ? hex(colour) : (colour.match(/\d+/g)?.map(Number) as unknown as Rgb);
  const linear = (c: number): number => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return luminance > 0.2 ? "#16181c" : "#ffffff";
}

function at(stops: readonly Rgb[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const a = stops[low] as Rgb;
  const b = stops[low + 1] as Rgb;
  const mix = (i: 0 | 1 | 2): number => Math.round(a[i] + (b[i] - a[i]) * (place - low));
  return `rgb(${mix(0)},${mix(1)},${mix(2)})`;
}
