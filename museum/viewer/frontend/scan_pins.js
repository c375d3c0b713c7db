// Named points on a scan: numbered buttons on the surface that lead the camera there and say what is there.
import { Vector3 } from "three";
import { Hotspots } from "./hotspots.js";
import { pointOf } from "./scan_stage.js";

const REST_MS = 250; // of stillness, before it is looked what hides a point

export class Pins {
  constructor(view, spots) {
    Object.assign(this, { view, spots });
    this.buttons = new Hotspots({ words: view.words, spots, onOpen: (index) => index >= 0 && this.visit(index) });
    this.element = this.buttons.element;
    this.element.classList.add("scan-spots");
    view.stage.insertBefore(this.element, view.bar);
  }

  get scene() {
    return this.view.scene;
  }

  /** The points in the scene's units. */
  points() {
    return this.spots.map((spot) => {
      const point = pointOf(spot, this.scene);
      return point.isVector3 ? point : new Vector3(...point);
    });
  }

  /** Say what is at a point and fly to its camera. */
  visit(index) {
    const { view } = this;
    const { camera, label, text, onOpen } = this.spots[index];
    onOpen?.();
    if (view.mode === "walk") view.setMode("turn");
    view.announce([label, text].filter(Boolean).join(". "));
    return this.scene.flyTo(camera ?? this.toward(this.points()[index]));
  }

  /** A camera before a point, on the side that it looks to. */
  toward(point) {
    const { middle, radius } = this.scene.orbit.bounds;
    const out = point.clone().sub(middle);
    out.y *= 0.4;
    if (out.length() < radius / 100) out.copy(this.scene.camera.position).sub(middle);
    const eye = point.clone().add(out.setLength(radius * 3));
    return { target: point.toArray(), position: eye.toArray() };
  }

  /** Open the next point, or with −1 the one before. */
  open(by) {
    const { opened = by > 0 ? -1 : 0 } = this.buttons;
    this.buttons.open((opened + by + this.spots.length) % this.spots.length);
  }

  /** Put the buttons where the points are; called after each frame. Once the view stands still, those behind the object
   * step back. */
  place() {
    const { left, top, width, height } = this.scene.free;
    this.buttons.place(this.points().map((point) => this.scene.seen(point)), { left, top, width, height });
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.settle(), REST_MS);
  }

  settle() {
    this.points().forEach((point, n) => {
      this.buttons.items[n].line.classList.toggle("is-behind", this.scene.isHidden(point));
    });
  }

  remove() {
    clearTimeout(this.resting);
    this.buttons.remove();
  }
}
