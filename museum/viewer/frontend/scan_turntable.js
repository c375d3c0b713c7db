// Pictures taken around an object, for browsers without WebGL: one sheet of frames, turned by keys, buttons or a finger.
import { button, group } from "./elements.js";
import { say } from "./options.js";
import { sideOf } from "./scan_words.js";
import { closer, failure, listenToKeys, speaker, surface } from "./stage.js";

const PIXELS = 14; // of dragging to one frame

class Turntable {
  constructor(context, sheet) {
    Object.assign(this, context, { sheet, facts: context.options.turntable, current: 0 });
    this.stop = new AbortController();
    this.surface = surface({ ...context, words: { ...context.words, keys_scan: context.words.turntable_keys }, kind: "scan" });
    this.canvas = document.createElement("canvas");
    this.canvas.className = "scan-frame";
    this.canvas.setAttribute("aria-hidden", "true");
    Object.assign(this.canvas, { width: this.facts.frame_width_px, height: this.facts.frame_height_px });
    this.surface.layer.append(this.canvas);
    this.speak = speaker(this.status, () => this.inWords());
    this.control();
    this.listen();
    Object.assign(this.state, { isOpen: true, isTurntable: true, close: () => this.close() });
    Object.defineProperty(this.state, "frame", { get: () => this.current, configurable: true });
    this.show(this.nearest(-28));
    this.element.classList.add("is-open", "is-drawn");
  }

  azimuth(frame) {
    const { azimuth_start_deg = 0, azimuth_step_deg = 15 } = this.facts;
    return azimuth_start_deg + frame * azimuth_step_deg;
  }

  /** The frame that looks from about this angle. */
  nearest(degrees) {
    const off = (frame) => Math.abs(((((this.azimuth(frame) - degrees) % 360) + 540) % 360) - 180);
    return [...Array(this.facts.frames).keys()].reduce((a, b) => (off(b) < off(a) ? b : a));
  }

  show(frame) {
    const { frames, columns, frame_width_px: wide, frame_height_px: high } = this.facts;
    this.current = ((frame % frames) + frames) % frames;
    const [column, row] = [this.current % columns, Math.floor(this.current / columns)];
    this.canvas.getContext("2d").drawImage(this.sheet, column * wide, row * high, wide, high, 0, 0, wide, high);
    this.state.framesDrawn += 1;
  }

  step(by) {
    this.show(this.current + by);
    this.speak();
  }

  inWords() {
    const { words } = this;
    const side = words[`side_${sideOf((this.azimuth(this.current) * Math.PI) / 180)}`];
    return say(words.turntable_said, { number: this.current + 1, total: this.facts.frames, side });
  }

  control() {
    const { words } = this;
    const tools = group(words.viewer, "viewer-tools", [
      button(words.turn_left, { sign: "←", act: () => this.step(-1) }),
      button(words.turn_right, { sign: "→", act: () => this.step(1) }),
    ]);
    this.bar = document.createElement("div");
    this.bar.className = "viewer-bar";
    this.note = document.createElement("p");
    this.note.className = "scan-only";
    this.note.textContent = words.turntable_only;
    this.bar.append(this.note, tools);
    this.closer = closer(words, () => this.close());
    this.stage.append(this.bar, this.closer);
  }

  listen() {
    const { layer } = this.surface;
    const { signal } = this.stop;
    let from = null;
    layer.addEventListener("pointerdown", (event) => {
      layer.setPointerCapture(event.pointerId);
      from = { x: event.clientX, frame: this.current };
    }, { signal });
    layer.addEventListener("pointermove", (event) => {
      if (from) this.show(from.frame - Math.round((event.clientX - from.x) / PIXELS));
    }, { signal });
    for (const name of ["pointerup", "pointercancel"]) {
      layer.addEventListener(name, () => {
        from = null;
        this.speak();
      }, { signal });
    }
    const keys = { ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), Escape: () => this.close() };
    listenToKeys(layer, keys, signal);
  }

  close() {
    const hadFocus = this.element.contains(document.activeElement);
    this.stop.abort();
    this.speak.stop();
    for (const part of [this.surface, this.bar, this.closer]) part.remove();
    this.element.classList.remove("is-open", "is-drawn");
    this.state.isOpen = false;
    this.status.textContent = "";
    if (hadFocus) this.element.querySelector(".viewer-start button")?.focus();
  }
}

/** Open the pictures over the poster; resolves when the first is drawn. */
export async function openTurntable(context) {
  const sheet = new Image();
  sheet.src = context.options.turntable.address;
  await sheet.decode().catch((error) => {
    throw failure(context.words.load_failed, error);
  });
  const turntable = new Turntable(context, sheet);
  turntable.surface.layer.focus({ preventScroll: true });
  turntable.speak();
  return turntable;
}
