// The scan viewer: turn a 3D model by pointer, buttons or keys, move the lamp over it, hear where one stands.
import { button, group } from "./elements.js";
import { languageOf, say, wantsStillness } from "./options.js";
import { load, ScanScene } from "./scan_scene.js";
import { listenToPointers } from "./scan_pointer.js";
import { lampInWords, lengthInWords, millimetresPerUnit, scaleLength, viewInWords } from "./scan_words.js";
import { closer, failure, fullScreen, listenToKeys, pad, speaker, surface } from "./stage.js";

const STEP = Math.PI / 12; // one press of an arrow: 15°
const ZOOM = 1.25; // one press of + or −
const FLIGHT_MS = 220;

/** A canvas and its WebGL 2 context, asked for before the model is: null where there is none. */
function makeCanvas() {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("webgl2", { alpha: true, antialias: true, powerPreference: "low-power" });
  return context && { canvas, context };
}

class ScanView {
  constructor(context, { canvas, context: webgl }, gltf) {
    Object.assign(this, context);
    this.stop = new AbortController();
    this.mmPerUnit = millimetresPerUnit(this.options);
    this.language = languageOf(this.element);
    this.number = new Intl.NumberFormat(this.language, { maximumFractionDigits: 0 });
    this.speak = speaker(this.status, () => this.inWords());
    this.movesLamp = false;
    this.first = new Promise((resolve) => {
      this.isFirstDrawn = resolve;
    });
    this.surface = surface({ ...context, kind: "scan" });
    this.canvas = canvas;
    this.surface.layer.append(this.canvas);
    this.scene = new ScanScene({
      canvas,
      webgl,
      gltf,
      upAxis: this.options.up,
      onDraw: () => this.drawn(),
    });
    this.control();
    this.listen();
    this.follow();
  }

  drawn() {
    this.isFirstDrawn();
    this.state.framesDrawn += 1;
    this.readout.textContent = say(this.words.percent, { number: this.number.format(this.scene.view.zoom * 100) });
    if (this.mmPerUnit) this.measure();
    this.element.classList.add("is-open", "is-drawn");
  }

  measure() {
    const { mm, pixels } = scaleLength(this.scene.unitsPerPixel() * this.mmPerUnit);
    this.scaleBar.style.inlineSize = `${pixels}px`;
    const words = lengthInWords(mm, this.language);
    if (this.scaleBar.textContent === words) return;
    this.scaleBar.textContent = words;
    this.scaleBar.title = say(this.words.scale, { length: words });
  }

  follow() {
    const { state, scene } = this;
    const angle = (radians) => (radians * 180) / Math.PI;
    Object.defineProperties(state, {
      azimuth: { get: () => angle(scene.view.azimuth), configurable: true },
      polar: { get: () => 90 - angle(scene.view.elevation), configurable: true },
      zoom: { get: () => scene.view.zoom, configurable: true },
      lamp: { get: () => ({ azimuth: angle(scene.lamp.azimuth), elevation: angle(scene.lamp.elevation) }), configurable: true },
    });
    state.isOpen = true;
    state.hasScale = this.mmPerUnit !== null;
    state.close = () => this.close();
  }

  tell() {
    this.speak();
  }

  inWords() {
    const { scene, words, number } = this;
    return this.movesLamp ? lampInWords(scene.lamp, words) : viewInWords(scene.view, words, number);
  }

