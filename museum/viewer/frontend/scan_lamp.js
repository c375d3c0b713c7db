// The lamp that goes with the camera, and what else gives light: what the first picture and the studio have in common.

export const LAMP = { azimuth: -0.7, elevation: 0.59 }; // radians from the line of sight
// Colours as CSS has them, and strengths. A weak light from the other side keeps the shaded half readable.
export const SUN = { color: 0xfff4e6, power: 2.7 };
export const FILL = { color: 0xe8eefc, power: 0.45, elevation: 0.2 };
export const SKY = { color: 0xfffaf2, ground: 0x4a433c, power: 1.2 };
// A room of soft boxes for metals to mirror: [place, size, light].
export const PANELS = [
  [[0, 6, 0], [7, 0.1, 7], 3.2],
  [[-6, 2, 2], [0.1, 4, 4], 2.4],
  [[6, 1, 1], [0.1, 3, 3], 1.1],
  [[0, 1.5, 7], [4, 3, 0.1], 0.9],
  [[0, -6, 0], [9, 0.1, 9], 0.25],
];
export const WALLS = [0.22, 0.21, 0.2];
export const PLASTER = [0.62, 0.6, 0.56]; // linear: a scan without materials
export const PLASTER_ROUGHNESS = 0.85;
const [GRAZES, RAKES] = [0.85, 1.3]; // radians: from where the room is dimmed, where it is darkest
const DARK = 0.16; // of the room's light, while the lamp rakes

/** What is left of the room's light while the lamp stands there. */
export function dimmed({ azimuth, elevation }) {
  const off = Math.acos(Math.cos(azimuth) * Math.cos(elevation));
  const part = Math.min(1, Math.max(0, (off - GRAZES) / (RAKES - GRAZES)));
  return 1 + (DARK - 1) * part * part * (3 - 2 * part);
}
