// How a scan stands in its stage before anybody has turned it: the same for the first picture, which is drawn without
// three.js, and for the view that follows it.

export const FIELD_OF_VIEW = 24; // degrees, as the poster: opening the model changes nothing but the light
export const FRONT = { azimuth: (-28 * Math.PI) / 180, elevation: (9 * Math.PI) / 180 }; // the poster's view
export const CLOSEST = 40; // zoom, times the whole view
export const FARTHEST = 0.5;
export const STEP = Math.PI / 12; // one press of an arrow: 15°
export const ZOOM = 1.25; // one press of + or −
export const NARROW_PX = 768; // as in scan.css
const MARGIN = 1.14; // air around the object
const TOLD_PX = 44; // what the spoken words take above
const SIDE_PX = 52; // what the buttons take at the side
const LEAST_PX = 120;

/** What there is to see: the box from `low` to `high` ([x, y, z]) as a ball and as an upright cylinder that holds the
 * object whichever way it turns. */
export function measures(low, high) {
  const [x, y, z] = high.map((value, axis) => value - low[axis]);
  return { radius: Math.hypot(x, y, z) / 2 || 1, girth: Math.hypot(x, z) / 2, height: y };
}

/** The distance from which the whole is seen, with `fov` degrees over the height of a stage of this aspect. */
export function whole({ radius, girth, height }, { fov, aspect }) {
  const tall = Math.tan((fov * Math.PI) / 360);
  const wide = Math.sin(Math.atan(tall * aspect));
  return Math.max(height / 2 / tall + girth * 0.6, girth / wide, radius) * MARGIN;
}

/** [near, far] that hold a ball of this radius `away` from the camera. */
export const depths = (away, radius) => [Math.max(away - radius * 1.05, radius / 1500), away + radius * 1.05];

/** The part of a stage that tools with a row `below` pixels high leave free: {left, top, width, height}. */
export function room({ width, height }, below) {
  const [above, beside] = width < NARROW_PX ? [TOLD_PX, SIDE_PX] : [0, 0];
  return { left: 0, top: above, width: width - beside, height: Math.max(LEAST_PX, height - above - below) };
}
