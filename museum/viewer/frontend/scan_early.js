// What is asked for at the tap, while the scripts that will show it are not there yet.
import { wanted } from "./scan_rungs.js";

const SMALL = 400_000; // bytes of a copy that is worth a picture before the one that stays
const early = new Map(); // address → promise of an answer that nobody has read yet

function ask(address) {
  const answer = fetch(address, { priority: "high" });
  early.set(address, answer);
  answer.catch(() => {}); // it fails again where it is awaited
  return answer;
}

/** The answer to `address`, perhaps on its way already; an early one is given away once. */
export function answerTo(address, options) {
  const answer = early.get(address);
  early.delete(address);
  return answer ?? fetch(address, options);
}

/** The address of what a tileset shows first: the whole in few triangles where there is that, else its root. */
export function frontOf({ asset, root }, address) {
  return new URL((asset.extras?.front ?? root.content).uri, address).href;
}

/** The bytes of an answer that somebody else will read, too. */
async function copied(asked) {
  const answer = (await asked).clone();
  if (!answer.ok) throw new Error(`${answer.status}: ${answer.url}`);
  return answer.arrayBuffer();
}

/** Ask for the first things that `options` let this device see: {small: promise of {bytes, up}, what a picture can be drawn
 * of at once, or null, as always where none `isWanted`; decoder: promise of what unpacks them; others(): what else is sure
 * to be needed, once `small` is here}. What fails here fails again where it is awaited. */
export function askEarly(options, device, { isWanted = true } = {}) {
  const { tileset, first, copies } = wanted(options, device);
  const up = options.up || "Y";
  const whole = (address) => new URL(address, document.baseURI).href;
  const decoder = import("three/addons/libs/meshopt_decoder.module.js");
  decoder.catch(() => {});

  async function ofTiles() {
    const address = whole(tileset);
    const told = await ask(address).then((answer) => answer.clone().json());
    const front = ask(frontOf(told, address));
    return told.asset.extras?.front ? { bytes: await copied(front), up: "Y" } : null;
  }

  async function ofCopies() {
    const isSmall = ({ bytes }) => bytes <= SMALL;
    const [least] = copies;
    if (isSmall(first) || !first.bytes) {
      const asked = ask(whole(first.address));
      const bytes = first.bytes ?? Number((await asked).headers.get("content-length") ?? Infinity);
      return isSmall({ bytes }) ? { bytes: await copied(asked), up } : null;
    }
    if (!isWanted || device.savesData || least === first || !isSmall(least)) return null;
    return { bytes: await copied(fetch(whole(least.address), { priority: "high" })), up };
  }

  const asked = (tileset ? ofTiles() : ofCopies()).catch(() => null);
  const others = () => {
    if (tileset) import("./scan_tiles.js").catch(() => {});
    else if (first.bytes > SMALL) ask(whole(first.address));
  };
  return { small: isWanted ? asked : Promise.resolve(null), decoder, others };
}
