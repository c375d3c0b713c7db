// Two registered pictures under one camera with a curtain between them, on object and restoration pages. The curtain works
// on the server's own pictures; tiles come when a visitor looks closer.
import { Curtain } from "./curtain.js";
import { button, group } from "./elements.js";
import { animate, frame, path } from "./flight.js";
import { languageOf, readOptions, say } from "./options.js";
import { Plane } from "./plane.js";
import { fullScreen, pad, speaker } from "./stage.js";

const STEP = 1.5; // one press of + or −
const PAN = 0.2; // one press of an arrow, part of what is visible
const WHOLE = [0, 0, 1, 1];

const wholePicture = ({ id, width }) => `${id}/full/${Math.min(1200, width || 1200)},/0/default.jpg`;

class Comparison {
  constructor(element, { before, after, region, strings, pictures = [], status }) {
    Object.assign(this, { element, before, after, region: region ?? WHOLE, words: strings, pictures });
    this.sides = [before, after];
    this.box = document.createElement("div");
    this.box.className = "compare-live";
    this.aspect = before.height / before.width;
    this.plane = new Plane(this.aspect);
    this.curtain = new Curtain({ words: strings, sides: this.sides, onMove: () => this.cut() });
    this.box.append(this.plane.element, this.curtain.element);
    this.element.append(this.box);
    this.watcher = new ResizeObserver(() => this.settle());
    this.status = status;
  }

  get stage() {
    return { width: this.box.clientWidth, height: this.box.clientHeight };
  }

  /** Resolves when both pictures are there. */
  async begin() {
    this.settle();
    await Promise.all(this.sides.map((side, n) => this.plane.bring(side.id, this.pictures[n] ?? wholePicture(side))));
    this.plane.stand(this.curtain.sides.map(({ id }) => id).reverse());
    this.watcher.observe(this.box);
    this.settle();
  }

  /** The camera that shows the region. */
  framed(region = this.region) {
    const { width } = this.before;
    return frame({ region, aspect: this.aspect, width, stage: this.stage, free: { left: 0, top: 0, ...this.stage } });
  }

  /** After a change of size: the same part again. */
  settle() {
    if (!this.stage.width) return;
    this.curtain.over({ left: 0, top: 0, ...this.stage });
    this.place(this.isHome === false ? this.camera : this.framed());
  }

  place(camera) {
    this.camera = camera;
    this.plane.place(camera, this.stage);
    this.tiles?.place(camera);
    this.cut();
  }

  cut() {
    if (!this.curtain?.room || !this.camera) return;
    const [left, right] = this.curtain.sides;
    this.plane.raise(left.id, 2);
    this.plane.raise(right.id, 1);
    this.plane.clip(left.id, this.curtain.x);
    this.plane.clip(right.id, null);
    const [l, r] = [this.sides.indexOf(left), this.sides.indexOf(right)];
    const now = this.tiles?.curtain;
    if (now && now.left === l) {
      now.x = this.curtain.x;
      this.tiles.cut();
    } else this.tiles?.setCurtain({ left: l, right: r, x: this.curtain.x });
  }

  /** Fly to a region ([x, y, w, h], shares) or a camera. Resolves to whether it arrived. */
  flyTo(to, { ms } = {}) {
    const target = Array.isArray(to) ? this.framed(to) : to;
    this.flight?.stop();
    const way = path(this.camera, target);
    this.flight = animate(ms ?? Math.min(600, way.ms), (part) => this.place(way.at(part)));
    this.flight.done.then((arrived) => arrived && this.sharpen());
    return this.flight.done;
  }

  zoomBy(factor) {
    const whole = this.framed(WHOLE).w;
    const least = this.stage.width / (2.5 * this.before.width);
    const w = Math.min(whole, Math.max(least, this.camera.w / factor));
    this.isHome = false;
    return this.flyTo(this.held({ ...this.camera, w }));
  }

  /** Arrows move what is visible, never beyond the pictures. */
  move(way) {
    const [x, y] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[way];
    const { w } = this.camera;
    this.isHome = false;
    const high = (w * this.stage.height) / this.stage.width;
    return this.flyTo(this.held({ w, x: this.camera.x + x * w * PAN, y: this.camera.y + y * high * PAN }));
  }

