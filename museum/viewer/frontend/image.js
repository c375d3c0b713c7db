// Deep zoom of one picture in one or more registered layers (lights), over OpenSeadragon and a IIIF image service.
import { button, group } from "./elements.js";
import { addLayer, describe, firstTile, openViewer, point } from "./image_layers.js";
import { languageOf, say, wantsStillness } from "./options.js";
import { closer, fullScreen, listenToKeys, pad, speaker, surface } from "./stage.js";

const STEP = 1.5; // one press of + or −
const PAN = 0.2; // one press of an arrow, part of what is visible
const CLOSEST = 3; // screen pixels to a picture's pixel

function openControlled(layer, info) {
  const still = wantsStillness();
  return openViewer(layer, info, {
    animationTime: still ? 0 : 0.4,
    maxZoomPixelRatio: CLOSEST,
    minZoomImageRatio: 0.9,
    visibilityRatio: 0.6,
    zoomPerScroll: 1.3,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    gestureSettingsTouch: { flickEnabled: !still },
  });
}

/** Which ninth of the picture is looked at, as the key of its words. */
function partOf(bounds, home) {
  if (bounds.width >= home.width * 0.95 && bounds.height >= home.height * 0.95) return "part_whole";
  const center = bounds.getCenter();
  const third = (at, from, size) => Math.min(2, Math.max(0, Math.floor((3 * (at - from)) / size)));
  const across = ["left", "", "right"][third(center.x, home.x, home.width)];
  const down = ["top", "", "bottom"][third(center.y, home.y, home.height)];
  return `part_${[down, across].filter(Boolean).join("_") || "center"}`;
}

class ImageView {
  constructor(context, info) {
    Object.assign(this, context);
    this.services = this.options.services;
    this.stop = new AbortController();
    this.layers = new Map();
    this.current = 0;
    this.surface = surface({ ...context, kind: "image" });
    this.osd = openControlled(this.surface.layer, info);
    this.speak = speaker(this.status, () => this.inWords());
    this.number = new Intl.NumberFormat(languageOf(this.element), { maximumFractionDigits: 0 });
  }

  /** Resolves when the first tile is drawn. */
  async begin() {
    const { osd, state } = this;
    osd.addHandler("canvas-key", (event) => {
      event.preventDefaultAction = true;
    });
    osd.addHandler("tile-loaded", ({ tile, tiledImage }) => {
      if (tile.level === tiledImage.source.maxLevel) state.fullResolutionTileLoaded = true;
    });
    await firstTile(osd, this.words);
    this.layers.set(this.first, osd.world.getItemAt(0));
    osd.addHandler("update-viewport", () => {
      state.framesDrawn += 1;
    });
    osd.addHandler("animation-finish", () => this.tell());
    osd.addHandler("resize", () => this.tell());
    this.control();
    this.follow();
    this.reveal();
  }

  /** The poster goes once the tiles over it are whole, or the view leaves it. */
  reveal() {
    this.element.classList.add("is-open");
    const item = this.osd.world.getItemAt(0);
    const hide = () => this.element.classList.add("is-drawn");
    if (item.getFullyLoaded()) hide();
    else item.addOnceHandler("fully-loaded-change", hide);
    this.osd.addOnceHandler("animation", hide);
  }

  follow() {
    const { state, osd } = this;
    Object.defineProperties(state, {
      zoom: { get: () => this.zoom(), configurable: true },
      layer: { get: () => this.current, configurable: true },
      center: { get: () => ({ ...osd.viewport.getCenter() }), configurable: true },
    });
    state.fullResolutionTileLoaded ??= false;
    state.isOpen = true;
    state.close = () => this.close();
  }

  zoom() {
    return this.osd.world.getItemAt(0).viewportToImageZoom(this.osd.viewport.getZoom());
  }

  tell() {
    this.readout.textContent = say(this.words.percent, { number: this.number.format(this.zoom() * 100) });
    this.speak();
  }

  inWords() {
    const { osd, words } = this;
    const part = words[partOf(osd.viewport.getBounds(), osd.viewport.getHomeBounds())];
    const zoom = this.number.format(this.zoom() * 100);
    const layer = this.services.length > 1 ? this.services[this.current].label : "";
    return say(layer ? words.said_layer : words.said_image, { zoom, part, layer });
  }

