// A scan steered by a program: cameras to fly to, the screen's places of named points. Drawn on demand only.
import { MathUtils, Vector3 } from "three";
import { animate } from "./flight.js";
import { load, ScanScene } from "./scan_scene.js";
import { failure } from "./stage.js";

const FIELD_OF_VIEW = 24; // degrees, over the free square of the stage: what a story's author saw
const FLIGHT_MS = 1000;
const WHOLE = 5.2; // bounding radii from which the whole is seen with some air around

/** Seconds go by the angle and the distance: near cameras are near in time. */
function flightMs(from, to) {
  const turned = Math.abs(from.azimuth - to.azimuth) + Math.abs(from.elevation - to.elevation);
  const moved = from.target.distanceTo(to.target) + Math.abs(Math.log(to.range / from.range));
  return turned + moved < 1e-4 ? 0 : Math.min(1200, Math.max(400, 350 * (turned + moved), FLIGHT_MS * Math.min(1, turned)));
}

/** The scene under a camera given in bounding radii, framed into the free part of the stage. */
class FramedScene extends ScanScene {
  get free() {
    return this.part ?? { left: 0, top: 0, width: this.canvas.clientWidth, height: this.canvas.clientHeight };
  }

  distance() {
    return this.range ?? this.radius * WHOLE;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const free = this.free;
    const side = Math.max(40, Math.min(free.width, free.height));
    const half = Math.tan(MathUtils.degToRad(FIELD_OF_VIEW / 2));
    this.camera.fov = 2 * MathUtils.radToDeg(Math.atan((half * height) / side));
    this.camera.aspect = width / height;
    this.camera.setViewOffset(
      width,
      height,
      width / 2 - (free.left + free.width / 2),
      height / 2 - (free.top + free.height / 2),
      width,
      height,
    );
    this.camera.updateProjectionMatrix();
    this.renderer.setSize(width, height, false);
    this.ask();
  }

  /** Free part of the stage, {left, top, width, height} in pixels. */
  frameInto(part) {
    this.part = part;
    this.resize();
  }

  /** A story's camera in this scan's units. */
  understood({ azimuth_deg = 0, elevation_deg = 0, distance = 0, target = [0, 0, 0] }) {
    return {
      azimuth: MathUtils.degToRad(azimuth_deg),
      elevation: MathUtils.degToRad(elevation_deg),
      range: (distance || WHOLE) * this.radius,
      target: new Vector3(...target),
    };
  }

  look({ azimuth, elevation, range, target }) {
    this.view.azimuth = azimuth;
    this.view.elevation = elevation;
    this.range = range;
    this.target.copy(this.spot(target));
    this.ask();
  }

  /** A point in shares of the half extents, in the scan's units. */
  spot(shares) {
    return shares.clone().multiply(this.halves).add(this.middle);
  }

  /** Where such a point is on the canvas, in CSS pixels; null behind the camera. */
  seen(at) {
    const point = this.spot(new Vector3(...at)).project(this.camera);
    if (point.z > 1) return null;
    return { x: ((point.x + 1) / 2) * this.canvas.clientWidth, y: ((1 - point.y) / 2) * this.canvas.clientHeight };
  }
}

export class ScanStage {
  constructor(element, { canvas, webgl, gltf, up, free, onDraw }) {
    this.element = element;
    this.canvas = canvas;
    this.hotspots = [];
    this.onDraw = onDraw ?? (() => {});
    this.box = document.createElement("div");
    this.box.className = "stage-scan";
    this.box.append(canvas);
    element.append(this.box);
    this.first = new Promise((resolve) => {
      this.isDrawn = resolve;
    });
    this.framesDrawn = 0;
    this.scene = new FramedScene({ canvas, webgl, gltf, upAxis: up || "Y", onDraw: () => this.drawn() });
    if (free) this.scene.frameInto(free);
    this.watcher = new ResizeObserver(() => this.scene.resize());
    this.watcher.observe(canvas);
  }

  drawn() {
    this.framesDrawn += 1;
    this.isDrawn();
    this.box.classList.add("is-drawn");
    this.onDraw(this.hotspots.map(({ at }) => this.scene.seen(at)));
  }

  /** Fly to {azimuth_deg, elevation_deg, distance (bounding radii, 0 for the whole), target (shares −1…1 of the half
   * extents)}. Resolves to whether it arrived. */
  flyTo(camera, { ms, free } = {}) {
    const to = this.scene.understood(camera);
    this.flight?.stop();
    if (free) this.scene.frameInto(free);
    const from = this.now ?? to;
    // The short way round.
    from.azimuth = to.azimuth + MathUtils.euclideanModulo(from.azimuth - to.azimuth + Math.PI, 2 * Math.PI) - Math.PI;
    const target = new Vector3();
    this.flight = animate(ms ?? flightMs(from, to), (part) => {
      const mix = (a, b) => a + (b - a) * part;
      this.now = {
        azimuth: mix(from.azimuth, to.azimuth),
        elevation: mix(from.elevation, to.elevation),
        range: from.range * (to.range / from.range) ** part,
        target: target.lerpVectors(from.target, to.target, part).clone(),
      };
      this.scene.look(this.now);
    });
    return this.flight.done;
  }

  /** Named points [{at, label}]; `onDraw` gets their places after each frame. */
  setHotspots(list) {
    this.hotspots = list;
    this.scene.ask();
  }

  destroy() {
    this.isGone = true;
    this.flight?.stop();
    this.watcher.disconnect();
    this.scene.dispose();
    // A page has few WebGL contexts: give this one back now, not when memory is cleaned.
    this.scene.renderer.forceContextLoss();
    this.box.remove();
  }
}

/** Show the GLB `options.model` in `element`. Resolves to {flyTo, setHotspots, destroy} when the first frame is drawn;
 * rejects with an error that has `words`: without WebGL, or when the model can't be loaded. `onProgress` gets 0–1,
 * `onLost` is called when the device takes the context away. */
export async function mountScan(element, { model, up, camera = {}, hotspots = [], free, strings, onDraw, onProgress, onLost }) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  const webgl = canvas.getContext("webgl2", { alpha: true, antialias: true, powerPreference: "low-power" });
  if (!webgl) throw failure(strings.no_webgl);
  const gltf = await load(new URL(model, document.baseURI).href, onProgress ?? (() => {})).catch((error) => {
    throw failure(strings.load_failed, error);
  });
  const stage = new ScanStage(element, { canvas, webgl, gltf, up, free, onDraw });
  canvas.addEventListener("webglcontextlost", (event) => {
    event.preventDefault();
    if (!stage.isGone) onLost?.();
  });
  stage.setHotspots(hotspots);
  stage.flyTo(camera, { ms: 0 });
  await stage.first;
  return stage;
}
