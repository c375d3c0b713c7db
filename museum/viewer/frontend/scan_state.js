// What a scan's view tells of itself: to tests and embedders by its figure's state, to others by an address.
import { read, written } from "./scan_share.js";

const angle = (radians) => (radians * 180) / Math.PI;

/** Let `view.state` say how the view stands now. */
export function follow(view) {
  const { state, scene } = view;
  const told = {
    azimuth: () => angle(scene.view.azimuth),
    polar: () => 90 - angle(scene.view.elevation),
    roll: () => angle(scene.view.roll),
    zoom: () => scene.view.zoom,
    target: () => scene.target.toArray(),
    lamp: () => ({ azimuth: angle(scene.lamp.azimuth), elevation: angle(scene.lamp.elevation) }),
    look: () => scene.looks.look,
    cut: () => scene.cut,
    mode: () => view.mode,
    length: () => view.measure.mm,
    drawn: () => scene.drawnLast,
    rung: () => view.rung ?? null,
    tiles: () => [...scene.streams].map((stream) => stream.stats)[0] ?? null,
    fragment: () => fragmentOf(view),
  };
  for (const [name, get] of Object.entries(told)) Object.defineProperty(state, name, { get, configurable: true });
  state.isOpen = true;
  state.hasScale = view.mmPerUnit !== null;
  state.close = () => view.close();
  state.view = view;
}

/** The view as the words of a fragment. */
export function fragmentOf({ scene, mode }) {
  const { look, pointScale } = scene.looks;
  const target = scene.orbit.shares(scene.target);
  return written({ view: scene.view, target, lamp: scene.lamp, look, cut: scene.cut, pointScale, isWalking: mode === "walk" });
}

/** Bring a view back that `fragment` wrote; whether it was one. */
export function restore(view, fragment) {
  const told = read(fragment);
  if (!told) return false;
  const { scene } = view;
  if (told.isWalking) view.setMode("walk");
  else if (view.mode === "walk") view.setMode("turn");
  scene.flight?.stop();
  Object.assign(scene.view, told.view);
  scene.target.copy(scene.orbit.spot(told.target));
  if (told.lamp) scene.setLamp(told.lamp);
  scene.setLooks({ look: told.look, pointScale: told.pointScale });
  scene.setCut(told.cut);
  view.tools.update();
  view.tell();
  return true;
}
