// Which of a scan's copies suits this screen, this memory and this line: the first to show, the one to end with.

const QUICK = { "4g": 1_500_000, "3g": 500_000, "2g": 250_000, "slow-2g": 250_000 }; // bytes that may keep a visitor waiting
const MOST = { "4g": 48_000_000, "3g": 3_000_000, "2g": 800_000, "slow-2g": 400_000 }; // bytes worth their line
const SAVED = 800_000; // bytes, where somebody saves data
const TRIANGLES_PER_PIXEL = 0.6; // more can't be seen

/** What is known of the device that shows `stage`: memory in GiB (browsers that hide it are judged by their screen), line,
 * savings, pixels. */
export function deviceOf(stage, { navigator: told = navigator, matches = (query) => matchMedia(query).matches } = {}) {
  const { connection = {}, deviceMemory } = told;
  const ratio = Math.min(devicePixelRatio || 1, 2);
  return {
    memory: deviceMemory ?? (matches("(pointer: coarse)") ? 4 : 8),
    line: connection.effectiveType in QUICK ? connection.effectiveType : "4g",
    savesData: Boolean(connection.saveData),
    pixels: stage.clientWidth * stage.clientHeight * ratio * ratio,
  };
}

/** How much a device of so many GiB bears: triangles in a frame, pixels of a texture's side, megabytes of geometry kept. */
export function budgetOf({ memory }) {
  if (memory <= 1) return { triangles: 120_000, texture: 1024, megabytes: 48 };
  if (memory <= 2) return { triangles: 250_000, texture: 1024, megabytes: 96 };
  if (memory <= 4) return { triangles: 600_000, texture: 2048, megabytes: 192 };
  return { triangles: 2_000_000, texture: 4096, megabytes: Math.min(768, Math.max(384, memory * 64)) };
}

/** {first, best} of `rungs` ([{address, bytes, faces, texture_px}], smallest first) for this device. */
export function choose(rungs, device) {
  const budget = budgetOf(device);
  const most = device.savesData ? SAVED : MOST[device.line];
  const detail = Math.max(device.pixels * TRIANGLES_PER_PIXEL, 100_000);
  const size = ({ faces = 0, vertices = 0 }) => faces || vertices;
  const suits = (rung) =>
    (rung.bytes ?? 0) <= most && size(rung) <= Math.min(budget.triangles, detail) && (rung.texture_px ?? 0) <= budget.texture;
  const best = rungs.findLast(suits) ?? rungs[0];
  const quick = QUICK[device.line];
  const first = (best.bytes ?? 0) <= quick ? best : (rungs.findLast(({ bytes = 0 }) => bytes <= quick) ?? rungs[0]);
  const isWorth = first === best || size(best) > size(first) || (best.texture_px ?? 0) > (first.texture_px ?? 0);
  return { first: isWorth ? first : best, best };
}

/** What of `options` this device is shown: {tileset, first, best, copies}. Tiles are preferred, but not where somebody saves data or
 * the memory is smallest; the copies are the `rungs`, and the `model` where it isn't among them. */
export function wanted({ rungs = [], model, bytes, tileset }, device) {
  const suitsTiles = !device.savesData && device.memory > 1;
  const isKnown = rungs.some(({ address }) => address === model);
  const copies = isKnown ? rungs : [...rungs, { name: "medium", address: model, bytes }];
  return { tileset: suitsTiles && tileset, copies, ...choose(copies, device) };
}
