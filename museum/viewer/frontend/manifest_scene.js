// A Scene of IIIF Presentation 4.0 (draft) as plain lists: models, pictures, lights, cameras, sounds, all in the
// coordinates of the outermost scene. Scenes painted into it are laid out flat.
import { applied, composed, directed, IDENTITY, moved, number, times } from "./manifest_matrix.js";
import { readFlat } from "./manifest_flat.js";
import { annotationsOf, Choice, idOf, inWords, isHidden, list, motivations, readBody, readTarget } from "./manifest_parts.js";
import { wordsOf } from "./manifest_notes.js";

const LIGHTS = {
  AmbientLight: "ambient",
  DirectionalLight: "directional",
  PointLight: "point",
  SpotLight: "spot",
  ImageBasedLight: "image",
};
const SOUNDS = { AmbientAudio: "ambient", PointAudio: "point", SpotAudio: "spot" };
const CAMERAS = { PerspectiveCamera: "perspective", OrthographicCamera: "orthographic" };
const COLOR = /^#[0-9a-f]{6}$/i;
const DEEPEST = 8; // scenes in scenes

export const colorOf = (value) => (COLOR.test(value ?? "") ? value : null);

/** Metres to one unit of the scene, or null where nobody says (then nothing may be measured). */
function metresOf(quantity) {
  const value = number(quantity?.quantityValue ?? quantity?.value);
  return quantity?.unit === "m" && value > 0 ? value : null;
}

class SceneReader {
  constructor({ language, known, unread }) {
    Object.assign(this, { language, known, unread });
    this.found = { models: [], pictures: [], lights: [], cameras: [], sounds: [], texts: [] };
    this.places = new Map(); // painted annotation → its point
    this.frames = new Map(); // container painted into the scene → its matrix
    this.aims = []; // [thing, lookAt, frame]: pointed once every place is known
  }

  read(scene, frame, excluded, within) {
    this.frames.set(idOf(scene), frame);
    for (const annotation of annotationsOf(scene.items, this.known)) {
      if (motivations(annotation).includes("painting")) this.paint(annotation, frame, excluded, within);
    }
  }

  paint(annotation, frame, excluded, within) {
    const { resource, transforms, selectors, choices } = readBody(annotation.body);
    const target = readTarget(annotation.target);
    if (!resource) return;
    target.unknown.forEach((kind) => this.unread(kind, annotation.id));
    const local = composed(transforms);
    const matrix = times(frame, times(moved(target.point ?? [0, 0, 0]), local));
    const id = idOf(annotation);
    this.places.set(id, applied(frame, target.point ?? [0, 0, 0]));
    const part = {
      id,
      label: inWords(resource.label ?? annotation.label, this.language),
      isHidden: isHidden(annotation) || isHidden(resource) || isHidden(list(annotation.body)[0]),
      matrix,
    };
    const { type } = resource;
    if (type in CAMERAS) this.camera(part, resource, frame, excluded, within);
    else if (type in LIGHTS) this.light(part, resource, frame, excluded);
    else if (type in SOUNDS) this.sound(part, { annotation, resource, target, frame, excluded });
    else if (type === "Scene") this.scene(part, { annotation, resource, matrix, within });
    else if (type === "Canvas") this.picture(part, { resource, target, frame });
    else if (type === "TextualBody") this.found.texts.push({ ...part, words: wordsOf(annotation, this.language), at: this.places.get(id) });
    else if (type === "Image") this.picture(part, { resource: canvasAround(resource), target, frame });
    else if (type === "Audio" || type === "Sound") this.sound(part, { annotation, resource: { source: resource, type: "AmbientAudio" }, target, frame, excluded });
    else if (type === "Model" || String(resource.format).startsWith("model/")) this.model(part, { annotation, resource, selectors, choices });
    else this.unread(type || "?", id);
  }

  model(part, { annotation, resource, selectors, choices }) {
    selectors.forEach(({ type }) => this.unread(type, part.id));
    if (choices.length > 1) part.choices = choices.map((each) => inWords(readBody(each).resource?.label, this.language));
    const leaves = list(annotation.exclude).map((word) => String(word).toLowerCase());
    this.found.models.push({ ...part, address: idOf(resource), format: resource.format ?? "", leaves });
  }

  camera(part, resource, frame, excluded, within) {
    if (excluded.has("cameras")) return;
    const camera = {
      ...part,
      kind: CAMERAS[resource.type],
      position: applied(part.matrix, [0, 0, 0]),
      direction: directed(part.matrix, [0, 0, -1]),
      target: null,
      fovDeg: inside(number(resource.fieldOfView), 0, 180),
      viewHeight: inside(number(resource.viewHeight), 0, Infinity),
      near: inside(number(resource.near), -1e-12, Infinity),
      far: inside(number(resource.far), 0, Infinity),
      depth: within.length,
    };
    this.aim(camera, resource.lookAt, frame);
    this.found.cameras.push(camera);
  }

