// What the viewer of an object's page shows: the copy that suits the device, a small one first; tiles where there are any.
import { choose, deviceOf, suitsTiles } from "./scan_rungs.js";

/** The copies that options name: `rungs`, and the `model` where it isn't among them. */
function rungsOf({ rungs = [], model, bytes }) {
  return rungs.some(({ address }) => address === model) ? rungs : [...rungs, { name: "medium", address: model, bytes }];
}

/** Fill a scene with what `options` name. The first picture is not kept waiting for the best one. */
export function fillFrom({ options, state }) {
  return async (scene, told, view) => {
    const device = deviceOf(scene.canvas);
    if (options.tileset && suitsTiles(device)) {
      const isStreaming = await stream(scene, options.tileset, device, view).catch((error) => {
        console.warn(error);
        return false;
      });
      if (isStreaming) return;
    }
    const { first, best } = choose(rungsOf(options), device);
    const load = ({ address, bytes }, more) => scene.addModel(address, { up: options.up || "Y", size: bytes, ...more });
    const model = await load(first, { onProgress: told });
    Object.assign(view, { rung: first });
    if (best === first) return;
    state.refined = view
      .frame()
      .then(() => load(best, { signal: view.stop.signal, isFramed: false }))
      .then(() => {
        model.remove();
        view.rung = best;
        view.tools.update();
      })
      .catch((error) => {
        if (!view.stop.signal.aborted) console.warn(error); // what is shown stays
      });
  };
}

async function stream(scene, address, device, view) {
  const { openTiles } = await import("./scan_tiles.js");
  const stream = await openTiles(scene, new URL(address, document.baseURI).href, { device, signal: view.stop.signal });
  view.rung = { name: "tileset" };
  return Boolean(stream);
}
