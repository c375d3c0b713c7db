// What three.js and 3d-tiles-renderer bring and this museum never uses stays out of the bundle; shaders travel without the
// blanks that only their authors need. Both are checked against the packages' text: a new version that looks otherwise
// stops the build instead of being cut wrongly.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const HERE = path.dirname(fileURLToPath(import.meta.url));

const SHADER = /^(var|const) ([\w$]+) = ("(?:[^"\\]|\\.)*"|`[^`$]*`);$/gm;
const LEAST_SHADERS = 120; // 137 in three 0.187

// Materials that no glTF asks for, and shadow maps: nothing of ours throws shadows.
const UNUSED = [
  ...["toon", "lambert", "phong"].flatMap((kind) => [`lights_${kind}_fragment`, `lights_${kind}_pars_fragment`]),
  ...["meshtoon", "meshlambert", "meshphong", "meshmatcap", "depth", "distance", "shadow", "sprite", "linedashed"].flatMap(
    (kind) => [`${kind}_vert`, `${kind}_frag`],
  ),
  ...["shadowmap_pars_fragment", "shadowmap_pars_vertex", "shadowmap_vertex", "shadowmask_pars_fragment"],
  ...["alphahash_pars_fragment", "alphahash_fragment", "batching_pars_vertex", "batching_vertex", "gradientmap_pars_fragment"],
  "lightprobes_pars_fragment",
  // Neither fog nor depths by logarithm here; heights as bumps, moved vertices and baked light are not in glTF.
  ...["fog", "logdepthbuf"].flatMap((kind) => ["vertex", "fragment"].flatMap((half) => [`${kind}_${half}`, `${kind}_pars_${half}`])),
  ...["bumpmap_pars_fragment", "displacementmap_pars_vertex", "displacementmap_vertex", "lightmap_pars_fragment"],
];

// What fills shadow maps, shares uniforms between materials and draws effects over a picture, and what stands in for each:
// a renderer makes the first two always and asks the first in every frame; nothing of ours asks for the other two.
const STANDINS = {
  WebGLShadowMap: `Object.assign(this, { enabled: false, autoUpdate: false, needsUpdate: false, type: PCFShadowMap, render() {} });`,
  WebGLUniformsGroups: `return { dispose() {} };`,
  WebGLOutput: `throw new Error("three: effects");`,
};

// Writing objects of three as its editor's JSON, and reading that.
const JSON_METHOD = /^\t(?:static )?(?:toJSON|fromJSON)\([^\n]*\) \{\n[\s\S]*?\n\t\}\n/gm;
const LEAST_JSON_METHODS = 80; // 92 in three 0.187

/** A shader without indents, comments, empty lines and blanks around signs; preprocessor lines keep theirs. */
export function squeezed(glsl) {
  const lines = glsl
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .split("\n")
    .map((line) => line.replace(/\/\/.*$/, "").trim())
    .filter(Boolean);
  let out = "";
  let wasWord = false; // the last line was code, not for the preprocessor
  for (const line of lines) {
    const isWord = !line.startsWith("#");
    const tight = isWord ? line.replace(/\s+/g, " ").replace(/ ?([-+*/=<>!&|^?:;,(){}[\]]) ?/g, "$1") : line;
    // Code runs on in one line, but never glues two words together.
    out += (out && (isWord && wasWord ? (/[\w.]$/.test(out) && /^[\w.]/.test(tight) ? " " : "") : "\n")) + tight;
    wasWord = isWord;
  }
  return out;
}

async function squeezeShaders({ path: file }) {
  const source = await readFile(file, "utf8");
  const named = new Map([...source.matchAll(/^\t(\w+): ([\w$]+),?$/gm)].map(([, key, name]) => [key, name]));
  const unused = new Set(UNUSED.map((key) => named.get(key)));
  if (unused.has(undefined) || unused.size < UNUSED.length) throw new Error(`${file}: a shader of UNUSED has another name now`);
  let count = 0;
  const contents = source.replace(SHADER, (whole, kind, name, text) => {
    const glsl = text.startsWith("`") ? text.slice(1, -1) : JSON.parse(text);
    if (!/[;#{]/.test(glsl) || !glsl.includes("\n")) return whole;
    count += 1;
    return `${kind} ${name} = ${JSON.stringify(unused.has(name) ? "" : squeezed(glsl))};`;
  });
  if (count < LEAST_SHADERS) throw new Error(`${file}: only ${count} shaders found; look at museum/web/frontend/shaders.mjs`);
  return { contents: Object.entries(STANDINS).reduce((text, [name, body]) => standIn(text, name, body, file), contents) };
}

function standIn(text, name, body, file) {
  const whole = new RegExp(`^function ${name}\\([^\\n]*\\) \\{\\n[\\s\\S]*?\\n\\}\\n`, "m");
  if (!whole.test(text)) throw new Error(`${file}: ${name} is made otherwise now`);
  return text.replace(whole, () => `function ${name}() { ${body} }\n`);
}

async function withoutJson({ path: file }) {
  let count = 0;
  const contents = (await readFile(file, "utf8")).replace(JSON_METHOD, () => {
    count += 1;
    return "";
  });
  if (count < LEAST_JSON_METHODS) throw new Error(`${file}: only ${count} methods for JSON; look at museum/web/frontend/shaders.mjs`);
  return { contents };
}

// Tile formats of 3D Tiles 1.0, which 1.1 replaces by glTF (3D Tiles 1.1 §7): our tilesets have none of them.
const OLD_TILES = /3d-tiles-renderer\/src\/three\/renderer\/loaders\/(B3DM|I3DM|PNTS|CMPT)Loader\.js$/;

// Bounding volumes on the globe (3D Tiles 1.1 §6.4.1): ours are boxes, and no tileset of ours says where on earth it is.
const GLOBE = /3d-tiles-renderer\/src\/three\/renderer\/math\/Ellipsoid(Region)?\.js$/;
const NO_GLOBE = `export class Ellipsoid { clone() { return new Ellipsoid(); } copy() { return this; } }
export class EllipsoidRegion { constructor() { throw new Error("3D Tiles: region"); } }`;

export const lean = {
  name: "lean",
  setup(build) {
    build.onLoad({ filter: /three\/build\/three\.module\.js$/ }, squeezeShaders);
    build.onLoad({ filter: /three\/build\/three\.core\.js$/ }, withoutJson);
    build.onLoad({ filter: OLD_TILES }, ({ path: file }) => ({
      contents: `export class ${file.match(OLD_TILES)[1]}Loader { parse() { throw new Error("3D Tiles 1.0"); } }`,
    }));
    build.onLoad({ filter: GLOBE }, () => ({ contents: NO_GLOBE }));
    // The package's built core holds those formats too; its sources are the same code in modules.
    build.onResolve({ filter: /^3d-tiles-renderer\/core$/ }, () =>
      build.resolve("3d-tiles-renderer/src/core/renderer/index.js", { kind: "import-statement", resolveDir: HERE }),
    );
  },
};
