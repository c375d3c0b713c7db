// Fonts cut to Vietnamese, English and French, with fallbacks of the same measures so that nothing jumps on arrival.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { metrics } from "./sfnt.mjs";

const require = createRequire(import.meta.url);
const fontverter = require("fontverter");
const subsetFont = require("subset-font");

/** All the fonts a page may load, in bytes: the promise of the object page. */
export const MOST_BYTES = 60_000;

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const codes = (letters) => [...letters].map((letter) => letter.codePointAt(0));

const LETTERS = {
  latin: [
    ...range(0x20, 0x7e),
    0xa0,
    0x202f,
    ...codes("ÀÁÂÃÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäçèéêëìíîïñòóôõöùúûüý"),
    ...codes("©«»°±²³·×–—‘’“”…•′″−"),
  ],
  vietnamese: [...codes("ĂăĐđĨĩŨũƠơƯư₫"), ...range(0x1ea0, 0x1ef9)],
};

// Without hinting (screens of today don't need it) a file is a third smaller; small capitals and the like are cut.
const FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl"];

const SANS = "@fontsource/be-vietnam-pro/files/be-vietnam-pro";
const SERIF = "@fontsource-variable/source-serif-4/files/source-serif-4";
const FACES = [
  { family: "Be Vietnam Pro", key: "sans-400", weight: "400", file: (s) => `${SANS}-${s}-400-normal.woff2` },
  { family: "Be Vietnam Pro", key: "sans-600", weight: "600", file: (s) => `${SANS}-${s}-600-normal.woff2` },
  {
    family: "Source Serif 4",
    key: "serif",
    weight: "400 600",
    axes: { wght: 540 }, // one cut for titles and leads: a variable file weighs 10 KB more, and the picture waits for it
    file: (s) => `${SERIF}-${s}-wght-normal.woff2`,
  },
];

// Advance of running text (metrics().advance) of the system's fonts, measured on Liberation Sans and Serif, which have
// the widths of Arial and Times New Roman.
const FALLBACKS = [
  { of: "sans-400", weight: "400", advance: 0.4455, local: ["Arial", "Liberation Sans", "Roboto", "Helvetica"] },
  { of: "sans-600", weight: "600", advance: 0.4822, local: ["Arial Bold", "Liberation Sans Bold", "Roboto Bold", "Helvetica Bold"] },
  { of: "serif", weight: "400", advance: 0.4058, local: ["Times New Roman", "Liberation Serif", "Tinos"] },
  {
    of: "serif",
    weight: "500 600",
    advance: 0.4315,
    local: ["Times New Roman Bold", "Liberation Serif Bold", "Tinos Bold"],
  },
];

const percent = (part) => `${(part * 100).toFixed(2)}%`;

function unicodeRange(letters) {
  const sorted = [...letters].sort((a, b) => a - b);
  const runs = [];
  for (const code of sorted) {
    const last = runs.at(-1);
    if (last && code === last[1] + 1) last[1] = code;
    else runs.push([code, code]);
  }
  const hex = (code) => code.toString(16).toUpperCase();
  return runs.map(([from, to]) => `U+${hex(from)}${to > from ? `-${hex(to)}` : ""}`).join(",");
}

async function cut(root, face, script, axes = face.axes, targetFormat = "woff2") {
  const source = await readFile(path.join(root, "node_modules", face.file(script)));
  const letters = String.fromCodePoint(...LETTERS[script]);
  const options = { targetFormat, keepFeatures: FEATURES, noHinting: true, variationAxes: axes };
  return subsetFont(source, letters, options);
}

async function fallback(root, { of, weight, axes, advance, local }) {
  const face = FACES.find(({ key }) => key === of);
  const ours = metrics(await fontverter.convert(await cut(root, face, "latin", axes, "truetype"), "truetype"));
  const size = ours.advance / advance;
  const sources = local.map((name) => `local("${name}")`).join(",");
  return (
    `@font-face{font-family:"${face.family} fallback";font-weight:${weight};src:${sources};size-adjust:${percent(size)};` +
    `ascent-override:${percent(ours.ascent / size)};descent-override:${percent(ours.descent / size)};` +
    `line-gap-override:${percent(ours.lineGap / size)}}`
  );
}

/** Write the font files to `out`; gives {css, fonts: [{key, file, bytes}]}. Over 60 KB in all, the build fails. */
export async function buildFonts({ root, out }) {
  const rules = [];
  const fonts = [];
  for (const face of FACES) {
    for (const script of Object.keys(LETTERS)) {
      const bytes = await cut(root, face, script);
      const mark = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
      const key = `${face.key}-${script}`;
      const file = `${key}-${mark}.woff2`;
      await writeFile(path.join(out, file), bytes);
      fonts.push({ key, file, bytes: bytes.length });
      rules.push(
        `@font-face{font-family:"${face.family}";font-weight:${face.weight};font-style:normal;font-display:swap;` +
          `src:url("${file}") format("woff2");unicode-range:${unicodeRange(LETTERS[script])}}`,
      );
    }
  }
  const total = fonts.reduce((sum, font) => sum + font.bytes, 0);
  if (total > MOST_BYTES) throw new Error(`fonts weigh ${total} bytes, more than ${MOST_BYTES}`);
  for (const one of FALLBACKS) rules.push(await fallback(root, one));
  return { css: `${rules.join("\n")}\n`, fonts };
}
