// Places and turns of IIIF Presentation 4.0 (draft) as matrices: 16 numbers, column by column, right-handed, Y up.

export const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** `a` after `b`. */
export function times(a, b) {
  const made = new Array(16).fill(0);
  for (let column = 0; column < 4; column += 1) {
    for (let row = 0; row < 4; row += 1) {
      for (let k = 0; k < 4; k += 1) made[column * 4 + row] += a[k * 4 + row] * b[column * 4 + k];
    }
  }
  return made;
}

export const moved = ([x, y, z]) => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1];

const scaled = ([x, y, z]) => [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1];

/** Counter-clockwise by degrees, around x first, then y, then z (RotateTransform). */
function turned([x, y, z]) {
  const [a, b, c] = [x, y, z].map((degrees) => (degrees * Math.PI) / 180);
  const aroundX = [1, 0, 0, 0, 0, Math.cos(a), Math.sin(a), 0, 0, -Math.sin(a), Math.cos(a), 0, 0, 0, 0, 1];
  const aroundY = [Math.cos(b), 0, -Math.sin(b), 0, 0, 1, 0, 0, Math.sin(b), 0, Math.cos(b), 0, 0, 0, 0, 1];
  const aroundZ = [Math.cos(c), Math.sin(c), 0, 0, -Math.sin(c), Math.cos(c), 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  return times(aroundZ, times(aroundY, aroundX));
}

const STEPS = {
  RotateTransform: (step) => turned(axes(step, 0)),
  ScaleTransform: (step) => scaled(axes(step, 1)),
  TranslateTransform: (step) => moved(axes(step, 0)),
};

export const isTransform = ({ type }) => type in STEPS;

const axes = (step, otherwise) => ["x", "y", "z"].map((axis) => number(step[axis], otherwise));

/** A finite number, or what stands for none. */
export const number = (value, otherwise = null) => (Number.isFinite(value) ? value : otherwise);

/** The transforms of a list as one, in the order given, each acting on what the one before it left. */
export const composed = (steps) => steps.filter(isTransform).reduce((made, step) => times(STEPS[step.type](step), made), IDENTITY);

/** Where a point goes. */
export const applied = (m, [x, y, z]) =>
  [0, 1, 2].map((row) => m[row] * x + m[4 + row] * y + m[8 + row] * z + m[12 + row]);

/** Which way a direction goes, of length 1. */
export function directed(m, [x, y, z]) {
  const way = [0, 1, 2].map((row) => m[row] * x + m[4 + row] * y + m[8 + row] * z);
  const length = Math.hypot(...way) || 1;
  return way.map((value) => value / length);
}
