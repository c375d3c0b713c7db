// One set of registered pictures (lights, before and after) as plain image elements under one camera: flights, lights and
// the curtain work before, and without, any tiles.

/** Base width of an image element in CSS pixels; the transform does the rest. */
const BASE = 1000;

export class Plane {
  /** `aspect`: the pictures' height to their width. */
  constructor(aspect) {
    this.aspect = aspect;
    this.layers = new Map();
    this.camera = null;
    this.element = document.createElement("div");
    this.element.className = "plane";
  }

  /** The layer `id`, made from `source` (an element to copy, or an address) when it is new. Resolves to the layer once its
   * picture is there; rejects when it can't be loaded. */
  async bring(id, source) {
    let layer = this.layers.get(id);
    if (!layer) {
      layer = this.make(source);
      this.layers.set(id, layer);
      this.element.append(layer.box);
    }
    try {
      await layer.image.decode();
    } catch (error) {
      if (!layer.image.naturalWidth) {
        layer.box.remove();
        this.layers.delete(id);
        throw error;
      }
    }
    return layer;
  }

  make(source) {
    const box = document.createElement("div");
    box.className = "plane-layer";
    box.style.opacity = "0";
    const node = typeof source === "string" ? new Image() : source.cloneNode(true);
    const image = node instanceof HTMLImageElement ? node : node.querySelector("img");
    image.removeAttribute("class");
    image.removeAttribute("fetchpriority");
    image.alt = "";
    image.loading = "eager";
    image.decoding = "async";
    image.draggable = false;
    if (typeof source === "string") image.src = source;
    image.style.width = `${BASE}px`;
    image.style.height = `${BASE * this.aspect}px`;
    box.append(node);
    const layer = { box, image, opacity: 0 };
    if (this.camera) this.position(layer);
    return layer;
  }

  /** Move the camera; `stage` is {width, height} in pixels. */
  place(camera, stage) {
    this.camera = camera;
    this.stage = stage;
    for (const layer of this.layers.values()) this.position(layer);
  }

  position({ image }) {
    const { camera, stage } = this;
    const scale = stage.width / camera.w;
    const [x, y] = [stage.width / 2 - camera.x * scale, stage.height / 2 - camera.y * scale];
    image.style.transform = `translate(${x}px, ${y}px) scale(${scale / BASE})`;
  }

  /** Only these layers stand, in this order from below. */
  stand(ids) {
    for (const [id, layer] of this.layers) this.fade(id, ids.includes(id) ? 1 : 0, layer);
    ids.forEach((id, order) => this.raise(id, order + 1));
  }

  raise(id, order) {
    const layer = this.layers.get(id);
    if (layer) layer.box.style.zIndex = String(order);
  }

  fade(id, opacity, layer = this.layers.get(id)) {
    if (!layer) return;
    layer.opacity = opacity;
    layer.box.style.opacity = String(opacity);
  }

  /** Show the layer `id` only left of `x` pixels; null shows all of it. */
  clip(id, x) {
    const layer = this.layers.get(id);
    if (layer) layer.box.style.clipPath = x === null ? "" : `inset(0 calc(100% - ${x}px) 0 0)`;
  }

  /** How many pixels a stored pixel of the layer's picture is stretched to on the screen at this camera. */
  stretch(id, camera) {
    const layer = this.layers.get(id);
    const scale = this.stage.width / camera.w;
    return layer?.image.naturalWidth ? (scale * Math.min(devicePixelRatio || 1, 2)) / realWidth(layer.image) : Infinity;
  }

  remove() {
    this.element.remove();
  }
}

/** `naturalWidth` is divided by the srcset's density where widths are given: the file's own width is in its w descriptor. */
function realWidth(image) {
  const sources = [image, ...(image.parentElement?.querySelectorAll("source") ?? [])];
  for (const { srcset } of sources) {
    for (const candidate of (srcset ?? "").split(", ")) {
      const [address, width] = candidate.trim().split(/\s+/);
      if (width?.endsWith("w") && image.currentSrc && new URL(address, document.baseURI).href === image.currentSrc) {
        return Number.parseInt(width, 10);
      }
    }
  }
  return image.naturalWidth;
}
