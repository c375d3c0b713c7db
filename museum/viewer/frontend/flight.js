// Where a camera stands over a picture, and how it flies. A camera is {x, y, w}: the picture's point in the middle of the
// stage and the width the stage shows, all in widths of the picture (OpenSeadragon's viewport coordinates).
import { wantsStillness } from "./options.js";

const SHORTEST_MS = 260;
const LONGEST_MS = 1200;
const CLOSEST = 2.5; // screen pixels to a picture's pixel
const CURVE = Math.SQRT2; // how far a flight backs away on its way: van Wijk and Nuij 2003, §5

/** The camera that fits `region` ([x, y, w, h], shares of the picture) into `free`, a rectangle of the stage in pixels.
 * `aspect` is the picture's height to its width, `width` its pixels. */
export function frame({ region, aspect, width, stage, free }) {
  const [left, top, wide, high] = region;
  const most = (CLOSEST * (width || 2000)) / Math.min(devicePixelRatio || 1, 2);
  const scale = Math.min(free.width / wide, free.height / (high * aspect), most);
  return {
    x: left + wide / 2 - (free.left + free.width / 2 - stage.width / 2) / scale,
    y: (top + high / 2) * aspect - (free.top + free.height / 2 - stage.height / 2) / scale,
    w: stage.width / scale,
  };
}

/** The camera of `object-fit: cover` with `object-position: across down`. */
export function cover({ aspect, stage, across = 0.5, down = 0.5 }) {
  const scale = Math.max(stage.width, stage.height / aspect);
  const over = { x: scale - stage.width, y: scale * aspect - stage.height };
  return {
    x: (over.x * across + stage.width / 2) / scale,
    y: (over.y * down + stage.height / 2) / scale,
    w: stage.width / scale,
  };
}

/** The shortest path as the eye feels it between two cameras: {ms, at(part)}. */
export function path(from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const far = Math.hypot(dx, dy);
  let length;
  let at;
  if (far < 1e-6) {
    length = Math.log(to.w / from.w) / CURVE;
    at = (part) => ({ x: from.x + part * dx, y: from.y + part * dy, w: from.w * Math.exp(CURVE * part * length) });
  } else {
    const squares = to.w ** 2 - from.w ** 2;
    const start = rise((squares + CURVE ** 4 * far ** 2) / (2 * from.w * CURVE ** 2 * far));
    const end = rise((squares - CURVE ** 4 * far ** 2) / (2 * to.w * CURVE ** 2 * far));
    length = (end - start) / CURVE;
    at = (part) => {
      const along = CURVE * part * length + start;
      const gone = (from.w / (CURVE ** 2 * far)) * (Math.cosh(start) * Math.tanh(along) - Math.sinh(start));
      return { x: from.x + gone * dx, y: from.y + gone * dy, w: (from.w * Math.cosh(start)) / Math.cosh(along) };
    };
  }
  const ms = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, 520 * Math.abs(length)));
  return { ms: Math.abs(length) < 1e-3 ? 0 : ms, at: (part) => (part >= 1 ? to : at(part)) };
}

const rise = (b) => Math.log(Math.sqrt(b * b + 1) - b);

const ease = (part) => (part < 0.5 ? 4 * part ** 3 : 1 - (2 - 2 * part) ** 3 / 2);

/** Call `draw(0…1)` each frame for `ms`; a cut where stillness is asked for. Gives {stop(), done: promise of whether it
 * arrived}. */
export function animate(ms, draw) {
  if (wantsStillness() || ms <= 0) {
    draw(1);
    return { stop() {}, done: Promise.resolve(true) };
  }
  let asked = 0;
  let settle;
  const done = new Promise((resolve) => {
    settle = resolve;
  });
  let begun = 0;
  const step = (now) => {
    begun ||= now - 16;
    const part = Math.min(1, (now - begun) / ms);
    draw(part < 1 ? ease(part) : 1);
    if (part < 1) asked = requestAnimationFrame(step);
    else settle(true);
  };
  asked = requestAnimationFrame(step);
  return {
    stop() {
      cancelAnimationFrame(asked);
      settle(false);
    },
    done,
  };
}
