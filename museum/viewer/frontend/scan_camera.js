// Where the camera of a scan stands: on an orbit around a target, in angles, so that it can be turned, rolled, said and
// shared; and the two ways in which programs name a camera (README.md, "Cameras").
import { Euler, MathUtils, Quaternion, Vector3 } from "three";
import { CLOSEST, FARTHEST, FIELD_OF_VIEW, FRONT, measures, whole } from "./scan_framing.js";

const WHOLE = 5.2; // bounding radii from which a story sees the whole with some air around
const POLE = Math.PI / 2;

const { clamp, degToRad, radToDeg } = MathUtils;

export class Orbit {
  /** `isSquare`: distances are seen over the free square of the stage, as a story's author saw them. */
  constructor({ isSquare = false } = {}) {
    this.isSquare = isSquare;
    this.aspect = 1;
    this.fov = FIELD_OF_VIEW;
    this.isFlat = false; // orthographic
    this.depths = null; // [near, far] where a foreign camera sets them
    this.lowest = -POLE; // how far down it may go: 0 is the horizon
    this.bounds = { middle: new Vector3(), halves: new Vector3(1, 1, 1), radius: 1, girth: 1, height: 1 };
    this.view = { ...FRONT, roll: 0, zoom: 1 };
    this.target = new Vector3();
  }

  /** What there is to see: a box3 in the scene's units. */
  measure(box) {
    const size = box.getSize(new Vector3());
    this.bounds = {
      middle: box.getCenter(new Vector3()),
      halves: size.clone().multiplyScalar(0.5),
      ...measures(box.min.toArray(), box.max.toArray()),
    };
  }

  /** The distance from which the whole is seen. */
  whole() {
    return this.isSquare ? this.bounds.radius * WHOLE : whole(this.bounds, this);
  }

  /** From the camera to its target, in the scene's units. */
  get range() {
    return this.whole() / this.view.zoom;
  }

  set range(range) {
    this.view.zoom = this.whole() / range;
  }

  /** What the picture is high at the target's depth, in the scene's units. */
  get tall() {
    return 2 * this.range * Math.tan(degToRad(this.fov / 2));
  }

  quaternion(into = new Quaternion()) {
    const { azimuth, elevation, roll } = this.view;
    return into.setFromEuler(new Euler(-elevation, azimuth, roll, "YXZ"));
  }

  /** Put three's camera where the orbit says. */
  place(camera) {
    this.quaternion(camera.quaternion);
    camera.position.set(0, 0, this.range).applyQuaternion(camera.quaternion).add(this.target);
  }

  turn(azimuth, elevation) {
    const { view } = this;
    view.azimuth += azimuth;
    view.elevation = clamp(view.elevation + elevation, this.lowest, POLE);
  }

  roll(angle) {
    this.view.roll = MathUtils.euclideanModulo(this.view.roll + angle + Math.PI, 2 * Math.PI) - Math.PI;
  }

  zoomBy(factor) {
    const { zoom } = this.view;
    this.view.zoom = clamp(zoom * factor, Math.min(FARTHEST, zoom), Math.max(CLOSEST, zoom));
  }

  /** Move the target in the plane of the picture, in the scene's units, no farther than the object reaches. */
  pan(right, up) {
    const turned = this.quaternion();
    this.target.add(new Vector3(right, up, 0).applyQuaternion(turned));
    const { middle, radius } = this.bounds;
    const off = this.target.clone().sub(middle);
    if (off.length() > radius) this.target.copy(middle).add(off.setLength(radius));
  }

  /** Keep the camera and take for its target the point that is so far in front of it. */
  aim(depth) {
    const ahead = new Vector3(0, 0, this.range - depth).applyQuaternion(this.quaternion());
    this.target.add(ahead);
    this.range = depth;
  }

  /** Move the camera and its target. */
  shift(by) {
    this.target.add(by);
  }

  /** Look about: turn around the camera, not around the target. */
  lookAbout(azimuth, elevation) {
    const eye = new Vector3(0, 0, this.range).applyQuaternion(this.quaternion()).add(this.target);
    this.turn(azimuth, elevation);
    this.target.copy(eye).sub(new Vector3(0, 0, this.range).applyQuaternion(this.quaternion()));
  }

  reset() {
    if (this.home) {
      this.take(this.home);
      return;
    }
    Object.assign(this.view, FRONT, { roll: 0, zoom: 1 });
    this.fov = FIELD_OF_VIEW;
    this.isFlat = false;
    this.depths = null;
    this.target.copy(this.bounds.middle);
  }

  /** A point in shares −1…1 of the half extents, in the scene's units. */
  spot(shares) {
    return new Vector3(...shares).multiply(this.bounds.halves).add(this.bounds.middle);
  }

  /** The same the other way round. */
  shares(point) {
    const { middle, halves } = this.bounds;
    return point.clone().sub(middle).divide(halves.clone().max(new Vector3().setScalar(1e-9))).toArray();
  }

