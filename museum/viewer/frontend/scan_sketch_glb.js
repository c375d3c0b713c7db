// A GLB as plain arrays for the first picture: what our own small copies are made of, and no more. Whatever else there is
// throws, and the picture is left to three.js.

const GLB = 0x46546c67; // "glTF", glTF 2.0 §4.4.2
const MESHOPT = ["EXT_meshopt_compression", "KHR_meshopt_compression"];
const KNOWN = [...MESHOPT, "KHR_mesh_quantization"];
const WIDTHS = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4 };
const BYTES = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 };

function ensure(holds, what) {
  if (!holds) throw new Error(`first picture: ${what}`);
}

function opened(bytes) {
  const view = new DataView(bytes);
  ensure(view.getUint32(0, true) === GLB, "no GLB");
  const length = view.getUint32(12, true);
  const document = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 20, length)));
  return { document, start: 28 + length };
}

/** A node's own place (glTF 2.0 §3.5.2). */
function placeOf({ matrix, translation = [0, 0, 0], rotation: [x, y, z, w] = [0, 0, 0, 1], scale = [1, 1, 1] }) {
  if (matrix) return new DOMMatrix(matrix);
  const turned = [
    [1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)],
    [2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)],
    [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)],
  ];
  return new DOMMatrix([...turned.flatMap((column, n) => [...column.map((value) => value * scale[n]), 0]), ...translation, 1]);
}

/** The box of a box that `place` moves, added to [low, high]. */
function widen([low, high], { min, max }, place) {
  for (let corner = 0; corner < 8; corner += 1) {
    const [x, y, z] = [0, 1, 2].map((axis) => ((corner >> axis) & 1 ? max : min)[axis]);
    const at = place.transformPoint({ x, y, z });
    [at.x, at.y, at.z].forEach((value, axis) => {
      low[axis] = Math.min(low[axis], value);
      high[axis] = Math.max(high[axis], value);
    });
  }
}

/** What `bytes` hold: {parts, low, high}, each part {attributes, index, count, place, material}, its arrays as a graphics
 * unit takes them: {bytes, type, width, stride, isNormalized}. `decoder` is a promise of meshopt's. */
export async function read(bytes, { decoder, up = "Y" }) {
  const { document, start } = opened(bytes);
  const { extensionsRequired = [], accessors, bufferViews, nodes, meshes, materials, scenes, scene = 0 } = document;
  ensure(extensionsRequired.every((name) => KNOWN.includes(name)), "extensions");
  ensure(!document.animations && !document.skins, "moves");
  const { MeshoptDecoder } = MESHOPT.some((name) => extensionsRequired.includes(name)) ? await decoder : {};
  await MeshoptDecoder?.ready;

  const source = ({ buffer = 0, byteOffset = 0, byteLength }) => {
    ensure(buffer === 0 && !document.buffers[0].uri, "files");
    return new Uint8Array(bytes, start + byteOffset, byteLength);
  };
  const unpacked = bufferViews.map(() => null);
  const view = (number) => {
    unpacked[number] ??= (() => {
      const told = bufferViews[number];
      const packed = MESHOPT.map((name) => told.extensions?.[name]).find(Boolean);
      if (!packed) return source(told);
      const { count, byteStride, mode, filter } = packed;
      const target = new Uint8Array(count * byteStride);
      MeshoptDecoder.decodeGltfBuffer(target, count, byteStride, source(packed), mode, filter);
      return target;
    })();
    return unpacked[number];
  };
  const array = (number) => {
    const { bufferView, byteOffset = 0, componentType, type, count, normalized, sparse } = accessors[number];
    ensure(bufferView !== undefined && !sparse, "sparse");
    const width = WIDTHS[type];
    const stride = bufferViews[bufferView].byteStride ?? width * BYTES[componentType];
    return { bytes: view(bufferView).subarray(byteOffset), type: componentType, width, stride, count, isNormalized: Boolean(normalized) };
  };
  const picture = async (told) => {
    if (!told) return null;
    ensure(!told.texCoord && !told.extensions, "textures");
    const { bufferView, mimeType } = document.images[document.textures[told.index].source];
    const blob = new Blob([view(bufferView)], { type: mimeType });
    return createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  };
  const pictures = new Map(); // a material's number → promise of what it is
  const material = (number) => {
    if (!pictures.has(number)) pictures.set(number, dress(materials?.[number], picture));
    return pictures.get(number);
  };

  const parts = [];
  const box = [Array(3).fill(Infinity), Array(3).fill(-Infinity)];
  const visit = async (number, above) => {
    const { children = [], mesh, ...own } = nodes[number];
    const place = above.multiply(placeOf(own));
    for (const { mode = 4, attributes, indices, targets, material: dress, extensions } of meshes[mesh]?.primitives ?? []) {
      ensure(mode === 4 && !targets && !extensions, "shapes");
      widen(box, accessors[attributes.POSITION], place);
      const [position, normal, color, uv] = ["POSITION", "NORMAL", "COLOR_0", "TEXCOORD_0"].map((name) =>
        name in attributes ? array(attributes[name]) : null,
      );
      const index = indices === undefined ? null : array(indices);
      parts.push({ position, normal, color, uv, index, place, material: await material(dress) });
    }
    for (const child of children) await visit(child, place);
  };
  const upright = up === "Z" ? new DOMMatrix().rotateAxisAngleSelf(1, 0, 0, -90) : new DOMMatrix();
  for (const root of scenes[scene].nodes) await visit(root, upright);
  const [low, high] = box;
  ensure(parts.length && [...low, ...high].every(Number.isFinite), "nothing");
  return { parts, low, high };
}

/** A material: {color, metalness, roughness, pictures, depth, isTwoSided}; null where a scan has none. */
async function dress(told, picture) {
  if (!told) return null;
  const { pbrMetallicRoughness: rough = {}, normalTexture, alphaMode = "OPAQUE", doubleSided, extensions } = told;
  ensure(alphaMode === "OPAQUE" && !extensions && !told.emissiveTexture, "materials");
  return {
    color: rough.baseColorFactor ?? [1, 1, 1, 1],
    metalness: rough.metallicFactor ?? 1,
    roughness: rough.roughnessFactor ?? 1,
    pictures: await Promise.all([rough.baseColorTexture, normalTexture, rough.metallicRoughnessTexture].map(picture)),
    depth: normalTexture?.scale ?? 1,
    isTwoSided: Boolean(doubleSided),
  };
}
