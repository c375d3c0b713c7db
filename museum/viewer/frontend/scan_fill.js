// What the viewer of an object's page shows: the copy that suits the device, a small one first; tiles where there are any.
import { deviceOf, wanted } from "./scan_rungs.js";

/** Fill a scene with what `options` name. The first picture is not kept waiting for the best one. */
export function fillFrom({ options, state, device: known }) {
  return async (scene, told, view) => {
    const device = known ?? deviceOf(scene.canvas);
    const { tileset, first, best } = wanted(options, device);
    if (tileset) {
      const isStreaming = await stream(scene, tileset, device, view).catch((error) => {
        console.warn(error);
        return false;
      });
      if (isStreaming) return;
    }
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
