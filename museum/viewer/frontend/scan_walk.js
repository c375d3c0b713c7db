// Walking through a monument: the eye stays at a person's height over the ground it stands on.
import { Raycaster, Vector3 } from "three";

const EYE_MM = 1600;
const STEP_MM = 700;
const DOWN = new Vector3(0, -1, 0);

export class Walk {
  /** Without a scale a person is taken to be a twelfth as high as what is shown. */
  constructor(scene, mmPerUnit) {
    this.scene = scene;
    const { bounds } = scene.orbit;
    const small = Math.max(bounds.height, bounds.radius / 2) / 12;
    this.eye = mmPerUnit ? Math.min(EYE_MM / mmPerUnit, bounds.radius / 3) : small;
    this.stride = this.eye * (STEP_MM / EYE_MM);
  }

  /** Step into the scene where the camera looks: to the ground, at the edge of what is shown. */
  begin() {
    const { scene } = this;
    const { orbit } = scene;
    const { middle, halves } = orbit.bounds;
    const eye = new Vector3(...orbit.stands().position);
    const off = eye.clone().sub(middle).setY(0);
    const most = Math.hypot(halves.x, halves.z) * 1.15;
    if (off.length() > most) off.setLength(most);
    eye.copy(middle).add(off);
    eye.y = this.groundUnder(eye, Math.max(eye.y, middle.y - halves.y + this.eye)) + this.eye;
    const { azimuth } = orbit.view;
    this.stand(eye, azimuth, 0);
  }

  stand(eye, azimuth, elevation) {
    const { orbit } = this.scene;
    const range = this.eye * 2;
    orbit.take({ azimuth, elevation, roll: 0, range, target: eye.clone() });
    orbit.shift(new Vector3(0, 0, -range).applyQuaternion(orbit.quaternion()));
    this.scene.ask();
  }

  /** The height of the floor below a point, looked for from `top`; the bottom of the object where there is none. */
  groundUnder(point, top) {
    const { scene } = this;
    const hit = scene.hit(new Raycaster(point.clone().setY(top), DOWN));
    const { middle, halves } = scene.orbit.bounds;
    return hit ? hit.point.y : middle.y - halves.y;
  }

  /** Go so many steps ahead and to the side; the feet follow the ground where a person could. */
  go(ahead, aside) {
    const { orbit } = this.scene;
    const { azimuth, elevation } = orbit.view;
    const eye = new Vector3(...orbit.stands().position);
    const way = new Vector3(aside, 0, -ahead).multiplyScalar(this.stride).applyAxisAngle(new Vector3(0, 1, 0), azimuth);
    const next = eye.clone().add(way);
    const ground = this.groundUnder(next, next.y + this.eye * 0.2);
    const rise = ground + this.eye - eye.y;
    // Steps and slopes are climbed, walls and drops are not.
    if (Math.abs(rise) <= this.eye * 0.6) next.y += rise;
    this.stand(next, azimuth, elevation);
  }

  rise(steps) {
    this.scene.orbit.shift(new Vector3(0, steps * this.stride * 0.5, 0));
    this.scene.ask();
  }

  /** Go to the ground under a point of the canvas. Whether there is any. */
  goTo(x, y) {
    const { scene } = this;
    const hit = scene.pick(x, y);
    if (!hit || hit.normal.y < 0.4) return false;
    const { azimuth, elevation } = scene.view;
    this.stand(hit.point.clone().add(new Vector3(0, this.eye, 0)), azimuth, elevation);
    return true;
  }

  look(azimuth, elevation) {
    this.scene.orbit.lookAbout(azimuth, elevation);
    this.scene.ask();
  }
}
