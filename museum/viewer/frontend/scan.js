// The door of the scan viewer: 3D where the browser has it, pictures taken around the object where it hasn't. A first
// picture is drawn of little, and has the line for itself: the scripts for all the rest come after its bytes.
import { makeCanvas } from "./scan_canvas.js";
import { askEarly } from "./scan_early.js";
import { deviceOf } from "./scan_rungs.js";
import { failure } from "./stage.js";

const drawing = () => import("./scan_sketch.js");

/** What the door itself opens to may wait behind it: little, and only where 3D is likely. */
export function standBy() {
  if ("WebGL2RenderingContext" in window && !navigator.connection?.saveData) drawing().catch(() => {});
}

/** Draw the first picture, unless a certain view is asked for; null where it can't be had. */
async function first(context, made, { small, decoder }) {
  if (context.start) return null;
  const [bytes, { sketch }] = await Promise.all([small, drawing()]);
  return bytes && sketch(context, made, { ...bytes, decoder });
}

/** Open the viewer over the poster; resolves when its first picture is drawn. */
export async function mount(context) {
  const made = makeCanvas();
  if (made) {
    const device = deviceOf(context.stage);
    // Who asks for a certain view waits for nothing before it.
    const asked = askEarly(context.options, device, { isWanted: !context.start });
    const drawn = first(context, made, asked).catch(() => null);
    try {
      await asked.small;
      asked.others();
      const { openView } = await import("./scan_view.js");
      return await openView({ ...context, device }, { made, sketch: await drawn });
    } catch (error) {
      (await drawn)?.remove();
      throw error;
    }
  }
  if (!context.options.turntable) throw failure(context.words.no_webgl);
  const { openTurntable } = await import("./scan_turntable.js");
  return openTurntable(context);
}
