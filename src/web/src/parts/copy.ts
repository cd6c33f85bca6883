import { h } from "../dom";

/** A command that a click copies. */
export function command(text: string): HTMLElement {
  return h("div", { class: "command" }, h("code", null, text), copyButton(text, "Copy"));
}

/** A button that copies a text, and says so. */
export function copyButton(text: string | (() => string), label: string): HTMLButtonElement {
  const button = h("button", { type: "button", class: "copy", "aria-live": "polite" }, label);
  button.addEventListener("click", () => {
    void copy(typeof text === "string" ? text : text()).then((done) => {
      button.textContent = done ? "Copied" : "Press Ctrl+C";
      setTimeout(() => (button.textContent = label), 1600);
    });
  });
  return button;
}

// A file opened from disk may have no clipboard: then the old way, by a selection.
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "offscreen" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
