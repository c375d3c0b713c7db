// The scan viewer: a scene with tools, keys, pointers and words. What can be done by dragging can be done by a button and
// by a key; where one stands is said.
import { languageOf, say, wantsStillness } from "./options.js";
import { makeCanvas } from "./scan_canvas.js";
import { ScanScene } from "./scan_scene.js";
import { fillFrom } from "./scan_fill.js";
import { STEP, ZOOM } from "./scan_framing.js";
import { keysOf } from "./scan_keys.js";
import { watchContext } from "./scan_loss.js";
import { Measure } from "./scan_measure.js";
import { Pins } from "./scan_pins.js";
import { listenToPointers } from "./scan_pointer.js";
import { follow, fragmentOf, restore } from "./scan_state.js";
import { Tools } from "./scan_tools.js";
import { Walk } from "./scan_walk.js";
import { lampInWords, lengthInWords, millimetresPerUnit, scaleLength, viewInWords, walkInWords } from "./scan_words.js";
import { closer, failure, listenToKeys, speaker, surface } from "./stage.js";

const PAN = 0.12; // one press of an arrow, part of the stage
const FLIGHT_MS = 220;
const ROOM_MM = 4000; // what is larger may be walked in
const REST_MS = 200;
const SIDES = { front: [0, 0], right: [90, 0], back: [180, 0], left: [-90, 0], top: [0, 90], bottom: [0, -90] };

export class ScanView {
  constructor(context, made, sketch) {
    Object.assign(this, context, { sketch });
    this.stop = new AbortController();
    this.mmPerUnit = millimetresPerUnit(this.options);
    this.language = languageOf(this.element);
    this.number = new Intl.NumberFormat(this.language, { maximumFractionDigits: 0 });
    this.speak = speaker(this.status, () => this.inWords());
    this.mode = "turn"; // what arrows and one finger do: turn, pan, light, walk
    this.interaction = "orbit";
    this.waiting = []; // for the next frame
    this.surface = sketch?.surface ?? surface({ ...context, kind: "scan" });
    this.canvas = made.canvas;
    if (!sketch) this.surface.layer.append(this.canvas);
    this.scene = new ScanScene({ ...made, isVeiled: Boolean(sketch), onDraw: () => this.drawn() });
    this.measure = new Measure({ scene: this.scene, mmPerUnit: this.mmPerUnit, language: this.language, onChange: () => this.measured() });
    this.control();
    this.watch();
    if (!sketch) this.listen();
    follow(this);
  }

  /** The first picture gives way: who looks at it goes on from where it stood. */
  takeOver() {
    const { scene, sketch } = this;
    if (!sketch) return;
    sketch.leave();
    if (!scene.isLooking) Object.assign(scene.view, sketch.view);
    scene.unveil();
    this.listen();
  }

