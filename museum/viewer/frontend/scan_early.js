// What is asked for at the tap, while the scripts that will show it are still on their way.
import { wanted } from "./scan_rungs.js";

const early = new Map(); // address → promise of an answer that nobody has read yet

function ask(address) {
  const answer = fetch(address);
  early.set(address, answer);
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

/** Ask for the first things that `options` let this device see, and for the scripts that only they need. What fails here
 * fails again where it is awaited. */
export function askEarly(options, device) {
  const { tileset, first } = wanted(options, device);
  const whole = (address) => new URL(address, document.baseURI).href;
  const asked = [import("three/addons/libs/meshopt_decoder.module.js")];
  if (!tileset) asked.push(ask(whole(first.address)));
  else {
    const next = async (answer) => ask(frontOf(await answer.clone().json(), whole(tileset)));
    asked.push(import("./scan_tiles.js"), ask(whole(tileset)).then(next));
  }
  Promise.allSettled(asked);
}
