// Measuring on a scan: two points of the surface and the straight way between them, in the unit that is established.
import { lengthInWords } from "./scan_words.js";

const SVG = "http://www.w3.org/2000/svg";

const made = (name, className) => {
  const element = document.createElementNS(SVG, name);
  element.classList.add(className);
  return element;
};

export class Measure {
  /** `onChange` is called when a point is set or taken away. */
  constructor({ scene, mmPerUnit, language, onChange }) {
    Object.assign(this, { scene, mmPerUnit, language, onChange });
    this.points = [];
    this.element = made("svg", "scan-measure");
    this.element.setAttribute("aria-hidden", "true");
    this.line = made("line", "scan-line");
    this.dots = [made("circle", "scan-dot"), made("circle", "scan-dot")];
    this.cross = made("path", "scan-cross");
    this.cross.setAttribute("d", "M-14 0H-5M5 0H14M0-14V-5M0 5V14");
    for (const dot of this.dots) dot.setAttribute("r", "5");
    this.plate = document.createElement("p");
    this.plate.className = "scan-length";
    this.plate.setAttribute("aria-hidden", "true"); // said by the live region
    this.element.append(this.line, ...this.dots, this.cross);
    this.isOn = false;
  }

  switch(isOn) {
    this.isOn = isOn;
    this.place();
  }

  /** Set a point at the surface under a point of the canvas; a third one begins anew. Whether there was a surface. */
  set(x, y) {
    const hit = this.scene.pick(x, y);
    if (!hit) return false;
    if (this.points.length === 2) this.points = [];
    this.points.push(hit.point);
    this.onChange();
    this.place();
    return true;
  }

  setCenter() {
    return this.set(...this.scene.center());
  }

  clear() {
    this.points = [];
    this.onChange();
    this.place();
  }

  /** Millimetres between the two points; null before there are two. */
  get mm() {
    const [a, b] = this.points;
    return b ? a.distanceTo(b) * this.mmPerUnit : null;
  }

  inWords() {
    return this.mm === null ? "" : lengthInWords(this.mm, this.language);
  }

  /** Put the marks where the points are now; called after each frame. */
  place() {
    const { scene, isOn } = this;
    const at = isOn ? this.points.map((point) => scene.seen(point)) : [];
    this.dots.forEach((dot, n) => put(dot, at[n]));
    put(this.cross, isOn && scene.width ? { x: scene.center()[0], y: scene.center()[1] } : null);
    const [a, b] = at;
    const isWhole = Boolean(a && b);
    this.line.style.display = isWhole ? "" : "none";
    this.plate.hidden = !isWhole;
    if (!isWhole) return;
    for (const [name, value] of Object.entries({ x1: a.x, y1: a.y, x2: b.x, y2: b.y })) this.line.setAttribute(name, value);
    this.plate.textContent = this.inWords();
    this.plate.style.transform = `translate(${(a.x + b.x) / 2}px, ${(a.y + b.y) / 2}px) translate(-50%, -140%)`;
  }
}

function put(mark, at) {
  mark.style.display = at ? "" : "none";
  if (at) mark.setAttribute("transform", `translate(${at.x} ${at.y})`);
}
