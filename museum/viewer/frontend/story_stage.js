// The stage behind a story's words: the current view, flights from the last one, sharp tiles and scans when they are
// wanted. At most one OpenSeadragon and one WebGL context live at a time.
import { animate, cover, frame, path } from "./flight.js";
import { Plane } from "./plane.js";
import { posterSpace, servicesOf, sourceOf } from "./story_views.js";

const FADE_MS = 500;
const SOFT = 1.15; // stretched farther than this a picture needs its tiles
const WHOLE = [0, 0, 1, 1];
const ARRIVAL = 1.07; // a new picture settles from so much wider

export class StoryStage {
  /** `onSpots(places)` gets the places of hotspots after each frame of a scan. */
  constructor(words, { onSpots }) {
    this.words = words;
    this.onSpots = onSpots;
    this.turn = 0;
    this.isEager = false; // heavy parts may come: a visitor has begun, and doesn't save data
    this.element = document.createElement("div");
    this.element.className = "story-stage";
    this.box = document.createElement("div");
    this.box.className = "story-box";
    this.box.setAttribute("aria-hidden", "true");
    this.element.append(this.box);
  }

  get size() {
    return { width: this.box.clientWidth, height: this.box.clientHeight };
  }

  /** Show `view` with its region in `room`, the free part of the stage. Resolves to whether it stands there; rejects with
   * an error when its picture can't be loaded. `poster` is the server's figure of the stop. */
  async show(view, { room, poster, from = null, isCut = false }) {
    const turn = ++this.turn;
    this.view = view;
    this.room = room;
    this.poster = poster;
    this.element.classList.toggle("is-bare", !view || view.kind === "still");
    if (!view || view.kind === "still") {
      this.letGo();
      return true;
    }
    if (view.kind === "scan") return this.showScan(view, turn, isCut);
    this.hideScan();
    const space = view.space ?? posterSpace(poster);
    return space ? this.showPicture(view, space, turn, { from, isCut }) : true;
  }

  camera(view, space) {
    const region = view.region?.length ? view.region : WHOLE;
    const { aspect, width } = space;
    return frame({ region, aspect, width, stage: this.size, free: this.room });
  }

  /** The part of `room` that the view's picture will fill once the flight has ended. */
  shownPart(view, room) {
    const { space, region } = view;
    const { width, height } = this.size;
    const to = frame({ region, aspect: space.aspect, width: space.width, stage: this.size, free: room });
    const scale = width / to.w;
    const left = Math.max(room.left, width / 2 - to.x * scale);
    const top = Math.max(room.top, height / 2 - to.y * scale);
    const right = Math.min(room.left + room.width, width / 2 + (1 - to.x) * scale);
    const bottom = Math.min(room.top + room.height, height / 2 + (space.aspect - to.y) * scale);
    return { left, top, width: right - left, height: bottom - top };
  }

  async showPicture(view, space, turn, { from, isCut }) {
    const isNew = this.plane?.space !== space;
    const plane = isNew ? Object.assign(new Plane(space.aspect), { space }) : this.plane;
    const to = this.camera(view, space);
    if (isNew) plane.place(from ?? { ...to, w: to.w * ARRIVAL }, this.size);
    const wanted = view.kind === "compare" ? [view.after.id, view.before.id] : [this.layerOf(view)];
    const coming = Promise.all(wanted.map((id) => plane.bring(id, sourceOf(space, id))));
    // In one space the flight begins at once; a new picture is waited for while the old one stands.
    const flying = isNew ? null : this.fly(to, isCut);
    await coming;
    if (turn !== this.turn) return false;
    if (isNew) this.change(plane, Boolean(from));
    this.layer(view, wanted, isNew || isCut);
    const arrived = await (flying ?? this.fly(to, isCut));
    if (arrived && turn === this.turn) this.sharpen();
    return arrived;
  }

  layerOf(view) {
    return view.kind === "image" ? view.layers[view.layer].id : "poster";
  }

  /** A new plane comes over the old one, which goes when it is covered. */
  change(plane, isSeamless) {
    const old = this.plane;
    this.flight?.stop();
    this.dropTiles();
    this.plane = plane;
    this.box.append(plane.element);
    if (isSeamless) plane.element.classList.add("is-seamless");
    plane.element.getBoundingClientRect(); // begin the fade from nothing
    plane.element.classList.add("is-shown");
    if (old) setTimeout(() => old.remove(), FADE_MS + 100);
  }

  /** Cross-fade to the wanted layers of the plane. */
  layer(view, wanted, isCut) {
    const { plane } = this;
    this.fade?.stop();
    if (view.kind === "compare") {
      plane.stand(wanted);
      this.hang(this.curtain);
    } else {
      this.curtain = null;
      const [id] = wanted;
      for (const other of plane.layers.keys()) plane.clip(other, null);
      for (const other of plane.layers.keys()) plane.raise(other, other === id ? 2 : 1);
      const start = isCut ? 1 : plane.layers.get(id).opacity;
      this.fade = animate(isCut ? 0 : FADE_MS, (part) => plane.fade(id, start + (1 - start) * part));
      this.fade.done.then((arrived) => arrived && plane === this.plane && !this.curtain && plane.stand([id]));
    }
    this.followLayers();
  }

  /** The tiles show what the plane shows. */
  followLayers() {
    const { view, tiles } = this;
    if (!tiles || tiles.space !== this.plane?.space) return;
    const place = (id) => tiles.services.findIndex(({ layer }) => layer === id);
    if (view.kind === "compare") this.hang(this.curtain);
    else tiles.setCurtain(null).then(() => tiles.showLayer(place(this.layerOf(view))).catch(() => {}));
  }