  /** Resolves with the next frame. */
  frame() {
    this.scene.ask();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  drawn() {
    this.state.framesDrawn += 1;
    if (!this.isFilled) return;
    for (const resolve of this.waiting.splice(0)) resolve();
    this.tools.told(say(this.words.percent, { number: this.number.format(this.scene.view.zoom * 100) }));
    if (this.mmPerUnit) this.rule();
    this.measure.place();
    this.pins?.place();
    this.element.classList.add("is-open", "is-drawn");
    this.element.classList.remove("is-sketched");
  }

  rule() {
    const { mm, pixels } = scaleLength(this.scene.unitsPerPixel() * this.mmPerUnit);
    this.scaleBar.style.inlineSize = `${pixels}px`;
    const words = lengthInWords(mm, this.language);
    if (this.scaleBar.textContent === words) return;
    this.scaleBar.textContent = words;
    this.scaleBar.title = say(this.words.scale, { length: words });
  }

  tell() {
    this.speak();
  }

  /** After a gesture: once it rests, zooming leads to what is in the middle now. */
  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.mode !== "walk" && this.scene.anchor(), REST_MS);
    this.tell();
  }

  inWords() {
    const { scene, words, number } = this;
    if (this.mode === "light") return lampInWords(scene.lamp, words);
    return this.mode === "walk" ? walkInWords(scene.view, words) : viewInWords(scene.view, words, number);
  }

  /** Say something once, instead of where the view stands. */
  announce(words) {
    this.speak.stop();
    clearTimeout(this.soon);
    this.status.textContent = words;
  }

  /** Spread `act(part)` over some frames; the parts add up to 1. Then drawing stops. */
  fly(act) {
    this.scene.flight?.stop();
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

  /** One step of an arrow in the present mode. */
  step(way, { pans = false } = {}) {
    if (this.interaction === "locked") return;
    const [x, y] = { left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] }[way];
    const mode = pans && this.mode !== "light" ? "pan" : this.mode;
    const { scene } = this;
    const size = Math.min(scene.free.width, scene.free.height) * PAN;
    if (mode === "walk") {
      if (y) this.walker.go(y, 0);
      else this.fly((part) => this.walker.look(-x * STEP * part, 0));
    } else if (mode === "light") this.fly((part) => this.moveLamp(x * STEP * part, y * STEP * part));
    else if (mode === "pan") this.fly((part) => scene.pan(-x * size * part, y * size * part));
    else this.fly((part) => this.turn(x * STEP * part, y * STEP * part));
    this.tell();
  }

  /** Drag by CSS pixels in the present mode. */
  drag(x, y, turns) {
    if (this.interaction === "locked") return;
    if (this.mode === "walk") this.walker.look(turns.x * 0.5, turns.y * 0.5);
    else if (this.mode === "light") this.moveLamp(-turns.x, -turns.y);
    else if (this.mode === "pan") this.scene.pan(x, y);
    else this.turn(turns.x, turns.y);
  }

  turn(azimuth, elevation) {
    const { scene } = this;
    if (this.interaction === "free-direction") scene.orbit.lookAbout(azimuth, elevation);
    else scene.orbit.turn(azimuth, elevation);
    scene.ask();
  }

  moveLamp(azimuth, elevation) {
    this.scene.moveLamp(azimuth, elevation);
    this.tools.update();
  }

  setLamp(lamp) {
    this.scene.setLamp(lamp);
    this.tools.update();
    this.announceSoon(() => lampInWords(this.scene.lamp, this.words));
  }

  announceSoon(inWords) {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.announce(inWords()), 450);
  }

  rollBy(angle) {
    if (this.interaction === "locked") return;
    this.fly((part) => this.scene.roll(angle * part));
    this.tell();
  }

  zoomBy(factor) {
    if (this.interaction === "locked") return;
    if (this.mode === "walk") this.walker.go(factor > 1 ? 1 : -1, 0);
    else {
      if (factor > 1) this.scene.anchor();
      this.fly((part) => this.scene.zoomBy(factor ** part));
    }
    this.tell();
  }

  reset() {
    this.setMode(this.mode === "walk" ? "turn" : this.mode);
    this.scene.reset();
    this.tools.update();
    this.tell();
  }

  lookFrom(side) {
    if (this.mode === "walk") this.setMode("turn");
    const [azimuth_deg, elevation_deg] = SIDES[side];
    this.scene.flyTo({ azimuth_deg, elevation_deg }).then(() => this.tell());
  }

  /** Whether there is room to walk in: a monument, or a thing larger than a person. */
  get canWalk() {
    const { options, mmPerUnit, scene } = this;
    return Boolean(options.walk) || (mmPerUnit !== null && scene.radius * 2 * mmPerUnit >= ROOM_MM);
  }

  setMode(mode) {
    const next = mode === "walk" && !this.canWalk ? "turn" : mode;
    if (next === this.mode) return;
    if (next === "walk") {
      this.walker = new Walk(this.scene, this.mmPerUnit);
      this.walker.begin();
    } else if (this.mode === "walk") this.scene.reset();
    this.mode = next;
    this.element.classList.toggle("moves-lamp", next === "light");
    this.element.classList.toggle("is-walking", next === "walk");
    this.tools.update();
    this.tell();
  }

  /** How the scene may be moved, by IIIF's names: "orbit", "hemisphere-orbit", "locked", "free", "free-direction". */
  setInteraction(kind) {
    this.interaction = kind;
    this.scene.orbit.lowest = kind === "hemisphere-orbit" ? 0 : -Math.PI / 2;
    if (kind === "free") this.setMode("walk");
  }

  setLook(look) {
    this.scene.setLooks({ look });
    this.tools.update();
    this.announce(this.words[`look_${look}`]);
  }

  setPointScale(pointScale) {
    this.scene.setLooks({ pointScale });
  }

  /** How far the copy that is measured may be from the master, in words; "" where that isn't known. */
  deviationInWords() {
    const { deviation_p99: off, deviation_unit: unit } = this.rung ?? {};
    if (!off || unit !== "mm") return "";
    return say(this.words.measure_exact, { length: lengthInWords(off, this.language) });
  }

  setCut(cut) {
    this.scene.setCut(cut);
    this.tools.update();
    const { words } = this;
    const percent = cut && this.number.format(50 + cut.at * 50);
    this.announceSoon(() => (cut ? say(words.said_cut, { axis: words[`cut_${cut.axis}`].toLocaleLowerCase(), percent }) : words.said_whole));
  }

  /** Set a point of a length where the canvas was touched, or in the middle. */
  setPoint(x, y) {
    if (!this.mmPerUnit) return;
    const isSet = x === undefined ? this.measure.setCenter() : this.measure.set(x, y);
    if (!isSet) this.announce(this.words.measure_missed);
  }

  measured() {
    this.tools.update();
    const { points } = this.measure;
    const words = { 0: this.words.measure_none, 1: this.words.measure_one };
    this.announce(words[points.length] ?? say(this.words.measure_said, { length: this.measure.inWords() }));
  }

  tapped(x, y) {
    if (this.measure.isOn) this.setPoint(x, y);
    else if (this.mode === "walk" && !this.walker.goTo(x, y)) this.announce(this.words.walk_blocked);
    else this.tell();
  }

  /** Named points: [{at, space, label, text, camera}]; opening one flies to its camera, or turns toward it. */
  setHotspots(list) {
    this.pins?.remove();
    this.pins = list.length ? new Pins(this, list) : null;
    this.scene.ask();
  }

  /** The view as the words of a fragment. */
  fragment() {
    return fragmentOf(this);
  }

  /** Bring a view back that `fragment` wrote; whether it was one. */
  restore(fragment) {
    return restore(this, fragment);
  }

  /** Put a group of one's own into the tools. */
  addTools(element) {
    this.tools.add(element);
  }

  control() {
    this.tools = new Tools(this);
    this.bar = this.tools.element;
    this.closer = closer(this.words, () => this.close());
    this.scaleBar = document.createElement("p");
    this.scaleBar.className = "viewer-scale";
    this.stage.append(this.measure.element, this.measure.plate, this.bar, this.tools.side, this.closer);
    if (this.mmPerUnit) this.stage.append(this.scaleBar);
  }

  listen() {
    const { scene, stop } = this;
    const { layer } = this.surface;
    const { signal } = stop;
    const hands = {
      turn: (turns, x, y) => this.drag(x, y, turns),
      pan: (x, y) => this.interaction !== "locked" && this.mode !== "walk" && scene.pan(x, y),
      zoomBy: (factor) => this.interaction !== "locked" && this.mode !== "walk" && scene.zoomBy(factor),
      tap: (x, y) => this.tapped(x, y),
      done: () => this.settle(),
    };
    if (this.sketch) Object.assign(this.sketch.hands, hands);
    else listenToPointers(layer, hands);
    listenToKeys(layer, keysOf(this, { step: STEP, zoom: ZOOM }), signal);
    window.addEventListener("hashchange", () => this.restore(location.hash), { signal });
  }

  watch() {
    this.watcher = new ResizeObserver(() => {
      this.scene.resize();
      this.tools.fit();
    });
    for (const part of [this.canvas, this.bar]) this.watcher.observe(part);
    this.stopWaiting = watchContext(this);
  }

  /** Back to the poster; the graphics memory is freed. */
  close() {
    if (document.fullscreenElement === this.element) document.exitFullscreen();
    const hadFocus = this.element.contains(document.activeElement);
    this.stop.abort();
    clearTimeout(this.soon);
    clearTimeout(this.settling);
    this.sketch?.leave();
    this.stopWaiting();
    this.watcher.disconnect();
    this.scene.dispose();
    this.scene.renderer.forceContextLoss(); // a page has few contexts
    for (const part of [this.surface, this.bar, this.tools.side, this.closer, this.scaleBar, this.measure.element, this.measure.plate, this.pins]) {
      part?.remove();
    }
    this.element.classList.remove("is-open", "is-drawn", "is-sketched", "moves-lamp", "is-walking", "is-measuring", "has-panel");
    this.state.isOpen = false;
    this.speak.stop();
    this.status.textContent = "";
    if (hadFocus) this.element.querySelector(".viewer-start button")?.focus();
  }
}

/** Open the viewer over the poster with what `fill(scene, told)` shows, else with the copies that `options` name; resolves
 * to the view when the first frame is drawn. `sketch` is the first picture, where there is one: it stays until then. */
export async function openView(context, { fill = fillFrom(context), made = makeCanvas(), sketch = null } = {}) {
  const { status, words, options, start } = context;
  if (!made) throw failure(words.no_webgl);
  const view = new ScanView(context, made, sketch);
  const told = (part) => {
    status.textContent = say(words.loading_part, { percent: Math.round(part * 100) });
  };
  try {
    await fill(view.scene, told, view);
  } catch (error) {
    view.close();
    throw failure(words.load_failed, error);
  }
  if (view.scene.isLooking) view.scene.orbit.settle();
  view.isFilled = true;
  view.takeOver();
  view.tools.update();
  view.tools.fit();
  if (options.hotspots?.length) view.setHotspots(options.hotspots);
  if (start) view.restore(start);
  await view.frame();
  view.surface.layer.focus({ preventScroll: true });
  view.tell();
  return view;
}
