import { layers, range, told } from "../charts/layers";
import type { Build, ReportData } from "../data";
import { h } from "../dom";
import { count, digits } from "../format";
import { section, swatch } from "../parts/section";
import { tableBehind } from "../parts/table";

/** Where builds depart from what they are builds of, layer by layer; nothing where no variant is a build of another. */
export function departures(data: ReportData): HTMLElement[] {
  if (data.builds.length === 0) return [];
  const drawn = data.builds.filter((build) => build.drawn);
  const domain = range(drawn);
  return [
    section(
      "departures",
      "Where it departs",
      drawn.length > 0
        ? "Each build and what it is a build of are given the same recorded frames. A bar is a layer\u2019s signal over its error (SQNR): higher is closer, 6 dB are one bit; a layer that is equal bit for bit stands open."
        : null,
      drawn.length > 0
        ? h(
            "div",
            { class: `panels ${drawn.length % 3 === 0 ? "panels-3" : "panels-2"}` },
            ...drawn.map((build) =>
              h(
                "figure",
                { class: "panel" },
                h("figcaption", null, pair(data, build)),
                layers(build, domain, `SQNR of ${names(data, build)}, layer by layer`),
                h("p", { class: "panel-text" }, build.text),
                behind(build),
              ),
            ),
          )
        : null,
      h("ul", { class: "findings" }, ...data.builds.filter((build) => !build.drawn && build.text !== "").map((build) => h("li", null, build.text))),
    ),
  ];
}

function pair(data: ReportData, build: Build): HTMLElement {
  return h("span", { class: "nowrap" }, swatch(build.variant), data.variants[build.variant]?.name, h("small", null, `beside ${data.variants[build.parent]?.name}`));
}

function names(data: ReportData, build: Build): string {
  return `${data.variants[build.variant]?.name} beside ${data.variants[build.parent]?.name}`;
}

function behind(build: Build): HTMLElement {
  return tableBehind(
    "The layers as a table",
    [
      { title: "", numeric: true },
      { title: "Layer" },
      { title: "SQNR", numeric: true },
      { title: "Greatest error", numeric: true },
      { title: "Elements that differ", numeric: true },
      { title: "Frames that differ", numeric: true },
    ],
    () =>
      build.layers.map((layer, i) => [
        i + 1,
        h("span", { class: "layer-name" }, layer.name, layer.isOutput ? h("small", null, "output") : null),
        layer.equal ? "equal" : layer.sqnrDb === null ? told(layer) : `${layer.sqnrDb.toFixed(1)} dB`,
        layer.equal ? "0" : digits(layer.maxError),
        layer.equal ? "none" : `${digits(layer.differing * 100)}%`,
        `${count(layer.differingFrames)} of ${count(layer.frames)}`,
      ]),
  );
}
