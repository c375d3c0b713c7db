// A parsed Scene on the stage: everything that is painted, from what is at hand; what is not is told.
import { boxOf, isMetal } from "./scan_models.js";
import { cameraOf, drawn, environment, lightOf, planeOf, strip } from "./manifest_three.js";

/** Fills a stage with one parsed scene and keeps hold of its parts, by the annotation that painted them. */
export class SceneOnStage {
  /** `resolve(address, format)` gives where a file can be had, or null. */
  constructor(parsed, { resolve }) {
    Object.assign(this, { parsed, resolve });
    this.parts = new Map(); // annotation → objects of three: a scene may be painted into another one twice
    this.count = 0;
    this.absent = []; // addresses that are not at hand
    this.failed = []; // addresses that could not be read
    this.animated = []; // models that bring animations
  }

  /** For openView: put everything into `scene`. */
  fill = async (scene, told) => {
    this.scene = scene;
    const { parsed } = this;
    scene.setBackground(parsed.background);
    const lamps = parsed.lights.filter(({ kind }) => kind !== "image");
    scene.setLights(parsed.lights.length ? "none" : "studio");
    for (const light of lamps) this.keep(light, scene.add(lightOf(light)));
    let ready = 0;
    const all = parsed.models.length + parsed.pictures.length;
    const one = () => told((ready += 1) / all);
    await Promise.all([
      ...parsed.models.map((model) => this.model(model).then(one)),
      ...parsed.pictures.map((picture) => this.picture(picture).then(one)),
    ]);
    scene.frame(boxOf(scene.world) ?? undefined);
    await this.room();
    const first = parsed.cameras.find(({ isHidden }) => !isHidden);
    if (first) scene.look(this.camera(first));
  };

  keep(part, object) {
    object.visible = !part.isHidden;
    this.count += 1;
    this.parts.set(part.id, [...(this.parts.get(part.id) ?? []), object]);
  }

  /** Where a file can be had; null and noted where it can't. */
  address(address, format) {
    const found = this.resolve(address, format);
    if (!found) this.absent.push(address);
    return found;
  }

  async model(model) {
    const address = this.address(model.address, model.format);
    if (!address) return;
    try {
      const made = await this.scene.addModel(address, { matrix: model.matrix, isFramed: false });
      strip(made.group, model.leaves);
      if (made.animations?.length && !model.leaves.includes("animations")) this.animated.push(model.address);
      this.keep(model, made.group);
    } catch (error) {
      console.warn(error);
      this.failed.push(model.address);
    }
  }

  async picture(picture) {
    const plane = planeOf(picture.corners, await drawn(picture.flat, (address) => this.address(address, "")), { back: picture.flat.background });
    this.scene.world.add(plane);
    this.keep(picture, plane);
  }

  /** The first light made of a picture lights everything; without it at hand and without any other the studio does.
   * Metals mirror their room and are black without one: where a manifest names none they get the studio's, as bright as
   * the ambient light that it says. */
  async room() {
    const { scene, parsed } = this;
    const light = parsed.lights.find(({ kind, isHidden }) => kind === "image" && !isHidden);
    const ambient = parsed.lights.filter(({ kind }) => kind === "ambient").reduce((sum, { strength }) => sum + strength, 0);
    if (!light && ambient && isMetal(scene.world)) {
      scene.studio.suit(true);
      scene.scene.environmentIntensity = Math.min(1, ambient * 2);
    }
    if (!light) return;
    const address = this.address(light.address, light.format);
    if (!address) {
      if (parsed.lights.length === 1) scene.setLights("studio");
      return;
    }
    try {
      this.lit = await environment(scene.renderer, address, light.format || light.address);
      scene.scene.environment = this.lit.texture;
      scene.scene.environmentIntensity = light.strength;
    } catch (error) {
      console.warn(error);
      this.failed.push(light.address);
    }
  }

  camera(camera) {
    return cameraOf(camera, this.scene.orbit.bounds);
  }

  /** The camera that an annotation paints, as the stage takes it; undefined for none. */
  cameraById(id) {
    const camera = this.parsed.cameras.find((each) => each.id === id);
    return camera && this.camera(camera);
  }

  /** Do what an activating annotation asks of a part: show, hide, enable, disable. */
  move({ id, verbs }) {
    if (verbs.some((verb) => verb === "hide" || verb === "disable")) this.toggle(id, false);
    else if (verbs.some((verb) => verb === "show" || verb === "enable" || verb === "select")) this.toggle(id, true);
  }

  /** Whether a part is shown; with `isShown` it is shown or hidden. */
  toggle(id, isShown) {
    const objects = this.parts.get(id) ?? [];
    if (isShown !== undefined) {
      for (const object of objects) object.visible = isShown;
      this.scene.ask();
    }
    return objects.some(({ visible }) => visible);
  }

  dispose() {
    this.lit?.dispose();
  }
}
