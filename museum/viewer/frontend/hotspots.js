// Named points over a picture or a scan: numbered buttons that keys reach; pressing one shows and says its name.
import { say } from "./options.js";

export class Hotspots {
  /** `spots` are [{label, text}]; `onOpen(index)` is called when a label is opened, with −1 when it is closed. */
  constructor({ words, spots, onOpen = () => {} }) {
    this.onOpen = onOpen;
    this.element = document.createElement("ol");
    this.element.className = "spots";
    this.element.setAttribute("aria-label", words.points);
    this.items = spots.map(({ label, text }, index) => this.item(label, index, words, text));
    this.element.append(...this.items.map(({ line }) => line));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.opened === undefined) return;
      event.stopPropagation();
      this.open(undefined);
    });
  }

  item(label, index, words, text = "") {
    const line = document.createElement("li");
    const pin = document.createElement("button");
    pin.type = "button";
    pin.className = "spot";
    pin.textContent = String(index + 1);
    pin.setAttribute("aria-label", say(words.point, { number: index + 1, label }));
    pin.setAttribute("aria-expanded", "false");
    pin.addEventListener("click", () => this.open(this.opened === index ? undefined : index));
    const name = document.createElement("p");
    name.className = "spot-label";
    name.textContent = label;
    name.hidden = true;
    if (text) {
      const more = document.createElement("span");
      more.className = "spot-text";
      more.textContent = text;
      name.append(more);
    }
    line.append(pin, name);
    return { line, pin, name };
  }

  open(index) {
    this.opened = index;
    this.items.forEach(({ line, pin, name }, n) => {
      pin.setAttribute("aria-expanded", String(n === index));
      name.hidden = n !== index;
      line.classList.toggle("is-opened", n === index);
    });
    this.onOpen(index ?? -1);
  }

  /** Put the pins to these places ({x, y} in pixels, null: not to be seen) of a stage so wide; `room` is its free part. */
  place(points, room) {
    points.forEach((point, n) => {
      const { line } = this.items[n];
      const isIn =
        point &&
        point.x > room.left - 24 &&
        point.x < room.left + room.width + 24 &&
        point.y > 0 &&
        point.y < room.top + room.height + 24;
      line.hidden = !isIn;
      if (!isIn) return;
      line.style.transform = `translate(${point.x}px, ${point.y}px)`;
      line.classList.toggle("is-right", point.x > room.left + room.width * 0.6);
    });
  }

  remove() {
    this.element.remove();
  }
}
