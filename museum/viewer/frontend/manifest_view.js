// The viewer of IIIF Presentation 4.0 (draft) manifests, ours and others': scenes on the stage of scans, canvases and
// timelines as what they hold, notes that move the camera, and a plain list of what is not at hand or not shown.
import { button, group } from "./elements.js";
import { FlatStage } from "./manifest_pages.js";
import { Panel } from "./manifest_panel.js";
import { readManifest } from "./manifest_read.js";
import { Sounds } from "./manifest_sounds.js";
import { SceneOnStage } from "./manifest_stage.js";
import { MODES } from "./manifest_unshown.js";
import { languageOf } from "./options.js";
import { openView } from "./scan_view.js";
import { failure } from "./stage.js";

const SHORT = 60; // characters of a note that name its point

const shortened = (text) => (text.length > SHORT ? `${text.slice(0, SHORT - 1).trimEnd()}…` : text);

export class ManifestView {
  /** `resolve(address, format)` gives where a file can be had, or null; `others` are further documents at hand. */
  constructor(context, document, { resolve, others = [] }) {
    Object.assign(this, { context, resolve });
    const { element, words } = context;
    this.words = words;
    this.language = languageOf(element);
    this.manifest = readManifest(document, { language: this.language, others });
    this.panel = new Panel(this);
    context.state.manifest = this.manifest;
    context.state.show = (index) => this.show(index);
  }

  get container() {
    return this.manifest.containers[this.index];
  }

  async open() {
    this.context.element.querySelector(".manifest-static")?.setAttribute("hidden", "");
    this.context.element.append(this.panel.element);
    await this.show(this.manifest.start);
  }

  /** Show the container of this number; without any only what is said. */
  async show(index) {
    this.leave();
    this.index = index;
    const { container } = this;
    if (container?.kind === "scene") await this.scene(container);
    else {
      if (container) this.flat(container);
      this.context.status.textContent = container?.label || this.manifest.label;
    }
    this.panel.renew();
  }

  async scene(parsed) {
    const { context } = this;
    this.stage = new SceneOnStage(parsed, { resolve: this.resolve });
    const options = { ...context.options };
    if (parsed.metres) options.scale = parsed.metres * 1000;
    this.view = await openView({ ...context, options }, { fill: this.stage.fill });
    const { view, stage } = this;
    view.setInteraction(parsed.modes.find((mode) => MODES.has(mode)) ?? "orbit");
    this.pinned = [...parsed.texts.map((text) => ({ ...text, moves: [], camera: null })), ...parsed.notes].filter(({ at }) => at);
    view.setHotspots(this.pinned.map((note) => this.spot(note)));
    this.choices(parsed);
    if (parsed.sounds.length) this.listen(parsed);
    if (!stage.count && parsed.models.length) view.announce(this.words.manifest_no_files);
    context.state.stage = stage;
    context.state.close = () => this.close();
  }

  spot(note) {
    const text = note.words.map((each) => each.text).join(" ");
    return {
      at: note.at,
      space: "scene",
      label: shortened(text),
      text: text.length > SHORT ? text : "",
      camera: this.stage.cameraById(note.camera),
      onOpen: () => this.chosen(note),
    };
  }

  /** A note was chosen in the picture: do what it moves beside the camera. */
  chosen(note) {
    for (const move of note.moves ?? []) this.stage.move(move);
    this.panel.mark(note.id);
  }

  /** A note was chosen in the list. */
  visit(note) {
    const index = this.pinned.findIndex(({ id }) => id === note.id);
    if (index >= 0 && this.view.pins) this.view.pins.buttons.open(index);
    else {
      const camera = this.stage.cameraById(note.camera);
      if (camera) this.view.scene.flyTo(camera).then(() => this.view.tell());
      this.chosen(note);
    }
  }

