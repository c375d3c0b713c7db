// What the image and the scan viewer share once open: the surface, the keys, the speech, full screen, closing.
import { button, group } from "./elements.js";
import { say } from "./options.js";

let made = 0;

/** A layer over the poster that takes focus and keys. It has a name and a description of its keys. */
export function surface({ stage, poster, words, kind }) {
  const layer = document.createElement("div");
  layer.className = "viewer-surface";
  layer.tabIndex = 0;
  layer.setAttribute("role", "application");
  layer.setAttribute("aria-label", say(words[`stage_${kind}`], { name: poster?.alt ?? "" }));
  const keys = document.createElement("p");
  keys.className = "viewer-hidden";
  made += 1;
  keys.id = `viewer-keys-${made}`;
  keys.textContent = words[`keys_${kind}`];
  layer.setAttribute("aria-describedby", keys.id);
  stage.prepend(keys);
  stage.append(layer);
  return {
    layer,
    remove() {
      layer.remove();
      keys.remove();
    },
  };
}

/** Says where the view stands once it has stood still for a moment, so that a reader isn't flooded. */
export function speaker(status, inWords, wait = 450) {
  let timer = 0;
  const tell = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      status.textContent = inWords();
    }, wait);
  };
  tell.stop = () => clearTimeout(timer);
  return tell;
}

/** The button that closes, in the corner. */
export function closer(words, act) {
  return button(words.close, { className: "chip viewer-close", act });
}

/** Keys of the surface: `keys` maps KeyboardEvent.key to an action; with Ctrl, Alt or Meta a key stays the browser's. */
export function listenToKeys(layer, keys, signal) {
  layer.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const act = keys[event.key] ?? keys[event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act(event);
    },
    { signal },
  );
}

/** Four buttons for what arrows do, behind one button that opens them. */
export function pad(words, name, move) {
  const signs = { left: "←", up: "↑", down: "↓", right: "→" };
  const arrows = group(words[name], "viewer-pad");
  arrows.hidden = true;
  for (const [way, sign] of Object.entries(signs)) {
    arrows.append(button(words[`${name}_${way}`], { sign, act: () => move(way) }));
  }
  const toggle = button(words[name], {
    act: () => {
      arrows.hidden = !arrows.hidden;
      toggle.setAttribute("aria-expanded", String(!arrows.hidden));
      // On a phone the row of tools scrolls sideways.
      if (!arrows.hidden) arrows.lastChild.scrollIntoView({ inline: "nearest", block: "nearest" });
    },
  });
  toggle.setAttribute("aria-expanded", "false");
  return [toggle, arrows];
}

/** A button for full screen, or nothing where the browser has none for elements (iPhone). */
export function fullScreen(element, words, signal) {
  if (!document.fullscreenEnabled) return [];
  const toggle = button(words.full_screen, {
    act: () => (document.fullscreenElement === element ? document.exitFullscreen() : element.requestFullscreen()),
  });
  document.addEventListener(
    "fullscreenchange",
    () => {
      toggle.textContent = document.fullscreenElement === element ? words.leave_full_screen : words.full_screen;
    },
    { signal },
  );
  return [toggle];
}

/** An error with words for the visitor. */
export function failure(words, cause) {
  const error = new Error(words, { cause });
  error.words = words;
  return error;
}
