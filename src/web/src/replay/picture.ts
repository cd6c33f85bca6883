import type { BackdropPath } from "../data";
import { s } from "../dom";
import type { Motion } from "./motion";
import { poseAt, type Camera, type Take } from "./stage";

const AREAS = new Set(["roadSurface", "goal", "structure"]);
const RINGED = new Set(["collision", "offRoad", "nearMiss"]);
// Edges lie under the surfaces: where two roads overlap, neither has an edge.
const ORDER = ["roadEdge", "roadSurface", "structure", "goal", "route", "stopLine", "laneMarking"];

/** The static picture of a place; drawn once, used by every frame and every film strip that shows the place. */
export function backdrop(id: string, paths: BackdropPath[]): SVGElement {
  const sorted = [...paths].sort((a, b) => ORDER.indexOf(a.stroke) - ORDER.indexOf(b.stroke));
  return s(
    "g",
    { id },
    ...sorted.map((path) => s("path", { class: path.stroke, d: outline(path.points) + (AREAS.has(path.stroke) ? "Z" : "") })),
  );
}

function outline(points: number[]): string {
  let x = 0;
  let y = 0;
  let text = "";
  for (let i = 0; i + 1 < points.length; i += 2) {
    x += points[i] as number;
    y += points[i + 1] as number;
    text += `${i === 0 ? "M" : "L"}${x / 100} ${y / 100}`;
  }
  return text;
}

/** A top-down picture of one rollout that can be set to any time. Metres are drawn as they are; y points up. */
export interface Picture {
  element: SVGSVGElement;
  show: (time: number) => void;
}

export function picture(take: Take, camera: Camera, backdropId: string, ghost: Take | null, label: string): Picture {
  const { clip } = take;
  const world = s("g", null, s("use", { href: `#${backdropId}` }));
  const trail = s("polyline", { class: "trail", style: { "--colour": `var(--v${clip.variant})` } });
  world.append(trail);
  const others = ghost?.ego ? [{ take: ghost, motion: ghost.ego, shape: body(ghost.ego, ghost.clip.variant, true) }] : [];
  const actors = [...take.motions]
    .sort((a, b) => Number(a === take.ego) - Number(b === take.ego))
    .map((motion) => ({ take, motion, shape: body(motion, clip.variant, false) }));
  for (const actor of [...others, ...actors]) world.append(actor.shape);
  const rings = clip.events.filter((event) => RINGED.has(event.kind)).map((event) => ({
    event,
    shape: s("g", { class: `ring ${event.kind}`, transform: `translate(${event.x} ${event.y})` }, s("circle", { r: 3.4 })),
  }));
  for (const ring of rings) world.append(ring.shape);
  const element = s(
    "svg",
    { class: "scene", viewBox: `0 0 ${camera.width} ${camera.height}`, role: "img", "aria-label": label },
    world,
    scaleBar(camera),
  );
  const degrees = (camera.turn * 180) / Math.PI;
  const end = Math.max(0, (clip.frames - 1) * clip.timeStep);

  const show = (time: number): void => {
    const now = Math.min(time, end);
    const middle = camera.at(now);
    world.setAttribute(
      "transform",
      `translate(${camera.width / 2} ${camera.height / 2}) scale(1 -1) rotate(${degrees.toFixed(3)}) translate(${(-middle.x).toFixed(3)} ${(-middle.y).toFixed(3)})`,
    );
    for (const { take: of, motion, shape } of [...others, ...actors]) {
      const last = (of.clip.frames - 1) * of.clip.timeStep;
      const pose = poseAt(motion, Math.min(now, last), of.clip.timeStep);
      shape.setAttribute("visibility", pose ? "visible" : "hidden");
      if (!pose) continue;
      shape.setAttribute("transform", `translate(${pose.x.toFixed(3)} ${pose.y.toFixed(3)}) rotate(${((pose.heading * 180) / Math.PI).toFixed(2)})`);
      if (motion.track.kind === "trafficLight") shape.setAttribute("data-light", String(Math.round(pose.speed)));
    }
    for (const { event, shape } of rings) {
      const age = now - event.time;
      shape.setAttribute("visibility", age >= -1e-6 && (age < 0.8 || event.kind === "collision") ? "visible" : "hidden");
    }
    trail.setAttribute("points", trailPoints(take, now));
  };
  return { element, show };
}

function trailPoints(take: Take, now: number): string {
  const { ego, clip } = take;
  if (!ego) return "";
  const last = Math.min(ego.track.count - 1, Math.floor(now / clip.timeStep) - ego.track.first);
  const points: string[] = [];
  for (let i = 0; i <= last; i++) points.push(`${(ego.x[i] as number).toFixed(2)},${(ego.y[i] as number).toFixed(2)}`);
  const pose = poseAt(ego, now, clip.timeStep);
  if (pose) points.push(`${pose.x.toFixed(2)},${pose.y.toFixed(2)}`);
  return points.join(" ");
}

// Oriented boxes with a windscreen, so that one sees which way they face.
function body(motion: Motion, variant: number, ghost: boolean): SVGGElement {
  const { kind, length, width } = motion.track;
  const role = kind === "ego" ? (ghost ? "ego ghost" : "ego") : kind;
  const group = s("g", { class: `actor ${role}`, style: kind === "ego" ? { "--colour": `var(--v${variant})` } : {} });
  if (kind === "trafficLight") {
    group.append(s("circle", { r: 0.9 }));
  } else if (kind === "pedestrian") {
    group.append(s("circle", { r: Math.max(0.45, Math.max(length, width) / 2) }));
  } else {
    group.append(s("rect", { x: -length / 2, y: -width / 2, width: length, height: width, rx: Math.min(0.6, width / 4) }));
    if (kind !== "static" && !ghost && length > 2.5) {
      group.append(s("rect", { class: "screen", x: length * 0.12, y: -width * 0.38, width: Math.min(1.1, length * 0.16), height: width * 0.76, rx: 0.25 }));
    }
  }
  return group;
}

function scaleBar(camera: Camera): SVGElement {
  const length = camera.width > 240 ? 50 : camera.width > 120 ? 20 : 10;
  const unit = camera.width / 84;
  const x = camera.width - length - 2 * unit;
  const y = camera.height - 2 * unit;
  return s(
    "g",
    { class: "scale-bar" },
    s("path", { d: `M${x} ${y - unit}V${y}H${x + length}V${y - unit}`, "stroke-width": 0.22 * unit }),
    s("text", { x: x + length / 2, y: y - 0.8 * unit, "font-size": 1.9 * unit, "text-anchor": "middle" }, `${length} m`),
  );
}