  light(part, resource, frame, excluded) {
    if (excluded.has("lights")) return;
    const light = {
      ...part,
      kind: LIGHTS[resource.type],
      color: colorOf(resource.color) ?? "#FFFFFF",
      strength: Math.max(0, number(resource.intensity?.quantityValue ?? resource.intensity?.value, 1)),
      position: applied(part.matrix, [0, 0, 0]),
      direction: directed(part.matrix, [0, -1, 0]),
      target: null,
    };
    if (light.kind === "spot") light.angleDeg = inside(number(resource.angle), 0, 90.000001) ?? 30;
    if (light.kind === "image") {
      light.address = idOf(resource.environmentMap);
      light.format = resource.environmentMap?.format ?? "";
      light.profile = resource.environmentMap?.profile ?? "equirectangular";
    }
    this.aim(light, resource.lookAt, frame);
    this.found.lights.push(light);
  }

  sound(part, { annotation, resource, target, frame, excluded }) {
    if (excluded.has("audio")) return;
    const { resource: source, selectors } = readBody(resource.source);
    const cut = new Choice().select(selectors);
    const sound = {
      ...part,
      kind: SOUNDS[resource.type],
      address: idOf(source),
      format: source?.format ?? "",
      volume: Math.max(0, number(resource.volume?.quantityValue ?? resource.volume?.value, 1)),
      position: applied(part.matrix, [0, 0, 0]),
      direction: directed(part.matrix, [0, -1, 0]),
      target: null,
      angleDeg: inside(number(resource.angle), 0, 90.000001),
      span: target.span ?? (target.instant === null ? null : [target.instant, null]),
      cut: cut.span,
      timeMode: annotation.timeMode ?? "trim",
    };
    this.aim(sound, resource.lookAt, frame);
    this.found.sounds.push(sound);
  }

  picture(part, { resource, target, frame }) {
    const canvas = resource.items ? resource : (this.known.get(idOf(resource)) ?? resource);
    if (!canvas.items) {
      this.unread("not at hand", idOf(resource));
      return;
    }
    this.frames.set(idOf(canvas), part.matrix);
    const { width, height } = canvas;
    const four = target.corners && target.corners.slice(0, 4);
    const corners = four?.length === 4 ? four.map((corner) => applied(frame, corner)) : null;
    const flat = readFlat(canvas, { language: this.language, known: this.known, unread: this.unread });
    // Top left, bottom left, bottom right, top right: the order of a WktSelector.
    const own = [[0, 0, 0], [0, -height, 0], [width, -height, 0], [width, 0, 0]];
    this.found.pictures.push({ ...part, corners: corners ?? own.map((corner) => applied(part.matrix, corner)), flat });
  }

  scene(part, { annotation, resource, matrix, within }) {
    const id = idOf(resource);
    const scene = resource.items ? resource : this.known.get(id);
    if (!scene?.items) this.unread("not at hand", id);
    else if (within.includes(id) || within.length >= DEEPEST) this.unread("scene within itself", id);
    else this.read(scene, matrix, new Set(list(annotation.exclude).map((word) => String(word).toLowerCase())), [...within, id]);
  }

  aim(thing, lookAt, frame) {
    const aim = list(lookAt)[0];
    if (aim) this.aims.push([thing, aim, frame]);
  }

  /** Now that every place is known: what cameras, lights and sounds look at. */
  point() {
    for (const [thing, aim, frame] of this.aims) {
      const choice = new Choice();
      if (/Selector$/.test(aim.type ?? "")) {
        choice.select(aim);
        thing.target = choice.point && applied(frame, choice.point);
      } else if (aim.type === "SpecificResource") {
        const place = readTarget(aim);
        const inside = this.frames.get(place.of) ?? frame;
        const [x, y, z] = place.point ?? [0, 0, 0];
        // On a Canvas y grows downward.
        thing.target = applied(inside, this.known.get(place.of)?.type === "Canvas" ? [x, -y, z] : [x, y, z]);
      } else {
        thing.target = this.places.get(idOf(aim)) ?? null;
        if (!thing.target) this.unread("lookAt of nothing painted", idOf(aim));
      }
    }
  }
}

const inside = (value, least, most) => (value !== null && value > least && value < most ? value : null);

const canvasAround = (image) => ({
  id: `${idOf(image)}#canvas`,
  type: "Canvas",
  width: image.width ?? 1,
  height: image.height ?? 1,
  items: [{ items: [{ type: "Annotation", motivation: ["painting"], body: image, target: `${idOf(image)}#canvas` }] }],
});

/** `known` maps ids to things of this and of other documents at hand; `unread(what, where)` hears of what is not shown. */
export function readScene(scene, { language, known, unread }) {
  const reader = new SceneReader({ language, known, unread });
  reader.read(scene, IDENTITY, new Set(), [idOf(scene)]);
  reader.point();
  // A camera of the scene itself goes before one of a scene painted into it.
  reader.found.cameras.sort((a, b) => a.depth - b.depth);
  return {
    kind: "scene",
    id: idOf(scene),
    label: inWords(scene.label, language),
    summary: inWords(scene.summary, language),
    background: colorOf(scene.backgroundColor),
    modes: list(scene.interactionMode),
    durationS: number(scene.duration),
    metres: metresOf(list(scene.spatialScale)[0]),
    ...reader.found,
    places: reader.places,
  };
}
