import { h } from "../dom";

/** A box of fixed height whose drawing is remade when its width changes: text keeps its size, nothing below it moves. */
export function responsive(height: number, draw: (width: number) => Element, label: string): HTMLElement {
  const box = h("div", { class: "chart", style: { "min-height": `${height}px` } });
  let drawn = 0;
  const redraw = (width: number): void => {
    const rounded = Math.round(width);
    if (rounded < 40 || rounded === drawn) return;
    drawn = rounded;
    const picture = draw(rounded);
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", label);
    box.replaceChildren(picture);
  };
  new ResizeObserver((entries) => {
    const entry = entries[entries.length - 1];
    if (entry) redraw(entry.contentRect.width);
  }).observe(box);
  return box;
}
