// A scan steered by a program: cameras to fly to, the screen's places of named points. Drawn on demand only.
import { makeCanvas } from "./scan_canvas.js";
import { ScanScene } from "./scan_scene.js";
import { failure } from "./stage.js";

export class ScanStage {
  constructor(element, { canvas, webgl, free, onDraw }) {
    this.element = element;
    this.canvas = canvas;
    this.hotspots = [];
    this.onDraw = onDraw ?? (() => {});
    this.box = document.createElement("div");
    this.box.className = "stage-scan";
    this.box.append(canvas);
    element.append(this.box);
    this.framesDrawn = 0;
    this.scene = new ScanScene({ canvas, webgl, isSquare: true, onDraw: () => this.drawn() });
    if (free) this.scene.frameInto(free);
    this.watcher = new ResizeObserver(() => this.scene.resize());
    this.watcher.observe(canvas);
  }

  /** Resolves with the next frame. */
  frame() {
    this.scene.ask();
    return new Promise((resolve) => {
      this.isDrawn = resolve;
    });
  }

  drawn() {
    this.framesDrawn += 1;
    this.isDrawn?.();
    if (this.isFilled) this.box.classList.add("is-drawn");
    this.onDraw(this.hotspots.map((spot) => this.scene.seen(pointOf(spot, this.scene))));
  }

  get flight() {
    return this.scene.flight;
  }

  /** Fly to a camera (README.md, "Cameras"). Resolves to whether it arrived. */
  flyTo(camera, { ms, free } = {}) {
    if (free) this.scene.frameInto(free);
    const isFirst = !this.isPlaced;
    this.isPlaced = true;
    return this.scene.flyTo(camera, { ms: isFirst ? 0 : ms });
  }

  /** Named points [{at, label}]; `onDraw` gets their places after each frame. */
  setHotspots(list) {
    this.hotspots = list;
    this.scene.ask();
  }

  destroy() {
    this.isGone = true;
    this.watcher.disconnect();
    this.scene.dispose();
    // A page has few WebGL contexts: give this one back now, not when memory is cleaned.
    this.scene.renderer.forceContextLoss();
    this.box.remove();
  }
}

/** The point of a hotspot: `at` is in shares of the half extents, or in the scene's own units where `space` is "scene". */
export function pointOf({ at, space }, scene) {
  return space === "scene" ? at : scene.orbit.spot(at);
}

/** Show the GLB `options.model`, or what `fill(scene)` puts there, in `element`. Resolves to {flyTo, setHotspots, destroy,
 * scene} when the first frame is drawn; rejects with an error that has `words`: without WebGL, or when the model can't be
 * loaded. `onProgress` gets 0–1, `onLost` is called when the device takes the context away. */
export async function mountScan(element, options) {
  const { model, up, camera = {}, hotspots = [], free, strings, onDraw, onProgress, onLost, fill } = options;
  const surface = makeCanvas();
  if (!surface) throw failure(strings.no_webgl);
  const stage = new ScanStage(element, { ...surface, free, onDraw });
  surface.canvas.addEventListener("webglcontextlost", (event) => {
    event.preventDefault();
    if (!stage.isGone) onLost?.();
  });
  try {
    await (fill ? fill(stage.scene) : stage.scene.addModel(model, { up: up || "Y", onProgress }));
  } catch (error) {
    stage.destroy();
    throw failure(strings.load_failed, error);
  }
  stage.isFilled = true;
  stage.setHotspots(hotspots);
  stage.flyTo(camera, { ms: 0 });
  await stage.frame();
  return stage;
}
