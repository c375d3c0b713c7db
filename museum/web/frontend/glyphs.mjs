// Outlines of the characters that the generated objects bear, as SVG path data: museum/demonstration/static/glyphs.json.
// Hán from Cactus Classical Serif, letters from Source Serif 4; only the signs of museum/demonstration/characters.txt.
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { glyphOf, tables } from "./sfnt.mjs";

const require = createRequire(import.meta.url);
const fontverter = require("fontverter");
const subsetFont = require("subset-font");

const HAN = "@fontsource/cactus-classical-serif/files";
const LETTERS = "@fontsource-variable/source-serif-4/files/source-serif-4";
const UNITS = 1000;

const isHan = (sign) => sign.codePointAt(0) > 0x2e80;

/** One font opened: {em, has(sign), outline(sign), advance(sign)}; TrueType outlines only. */
function opened(bytes) {
  const { view, found } = tables(bytes);
  const code = glyphOf(view, found.cmap);
  const em = view.getUint16(found.head + 18);
  const isLong = view.getInt16(found.head + 50) === 1;
  const metrics = view.getUint16(found.hhea + 34);
  const at = (glyph) => (isLong ? view.getUint32(found.loca + 4 * glyph) : 2 * view.getUint16(found.loca + 2 * glyph));
  const glyph = (sign) => code(sign.codePointAt(0));
  const contours = (index) =>
    at(index) === at(index + 1) ? [] : contoursAt(view, found.glyf + at(index), contours);
  return {
    has: (sign) => glyph(sign) > 0,
    outline: (sign) => contours(glyph(sign)).map((contour) => drawn(contour, UNITS / em)).join(""),
    advance: (sign) => Math.round((view.getUint16(found.hmtx + 4 * Math.min(glyph(sign), metrics - 1)) * UNITS) / em),
  };
}

/** OpenType 1.9, table glyf: contours as lists of {x, y, on}. */
function contoursAt(view, start, ofGlyph) {
  const count = view.getInt16(start);
  if (count < 0) return composite(view, start + 10, ofGlyph);
  const ends = Array.from({ length: count }, (_, i) => view.getUint16(start + 10 + 2 * i));
  const points = (ends.at(-1) ?? -1) + 1;
  let at = start + 10 + 2 * count;
  at += 2 + view.getUint16(at);
  const flags = [];
  while (flags.length < points) {
    const flag = view.getUint8(at++);
    const repeats = flag & 8 ? view.getUint8(at++) : 0;
    for (let i = 0; i <= repeats; i += 1) flags.push(flag);
  }
  const axis = (short, same) => {
    let value = 0;
    return flags.map((flag) => {
      if (flag & short) value += (flag & same ? 1 : -1) * view.getUint8(at++);
      else if (!(flag & same)) {
        value += view.getInt16(at);
        at += 2;
      }
      return value;
    });
  };
  const xs = axis(2, 16);
  const ys = axis(4, 32);
  return ends.map((end, i) => {
    const from = i ? ends[i - 1] + 1 : 0;
    return Array.from({ length: end - from + 1 }, (_, k) => ({ x: xs[from + k], y: ys[from + k], on: flags[from + k] & 1 }));
  });
}

function composite(view, start, ofGlyph) {
  const all = [];
  for (let at = start, flags = 0x20; flags & 0x20; ) {
    flags = view.getUint16(at);
    const glyph = view.getUint16(at + 2);
    const isWide = flags & 1;
    if (!(flags & 2)) throw new Error("a composite glyph placed by points is not understood");
    const dx = isWide ? view.getInt16(at + 4) : view.getInt8(at + 4);
    const dy = isWide ? view.getInt16(at + 6) : view.getInt8(at + 5);
    at += isWide ? 8 : 6;
    const part = () => {
      at += 2;
      return view.getInt16(at - 2) / 16384;
    };
    let [a, b, c, d] = [1, 0, 0, 1];
    if (flags & 8) a = d = part();
    else if (flags & 0x40) [a, d] = [part(), part()];
    else if (flags & 0x80) [a, b, c, d] = [part(), part(), part(), part()];
    const moved = ({ x, y, on }) => ({ x: a * x + c * y + dx, y: b * x + d * y + dy, on });
    all.push(...ofGlyph(glyph).map((contour) => contour.map(moved)));
  }
  return all;
}

/** A contour as path data: y down from the baseline, whole units. */
function drawn(contour, scale) {
  const point = ({ x, y }) => `${Math.round(x * scale)} ${Math.round(-y * scale)}`;
  const middle = (p, q) => ({ x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 });
  const first = contour.findIndex(({ on }) => on);
  const turned = first < 0 ? contour : [...contour.slice(first), ...contour.slice(0, first)];
  const begin = first < 0 ? middle(contour.at(-1), contour[0]) : turned.shift();
  let data = `M${point(begin)}`;
  turned.forEach((p, i) => {
    const next = turned[i + 1] ?? { ...begin, on: 1 };
    if (p.on) data += `L${point(p)}`;
    else data += `Q${point(p)} ${point(next.on ? next : middle(p, next))}`;
  });
  return `${data}Z`;
}

async function hanFonts(root) {
  const folder = path.join(root, "node_modules", HAN);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".woff2"));
  const whole = names.filter((name) => name.includes("chinese-traditional"));
  return [...whole, ...names.filter((name) => !whole.includes(name)).sort()].map((name) => async () =>
    opened(await fontverter.convert(await readFile(path.join(folder, name)), "truetype")),
  );
}

function letterFonts(root, signs) {
  return ["latin", "vietnamese"].map((script) => async () => {
    const source = await readFile(path.join(root, "node_modules", `${LETTERS}-${script}-wght-normal.woff2`));
    return opened(await subsetFont(source, signs.join(""), { targetFormat: "truetype", variationAxes: { wght: 500 } }));
  });
}

async function outlines(signs, fonts) {
  const glyphs = {};
  let missing = signs;
  for (const open of fonts) {
    if (!missing.length) break;
    const font = await open();
    for (const sign of missing.filter(font.has)) glyphs[sign] = [font.advance(sign), font.outline(sign)];
    missing = missing.filter((sign) => !(sign in glyphs));
  }
  if (missing.length) throw new Error(`museum/demonstration/characters.txt: the fonts lack ${missing.join("")}`);
  return glyphs;
}

/** Write the outlines to the file `out`: {"em": 1000, "glyphs": {sign: [advance, path data]}}. */
export async function buildGlyphs({ root, out }) {
  const text = await readFile(path.join(root, "museum/demonstration/characters.txt"), "utf8");
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  const signs = [...new Set(lines.join(""))].filter((sign) => sign.trim()).sort();
  const han = signs.filter(isHan);
  const letters = signs.filter((sign) => !isHan(sign));
  const glyphs = {
    ...(await outlines(letters, letterFonts(root, letters))),
    ...(await outlines(han, await hanFonts(root))),
  };
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(out, `${JSON.stringify({ em: UNITS, glyphs })}\n`);
}
