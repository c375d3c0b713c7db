// Models of a scan: a GLB fetched with its progress, the decoders it asks for and no others, its size, its end.
import { Box3, Group, Matrix4, REVISION, Vector3 } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { answerTo } from "./scan_early.js";

const GLB = 0x46546c67; // "glTF", glTF 2.0 §4.4.2

async function bytesOf(address, { onProgress, signal, size }) {
  const answer = await answerTo(address, { signal });
  if (!answer.ok) throw new Error(`${answer.status}: ${address}`);
  const total = size || Number(answer.headers.get("content-length"));
  if (!answer.body || !total || !onProgress) return answer.arrayBuffer();
  const parts = [];
  let got = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    got += value.length;
    onProgress(Math.min(1, got / total));
  }
  return new Blob(parts).arrayBuffer();
}

/** The JSON of a GLB or a glTF. */
function described(bytes) {
  const view = new DataView(bytes);
  const isBinary = bytes.byteLength > 20 && view.getUint32(0, true) === GLB;
  const text = isBinary ? new Uint8Array(bytes, 20, view.getUint32(12, true)) : new Uint8Array(bytes);
  return JSON.parse(new TextDecoder().decode(text));
}

const DRACO = "KHR_draco_mesh_compression";
const MESHOPT = ["EXT_meshopt_compression", "KHR_meshopt_compression"];

/** A loader with the decoders that these extensions need. */
export async function loaderFor(extensions) {
  const loader = new GLTFLoader();
  if (MESHOPT.some((name) => extensions.includes(name))) {
    const { MeshoptDecoder } = await import("three/addons/libs/meshopt_decoder.module.js");
    loader.setMeshoptDecoder(MeshoptDecoder);
  }
  if (extensions.includes(DRACO)) {
    const { DRACOLoader } = await import("three/addons/loaders/DRACOLoader.js");
    const folder = new URL(`draco-${REVISION}/`, import.meta.url); // copied there by the build
    loader.setDRACOLoader(new DRACOLoader().setDecoderPath(folder.href).setWorkerLimit(1));
  }
  return loader;
}

export function* materialsOf(model) {
  const seen = new Set();
  const found = [];
  model.traverse(({ material }) => found.push(...[material ?? []].flat()));
  for (const material of found) {
    if (seen.has(material)) continue;
    seen.add(material);
    yield material;
  }
}

/** Whether anything in it mirrors its room. */
export const isMetal = (model) => [...materialsOf(model)].some(({ metalness = 0 }) => metalness > 0);

/** What is in it: {faces, vertices, isPoints}. */
export function counts(model) {
  let [faces, vertices, isPoints] = [0, 0, false];
  model.traverse(({ geometry, isPoints: areDots, isMesh }) => {
    const { position } = geometry?.attributes ?? {};
    if (!position) return;
    vertices += position.count;
    isPoints ||= Boolean(areDots);
    if (isMesh) faces += (geometry.index?.count ?? position.count) / 3;
  });
  return { faces: Math.round(faces), vertices, isPoints };
}

export function dispose(model) {
  for (const material of materialsOf(model)) {
    for (const value of Object.values(material)) if (value?.isTexture) value.dispose();
    material.dispose();
  }
  model.traverse(({ geometry }) => geometry?.dispose());
}

/** Load a GLB or a glTF into a group: {group, hasMaterials, faces, vertices, isPoints}. `matrix` (16 numbers by columns, or
 * a Matrix4) places it; one that stands along Z is turned upright before. `onProgress` gets 0–1 where the size is known. */
export async function loadModel(address, { matrix, up = "Y", onProgress, signal, size } = {}) {
  const bytes = await bytesOf(address, { onProgress, signal, size });
  const { extensionsUsed = [], materials = [] } = described(bytes);
  const loader = await loaderFor(extensionsUsed);
  const gltf = await loader.parseAsync(bytes, address.startsWith("blob:") ? "" : new URL(".", address).href);
  loader.dracoLoader?.dispose(); // its worker
  const group = placed(gltf.scene, { matrix, up });
  return { group, hasMaterials: materials.length > 0, animations: gltf.animations, ...counts(group) };
}

/** A group that holds `model`, upright and where `matrix` puts it. */
export function placed(model, { matrix, up }) {
  const group = new Group();
  group.add(model);
  if (up === "Z") model.rotateX(-Math.PI / 2);
  if (matrix) group.applyMatrix4(matrix.isMatrix4 ? matrix : new Matrix4().fromArray(matrix));
  group.updateMatrixWorld(true);
  return group;
}

/** The box around everything in `world`; null where there is nothing. */
export function boxOf(world) {
  world.updateMatrixWorld(true);
  const box = new Box3().setFromObject(world);
  return box.isEmpty() || !Number.isFinite(box.getSize(new Vector3()).length()) ? null : box;
}
