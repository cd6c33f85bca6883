import type { Clip, Track } from "../data";

/** One track, unpacked: metres, radians, metres a second, one entry a frame from `track.first`. */
export interface Motion {
  track: Track;
  x: Float64Array;
  y: Float64Array;
  heading: Float64Array;
  speed: Float64Array;
}

/** Unpacks a clip: second differences, zigzag, base-128 varints (see ReportTrack). */
export function unpack(clip: Clip): Motion[] {
  const bytes = Uint8Array.from(atob(clip.motion), (c) => c.charCodeAt(0));
  let at = 0;
  const next = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  };
  const column = (count: number, unit: number): Float64Array => {
    const result = new Float64Array(count);
    let value = 0;
    let step = 0;
    for (let i = 0; i < count; i++) {
      if (i === 0) {
        value = next();
      } else {
        step += next();
        value += step;
      }
      result[i] = value / unit;
    }
    return result;
  };
  return clip.tracks.map((track) => ({
    track,
    x: column(track.count, 100),
    y: column(track.count, 100),
    heading: column(track.count, 1000),
    speed: column(track.count, 100),
  }));
}

/** Decodes a base64 column of the rollouts' table. */
export function column<T extends "u8" | "u32" | "i32" | "f32">(text: string, type: T): ArrayLike<number> {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  if (type === "u8") return bytes;
  if (type === "u32") return new Uint32Array(bytes.buffer);
  return type === "i32" ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
}
