// What a parsed Scene puts on the stage beside its models: lights, pictures on planes, a room of light; the only module
// of manifests that knows three.js.
import {
  AmbientLight,
  BackSide,
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  DirectionalLight,
  DoubleSide,
  EquirectangularReflectionMapping,
  FrontSide,
  Group,
  MathUtils,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PMREMGenerator,
  PointLight,
  Quaternion,
  SpotLight,
  SRGBColorSpace,
  TextureLoader,
  Vector3,
} from "three";

const FULL = Math.PI; // of this intensity a light makes a white surface that faces it white
const FIELD_OF_VIEW = 50; // degrees, where a camera says none
const MARGIN = 1.15; // around the whole, where an orthographic camera says no height
const TEXTURE_PX = 2048;

const MAKERS = {
  ambient: (light) => new AmbientLight(light.color, light.strength * FULL),
  directional: (light) => aimed(new DirectionalLight(light.color, light.strength * FULL), light, { isFar: true }),
  // The draft leaves decay to clients: there is none, so that scenes of any scale are lit.
  point: (light) => set(new PointLight(light.color, light.strength * FULL, 0, 0), light.position),
  spot: (light) =>
    aimed(new SpotLight(light.color, light.strength * FULL, 0, Math.min(MathUtils.degToRad(light.angleDeg), Math.PI / 2), 0, 0), light),
};

function set(object, position) {
  object.position.set(...position);
  return object;
}

/** A light that shines from its place toward its target, or the way it is turned. */
function aimed(light, { position, direction, target }, { isFar = false } = {}) {
  set(light, position);
  const way = target ? new Vector3(...target).sub(light.position) : new Vector3(...direction);
  if (way.length() < 1e-12) way.set(...direction);
  light.target.position.copy(light.position).add(way.normalize());
  // Parallel rays come from nowhere: only the way counts.
  if (isFar) light.target.updateMatrixWorld();
  const group = new Group();
  group.add(light, light.target);
  return group;
}

/** An object that lights the scene; null for a light made of a picture (see `environment`). */
export const lightOf = (light) => MAKERS[light.kind]?.(light) ?? null;

/** A camera of a parsed scene as the stage takes it; `bounds` are those of the scene. */
export function cameraOf(camera, { radius }) {
  const turned = new Quaternion();
  new Matrix4().fromArray(camera.matrix).decompose(new Vector3(), turned, new Vector3());
  const near = camera.near || (camera.far ?? radius * 40) / 10000;
  const place = camera.target && far(camera) ? { target: camera.target } : { quaternion: turned.toArray() };
  return {
    position: camera.position,
    ...place,
    ...(camera.near || camera.far ? { near, far: camera.far ?? Math.max(radius * 40, near * 10) } : {}),
    ...(camera.kind === "orthographic"
      ? { view_height: camera.viewHeight ?? radius * 2 * MARGIN }
      : { fov_deg: camera.fovDeg ?? FIELD_OF_VIEW }),
  };
}

const far = ({ position, target }) => Math.hypot(...position.map((value, axis) => value - target[axis])) > 1e-9;

/** A plane whose corners are top left, bottom left, bottom right, top right; its back shows the reverse, or a colour. */
export function planeOf(corners, picture, { back }) {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(corners.flat()), 3));
  geometry.setAttribute("uv", new BufferAttribute(new Float32Array([0, 1, 0, 0, 1, 0, 1, 1]), 2));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  const texture = new CanvasTexture(picture);
  texture.colorSpace = SRGBColorSpace;
  const material = new MeshBasicMaterial({ map: texture, side: back ? FrontSide : DoubleSide, toneMapped: false, transparent: true });
  const group = new Group();
  group.add(new Mesh(geometry, material));
  if (back) group.add(new Mesh(geometry, new MeshBasicMaterial({ color: back, side: BackSide, toneMapped: false })));
  return group;
}

/** A picture of a Canvas for such a plane: its images where they stand, drawn by the browser. `resolve` gives addresses. */
export async function drawn(flat, resolve) {
  const canvas = document.createElement("canvas");
  const scale = TEXTURE_PX / Math.max(flat.width, flat.height);
  [canvas.width, canvas.height] = [flat.width, flat.height].map((side) => Math.max(1, Math.round(side * scale)));
  const pen = canvas.getContext("2d");
  if (flat.background) {
    pen.fillStyle = flat.background;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  for (const painting of flat.paintings.filter(({ isHidden }) => !isHidden)) {
    const [x, y, w, h] = painting.share;
    const place = [x * canvas.width, y * canvas.height, w * canvas.width, h * canvas.height];
    if (painting.kind === "canvas") pen.drawImage(await drawn(painting.flat, resolve), ...place);
    else if (painting.kind === "image") {
      const image = await loadedImage(resolve(painting.address));
      if (!image) continue;
      const [cx, cy, cw, ch] = painting.crop ?? [0, 0, 1, 1];
      pen.drawImage(image, cx * image.naturalWidth, cy * image.naturalHeight, cw * image.naturalWidth, ch * image.naturalHeight, ...place);
    }
  }
  return canvas;
}

async function loadedImage(address) {
  if (!address) return null;
  const image = new Image();
  image.src = address;
  return image.decode().then(
    () => image,
    () => null,
  );
}

/** A room of light from an equirectangular picture (Radiance, or any that browsers show), for scene.environment. */
export async function environment(renderer, address, format) {
  const isRadiance = /radiance|hdr/i.test(format);
  const { HDRLoader } = isRadiance ? await import("three/addons/loaders/HDRLoader.js") : {};
  const texture = await new (HDRLoader ?? TextureLoader)().loadAsync(address);
  texture.mapping = EquirectangularReflectionMapping;
  if (!isRadiance) texture.colorSpace = SRGBColorSpace;
  const generator = new PMREMGenerator(renderer);
  const target = generator.fromEquirectangular(texture);
  texture.dispose();
  generator.dispose();
  return target;
}

/** Take away what a manifest excludes of a model. */
export function strip(group, leaves) {
  const gone = [];
  group.traverse((part) => {
    if ((part.isLight && leaves.includes("lights")) || (part.isCamera && leaves.includes("cameras"))) gone.push(part);
  });
  for (const part of gone) part.removeFromParent();
}
