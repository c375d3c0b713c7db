// The door of the scan viewer: 3D where the browser has it, pictures taken around the object where it hasn't.
import { makeCanvas } from "./scan_canvas.js";
import { askEarly } from "./scan_early.js";
import { deviceOf } from "./scan_rungs.js";
import { failure } from "./stage.js";

/** Open the viewer over the poster; resolves when its first picture is drawn. */
export async function mount(context) {
  const made = makeCanvas();
  if (made) {
    const device = deviceOf(context.stage);
    askEarly(context.options, device);
    const { openView } = await import("./scan_view.js");
    return openView({ ...context, device }, { made });
  }
  if (!context.options.turntable) throw failure(context.words.no_webgl);
  const { openTurntable } = await import("./scan_turntable.js");
  return openTurntable(context);
}
