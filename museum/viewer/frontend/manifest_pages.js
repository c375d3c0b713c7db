// A Canvas or a Timeline shown as what it holds: pictures, films, sounds and words where and when they are painted.
import { button, group } from "./elements.js";

const percent = (share) => `${share * 100}%`;

export class FlatStage {
  /** `resolve(address, format)` gives where a file can be had, or null. */
  constructor(stage, flat, { resolve, words }) {
    Object.assign(this, { flat, resolve, words });
    this.absent = [];
    this.failed = [];
    this.element = document.createElement("div");
    this.element.className = "manifest-flat";
    this.element.append(this.surface(flat));
    stage.append(this.element);
    if (flat.beside) this.element.append(this.surface(flat.beside));
  }

  /** A box of the canvas's shape with everything in it; a timeline has no shape. */
  surface(flat) {
    const box = document.createElement("div");
    box.className = flat.kind === "timeline" ? "manifest-timeline" : "manifest-canvas";
    if (flat.width && flat.height) {
      box.style.aspectRatio = `${flat.width} / ${flat.height}`;
      box.style.setProperty("--shape", String(flat.width / flat.height));
    }
    if (flat.background) box.style.background = flat.background;
    for (const painting of flat.paintings) {
      const made = this.painting(painting, flat);
      if (!made) continue;
      if (flat.kind !== "timeline") this.place(made, painting.share);
      if (painting.isHidden) made.hidden = true;
      box.append(made);
    }
    return box;
  }

  place(element, [x, y, w, h]) {
    Object.assign(element.style, { position: "absolute", left: percent(x), top: percent(y), width: percent(w), height: percent(h) });
  }

  painting(painting, flat) {
    if (painting.kind === "canvas") return this.surface(painting.flat);
    if (painting.kind === "words") return this.said(painting);
    const address = this.resolve(painting.address, painting.format);
    if (!address) return this.missing(painting);
    const made = { image: () => this.image(painting, address), film: () => this.player("video", painting, address, flat), sound: () => this.player("audio", painting, address, flat) }[painting.kind]();
    made.dataset.painting = painting.id;
    return painting.choices.length ? this.choosing(made, painting) : made;
  }

  said({ words }) {
    const box = document.createElement("p");
    box.className = "manifest-said";
    box.textContent = words.map(({ text }) => text).join(" ");
    return box;
  }

  missing({ address, label }) {
    this.absent.push(address);
    const box = document.createElement("p");
    box.className = "manifest-missing";
    box.textContent = label || decodeURIComponent(address.split("/").at(-1));
    return box;
  }

  /** A picture, cut to the part that is painted. */
  image({ label, crop, address: named }, address) {
    const image = document.createElement("img");
    image.src = address;
    image.alt = label;
    image.addEventListener("error", () => this.failed.push(named));
    if (!crop) return image;
    const [x, y, w, h] = crop;
    const box = document.createElement("div");
    box.className = "manifest-crop";
    Object.assign(image.style, { position: "absolute", width: percent(1 / w), height: percent(1 / h), left: percent(-x / w), top: percent(-y / h) });
    box.append(image);
    return box;
  }

  player(tag, painting, address, flat) {
    const player = document.createElement(tag);
    player.controls = true;
    player.preload = "metadata";
    player.src = painting.cut ? `${address}#t=${painting.cut.map((at) => at ?? "").join(",")}` : address;
    if (painting.timeMode === "loop") player.loop = true;
    player.addEventListener("error", () => this.failed.push(painting.address));
    const still = flat.placeholder?.paintings.find(({ kind }) => kind === "image");
    const poster = still && this.resolve(still.address, still.format);
    if (poster && tag === "video") player.poster = poster;
    return player;
  }

  /** Buttons for what may be chosen instead. */
  choosing(made, { choices }) {
    const box = document.createElement("div");
    const chips = choices.map(({ address, format, label }, index) => {
      const chip = button(label || `${index + 1}`, {
        act: () => {
          const found = this.resolve(address, format);
          if (found) (made.querySelector?.("img") ?? made).src = found;
          for (const each of chips) each.setAttribute("aria-pressed", String(each === chip));
        },
      });
      chip.setAttribute("aria-pressed", String(index === 0));
      return chip;
    });
    const row = group(this.words.manifest_choice, "manifest-choice", chips);
    box.className = "manifest-chosen";
    box.append(made, row);
    return box;
  }

  /** Show where a note stands. */
  point({ share }) {
    this.frame?.remove();
    if (!share) return;
    this.frame = document.createElement("div");
    this.frame.className = "manifest-frame";
    this.place(this.frame, share);
    this.element.firstElementChild.append(this.frame);
  }

  remove() {
    for (const player of this.element.querySelectorAll("video, audio")) {
      player.pause();
      player.removeAttribute("src");
    }
    this.element.remove();
  }
}
