// A view in an address: what follows the # brings camera, lamp, surface and cut back exactly as they were.

const KEY = "view3d";
const DEGREES = 180 / Math.PI;

const short = (value, digits) => String(Number(value.toFixed(digits)));

/** The state of a view as the words of a fragment, without the #. */
export function written({ view, target, lamp, look, cut, pointScale, isWalking }) {
  const said = new URLSearchParams();
  const angles = [view.azimuth, view.elevation, view.roll].map((angle) => short(angle * DEGREES, 2));
  said.set(KEY, [...angles, short(view.zoom, 4), ...target.map((share) => short(share, 5))].join(","));
  if (lamp) said.set("lamp", [short(lamp.azimuth * DEGREES, 1), short(lamp.elevation * DEGREES, 1), short(lamp.power, 2)].join(","));
  if (look && look !== "color") said.set("look", look);
  if (cut) said.set("cut", [cut.axis, short(cut.at, 4), cut.isFlipped ? 1 : 0].join(","));
  if (pointScale && pointScale !== 1) said.set("dots", short(pointScale, 2));
  if (isWalking) said.set("walk", "1");
  return said.toString().replaceAll("%2C", ",");
}

const numbers = (text, least) => {
  const found = (text ?? "").split(",").map(Number);
  return found.length >= least && found.every(Number.isFinite) ? found : null;
};

/** What a fragment says of a view; null where it says nothing of one, or nonsense. */
export function read(fragment) {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const at = numbers(said.get(KEY), 7);
  if (!at || at[3] <= 0) return null;
  const [azimuth, elevation, roll] = at.map((angle) => angle / DEGREES);
  const lamp = numbers(said.get("lamp"), 2);
  const [axis, share, flipped] = (said.get("cut") ?? "").split(",");
  const isCut = ["x", "y", "z"].includes(axis) && Number.isFinite(Number(share));
  return {
    view: { azimuth, elevation: Math.min(Math.PI / 2, Math.max(-Math.PI / 2, elevation)), roll, zoom: at[3] },
    target: at.slice(4, 7),
    lamp: lamp && { azimuth: lamp[0] / DEGREES, elevation: lamp[1] / DEGREES, power: lamp[2] ?? 1 },
    look: ["plaster", "net"].includes(said.get("look")) ? said.get("look") : "color",
    cut: isCut ? { axis, at: Math.min(1, Math.max(-1, Number(share))), isFlipped: flipped === "1" } : null,
    pointScale: Math.min(4, Math.max(0.25, Number(said.get("dots")) || 1)),
    isWalking: said.get("walk") === "1",
  };
}
