import type { Clip } from "../data";
import type { Motion } from "./motion";

// Metres to the side within which a drive counts as straight.
const STRAIGHT = 12;

/** Where an actor is at one instant, in metres and radians. */
export interface Pose {
  x: number;
  y: number;
  heading: number;
  speed: number;
}

/** One rollout with its motion unpacked. */
export interface Take {
  clip: Clip;
  motions: Motion[];
  ego: Motion | null;
}

/** What the camera shows: the world turned by `turn` about `(x, y)`, `width` by `height` metres. */
export interface Camera {
  turn: number;
  width: number;
  height: number;
  at: (time: number) => { x: number; y: number };
}

/** The pose at a time, between frames by the shorter way round; null while the actor is not there. */
export function poseAt(motion: Motion, time: number, timeStep: number): Pose | null {
  const { track } = motion;
  const place = time / timeStep - track.first;
  if (place < -1e-6 || place > track.count - 1 + 1e-6) return null;
  const low = Math.min(track.count - 1, Math.max(0, Math.floor(place)));
  const high = Math.min(track.count - 1, low + 1);
  const share = Math.min(1, Math.max(0, place - low));
  const mix = (column: Float64Array): number => (column[low] as number) + ((column[high] as number) - (column[low] as number)) * share;
  const a = motion.heading[low] as number;
  const turn = Math.atan2(Math.sin((motion.heading[high] as number) - a), Math.cos((motion.heading[high] as number) - a));
  const light = track.kind === "trafficLight";
  return { x: mix(motion.x), y: mix(motion.y), heading: a + turn * share, speed: light ? (motion.speed[low] as number) : mix(motion.speed) };
}

/** Seconds from the first state to the last. */
export function duration(clip: Clip): number {
  return Math.max(0, (clip.frames - 1) * clip.timeStep);
}

/** The moment worth showing first: the first grave event, else any, else the middle. */
export function moment(clips: Clip[]): number {
  const grave = ["collision", "offRoad"];
  const events = clips.flatMap((clip) => clip.events);
  const found = events.filter((e) => grave.includes(e.kind)).sort((a, b) => a.time - b.time)[0] ?? events.sort((a, b) => a.time - b.time)[0];
  return found ? found.time : Math.max(...clips.map(duration)) / 2;
}

/** A straight drive is shown wide and low, a turn taller; one picture alone has the room of two. */
export function aspectOf(takes: Take[]): number {
  const egos = takes.map((take) => take.ego).filter((ego): ego is Motion => ego !== null);
  const [, ys] = paths(egos, turnOf(egos));
  const turns = Math.max(...ys) - Math.min(...ys) > STRAIGHT;
  return takes.length > 1 ? (turns ? 1.9 : 2.9) : turns ? 2.4 : 4.2;
}

// The ego sets out to the right.
function turnOf(egos: Motion[]): number {
  return -(egos[0]?.heading[0] ?? 0);
}

function rotate(x: number, y: number, by: number): [number, number] {
  return [x * Math.cos(by) - y * Math.sin(by), x * Math.sin(by) + y * Math.cos(by)];
}

function paths(egos: Motion[], turn: number): [number[], number[]] {
  const all = egos.flatMap((ego) => Array.from(ego.x, (x, i) => rotate(x, ego.y[i] as number, turn)));
  return all.length === 0 ? [[0], [0]] : [all.map((p) => p[0]), all.map((p) => p[1])];
}

/**
 * One camera for all takes of a case, so that the pictures can be compared: turned so that the ego sets out to the right; at rest
 * where everything fits, else it follows each ego.
 */
export function cameraFor(takes: Take[], aspect: number, whole: boolean): (take: Take) => Camera {
  const egos = takes.map((take) => take.ego).filter((ego): ego is Motion => ego !== null);
  const turn = turnOf(egos);
  const along = (x: number, y: number): [number, number] => rotate(x, y, turn);
  const [xs, ys] = paths(egos, turn);
  const spanX = Math.max(...xs) - Math.min(...xs);
  const spanY = Math.max(...ys) - Math.min(...ys);
  const back = (x: number, y: number): { x: number; y: number } => {
    const [worldX, worldY] = rotate(x, y, -turn);
    return { x: worldX, y: worldY };
  };
  const fit = Math.max(spanX + 30, (spanY + 24) * aspect, 60);
  const middle = back((Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2);
  const still = whole || fit <= 100;
  const width = still ? fit : spanY > STRAIGHT ? 92 : 72;
  return (take) => ({
    turn,
    width,
    height: width / aspect,
    at: (time) => {
      if (still || !take.ego) return middle;
      const end = (take.ego.track.first + take.ego.track.count - 1) * take.clip.timeStep;
      const pose = poseAt(take.ego, Math.min(time, end), take.clip.timeStep);
      if (!pose) return middle;
      const [x, y] = along(pose.x, pose.y);
      return back(x + width * 0.12, spanY > STRAIGHT ? y : along(take.ego.x[0] as number, take.ego.y[0] as number)[1]);
    },
  });
}
