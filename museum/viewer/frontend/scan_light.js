// Light for a scan: a lamp that goes with the camera, a weak one against it, and for metals a room to mirror; nothing of
// it is fetched. Held low over the surface the lamp rakes: then the rest is dimmed, so that relief throws its shade.
import {
  BoxGeometry,
  Color,
  DirectionalLight,
  HemisphereLight,
  MathUtils,
  Mesh,
  MeshBasicMaterial,
  PMREMGenerator,
  Scene,
} from "three";

export const LAMP = { azimuth: -0.7, elevation: 0.59 }; // radians from the line of sight
const [GRAZES, RAKES] = [0.85, 1.3]; // radians: from where the room is dimmed, where it is darkest
const SKY = 1.2;
const DARK = 0.16; // of the room's light, while the lamp rakes

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

export class Studio {
  constructor(scene, renderer) {
    Object.assign(this, { scene, renderer });
    this.sky = new HemisphereLight(0xfffaf2, 0x4a433c, SKY);
    this.sun = new DirectionalLight(0xfff4e6, 2.7);
    // A weak light from the other side keeps the shaded half readable.
    this.fill = new DirectionalLight(0xe8eefc, 0.45);
    this.lights = [this.sky, this.sun, this.sun.target, this.fill, this.fill.target];
    scene.add(...this.lights);
  }

  /** Whether anything here mirrors its room: a metal without one is black. */
  suit(hasMetal) {
    if (hasMetal === Boolean(this.room)) return;
    this.clear();
    if (!hasMetal) return;
    this.room = studio(this.renderer);
    this.scene.environment = this.room.texture;
  }

  clear() {
    this.room?.dispose();
    this.room = null;
    this.scene.environment = null;
  }

  /** The graphics unit has lost its memory: the room's picture is made again. */
  renew() {
    const had = Boolean(this.room);
    this.clear();
    this.suit(had);
  }

  /** The lamp goes with the camera: left stays the left of the picture. `lamp` is {azimuth, elevation, power}. */
  follow(camera, lamp, { middle, radius }) {
    const { sun, fill, sky } = this;
    this.stand(sun, camera, lamp.azimuth, lamp.elevation, middle, radius);
    this.stand(fill, camera, -lamp.azimuth, 0.2, middle, radius);
    const off = Math.acos(Math.cos(lamp.azimuth) * Math.cos(lamp.elevation));
    const raking = MathUtils.smoothstep(off, GRAZES, RAKES);
    const rest = MathUtils.lerp(1, DARK, raking);
    sun.intensity = 2.7 * lamp.power;
    fill.intensity = 0.45 * rest * lamp.power;
    sky.intensity = this.room ? 0 : SKY * rest * lamp.power;
    this.scene.environmentIntensity = rest * lamp.power;
  }

  stand(light, camera, azimuth, elevation, middle, radius) {
    light.position
      .setFromSphericalCoords(radius * 4, Math.PI / 2 - elevation, azimuth)
      .applyQuaternion(camera.quaternion)
      .add(middle);
    light.target.position.copy(middle);
  }

  remove() {
    this.clear();
    this.scene.remove(...this.lights);
  }
}