  zoomBy(factor) {
    this.osd.viewport.zoomBy(factor).applyConstraints();
  }

  move(way) {
    const { viewport } = this.osd;
    const { width, height } = viewport.getBounds();
    const [x, y] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[way];
    viewport.panBy(point(x * width * PAN, y * height * PAN)).applyConstraints();
  }

  home() {
    this.osd.viewport.goHome();
  }

  control() {
    const { words, services, stop } = this;
    this.readout = document.createElement("span");
    this.readout.className = "viewer-readout";
    const chips = services.map(({ label }, index) => button(label, { act: () => this.choose(index) }));
    this.chips = services.length > 1 ? chips : [];
    const tools = group(words.viewer, "viewer-tools", [
      button(words.zoom_out, { sign: "−", act: () => this.zoomBy(1 / STEP) }),
      this.readout,
      button(words.zoom_in, { sign: "+", act: () => this.zoomBy(STEP) }),
      button(words.reset, { act: () => this.home() }),
      ...pad(words, "move", (way) => this.move(way)),
      ...fullScreen(this.element, words, stop.signal),
    ]);
    this.closer = closer(words, () => this.close());
    this.bar = document.createElement("div");
    this.bar.className = "viewer-bar";
    if (this.chips.length) this.bar.append(group(words.layers, "viewer-choices", this.chips));
    this.bar.append(tools);
    this.stage.append(this.bar, this.closer);
    this.press();
    const next = (by) => this.choose((this.current + by + services.length) % services.length);
    const keys = {
      ArrowLeft: () => this.move("left"),
      ArrowRight: () => this.move("right"),
      ArrowUp: () => this.move("up"),
      ArrowDown: () => this.move("down"),
      "+": () => this.zoomBy(STEP),
      "=": () => this.zoomBy(STEP),
      "-": () => this.zoomBy(1 / STEP),
      0: () => this.home(),
      "[": () => next(-1),
      "]": () => next(1),
      Escape: () => this.close(),
    };
    listenToKeys(this.surface.layer, keys, stop.signal);
  }

  press() {
    this.chips.forEach((chip, index) => chip.setAttribute("aria-pressed", String(index === this.current)));
  }

  /** Show another layer at the same place; the old one stays below until the new one is drawn. */
  async choose(index) {
    if (index === this.current || !this.services[index]) return;
    this.current = index;
    this.press();
    this.tell();
    try {
      const layer = this.layers.get(index) ?? (await this.add(index));
      if (this.current === index) this.show(layer);
    } catch (error) {
      this.state.error = error;
      this.status.textContent = this.words.load_failed;
    }
  }

  async add(index) {
    const item = await addLayer(this.osd, this.services[index], this.words);
    this.layers.set(index, item);
    return item;
  }

  show(layer) {
    const { world } = this.osd;
    layer.setOpacity(1);
    world.setItemIndex(layer, world.getItemCount() - 1);
    const hideOthers = () => {
      if (this.layers.get(this.current) !== layer) return;
      for (const other of this.layers.values()) if (other !== layer) other.setOpacity(0);
    };
    if (layer.getFullyLoaded()) hideOthers();
    else layer.addOnceHandler("fully-loaded-change", hideOthers);
  }

  /** Back to the poster; the memory of the tiles is freed. */
  close() {
    if (document.fullscreenElement === this.element) document.exitFullscreen();
    const hadFocus = this.element.contains(document.activeElement);
    this.stop.abort();
    this.osd.destroy();
    this.surface.remove();
    this.bar?.remove();
    this.closer?.remove();
    this.speak.stop();
    this.element.classList.remove("is-open", "is-drawn");
    this.state.isOpen = false;
    this.status.textContent = "";
    if (hadFocus) this.element.querySelector(".viewer-start button")?.focus();
  }
}

/** Open the viewer over the poster; resolves when the first tile is drawn. */
export async function mount(context) {
  const first = context.choice ?? 0;
  const info = await describe(context.options.services[first], context.words);
  const view = new ImageView({ ...context, first }, info);
  view.current = first;
  try {
    await view.begin();
  } catch (error) {
    view.close();
    throw error;
  }
  view.surface.layer.focus({ preventScroll: true });
  view.tell();
}
