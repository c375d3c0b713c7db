// The scene of one scan: model, camera on its orbit, studio light without any fetched file, drawn only when asked.
import {
  Box3,
  BoxGeometry,
  Color,
  DirectionalLight,
  HemisphereLight,
  Mesh,
  MeshBasicMaterial,
  NeutralToneMapping,
  PerspectiveCamera,
  PMREMGenerator,
  Scene,
  Sphere,
  Vector3,
  WebGLRenderer,
} from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";

const FIELD_OF_VIEW = 24; // degrees, as the poster: opening the model changes nothing but the light
const CLOSEST = 12; // zoom, times the whole view
const FARTHEST = 0.5;
const MARGIN = 1.2; // room for the buttons below and the words above
const LIMIT = Math.PI / 2 - 0.02; // the camera never passes over the pole
const FRONT = { azimuth: (-28 * Math.PI) / 180, elevation: (9 * Math.PI) / 180, zoom: 1 }; // the poster's view
const LAMP = { azimuth: -0.7, elevation: 0.75 };

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/** Whether anything mirrors its room: a metal without one is black. */
const isMetal = (model) => [...materialsOf(model)].some(({ metalness = 0 }) => metalness > 0);

/** A room of soft boxes for metals to mirror, as a texture for scene.environment. Its blur keeps a weak graphics unit
 * busy for seconds, and the page's frames with it: so only where there is metal, and small. */
function studio(renderer) {
  const room = new Scene();
  room.background = new Color(0.22, 0.21, 0.2);
  const box = new BoxGeometry();
  const panels = [
    [[0, 6, 0], [7, 0.1, 7], 3.2],
    [[-6, 2, 2], [0.1, 4, 4], 2.4],
    [[6, 1, 1], [0.1, 3, 3], 1.1],
    [[0, 1.5, 7], [4, 3, 0.1], 0.9],
    [[0, -6, 0], [9, 0.1, 9], 0.25],
  ];
  const materials = panels.map(([place, size, light]) => {
    const material = new MeshBasicMaterial({ color: new Color(light, light, light * 0.96) });
    const panel = new Mesh(box, material);
    panel.position.set(...place);
    panel.scale.set(...size);
    room.add(panel);
    return material;
  });
  const generator = new PMREMGenerator(renderer);
  const target = generator.fromScene(room, 0, 0.1, 40, { size: 32 });
  generator.dispose();
  box.dispose();
  for (const material of materials) material.dispose();
  return target;
}

function* materialsOf(model) {
  const seen = new Set();
  const found = [];
  model.traverse(({ material }) => found.push(...[material ?? []].flat()));
  for (const material of found) {
    if (seen.has(material)) continue;
    seen.add(material);
    yield material;
  }
}

/** A scan without materials is shown as plaster: glTF's own default would be bare metal. Points get a size. */
function finish(model, hasMaterials, radius) {
  for (const material of materialsOf(model)) {
    if (!hasMaterials && "metalness" in material) {
      material.metalness = 0;
      material.roughness = 0.85;
      if (!material.vertexColors) material.color.setRGB(0.62, 0.6, 0.56);
    }
  }
  model.traverse((part) => {
    if (!part.isPoints) return;
    part.material.size = (3.4 * radius) / Math.sqrt(part.geometry.attributes.position.count);
    part.material.sizeAttenuation = true;
  });
}

function dispose(model) {
  for (const material of materialsOf(model)) {
    for (const value of Object.values(material)) if (value?.isTexture) value.dispose();
    material.dispose();
  }
  model.traverse(({ geometry }) => geometry?.dispose());
}

/** Load a GLB; `onProgress` gets 0–1 where the server gives a length. */
export function load(address, onProgress) {
  const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
  const told = ({ loaded, total }) => total > 0 && onProgress(Math.min(1, loaded / total));
  return loader.loadAsync(address, told);
}