  /** `curtain` is {left, right (ids of layers), x (pixels of the stage)}. */
  hang(curtain) {
    this.curtain = curtain;
    if (!curtain || this.view?.kind !== "compare" || !this.plane) return;
    this.plane.raise(curtain.left, 2);
    this.plane.raise(curtain.right, 1);
    this.plane.clip(curtain.left, curtain.x);
    this.plane.clip(curtain.right, null);
    const { tiles } = this;
    if (!tiles || tiles.space !== this.plane.space) return;
    const place = (id) => tiles.services.findIndex(({ layer }) => layer === id);
    const now = { left: place(curtain.left), right: place(curtain.right), x: curtain.x };
    if (tiles.curtain?.left === now.left) {
      tiles.curtain.x = now.x;
      tiles.cut();
    } else tiles.setCurtain(now);
  }

  fly(to, isCut) {
    this.flight?.stop();
    const way = path(this.plane.camera, to);
    this.flight = animate(isCut ? 0 : way.ms, (part) => this.place(way.at(part)));
    return this.flight.done;
  }

  place(camera) {
    if (!this.plane) return;
    this.plane.place(camera, this.size);
    if (this.tiles?.space === this.plane.space) this.tiles.place(camera);
  }

  /** Tiles, where the picture is stretched too far to be sharp. */
  async sharpen() {
    const { plane, view } = this;
    if (!this.isEager || !plane || plane.space.isPoster || this.tiles || this.isOpening) return;
    const id = view.kind === "compare" ? view.before.id : this.layerOf(view);
    if (plane.stretch(id, plane.camera) < SOFT) return;
    this.isOpening = true;
    try {
      const { mountImage } = await import("./image_stage.js");
      const services = servicesOf(plane.space);
      const layer = services.findIndex((service) => service.layer === id);
      const tiles = await mountImage(this.box, { services, layer, camera: plane.camera, strings: this.words });
      tiles.space = plane.space;
      if (this.plane !== plane || this.view?.kind === "scan") tiles.destroy();
      else {
        this.tiles = tiles;
        this.place(plane.camera);
        this.followLayers();
      }
    } catch {
      // The picture itself stands, only less sharp.
    } finally {
      this.isOpening = false;
    }
    if (this.plane !== plane) this.sharpen();
  }

  dropTiles() {
    this.tiles?.destroy();
    this.tiles = null;
  }

  /** Keep only the scan's neighbourhood of memory: `models` are those that this stop and the ones beside it show. */
  keepOnly(models) {
    if (this.scan && !models.includes(this.scan.model)) this.dropScan();
  }

  dropScan() {
    this.scan?.destroy();
    this.scan = null;
  }

  hideScan() {
    this.scan?.flight?.stop();
    this.scan?.box.classList.remove("is-shown");
  }

  async showScan(view, turn, isCut) {
    this.dropTiles();
    if (this.scan?.model !== view.model) {
      this.hideScan();
      const space = posterSpace(this.poster);
      if (space) await this.showPicture({ kind: "poster" }, space, turn, { isCut }).catch(() => {});
      if (turn !== this.turn || !this.isEager) return turn === this.turn;
      await this.openScan(view, turn);
      if (turn !== this.turn) return false;
    }
    this.scan.setHotspots(view.hotspots ?? []);
    this.scan.box.classList.add("is-shown");
    this.leavePlane();
    return this.scan.flyTo(view.camera, { free: this.room, ms: isCut ? 0 : undefined });
  }

  async openScan(view, turn) {
    this.dropScan();
    const { mountScan } = await import("./scan_stage.js");
    if (turn !== this.turn) return;
    const scan = await mountScan(this.box, {
      ...view,
      free: this.room,
      strings: this.words,
      onDraw: (places) => this.onSpots(places),
      onLost: () => this.dropScan(),
    });
    scan.model = view.model;
    if (turn !== this.turn || this.scan) scan.destroy();
    else this.scan = scan;
  }

  leavePlane() {
    this.flight?.stop();
    const old = this.plane;
    this.plane = null;
    if (!old) return;
    old.element.classList.remove("is-shown", "is-seamless");
    setTimeout(() => old.remove(), FADE_MS + 100);
  }

  /** Nothing of ours is shown: the page's own figure is. */
  letGo() {
    this.flight?.stop();
    this.hideScan();
    this.dropTiles();
    this.leavePlane();
  }

  /** After a change of size: the same view at its new place, without a flight. */
  reframe(room) {
    this.room = room;
    if (!this.view || this.view.kind === "still") return;
    if (this.view.kind === "scan" && this.scan) this.scan.flyTo(this.view.camera, { free: room, ms: 0 });
    if (!this.plane) return;
    this.flight?.stop();
    const view = this.plane.space.isPoster ? { kind: "poster" } : this.view;
    this.place(this.camera(view, this.plane.space));
  }
}

/** The camera under which the stage shows a picture just where the page's own `figure` shows it. */
export function cameraOfFigure({ figure, view, stage, origin }) {
  const image = figure?.querySelector("img");
  if (!image || view?.kind !== "image") return null;
  const { left, top, width, height } = image.getBoundingClientRect();
  if (!width || !height) return null;
  const free = { left: left - origin.left, top: top - origin.top, width, height };
  const { aspect, width: pixels } = view.space;
  const region = view.region?.length ? view.region : WHOLE;
  if (!figure.classList.contains("is-detail")) return frame({ region, aspect, width: 1e6, stage, free });
  const [x, y, w, h] = region;
  const inside = cover({ aspect: (h * aspect) / w, stage: free });
  const scale = free.width / (inside.w * w);
  return {
    x: x + inside.x * w - (free.left + free.width / 2 - stage.width / 2) / scale,
    y: y * aspect + inside.y * w - (free.top + free.height / 2 - stage.height / 2) / scale,
    w: stage.width / scale,
    pixels,
  };
}
