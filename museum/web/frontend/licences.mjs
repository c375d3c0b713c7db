// THIRD_PARTY_LICENSES from what the bundle really holds (esbuild's metafile) and the fonts.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const MODULES = "node_modules/";

function packageOf(input) {
  const at = input.lastIndexOf(MODULES);
  if (at < 0) return null;
  const parts = input.slice(at + MODULES.length).split("/");
  return parts[0].startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}

async function stanza(root, name) {
  const folder = path.join(root, MODULES, name);
  const about = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (!file) throw new Error(`${name} ships no licence text: it may not be bundled`);
  const text = (await readFile(path.join(folder, file), "utf8")).trim();
  return `${name} ${about.version} (${about.license})\n\n${text}\n`;
}

/** The licence texts of every package in the bundle, by name. */
export async function licences({ root, metafile, extra }) {
  const names = new Set(extra);
  for (const output of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = packageOf(input);
      if (name && bytesInOutput > 0) names.add(name);
    }
  }
  const stanzas = await Promise.all([...names].sort().map((name) => stanza(root, name)));
  return stanzas.join(`\n${"-".repeat(80)}\n\n`);
}
