// The before/after curtain: a native range input over the pictures, so that a click, a drag and the arrow keys move it.
import { say } from "./options.js";

const REACH = 44; // pixels the input's thumb is wide: what the curtain cannot reach at both ends is half of it

export class Curtain {
  /** `sides` are [{label}, {label}], left first; `onMove` is called with the curtain after each change. */
  constructor({ words, sides, onMove, share = 0.5 }) {
    this.words = words;
    this.sides = [...sides];
    this.onMove = onMove;
    this.share = share;
    this.element = document.createElement("div");
    this.element.className = "curtain";
    this.labels = ["is-left", "is-right"].map((side) => {
      const label = document.createElement("p");
      label.className = `curtain-label ${side}`;
      label.setAttribute("aria-hidden", "true");
      return label;
    });
    this.range = document.createElement("input");
    Object.assign(this.range, { type: "range", min: 0, max: 100, step: 1, className: "curtain-range" });
    this.range.setAttribute("aria-label", words.curtain);
    this.range.addEventListener("input", () => this.setShare(Number(this.range.value) / 100));
    this.line = document.createElement("div");
    this.line.className = "curtain-line";
    this.element.append(...this.labels, this.range, this.line);
    this.setShare(share);
  }

  /** Where the curtain hangs: 0 shows the right picture only, 1 the left one only. */
  setShare(share) {
    this.share = Math.min(1, Math.max(0, share));
    this.range.value = String(Math.round(this.share * 100));
    this.draw();
  }

  /** What stood right stands left. */
  swap() {
    this.sides.reverse();
    this.draw();
  }

  draw() {
    const [left, right] = this.sides.map(({ label }) => label);
    const percent = Math.round(this.share * 100);
    this.labels[0].textContent = left;
    this.labels[1].textContent = right;
    this.range.setAttribute(
      "aria-valuetext",
      say(this.words.curtain_said, { left, right, percent, rest: 100 - percent }),
    );
    this.element.classList.toggle("is-far-left", this.share < 0.12);
    this.element.classList.toggle("is-far-right", this.share > 0.88);
    this.hang();
    this.onMove?.(this);
  }

  /** Over this rectangle of the stage, {left, top, width, height} in pixels. */
  over(room) {
    this.room = room;
    for (const name of ["left", "top", "width", "height"]) this.element.style[name] = `${room[name]}px`;
    this.draw();
  }

  /** The curtain's place in pixels of the stage. */
  get x() {
    const { left, width } = this.room ?? { left: 0, width: 0 };
    return left + REACH / 2 + this.share * (width - REACH);
  }

  hang() {
    if (this.room) this.line.style.transform = `translateX(${this.x - this.room.left}px)`;
  }
}
