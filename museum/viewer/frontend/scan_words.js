// The view of a scan in words, and the scale bar.
import { say } from "./options.js";

const SIDES = ["front", "front_right", "right", "back_right", "back", "back_left", "left", "front_left"];
const LEVEL = 5; // degrees around the horizon that count as level

const degrees = (radians) => Math.round((radians * 180) / Math.PI);

/** From which of eight sides one looks: "front", "front_right" … */
export const sideOf = (azimuth) => SIDES[((Math.round(azimuth / (Math.PI / 4)) % 8) + 8) % 8];

/** "Nhìn từ phía trước, bên trái; cao 20°; phóng 150 %." */
export function viewInWords({ azimuth, elevation, zoom }, words, number) {
  return say(words.said_scan, {
    side: words[`side_${sideOf(azimuth)}`],
    height: heightInWords(elevation, words),
    zoom: number.format(zoom * 100),
  });
}

function heightInWords(elevation, words) {
  const angle = degrees(elevation);
  if (Math.abs(angle) <= LEVEL) return words.height_level;
  return say(angle > 0 ? words.height_above : words.height_below, { degrees: Math.abs(angle) });
}

/** Where somebody who walks looks to. */
export function walkInWords({ azimuth, elevation }, words) {
  const angle = degrees(elevation);
  const up = Math.abs(angle) <= LEVEL ? words.walk_level : say(angle < 0 ? words.walk_up : words.walk_down, { degrees: Math.abs(angle) });
  return say(words.said_walk, { side: words[`side_${sideOf(azimuth + Math.PI)}`], height: up });
}

export function lampInWords({ azimuth, elevation }, words) {
  const angle = degrees(azimuth);
  const side = Math.abs(angle) < 15 ? "front" : Math.abs(angle) > 165 ? "back" : angle < 0 ? "left" : "right";
  return say(words.said_light, { side: words[`lamp_${side}`], height: heightInWords(elevation, words) });
}

/** The longest 1–2–5 length that fits: {mm, pixels}. */
export function scaleLength(mmPerPixel, mostPixels = 140) {
  const most = mmPerPixel * mostPixels;
  const power = 10 ** Math.floor(Math.log10(most));
  const mm = [5, 2, 1].find((step) => step * power <= most) * power;
  return { mm, pixels: mm / mmPerPixel };
}

/** `mm` in the unit a visitor would use, with the page's decimal sign. */
export function lengthInWords(mm, language) {
  const [value, unit] = mm >= 1000 ? [mm / 1000, "m"] : mm >= 10 ? [mm / 10, "cm"] : mm >= 0.1 ? [mm, "mm"] : [mm * 1000, "µm"];
  return `${new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(value)}\u00a0${unit}`;
}

const UNITS_MM = { um: 0.001, mm: 1, cm: 10, m: 1000, in: 25.4, ft: 304.8 };

/** Millimetres to one unit of the model, or null where no scale is established: then nothing is measured. */
export function millimetresPerUnit({ scale, unit }) {
  const given = Number(scale);
  if (scale && Number.isFinite(given) && given > 0) return given;
  return UNITS_MM[unit] ?? null;
}
