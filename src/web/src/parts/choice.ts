import { h } from "../dom";

/** Few options: buttons side by side; many: a list to pull down. */
export function choice(
  label: string,
  options: [value: string, text: string][],
  chosen: string,
  pick: (value: string) => void,
): HTMLElement {
  if (options.length === 1) {
    return h("span", { class: "choice" }, h("span", { class: "choice-label" }, label), h("b", null, options[0]?.[1]));
  }

  if (options.length > 4) {
    const list = h("select", { "aria-label": label }, ...options.map(([value, text]) => h("option", { value }, text)));
    list.value = chosen;
    list.addEventListener("change", () => pick(list.value));
    return h("label", { class: "choice" }, h("span", { class: "choice-label" }, label), list);
  }

  const buttons = options.map(([value, text]) =>
    h("button", { type: "button", "aria-pressed": String(value === chosen), "data-value": value }, text),
  );
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      pick(button.dataset["value"] ?? "");
    });
  }
  return h(
    "span",
    { class: "choice", role: "group", "aria-label": label },
    h("span", { class: "choice-label" }, label),
    h("span", { class: "segments" }, ...buttons),
  );
}
