// How the surface looks: as scanned, as plain plaster (materials off), as a net of its triangles, as points of a size; and
// open on both sides while it is cut.
import { DoubleSide, Mesh, MeshBasicMaterial, MeshStandardMaterial } from "three";
import { PLASTER, PLASTER_ROUGHNESS } from "./scan_lamp.js";

export const LOOKS = ["color", "plaster", "net"];
const NET = 0xd6a955;

/** A scan without materials is shown as plaster: glTF's own default would be bare metal. */
function soften(material) {
  if (!("metalness" in material)) return;
  material.metalness = 0;
  material.roughness = PLASTER_ROUGHNESS;
  if (!material.vertexColors) material.color.setRGB(...PLASTER);
}

export class Looks {
  constructor() {
    this.look = "color";
    this.isCut = false;
    this.pointScale = 1;
    this.radius = 1;
    this.parts = new Set();
    this.variants = new Map(); // a part's own material → its plaster
    this.wire = new MeshBasicMaterial({ color: NET, wireframe: true, transparent: true, opacity: 0.42, depthWrite: false });
  }

  /** Take a model's parts in and dress them as the others are. */
  dress(model, { hasMaterials = true } = {}) {
    const parts = [];
    model.traverse((part) => (part.isMesh || part.isPoints) && !part.userData.isNet && parts.push(part));
    for (const part of parts) {
      part.userData.own = part.material;
      if (!hasMaterials) soften(part.material);
      part.userData.sides = part.material.side;
      this.parts.add(part);
      this.apply(part);
    }
  }

  /** Let a model's parts go. */
  undress(model) {
    model.traverse((part) => {
      if (!this.parts.delete(part)) return;
      const { own } = part.userData;
      part.material = own;
      part.userData.net?.removeFromParent();
      this.variants.get(own)?.dispose();
      this.variants.delete(own);
    });
  }

  set({ look = this.look, isCut = this.isCut, pointScale = this.pointScale, radius = this.radius }) {
    Object.assign(this, { look, isCut, pointScale, radius });
    for (const part of this.parts) this.apply(part);
  }

  apply(part) {
    const { own, sides } = part.userData;
    if (part.isPoints) {
      const usual = (3.4 * this.radius) / Math.sqrt(part.geometry.attributes.position.count);
      own.size = (part.userData.size ?? usual) * this.pointScale;
      own.sizeAttenuation = true;
      return;
    }
    part.material = this.look === "color" ? own : this.plaster(own);
    const side = this.isCut ? DoubleSide : sides;
    if (part.material.side !== side) {
      part.material.side = side;
      part.material.needsUpdate = true;
    }
    this.net(part);
  }

  /** The same relief without its colours: what was baked into normals stays. */
  plaster(own) {
    let made = this.variants.get(own);
    if (!made) {
      made = new MeshStandardMaterial({ metalness: 0, roughness: PLASTER_ROUGHNESS, side: own.side, flatShading: own.flatShading ?? false });
      made.normalMap = own.normalMap ?? null;
      if (own.normalScale) made.normalScale.copy(own.normalScale);
      this.variants.set(own, made);
    }
    const shade = this.look === "net" ? 0.1 : 0.8;
    made.color.setRGB(...PLASTER.map((value) => value * shade));
    // The net lies on the surface, which steps back a little.
    Object.assign(made, { polygonOffset: this.look === "net", polygonOffsetFactor: 1, polygonOffsetUnits: 1 });
    return made;
  }

  net(part) {
    const { net } = part.userData;
    if (this.look !== "net") {
      net?.removeFromParent();
      part.userData.net = null;
    } else if (!net) {
      const made = new Mesh(part.geometry, this.wire);
      made.raycast = () => {};
      made.userData.isNet = true;
      part.userData.net = made;
      part.add(made);
    }
  }

  dispose() {
    for (const material of this.variants.values()) material.dispose();
    this.wire.dispose();
  }
}
