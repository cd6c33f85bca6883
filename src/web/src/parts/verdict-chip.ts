import type { Status } from "../data";
import { h, s } from "../dom";

const PATHS: Record<Status, string> = {
  Pass: "M3.5 8.5l3 3 6-7",
  Fail: "M4 4l8 8M12 4l-8 8",
  Inconclusive: "M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.6M8 12.4v.2",
  Error: "M8 3.5v6M8 12.3v.2",
  None: "M4 8h8",
};

/** The word beside the colour: a verdict is never told by colour alone. */
export function chip(status: Status): HTMLElement {
  return h(
    "span",
    { class: `chip ${status.toLowerCase()}` },
    s("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: PATHS[status] })),
    status,
  );
}
