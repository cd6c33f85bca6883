import { h, type Child } from "../dom";

export interface Column {
  title: Child;
  numeric?: boolean;
}

/** A plain table. */
export function table(columns: Column[], rows: Child[][], caption?: string): HTMLElement {
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption ?? "table" },
    h(
      "table",
      null,
      h("thead", null, h("tr", null, ...columns.map((c) => h("th", { scope: "col", class: c.numeric ? "n" : "" }, c.title)))),
      h(
        "tbody",
        null,
        ...rows.map((row) =>
          h("tr", null, ...row.map((cell, i) => h("td", { class: columns[i]?.numeric ? "n" : "" }, cell))),
        ),
      ),
    ),
  );
}

/** The table behind a chart; its rows are made when it is opened. */
export function tableBehind(summary: string, columns: Column[], rows: () => Child[][]): HTMLElement {
  return disclosure(summary, () => table(columns, rows(), summary));
}

/** Something that opens; made when it does, because most readers never look. */
export function disclosure(summary: string, content: () => Node): HTMLElement {
  const box = h("details", { class: "behind" }, h("summary", null, summary));
  let made = false;
  const open = (): void => {
    if (made) return;
    made = true;
    box.append(content());
  };
  box.addEventListener("toggle", () => box.open && open());
  return box;
}
