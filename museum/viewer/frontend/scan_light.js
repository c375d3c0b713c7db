// Light for a scan: a lamp that goes with the camera, a weak one against it, and for metals a room to mirror; nothing of
// it is fetched. Held low over the surface the lamp rakes: then the rest is dimmed, so that relief throws its shade.
import {
  BoxGeometry,
  Color,
  DirectionalLight,
  HemisphereLight,
  Mesh,
  MeshBasicMaterial,
  PMREMGenerator,
  Scene,
} from "three";
import { dimmed, FILL, PANELS, SKY, SUN, WALLS } from "./scan_lamp.js";

/** A room of soft boxes for metals to mirror, as a texture for scene.environment. Its blur keeps a weak graphics unit
 * busy for seconds, and the page's frames with it: so only where there is metal, and small. */
function studio(renderer) {
  const room = new Scene();
  room.background = new Color(...WALLS);
  const box = new BoxGeometry();
  const materials = PANELS.map(([place, size, light]) => {
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
    this.sky = new HemisphereLight(SKY.color, SKY.ground, SKY.power);
    this.sun = new DirectionalLight(SUN.color, SUN.power);
    this.fill = new DirectionalLight(FILL.color, FILL.power);
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
    this.stand(fill, camera, -lamp.azimuth, FILL.elevation, middle, radius);
    const rest = dimmed(lamp);
    sun.intensity = SUN.power * lamp.power;
    fill.intensity = FILL.power * rest * lamp.power;
    sky.intensity = this.room ? 0 : SKY.power * rest * lamp.power;
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
