// What the viewer of an object's page shows: the copy that suits the device, a small one first; tiles where there are any.
import { deviceOf, wanted } from "./scan_rungs.js";

/** Fill a scene with what `options` name. The first picture is not kept waiting for the best one. */
export function fillFrom({ options, state, device: known }) {
  return async (scene, told, view) => {
    const device = known ?? deviceOf(scene.canvas);
    const { tileset, first, best } = wanted(options, device);
    const { signal } = view.stop;
    const warn = (error) => {
      if (!signal.aborted) console.warn(error);
    };
    const load = ({ address, bytes }, more) => scene.addModel(address, { up: options.up || "Y", size: bytes, ...more });

    async function copies() {
      const model = await load(first, { onProgress: told });
      Object.assign(view, { rung: first });
      if (best === first) return;
      state.refined = view
        .frame()
        .then(() => load(best, { signal, isFramed: false }))
        .then(() => {
          model.remove();
          view.rung = best;
          view.tools.update();
        })
        .catch(warn); // what is shown stays
    }

    async function tiles() {
      const { openTiles } = await import("./scan_tiles.js");
      const address = new URL(tileset, document.baseURI).href;
      const { whole } = await openTiles(scene, address, { device, signal, onProgress: told });
      view.rung = { name: "tileset" };
      whole.catch((error) => {
        warn(error);
        if (!signal.aborted) copies().catch(warn);
      });
    }

    if (!tileset) return copies();
    return tiles().catch((error) => {
      warn(error);
      return copies();
    });
  };
}