  /** Turn or move the lamp by one step, as a short flight or, where stillness is asked for, a cut. */
  step(way) {
    const [x, y] = { left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] }[way];
    const act = (part) => {
      if (this.movesLamp) this.scene.moveLamp(x * STEP * part, y * STEP * part);
      else this.scene.turn(x * STEP * part, y * STEP * part);
    };
    this.fly(act);
    this.tell();
  }

  /** Spread `act(part)` over some frames; the parts add up to 1. Then drawing stops. */
  fly(act) {
    if (wantsStillness()) {
      act(1);
      return;
    }
    let begun = 0;
    let done = 0;
    const frame = (now) => {
      if (this.stop.signal.aborted) return;
      begun ||= now;
      const part = Math.min(1, (now - begun + 16) / FLIGHT_MS);
      const eased = part * (2 - part);
      act(eased - done);
      done = eased;
      if (part < 1) requestAnimationFrame(frame);
      else this.tell();
    };
    requestAnimationFrame(frame);
  }

  zoomBy(factor) {
    this.fly((part) => this.scene.zoomBy(factor ** part));
    this.tell();
  }

  reset() {
    this.scene.reset();
    this.tell();
  }

  switchLamp() {
    this.movesLamp = !this.movesLamp;
    this.lampButton.setAttribute("aria-pressed", String(this.movesLamp));
    this.element.classList.toggle("moves-lamp", this.movesLamp);
    this.tell();
  }

  control() {
    const { words, stop } = this;
    this.readout = document.createElement("span");
    this.readout.className = "viewer-readout";
    this.lampButton = button(words.light, { act: () => this.switchLamp() });
    this.lampButton.setAttribute("aria-pressed", "false");
    const tools = group(words.viewer, "viewer-tools", [
      button(words.zoom_out, { sign: "−", act: () => this.zoomBy(1 / ZOOM) }),
      this.readout,
      button(words.zoom_in, { sign: "+", act: () => this.zoomBy(ZOOM) }),
      button(words.reset, { act: () => this.reset() }),
      ...pad(words, "turn", (way) => this.step(way)),
      this.lampButton,
      ...fullScreen(this.element, words, stop.signal),
    ]);
    this.closer = closer(words, () => this.close());
    this.bar = document.createElement("div");
    this.bar.className = "viewer-bar";
    this.bar.append(tools);
    this.stage.append(this.bar, this.closer);
    this.scaleBar = document.createElement("p");
    this.scaleBar.className = "viewer-scale";
    if (this.mmPerUnit) this.stage.append(this.scaleBar);
  }

  listen() {
    const { scene, stop } = this;
    const { layer } = this.surface;
    listenToPointers(layer, {
      turn: (x, y) => (this.movesLamp ? scene.moveLamp(-x, -y) : scene.turn(x, y)),
      pan: (x, y) => scene.pan(x, y),
      zoomBy: (factor) => scene.zoomBy(factor),
      done: () => this.tell(),
      signal: stop.signal,
    });
    listenToKeys(
      layer,
      {
        ArrowLeft: () => this.step("left"),
        ArrowRight: () => this.step("right"),
        ArrowUp: () => this.step("up"),
        ArrowDown: () => this.step("down"),
        "+": () => this.zoomBy(ZOOM),
        "=": () => this.zoomBy(ZOOM),
        "-": () => this.zoomBy(1 / ZOOM),
        0: () => this.reset(),
        l: () => this.switchLamp(),
        Escape: () => this.close(),
      },
      stop.signal,
    );
    this.watcher = new ResizeObserver(() => scene.resize());
    this.watcher.observe(this.canvas);
    this.canvas.addEventListener(
      "webglcontextlost",
      (event) => {
        event.preventDefault();
        this.close();
        this.status.textContent = this.words.context_lost;
      },
      { signal: stop.signal },
    );
  }

  /** Back to the poster; the graphics memory is freed. */
  close() {
    if (document.fullscreenElement === this.element) document.exitFullscreen();
    const hadFocus = this.element.contains(document.activeElement);
    this.stop.abort();
    this.watcher.disconnect();
    this.scene.dispose();
    this.surface.remove();
    this.bar.remove();
    this.closer.remove();
    this.scaleBar.remove();
    this.element.classList.remove("is-open", "is-drawn", "moves-lamp");
    this.state.isOpen = false;
    this.speak.stop();
    this.status.textContent = "";
    if (hadFocus) this.element.querySelector(".viewer-start button")?.focus();
  }
}

/** Open the viewer over the poster; resolves when the first frame is drawn. */
export async function mount(context) {
  const { options, status, words } = context;
  const surface3d = makeCanvas();
  if (!surface3d) throw failure(words.no_webgl);
  const told = (part) => {
    status.textContent = say(words.loading_part, { percent: Math.round(part * 100) });
  };
  const gltf = await load(new URL(options.model, document.baseURI).href, told).catch((error) => {
    throw failure(words.load_failed, error);
  });
  const view = new ScanView(context, surface3d, gltf);
  await view.first;
  view.surface.layer.focus({ preventScroll: true });
  view.tell();
}
