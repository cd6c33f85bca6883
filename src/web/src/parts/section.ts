import { h, type Child } from "../dom";

/** A section of the page: a heading, a sentence on what to see, and what is to be seen. */
export function section(id: string, title: string, lead: Child, ...content: Child[]): HTMLElement {
  return h(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title` }, title),
    lead ? h("p", { class: "lead" }, lead) : null,
    ...content,
  );
}

/** A dot in a variant's colour, before its name. */
export function swatch(variant: number): HTMLElement {
  return h("span", { class: "swatch", style: { "--colour": `var(--v${variant})` }, "aria-hidden": "true" });
}

/** Why a place is empty. */
export function empty(...text: Child[]): HTMLElement {
  return h("p", { class: "empty" }, ...text);
}