  /** Chips for the cameras and for what is hidden at first. */
  choices({ cameras, models, lights, pictures }) {
    const { words, view, stage } = this;
    const named = (part, index, fallback) => part.label || `${fallback} ${index + 1}`;
    if (cameras.length > 1) {
      const chips = cameras.map((camera, index) =>
        button(named(camera, index, words.manifest_camera), {
          act: () => view.scene.flyTo(stage.camera(camera)).then(() => view.tell()),
        }),
      );
      view.addTools(group(words.manifest_cameras, "viewer-choices manifest-cameras", chips));
    }
    const hidden = [...models, ...lights, ...pictures].filter(({ isHidden, id }) => isHidden && stage.parts.has(id));
    if (!hidden.length) return;
    const chips = hidden.map((part, index) => {
      const chip = button(named(part, index, words.manifest_part), {
        act: () => chip.setAttribute("aria-pressed", String(stage.toggle(part.id, !stage.toggle(part.id)))),
      });
      chip.setAttribute("aria-pressed", "false");
      return chip;
    });
    view.addTools(group(words.manifest_hidden, "viewer-choices manifest-hidden", chips));
  }

  /** A button that plays and stops the scene's sounds; notes that belong to a moment are said when it comes. */
  listen(parsed) {
    const { words, view, stage } = this;
    this.sounds = new Sounds(parsed, {
      scene: view.scene,
      resolve: (address, format) => stage.address(address, format),
      failed: stage.failed,
      onEnd: () => told(false),
      onInstant: (note) => {
        this.panel.mark(note.id);
        view.announce(note.words.map(({ text }) => text).join(" "));
      },
    });
    const chip = button(words.manifest_play, {
      act: () => {
        if (this.sounds.playing) this.sounds.stop();
        else this.sounds.play().then(() => told(true));
      },
    });
    const told = (isPlaying) => {
      chip.textContent = isPlaying ? words.manifest_pause : words.manifest_play;
      this.panel.renew();
    };
    view.addTools(group(words.manifest_sounds, "viewer-choices", [chip]));
    this.context.state.sounds = this.sounds;
  }

  flat(container) {
    const { context } = this;
    this.pages = new FlatStage(context.stage, container, { resolve: this.resolve, words: this.words });
    context.element.classList.add("is-open", "is-drawn");
    Object.assign(context.state, { isOpen: true, close: () => this.close() });
  }

  /** What the container that is shown lacks. */
  get absent() {
    return [...new Set([...(this.stage?.absent ?? []), ...(this.pages?.absent ?? [])])];
  }

  /** What the files bring along and the viewer does not show. */
  get unplayed() {
    return (this.stage?.animated ?? []).map((address) => `animations: ${address}`);
  }

  get failed() {
    return [...(this.stage?.failed ?? []), ...(this.pages?.failed ?? [])];
  }

  leave() {
    this.sounds?.dispose();
    this.stage?.dispose();
    this.view?.close();
    this.pages?.remove();
    this.view = this.stage = this.pages = this.pinned = this.sounds = undefined;
  }

  close() {
    this.leave();
    this.panel.element.remove();
    this.context.element.classList.remove("is-open", "is-drawn");
    this.context.element.querySelector(".manifest-static")?.removeAttribute("hidden");
    this.context.state.isOpen = false;
  }
}

/** Addresses of the museum that made the manifest, at the address where this page has it; others are not fetched. */
export function ownAddresses(manifest, page) {
  const home = new URL(manifest.id ?? page).origin;
  return (address) => {
    const found = URL.canParse(address) ? new URL(address) : null;
    if (!found || (found.origin !== home && found.origin !== location.origin)) return null;
    return found.pathname + found.search;
  };
}

/** Open the manifest that `options.manifest` names, of our own, over the poster. */
export async function mount(context) {
  const { options, words } = context;
  const address = new URL(options.manifest, document.baseURI).href;
  const found = await fetch(address)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`${answer.status}: ${address}`))))
    .catch((error) => {
      throw failure(words.load_failed, error);
    });
  const view = new ManifestView(context, found, { resolve: ownAddresses(found, address) });
  await view.open();
  return view;
}
