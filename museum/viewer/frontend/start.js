// Finds the viewers of a page. Until a visitor uses one, only this file is there: the poster, a button, the choices.
import { readOptions } from "./options.js";
import { button, group } from "./elements.js";

const MODULES = {
  image: () => import("./image.js"),
  scan: () => import("./scan.js"),
  manifest: () => import("./manifest_view.js"),
};

export function mountViewers(root) {
  for (const element of root.querySelectorAll("[data-viewer]")) {
    if (element.museumViewer) continue;
    if (element.dataset.viewer === "av") import("./av.js").then(({ mount }) => mount(element));
    else if (element.dataset.viewer === "compare") import("./compare.js").then(({ mount }) => mount(element));
    else if (element.dataset.viewer === "files") import("./manifest_open.js").then(({ mount }) => mount(element));
    else if (element.dataset.viewer in MODULES) prepare(element, MODULES[element.dataset.viewer]);
  }
}

/** Stories play over their page; where the player can't be had the page stays as the server made it. */
export function mountStories(root) {
  for (const story of root.querySelectorAll("[data-story]")) {
    import("./story.js").then(({ mountStory }) => mountStory(story)).catch((error) => {
      story.classList.remove("is-playing");
      story.classList.add("is-plain");
      console.error(error);
    });
  }
}

/** Put the opening button and the choices over the server's poster; nothing in the flow changes its place. */
function prepare(element, load) {
  const options = readOptions(element);
  const stage = element.querySelector(".viewer-stage");
  const poster = element.querySelector(".viewer-poster");
  const words = options.strings;
  const status = document.createElement("p");
  status.className = "viewer-status";
  status.setAttribute("role", "status");

  const state = { kind: element.dataset.viewer, isOpen: false, framesDrawn: 0, error: null };
  element.museumViewer = state;
  let opening = null;

  const start = (choice, view) => {
    opening ??= open().finally(() => {
      opening = null;
    });
    return opening;

    async function open() {
      if (state.isOpen) return;
      status.textContent = words.loading;
      element.classList.add("is-loading");
      try {
        const { mount } = await load();
        await mount({ element, stage, poster, status, words, options, state, choice, start: view });
        state.error = null;
      } catch (error) {
        state.error = error;
        status.textContent = error.words ?? words.load_failed;
      } finally {
        element.classList.remove("is-loading");
      }
    }
  };
  state.open = (view) => start(0, view);

  const bar = group(words.viewer, "viewer-bar viewer-start");
  bar.append(button(words[`open_${state.kind}`], { className: "chip key", act: () => start(0) }));
  (options.services ?? []).forEach(({ label }, index, all) => {
    if (all.length < 2) return;
    const chip = button(label, { className: "chip", act: () => start(index) });
    chip.setAttribute("aria-pressed", String(index === 0));
    bar.append(chip);
  });
  // The server's links to other lights do the same without a script.
  stage.querySelector("nav")?.remove();
  stage.append(bar);
  element.append(status);
  poster?.addEventListener("click", () => start(0));
  element.classList.add("is-ready");
  if (state.kind === "scan") {
    followAddress(state);
    standBy(load);
  }
}

/** A scan's door is small: once the page is at rest it stands ready, so that a tap goes straight for what is behind it. */
function standBy(load) {
  const soon = () => (window.requestIdleCallback ?? setTimeout)(() => load().then(({ standBy: next }) => next?.()).catch(() => {}));
  if (document.readyState === "complete") soon();
  else window.addEventListener("load", soon, { once: true });
}

/** A link to a view of a scan opens it. */
function followAddress(state) {
  const open = () => !state.isOpen && /[#&]view3d=/.test(location.hash) && state.open(location.hash);
  window.addEventListener("hashchange", open);
  open();
}