export class ScanScene {
  /** `webgl` is the canvas's WebGL 2 context; `onDraw` is called after each frame. */
  constructor({ canvas, webgl, gltf, upAxis = "Y", onDraw }) {
    this.canvas = canvas;
    this.onDraw = onDraw;
    this.renderer = new WebGLRenderer({ canvas, context: webgl, antialias: true, alpha: true });
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.setClearColor(0x000000, 0);
    this.renderer.toneMapping = NeutralToneMapping; // keeps the colours of the scan; output is sRGB by default
    this.scene = new Scene();
    this.model = gltf.scene;
    if (upAxis === "Z") this.model.rotation.x = -Math.PI / 2;
    this.scene.add(this.model);
    this.model.updateMatrixWorld(true);
    const box = new Box3().setFromObject(this.model);
    const ball = box.getBoundingSphere(new Sphere());
    const size = box.getSize(new Vector3());
    this.middle = ball.center;
    this.radius = ball.radius || 1;
    this.halves = size.clone().multiplyScalar(0.5);
    // The upright cylinder that holds the object whichever way it turns.
    this.girth = Math.hypot(size.x, size.z) / 2;
    this.height = size.y;
    finish(this.model, Boolean(gltf.parser.json.materials?.length), this.radius);
    this.light();
    this.camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, this.radius / 100, this.radius * 40);
    this.target = this.middle.clone();
    this.view = { ...FRONT };
    this.lamp = { ...LAMP };
    this.asked = 0;
    this.resize();
  }

  light() {
    if (isMetal(this.model)) {
      this.room = studio(this.renderer);
      this.scene.environment = this.room.texture;
      this.scene.environmentIntensity = 1;
    } else {
      this.scene.add(new HemisphereLight(0xfffaf2, 0x4a433c, 1.5));
    }
    this.sun = new DirectionalLight(0xfff4e6, 2.7);
    // A weak light from the other side keeps the shadowed half readable.
    this.fill = new DirectionalLight(0xe8eefc, 0.45);
    for (const light of [this.sun, this.fill]) {
      light.target.position.copy(this.middle);
      this.scene.add(light, light.target);
    }
  }

  /** Draw one frame soon; many asks before it make one frame. */
  ask() {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  draw() {
    const { azimuth, elevation } = this.view;
    this.place(this.camera.position, azimuth, elevation, this.distance()).add(this.target);
    this.camera.lookAt(this.target);
    // The lamp goes with the camera: left stays the left of the picture.
    this.place(this.sun.position, azimuth + this.lamp.azimuth, clamp(this.lamp.elevation, -LIMIT, LIMIT), this.radius * 4);
    this.sun.position.add(this.middle);
    this.place(this.fill.position, azimuth - this.lamp.azimuth, 0.2, this.radius * 4).add(this.middle);
    this.renderer.render(this.scene, this.camera);
    this.onDraw();
  }

  place(vector, azimuth, elevation, distance) {
    return vector.setFromSphericalCoords(distance, Math.PI / 2 - elevation, azimuth);
  }

  /** From the camera to its target, in the model's units. */
  distance() {
    const tall = Math.tan((FIELD_OF_VIEW * Math.PI) / 360);
    const wide = Math.sin(Math.atan(tall * this.camera.aspect));
    const whole = Math.max(this.height / 2 / tall + this.girth * 0.6, this.girth / wide, this.radius);
    return (whole * MARGIN) / this.view.zoom;
  }

  /** Model units to one CSS pixel, at the depth of the target only (the view has perspective). */
  unitsPerPixel() {
    return (2 * this.distance() * Math.tan((FIELD_OF_VIEW * Math.PI) / 360)) / this.canvas.clientHeight;
  }

  turn(azimuth, elevation) {
    this.view.azimuth += azimuth;
    this.view.elevation = clamp(this.view.elevation + elevation, -LIMIT, LIMIT);
    this.ask();
  }

  zoomBy(factor) {
    this.view.zoom = clamp(this.view.zoom * factor, FARTHEST, CLOSEST);
    this.ask();
  }

  /** Move the target by CSS pixels, no farther than the object reaches. */
  pan(x, y) {
    const unit = this.unitsPerPixel();
    const right = new Vector3().setFromMatrixColumn(this.camera.matrix, 0);
    const up = new Vector3().setFromMatrixColumn(this.camera.matrix, 1);
    this.target.addScaledVector(right, -x * unit).addScaledVector(up, y * unit);
    const off = this.target.clone().sub(this.middle);
    if (off.length() > this.radius) this.target.copy(this.middle).add(off.setLength(this.radius));
    this.ask();
  }

  moveLamp(azimuth, elevation) {
    this.lamp.azimuth = clamp(this.lamp.azimuth + azimuth, -Math.PI, Math.PI);
    this.lamp.elevation = clamp(this.lamp.elevation + elevation, -1.4, 1.5);
    this.ask();
  }

  reset() {
    this.view = { ...FRONT };
    this.lamp = { ...LAMP };
    this.target.copy(this.middle);
    this.ask();
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !clientHeight) return;
    this.camera.aspect = clientWidth / clientHeight;
    this.camera.updateProjectionMatrix();
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.ask();
  }

  dispose() {
    cancelAnimationFrame(this.asked);
    dispose(this.model);
    this.room?.dispose();
    this.renderer.dispose();
  }
}
