// What the stage of a scan shows: models, camera, light, a cut; drawn only when something has changed. No interface here.
import {
  Color,
  Group,
  MathUtils,
  NeutralToneMapping,
  OrthographicCamera,
  PerspectiveCamera,
  Plane,
  Raycaster,
  Scene,
  Vector2,
  Vector3,
  WebGLRenderer,
} from "three";
import { animate } from "./flight.js";
import { between, flightMs, Orbit } from "./scan_camera.js";
import { LAMP } from "./scan_lamp.js";
import { Studio } from "./scan_light.js";
import { Looks } from "./scan_looks.js";
import { boxOf, dispose, isMetal, loadModel } from "./scan_models.js";

export { makeCanvas } from "./scan_canvas.js";

const AXES = { x: new Vector3(1, 0, 0), y: new Vector3(0, 1, 0), z: new Vector3(0, 0, 1) };

export class ScanScene {
  /** `webgl` is the canvas's WebGL 2 context; `onDraw` is called after each frame. `isVeiled`: the canvas shows something
   * else until `unveil`. */
  constructor({ canvas, webgl, onDraw = () => {}, isSquare = false, isVeiled = false }) {
    Object.assign(this, { canvas, onDraw, isVeiled });
    this.renderer = new WebGLRenderer({ canvas, context: webgl, antialias: true, alpha: true });
    this.renderer.setClearColor(0x000000, 0);
    this.renderer.toneMapping = NeutralToneMapping; // keeps the colours of the scan; output is sRGB by default
    this.scene = new Scene();
    this.world = new Group();
    this.scene.add(this.world);
    this.studio = new Studio(this.scene, this.renderer);
    this.looks = new Looks();
    this.orbit = new Orbit({ isSquare });
    this.lenses = { round: new PerspectiveCamera(), flat: new OrthographicCamera() };
    this.camera = this.lenses.round;
    this.lamp = { ...LAMP, power: 1 };
    this.cut = null;
    this.plane = new Plane();
    this.models = new Set();
    this.streams = new Set(); // tilesets: they follow the camera
    this.asked = 0;
    this.resize();
  }

  get view() {
    return this.orbit.view;
  }

  get target() {
    return this.orbit.target;
  }

  get radius() {
    return this.orbit.bounds.radius;
  }

  /** Fetch a GLB or glTF and show it; see loadModel for the options. Unless `isFramed` is false the whole is measured anew. */
  async addModel(address, options = {}) {
    const model = await loadModel(new URL(address, document.baseURI).href, options);
    return this.show(model, options);
  }

  /** Show a model that is loaded already. `plaster` false: one without materials stays as glTF has it. */
  show(model, { isFramed = true, plaster = true } = {}) {
    this.world.add(model.group);
    this.looks.dress(model.group, { hasMaterials: model.hasMaterials || !plaster });
    this.models.add(model);
    model.remove = () => this.drop(model);
    if (isFramed) this.frame();
    this.suit();
    this.ask();
    return model;
  }

  drop(model) {
    if (!this.models.delete(model)) return;
    this.looks.undress(model.group);
    model.group.removeFromParent();
    dispose(model.group);
    this.ask();
  }

  /** The light fits what is shown: metals want a room. */
  suit() {
    if (this.hasStudio !== false) this.studio.suit(isMetal(this.world));
  }

  add(object) {
    this.scene.add(object);
    this.ask();
    return object;
  }

  remove(object) {
    object.removeFromParent();
    this.ask();
  }

  /** "studio" is a lamp that goes with the camera; "none" leaves only lights that are added. */
  setLights(kind) {
    this.hasStudio = kind !== "none";
    for (const light of this.studio.lights) light.visible = this.hasStudio;
    if (this.hasStudio) this.suit();
    else this.studio.clear();
    this.ask();
  }

  /** A colour as CSS writes it, or null: the page shows through. */
  setBackground(color) {
    this.scene.background = color ? new Color(color) : null;
    this.ask();
  }

  /** Measure what there is to see, or take `box`, and look at the whole unless the view was set before. */
  frame(box = boxOf(this.world)) {
    if (!box) return;
    const isFirst = !this.isFramed;
    const { range } = this.orbit;
    this.orbit.measure(box);
    if (isFirst && !this.isLooking) this.orbit.reset();
    else this.orbit.range = range;
    this.isFramed = true;
    this.looks.set({ radius: this.radius });
    this.setCut(this.cut);
  }

