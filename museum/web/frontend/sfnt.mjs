// The few numbers of a TrueType font that a metric-matched fallback needs (OpenType 1.9: head, hhea, hmtx, cmap 4/12).

// Letters as often as they come in our two languages, marks off (Vietnamese marks don't change the advance).
const SAMPLE = "nnnnnnnnhhhhhhhhttttttticccccciiiiiiiaaaaaaaaaoooooooeeeeeeeggggguuuuuummmmrrrrllllddddsssspppvvbbbykkxxqfw                              ";

/** {view, found}: the bytes as numbers, and where each table begins. */
export function tables(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = {};
  for (let i = 0; i < view.getUint16(4); i += 1) {
    const at = 12 + i * 16;
    const tag = String.fromCharCode(...bytes.subarray(at, at + 4));
    found[tag] = view.getUint32(at + 8);
  }
  return { view, found };
}

/** code point → glyph of the table at `cmap`; 0 where the font has none. */
export function glyphOf(view, cmap) {
  for (let i = 0; i < view.getUint16(cmap + 2); i += 1) {
    const at = cmap + view.getUint32(cmap + 8 + i * 8);
    if (view.getUint16(at) === 4) return (code) => glyphInFormat4(view, at, code);
  }
  throw new Error("the font has no cmap of format 4");
}

function glyphInFormat4(view, at, code) {
  const twice = view.getUint16(at + 6);
  const [ends, starts] = [at + 14, at + 16 + twice];
  const [deltas, offsets] = [starts + twice, starts + 2 * twice];
  for (let i = 0; i < twice; i += 2) {
    if (code > view.getUint16(ends + i)) continue;
    const start = view.getUint16(starts + i);
    if (code < start) return 0;
    const offset = view.getUint16(offsets + i);
    const delta = view.getInt16(deltas + i);
    if (offset === 0) return (code + delta) & 0xffff;
    const glyph = view.getUint16(offsets + i + offset + 2 * (code - start));
    return glyph && (glyph + delta) & 0xffff;
  }
  return 0;
}

/** {ascent, descent, lineGap, advance}: parts of the em; `advance` is the mean width of a letter of running text. */
export function metrics(bytes) {
  const { view, found } = tables(bytes);
  const em = view.getUint16(found.head + 18);
  const long = view.getUint16(found.hhea + 34);
  const glyph = glyphOf(view, found.cmap);
  let sum = 0;
  for (const letter of SAMPLE) sum += view.getUint16(found.hmtx + 4 * Math.min(glyph(letter.codePointAt(0)), long - 1));
  const of = (offset) => view.getInt16(found.hhea + offset) / em;
  return { ascent: of(4), descent: -of(6), lineGap: of(8), advance: sum / SAMPLE.length / em };
}
