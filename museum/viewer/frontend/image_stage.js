// A IIIF picture steered by a program, not by hand: sharp tiles under a given camera, layers that cross-fade, a curtain.
import { animate, frame, path } from "./flight.js";
import { addLayer, describe, firstTile, openViewer, rect } from "./image_layers.js";

const FADE_MS = 500;

export class ImageStage {
  constructor(element, { services, words }) {
    Object.assign(this, { element, services, words });
    this.items = new Map();
    this.flight = null;
    this.curtain = null;
    this.box = document.createElement("div");
    this.box.className = "stage-tiles";
    element.append(this.box);
  }

  /** Open the layer `index`; resolves when its first tile is drawn at `camera`. */
  async begin(index, camera) {
    const info = await describe(this.services[index], this.words);
    if (this.isGone) return;
    this.aspect = info.height / info.width;
    this.width = info.width;
    this.osd = openViewer(this.box, info, {
      mouseNavEnabled: false,
      animationTime: 0,
      // The story's camera may look beside the picture: no limit pulls it back.
      minZoomLevel: 0.01,
      maxZoomPixelRatio: 20,
      visibilityRatio: 0,
      minZoomImageRatio: 0.01,
      preserveImageSizeOnResize: true,
    });
    this.osd.innerTracker.setTracking(false);
    this.osd.outerTracker.setTracking(false);
    this.osd.addHandler("open", () => this.place(this.camera ?? camera));
    this.osd.addHandler("viewport-change", () => this.cut());
    await firstTile(this.osd, this.words);
    this.items.set(index, this.osd.world.getItemAt(0));
    this.shown = index;
    this.place(this.camera ?? camera);
    this.box.classList.add("is-drawn");
  }

  /** Put the camera there now; draws one frame. */
  place(camera) {
    this.camera = camera;
    if (!this.osd?.isOpen()) return;
    const { clientWidth, clientHeight } = this.box;
    const height = (camera.w * clientHeight) / clientWidth;
    this.osd.viewport.fitBounds(rect(camera.x - camera.w / 2, camera.y - height / 2, camera.w, height), true);
  }

  /** Fly until `region` ([x, y, w, h], shares) fills `free` ({left, top, width, height} in pixels; the whole element if
   * left out). Resolves to whether it arrived. */
  flyTo(region, { ms, free } = {}) {
    const stage = { width: this.box.clientWidth, height: this.box.clientHeight };
    const room = free ?? { left: 0, top: 0, ...stage };
    const to = frame({ region, aspect: this.aspect, width: this.width, stage, free: room });
    this.flight?.stop();
    const way = path(this.camera ?? to, to);
    this.flight = animate(ms ?? way.ms, (part) => this.place(way.at(part)));
    return this.flight.done;
  }

  async layer(index) {
    const item = this.items.get(index) ?? (await addLayer(this.osd, this.services[index], this.words, 0));
    this.items.set(index, item);
    return item;
  }

  /** Cross-fade to the layer `index`. */
  async showLayer(index, { ms = FADE_MS } = {}) {
    if (this.shown === index || !this.osd) return;
    this.shown = index;
    const item = await this.layer(index);
    if (this.isGone || this.shown !== index) return;
    const { world } = this.osd;
    world.setItemIndex(item, world.getItemCount() - 1);
    const from = item.getOpacity();
    this.fade?.stop();
    this.fade = animate(ms, (part) => item.setOpacity(from + (1 - from) * part));
    if (!(await this.fade.done)) return;
    for (const other of this.items.values()) if (other !== item) other.setOpacity(0);
  }

  /** Layer `left` stands left of `x` pixels, layer `right` beyond; null takes the curtain away. */
  async setCurtain(curtain) {
    this.curtain = curtain;
    if (!curtain || !this.osd) {
      for (const item of this.items.values()) item.setClip(null);
      return;
    }
    const [left, right] = await Promise.all([this.layer(curtain.left), this.layer(curtain.right)]);
    if (this.isGone || this.curtain !== curtain) return;
    this.shown = null;
    const { world } = this.osd;
    for (const item of this.items.values()) item.setOpacity(item === left || item === right ? 1 : 0);
    right.setClip(null);
    if (world.getItemAt(world.getItemCount() - 1) !== left) world.setItemIndex(left, world.getItemCount() - 1);
    this.cut();
  }

  /** The clip is in the picture's pixels: it follows the camera. */
  cut() {
    const item = this.curtain && this.items.get(this.curtain.left);
    if (!item || !this.camera) return;
    const { x: width, y: height } = item.getContentSize();
    const scale = this.box.clientWidth / this.camera.w;
    const at = (this.camera.x + (this.curtain.x - this.box.clientWidth / 2) / scale) * width;
    item.setOpacity(at > 0 ? 1 : 0);
    item.setClip(rect(0, 0, Math.max(1, Math.min(width, at)), height));
  }

  destroy() {
    this.isGone = true;
    this.flight?.stop();
    this.fade?.stop();
    this.osd?.destroy();
    this.box.remove();
  }
}

/** Show `options.services` ([{id, label}], registered) in `element`, the layer `options.layer` first, at `options.region`
 * or `options.camera`. Resolves to {flyTo, place, showLayer, setCurtain, destroy} when the first tile is drawn; rejects
 * with an error that has `words` for the visitor. */
export async function mountImage(element, { services, layer = 0, region = [0, 0, 1, 1], camera, free, strings }) {
  const stage = new ImageStage(element, { services, words: strings });
  try {
    await stage.begin(layer, camera ?? { x: 0.5, y: 0.5, w: 1 });
  } catch (error) {
    stage.destroy();
    throw error;
  }
  if (!camera) stage.flyTo(region, { ms: 0, free });
  return stage;
}