  /** Draw one frame soon; many asks before it make one frame. */
  ask() {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  draw() {
    if (this.isLost || this.isVeiled || !this.width) return;
    this.aim();
    if (this.hasStudio !== false) this.studio.follow(this.camera, this.lamp, this.orbit.bounds);
    for (const stream of this.streams) stream.follow(this.camera);
    this.renderer.render(this.scene, this.camera);
    this.onDraw();
  }

  /** Put the camera where the orbit says, with depths that hold what there is. */
  aim() {
    const { orbit } = this;
    this.camera = orbit.isFlat ? this.lenses.flat : this.lenses.round;
    const { camera } = this;
    orbit.place(camera);
    const { middle, radius } = orbit.bounds;
    const away = camera.position.distanceTo(middle);
    const [near, far] = orbit.depths ?? [Math.max(away - radius * 1.05, radius / 1500), away + radius * 1.05];
    Object.assign(camera, { near, far });
    this.project(camera);
    camera.updateMatrixWorld();
  }

  project(camera) {
    const { width, height } = this;
    const half = Math.tan(MathUtils.degToRad(this.orbit.fov / 2));
    // The angle is that of the free part: the stage shows so much more around it.
    const { side, free } = this;
    if (camera.isPerspectiveCamera) {
      camera.fov = 2 * MathUtils.radToDeg(Math.atan((half * height) / side));
      camera.aspect = width / height;
    } else {
      const tall = (this.orbit.tall / 2) * (height / side);
      const wide = (tall * width) / height;
      Object.assign(camera, { left: -wide, right: wide, top: tall, bottom: -tall });
    }
    if (this.part) {
      const [x, y] = [width / 2 - (free.left + free.width / 2), height / 2 - (free.top + free.height / 2)];
      camera.setViewOffset(width, height, x, y, width, height);
    } else camera.updateProjectionMatrix();
  }

  get free() {
    return this.part ?? { left: 0, top: 0, width: this.width, height: this.height };
  }

  /** Pixels that the camera's angle spans. */
  get side() {
    const { width, height } = this.free;
    return Math.max(40, this.orbit.isSquare ? Math.min(width, height) : height);
  }

  /** Scene units to one CSS pixel, at the depth of the target only (the view has perspective). */
  unitsPerPixel() {
    return this.orbit.tall / this.side;
  }

  turn(azimuth, elevation) {
    this.orbit.turn(azimuth, elevation);
    this.ask();
  }

  roll(angle) {
    this.orbit.roll(angle);
    this.ask();
  }

  zoomBy(factor) {
    this.orbit.zoomBy(factor);
    this.ask();
  }

  /** Move the picture by CSS pixels. */
  pan(x, y) {
    const unit = this.unitsPerPixel();
    this.orbit.pan(-x * unit, y * unit);
    this.ask();
  }

  /** Take the point of the surface in the middle of the picture for the target, so that zooming leads to it. */
  anchor() {
    if (this.view.zoom < 1.6) return;
    const hit = this.pick(...this.center());
    if (!hit) return;
    this.orbit.aim(hit.distance);
    this.ask(); // the scale is that of the surface now
  }

  /** The lamp goes on a ball around the line of sight: π/2 is from the side, more from behind. */
  moveLamp(azimuth, elevation) {
    this.setLamp({ azimuth: this.lamp.azimuth + azimuth, elevation: this.lamp.elevation + elevation });
  }

  setLamp({ azimuth = this.lamp.azimuth, elevation = this.lamp.elevation, power = this.lamp.power }) {
    this.lamp.azimuth = MathUtils.clamp(azimuth, -Math.PI, Math.PI);
    this.lamp.elevation = MathUtils.clamp(elevation, -1.5, 1.5);
    this.lamp.power = MathUtils.clamp(power, 0.3, 2.5);
    this.ask();
  }

  /** {look, pointScale}: see scan_looks.js. */
  setLooks(looks) {
    this.looks.set(looks);
    this.ask();
  }

  /** Cut the object open: {axis "x" | "y" | "z", at (share −1…1 of the half extent), isFlipped}; null: whole again. */
  setCut(cut) {
    this.cut = cut;
    if (cut) {
      const { middle, halves } = this.orbit.bounds;
      const sign = cut.isFlipped ? 1 : -1;
      const at = middle[cut.axis] + halves[cut.axis] * cut.at;
      this.plane.set(AXES[cut.axis].clone().multiplyScalar(sign), -sign * at);
    }
    this.renderer.clippingPlanes = cut ? [this.plane] : [];
    if (this.looks.isCut !== Boolean(cut)) this.looks.set({ isCut: Boolean(cut) });
    this.ask();
  }

  reset() {
    this.flight?.stop();
    this.orbit.reset();
    this.lamp = { ...LAMP, power: 1 };
    this.ask();
  }

  /** Cut to a camera (README.md, "Cameras"). */
  look(camera) {
    this.flight?.stop();
    this.orbit.take(this.orbit.understood(camera));
    this.isLooking = true;
    this.ask();
  }

  /** Fly to a camera; resolves to whether it arrived. Without `ms` it takes what its way asks for. */
  flyTo(camera, { ms } = {}) {
    this.flight?.stop();
    const from = this.orbit.now();
    const to = { ...this.orbit.understood(camera) };
    to.fov ??= from.fov;
    this.flight = animate(ms ?? flightMs(from, to), (part) => {
      this.orbit.take(part < 1 ? between(from, to, part) : to);
      this.ask();
    });
    return this.flight.done;
  }

  stands() {
    return this.orbit.stands();
  }

  /** The middle of the free part of the canvas, in CSS pixels: where the camera looks. */
  center() {
    const { left, top, width, height } = this.free;
    return [left + width / 2, top + height / 2];
  }

  ray(x, y) {
    const caster = new Raycaster();
    caster.params.Points.threshold = this.unitsPerPixel() * 4;
    caster.setFromCamera(new Vector2((x / this.width) * 2 - 1, 1 - (y / this.height) * 2), this.camera);
    return caster;
  }

  /** The first point of the surface under a point of the canvas (CSS pixels): {point, normal, distance} or null. */
  pick(x, y) {
    this.aim();
    return this.hit(this.ray(x, y));
  }

  hit(caster) {
    const isShown = ({ point }) => !this.cut || this.plane.distanceToPoint(point) >= 0;
    const found = caster.intersectObject(this.world, true).find(isShown);
    if (!found) return null;
    const { point, distance, face, object } = found;
    const normal = face ? face.normal.clone().transformDirection(object.matrixWorld) : new Vector3();
    return { point, normal, distance };
  }

  /** Where a point of the scene is on the canvas, in CSS pixels; null behind the camera. */
  seen(point) {
    if (this.asked && this.width) this.aim();
    const at = point.isVector3 ? point.clone() : new Vector3(...point);
    at.project(this.camera);
    if (at.z > 1 || at.z < -1) return null;
    return { x: ((at.x + 1) / 2) * this.width, y: ((1 - at.y) / 2) * this.height };
  }

  /** Whether something of the surface stands before a point of the scene. */
  isHidden(point) {
    const at = this.seen(point);
    if (!at) return true;
    const hit = this.hit(this.ray(at.x, at.y));
    return Boolean(hit) && hit.distance < this.camera.position.distanceTo(point) - this.radius / 50;
  }

  /** Triangles and points drawn in the last frame. */
  get drawnLast() {
    const { triangles, points } = this.renderer.info.render;
    return { triangles, points };
  }

  /** Free part of the stage, {left, top, width, height} in pixels. */
  frameInto(part) {
    this.part = part;
    this.resize();
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !clientHeight) return;
    [this.width, this.height] = [clientWidth, clientHeight];
    this.orbit.aspect = this.free.width / this.free.height;
    // A canvas that is given a size is empty.
    const isOurs = !this.isVeiled && !this.renderer.xr.isPresenting;
    if (isOurs) this.renderer.setDrawingBufferSize(clientWidth, clientHeight, Math.min(devicePixelRatio, 2));
    this.ask();
  }

  /** From now on the canvas shows the scene. */
  unveil() {
    this.isVeiled = false;
    this.renderer.resetState();
    this.resize();
  }

  /** The device took its memory away, or gave it back. */
  lose() {
    this.isLost = true;
  }

  regain() {
    this.isLost = false;
    this.studio.renew();
    this.ask();
  }

  dispose() {
    cancelAnimationFrame(this.asked);
    this.flight?.stop();
    this.isLost = true;
    for (const stream of [...this.streams]) stream.dispose();
    for (const model of [...this.models]) this.drop(model);
    cancelAnimationFrame(this.asked);
    this.studio.remove();
    this.looks.dispose();
    this.renderer.dispose();
  }
}
