// The one front-end build: page modules, viewers, styles, fonts, licences → museum/web/static/dist/.
// Entry names are stable (site.js, site.css, viewer.css); manifest.json maps each to its name with a digest for caches;
// everything else carries its digest in its name and may be cached for ever.
import { createHash } from "node:crypto";
import { access, copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { askAhead } from "./ahead.mjs";
import { buildFonts } from "./fonts.mjs";
import { buildGlyphs } from "./glyphs.mjs";
import { licences } from "./licences.mjs";
import { lean } from "./shaders.mjs";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const OUT = path.join(ROOT, "museum/web/static/dist");
const FRESH = `${OUT}.new`;
const GLYPHS = path.join(ROOT, "museum/demonstration/static/glyphs.json");
const FONT_PACKAGES = [
  "@fontsource/be-vietnam-pro",
  "@fontsource-variable/source-serif-4",
  "@fontsource/cactus-classical-serif",
];

const exists = (file) => access(file).then(() => true, () => false);
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

async function entries() {
  const css = path.join(ROOT, "museum/web/frontend/css/site.css");
  return {
    site: path.join(ROOT, "museum/web/frontend/js/site.js"),
    viewer: path.join(ROOT, "museum/viewer/frontend/viewer.css"),
    ...((await exists(css)) ? { "pages": css } : {}),
    // The workbench of signed-in people: visitors never load it.
    work: path.join(ROOT, "museum/web/frontend/css/work.css"),
    // Object cards and labels: a style of their own, which the PDF maker reads too.
    sheets: path.join(ROOT, "museum/web/frontend/css/sheets.css"),
  };
}

async function bundle() {
  const found = await entries();
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    // A script and a style may share a name ("site"): esbuild keeps them apart by extension.
    entryPoints: Object.entries(found).map(([name, file]) => ({ in: file, out: name === "pages" ? "site" : name })),
    outdir: FRESH,
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    minify: true,
    legalComments: "none",
    chunkNames: "chunk-[name]-[hash]",
    assetNames: "[name]-[hash]",
    external: ["*.woff2"],
    charset: "utf8",
    metafile: true,
    plugins: [lean],
    logLevel: "warning",
  });
  return result.metafile;
}

/** fonts.css goes in front of site.css, so that a page loads one style file; without pages' styles it stands alone. */
async function joinFonts(fontsCss) {
  const site = path.join(FRESH, "site.css");
  const pages = (await exists(site)) ? await readFile(site, "utf8") : "";
  // @layer statements and @charset may precede; @font-face has no order, so it may simply follow.
  await writeFile(site, `${pages.trimEnd()}\n${fontsCss}`);
  await writeFile(path.join(FRESH, "fonts.css"), fontsCss);
}

async function writeManifest(fonts) {
  const names = ["site.js", "site.css", "viewer.css", "work.css", "sheets.css", "fonts.css"];
  const manifest = {};
  for (const name of names) manifest[name] = `${name}?v=${digest(await readFile(path.join(FRESH, name)))}`;
  // Fonts of running text, to preload: key → file.
  for (const font of fonts) manifest[font.key] = font.file;
  await writeFile(path.join(FRESH, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** What unpacks Draco, for models of others: a worker fetches it by these names, so the folder says the version. */
async function copyDraco() {
  const three = path.join(ROOT, "node_modules/three");
  const { version } = JSON.parse(await readFile(path.join(three, "package.json"), "utf8"));
  const folder = path.join(FRESH, `draco-${version.split(".")[1]}`);
  await mkdir(folder);
  for (const name of ["draco_wasm_wrapper.js", "draco_decoder.wasm"]) {
    await copyFile(path.join(three, "examples/jsm/libs/draco/gltf", name), path.join(folder, name));
  }
}

await rm(FRESH, { recursive: true, force: true });
await mkdir(FRESH, { recursive: true });
const metafile = await bundle();
const ahead = await askAhead({ root: ROOT, metafile });
await copyDraco();
const { css, fonts } = await buildFonts({ root: ROOT, out: FRESH });
await joinFonts(css);
await writeManifest(fonts);
await buildGlyphs({ root: ROOT, out: GLYPHS });
const texts = await licences({ root: ROOT, metafile, extra: FONT_PACKAGES });
// Our own licence is Draco's, too: its text stands in LICENSE.
await writeFile(path.join(FRESH, "THIRD_PARTY_LICENSES.txt"), `${texts}\n${"-".repeat(80)}\n\nDraco decoder (Apache-2.0), as it comes with three\n`);
await rm(OUT, { recursive: true, force: true });
await rename(FRESH, OUT);

const scripts = Object.entries(metafile.outputs).map(([file, of]) => `${path.basename(file)} ${of.bytes}`);
console.log(`front end built: ${scripts.join(", ")}; ${ahead} asked for with what they need; fonts ${fonts.reduce((sum, font) => sum + font.bytes, 0)}`);