  /** A camera as a program names it, in this orbit's terms: {azimuth, elevation, roll, range, target, fov, tall, depths}. */
  understood(camera) {
    return camera.position ? this.standing(camera) : this.turned(camera);
  }

  turned({ azimuth_deg = 0, elevation_deg = 0, roll_deg = 0, distance = 0, target = [0, 0, 0] }) {
    // In a stage that is higher than wide the square is as wide as the stage.
    const square = this.isSquare ? 1 : Math.max(1, 1 / this.aspect);
    return {
      azimuth: degToRad(azimuth_deg),
      elevation: degToRad(elevation_deg),
      roll: degToRad(roll_deg),
      range: distance ? distance * this.bounds.radius * square : this.whole(),
      target: this.spot(target),
    };
  }

  standing({ position, target, direction, quaternion, fov_deg, view_height, near, far, roll_deg = 0 }) {
    const eye = new Vector3(...position);
    const { middle, radius } = this.bounds;
    const turned = new Euler(0, 0, 0, "YXZ");
    let range;
    if (target) range = eye.distanceTo(new Vector3(...target)) || radius;
    if (quaternion) {
      turned.setFromQuaternion(new Quaternion(...quaternion).normalize());
    } else {
      const back = target ? eye.clone().sub(new Vector3(...target)) : new Vector3(...(direction ?? [0, 0, -1])).negate();
      back.normalize();
      // Straight up or down there is no side: the picture's top is then −Z, as on a map.
      const isUpright = Math.hypot(back.x, back.z) > 1e-9;
      turned.set(-Math.asin(clamp(back.y, -1, 1)), isUpright ? Math.atan2(back.x, back.z) : 0, degToRad(roll_deg));
    }
    const ahead = new Vector3(0, 0, -1).applyEuler(turned);
    range ??= Math.max(middle.clone().sub(eye).dot(ahead), radius / 4);
    return {
      azimuth: turned.y,
      elevation: -turned.x,
      roll: turned.z,
      range,
      target: eye.addScaledVector(ahead, range),
      fov: fov_deg ?? FIELD_OF_VIEW,
      tall: view_height ?? 0,
      depths: near && far ? [near, far] : null,
    };
  }

  /** Take such a camera. */
  take({ azimuth, elevation, roll = 0, range, target, fov, tall = 0, depths = null }) {
    Object.assign(this.view, { azimuth, elevation, roll });
    this.fov = fov ?? this.fov;
    this.isFlat = tall > 0;
    this.depths = depths;
    // An orthographic picture is as high as it says, however far its camera stands.
    this.range = this.isFlat ? tall / 2 / Math.tan(degToRad(this.fov / 2)) : range;
    this.target.copy(target);
  }

  /** The orbit as it is, in the terms of `understood`. */
  now() {
    const { azimuth, elevation, roll } = this.view;
    const { range, fov, depths } = this;
    return { azimuth, elevation, roll, range, target: this.target.clone(), fov, tall: this.isFlat ? this.tall : 0, depths };
  }

  /** From now on a reset leads back here. */
  settle() {
    this.home = this.now();
  }

  /** The camera as a program would name it: where it stands and what it looks at. */
  stands() {
    const turned = this.quaternion();
    const eye = new Vector3(0, 0, this.range).applyQuaternion(turned).add(this.target);
    return {
      position: eye.toArray(),
      target: this.target.toArray(),
      quaternion: turned.toArray(),
      roll_deg: radToDeg(this.view.roll),
      fov_deg: this.fov,
      ...(this.isFlat ? { view_height: this.tall } : {}),
    };
  }
}

/** The view a part of the way from one camera to another, the short way round. */
export function between(from, to, part) {
  const mix = (a, b) => a + (b - a) * part;
  const near = (a, b) => b + MathUtils.euclideanModulo(a - b + Math.PI, 2 * Math.PI) - Math.PI;
  return {
    ...to,
    azimuth: mix(near(from.azimuth, to.azimuth), to.azimuth),
    elevation: mix(from.elevation, to.elevation),
    roll: mix(near(from.roll ?? 0, to.roll ?? 0), to.roll ?? 0),
    range: from.range * (to.range / from.range) ** part,
    target: from.target.clone().lerp(to.target, part),
    fov: to.fov ? mix(from.fov ?? to.fov, to.fov) : from.fov,
    tall: from.tall && to.tall ? from.tall * (to.tall / from.tall) ** part : to.tall,
  };
}

/** How long a flight takes: by the angle and the distance; near cameras are near in time. */
export function flightMs(from, to) {
  const near = MathUtils.euclideanModulo(from.azimuth - to.azimuth + Math.PI, 2 * Math.PI) - Math.PI;
  const turned = Math.abs(near) + Math.abs(from.elevation - to.elevation);
  const moved = from.target.distanceTo(to.target) / Math.max(from.range, to.range) + Math.abs(Math.log(to.range / from.range));
  return turned + moved < 1e-4 ? 0 : Math.min(1200, Math.max(400, 350 * (turned + moved), 1000 * Math.min(1, turned)));
}