  held({ x, y, w }) {
    return { w, x: Math.min(1, Math.max(0, x)), y: Math.min(this.aspect, Math.max(0, y)) };
  }

  home() {
    this.isHome = true;
    return this.flyTo(this.region);
  }

  setShare(share) {
    this.curtain.setShare(share);
  }

  swap() {
    this.curtain.swap();
  }

  /** Tiles for a view closer than the pictures are sharp; brings the image module on the first such view. */
  async sharpen() {
    if (this.tiles || this.opening || this.plane.stretch(this.before.id, this.camera) < 1.15) return;
    this.opening = true;
    try {
      const { mountImage } = await import("./image_stage.js");
      if (this.isGone) return;
      this.tiles = await mountImage(this.box, { services: this.sides, camera: this.camera, strings: this.words });
      this.box.append(this.curtain.element); // above the tiles
      this.place(this.camera);
    } catch (error) {
      if (this.status) this.status.textContent = error.words ?? this.words.load_failed;
    } finally {
      this.opening = false;
    }
  }

  destroy() {
    this.isGone = true;
    this.flight?.stop();
    this.watcher.disconnect();
    this.tiles?.destroy();
    this.box.remove();
  }
}

/** Put the curtain into `element`: `options` are {before, after: {id, label, width, height}, region, strings, pictures?}.
 * Resolves to {setShare, swap, flyTo, zoomBy, move, home, destroy} when both pictures are there. */
export async function mountCompare(element, options) {
  const comparison = new Comparison(element, options);
  try {
    await comparison.begin();
  } catch (error) {
    comparison.destroy();
    throw error;
  }
  return comparison;
}

function inPercent(comparison) {
  return Math.round((comparison.framed(WHOLE).w / comparison.camera.w) * 100);
}

/** The buttons under the curtain. */
function tools(figure, comparison, words, tell, signal) {
  const act = (name, ...given) => () => Promise.resolve(comparison[name](...given)).then(tell);
  return group(words.viewer, "viewer-tools", [
    button(words.curtain_swap, { act: act("swap") }),
    button(words.zoom_out, { sign: "−", act: act("zoomBy", 1 / STEP) }),
    button(words.zoom_in, { sign: "+", act: act("zoomBy", STEP) }),
    button(words.reset, { act: act("home") }),
    ...pad(words, "move", (way) => comparison.move(way).then(tell)),
    ...fullScreen(figure, words, signal),
  ]);
}

/** Make a curtain of the server's figure; where a picture can't be loaded both stay as they stand. */
export async function mount(figure) {
  const options = readOptions(figure);
  const words = options.strings;
  const stage = figure.querySelector(".compare-stage");
  const pictures = [...figure.querySelectorAll(".compare-side")].map((side) => side.querySelector("picture, img"));
  const images = [...figure.querySelectorAll(".compare-side img")];
  [options.before, options.after].forEach((side, n) => {
    side.width ||= images[n].width;
    side.height ||= images[n].height;
  });
  const status = document.createElement("p");
  status.className = "viewer-status";
  status.setAttribute("role", "status");
  const stop = new AbortController();
  figure.classList.add("viewer", "is-live");
  let comparison;
  try {
    comparison = await mountCompare(stage, { ...options, pictures, status });
  } catch (error) {
    figure.classList.remove("viewer", "is-live");
    figure.museumViewer = { kind: "compare", isOpen: false, error };
    return;
  }
  const number = new Intl.NumberFormat(languageOf(figure));
  const tell = speaker(status, () => {
    const [left, right] = comparison.curtain.sides.map(({ label }) => label);
    return say(words.compare_said, { left, right, zoom: number.format(inPercent(comparison)) });
  });
  const bar = document.createElement("div");
  bar.className = "viewer-bar compare-bar";
  bar.append(tools(figure, comparison, words, tell, stop.signal));
  stage.after(bar, status);
  figure.museumViewer = {
    kind: "compare",
    isOpen: true,
    setShare: (share) => comparison.setShare(share),
    get share() {
      return comparison.curtain.share;
    },
    get left() {
      return comparison.curtain.sides[0].label;
    },
    get zoom() {
      return inPercent(comparison) / 100;
    },
    get hasTiles() {
      return Boolean(comparison.tiles);
    },
  };
}
