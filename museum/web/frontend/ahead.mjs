// A chunk's own imports are known here, so the browser need not wait for the chunk to learn of them: where one is asked
// for by import(), those are asked for beside it. On a slow line that is one way there and back less for each level.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const isScript = ({ path: file, kind }, wanted) => kind === wanted && file.endsWith(".js");

/** Everything that `file` imports at once, and what that imports. */
function below(outputs, file, found = new Set()) {
  for (const one of outputs[file].imports) {
    if (!isScript(one, "import-statement") || found.has(one.path)) continue;
    found.add(one.path);
    below(outputs, one.path, found);
  }
  return found;
}

/** Rewrite the import()s of all scripts of a build (esbuild's metafile, its paths from `root`); gives how many. */
export async function askAhead({ root, metafile: { outputs } }) {
  let count = 0;
  for (const [file, { imports }] of Object.entries(outputs)) {
    const asked = new Set(imports.filter((one) => isScript(one, "dynamic-import")).map(({ path: wanted }) => wanted));
    if (!asked.size) continue;
    const here = below(outputs, file, new Set([file]));
    const full = path.join(root, file);
    let text = await readFile(full, "utf8");
    for (const wanted of asked) {
      const more = [...below(outputs, wanted)].filter((one) => !here.has(one));
      if (!more.length) continue;
      const call = (one) => `import("./${path.basename(one)}")`;
      const parts = text.split(call(wanted));
      if (parts.length < 2) throw new Error(`${file}: import() of ${wanted} is written otherwise`);
      text = parts.join(`Promise.all([${[wanted, ...more].map(call)}]).then(([a])=>a)`);
      count += 1;
    }
    await writeFile(full, text);
  }
  return count;
}
