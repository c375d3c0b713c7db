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

/** Ask for the first things that `options` let this device see, and for the scripts that only they need. What fails here
 * fails again where it is awaited. */
export function askEarly(options, device) {
  const { tileset, first } = wanted(options, device);
  const whole = (address) => new URL(address, document.baseURI).href;
  const asked = [import("three/addons/libs/meshopt_decoder.module.js")];
  if (!tileset) asked.push(ask(whole(first.address)));
  else {
    const root = async (answer) => {
      const { content } = (await answer.clone().json()).root;
      return ask(new URL(content.uri, whole(tileset)).href);
    };
    asked.push(import("./scan_tiles.js"), ask(whole(tileset)).then(root));
  }
  Promise.allSettled(asked);
}
