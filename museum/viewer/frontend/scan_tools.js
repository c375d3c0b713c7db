// The tools of the scan viewer: a row of a few words, each of which opens one small panel; beside the object only what
// brings it nearer.
import { group } from "./elements.js";
import { room } from "./scan_framing.js";
import { rename, tool } from "./scan_icons.js";
import { LOOKS } from "./scan_looks.js";
import { lightPanel, measurePanel, morePanel, movePanel, surfacePanel } from "./scan_panels.js";

const PANELS = {
  move: { make: movePanel, mark: "turn" },
  light: { make: lightPanel, mark: "light" },
  surface: { make: surfacePanel, mark: "surface" },
  measure: { make: measurePanel, mark: "measure" },
  more: { make: morePanel, mark: "more" },
};
let made = 0;

export class Tools {
  constructor(view) {
    this.view = view;
    this.opened = "";
    this.parts = new Map(Object.keys(PANELS).map((name) => [name, this.part(name)]));
    this.row = group(view.words.viewer, "viewer-tools scan-row", [...this.parts.values()].map(({ tab }) => tab));
    this.element = document.createElement("div");
    this.element.className = "viewer-bar scan-bar";
    this.element.append(...[...this.parts.values()].map(({ panel }) => panel), this.row);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.opened) return;
      event.stopPropagation();
      this.toggle(this.opened);
    });
    this.side = this.makeSide();
  }

  part(name) {
    const { make, mark } = PANELS[name];
    const { words } = this.view;
    const { element: panel, update = () => {} } = make(this.view);
    made += 1;
    panel.id = `scan-panel-${made}`;
    panel.classList.add("scan-panel");
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", words[`tool_${name}`]);
    panel.hidden = true;
    const tab = tool(words[`tool_${name}`], { mark, act: () => this.toggle(name), className: "scan-tab" });
    tab.setAttribute("aria-expanded", "false");
    tab.setAttribute("aria-controls", panel.id);
    return { tab, panel, update };
  }

  makeSide() {
    const { view } = this;
    const { words } = view;
    this.readout = document.createElement("span");
    this.readout.className = "viewer-readout";
    this.full = document.fullscreenEnabled
      ? tool(words.full_screen, { mark: "full", isBare: true, act: () => this.fullScreen() })
      : null;
    document.addEventListener("fullscreenchange", () => this.fullChanged(), { signal: view.stop.signal });
    return group(words.zoom, "scan-side", [
      tool(words.zoom_in, { mark: "plus", isBare: true, act: () => view.zoomBy(1.25) }),
      this.readout,
      tool(words.zoom_out, { mark: "minus", isBare: true, act: () => view.zoomBy(0.8) }),
      tool(words.reset, { mark: "whole", isBare: true, act: () => view.reset() }),
      ...(this.full ? [this.full] : []),
    ]);
  }

  fullScreen() {
    const { element } = this.view;
    if (!document.fullscreenEnabled) return;
    if (document.fullscreenElement === element) document.exitFullscreen();
    else element.requestFullscreen();
  }

  fullChanged() {
    const { element, words } = this.view;
    const isFull = document.fullscreenElement === element;
    if (this.full) rename(this.full, isFull ? words.leave_full_screen : words.full_screen, true, isFull ? "leave" : "full");
  }

  /** Open one panel; the one that was open closes. */
  toggle(name) {
    const { view } = this;
    const before = this.opened;
    this.opened = before === name ? "" : name;
    for (const [one, { tab, panel }] of this.parts) {
      panel.hidden = one !== this.opened;
      tab.setAttribute("aria-expanded", String(one === this.opened));
    }
    const isInside = this.parts.get(before)?.panel.contains(document.activeElement);
    if (isInside) this.parts.get(before).tab.focus();
    view.element.classList.toggle("has-panel", Boolean(this.opened));
    view.measure.switch(this.opened === "measure" && view.mmPerUnit !== null);
    view.element.classList.toggle("is-measuring", this.opened === "measure" && view.mmPerUnit !== null);
    if (this.opened === "light") view.setMode("light");
    else if (before === "light" && view.mode === "light") view.setMode("turn");
    this.update();
    this.fit();
  }

  /** The object stands in what the tools, and an open panel, leave free. */
  fit() {
    const { scene } = this.view;
    if (scene.width) scene.frameInto(room(scene, this.element.getBoundingClientRect().height));
  }

  told(zoom) {
    this.readout.textContent = zoom;
  }

  nextLook() {
    const { look } = this.view.scene.looks;
    this.view.setLook(LOOKS[(LOOKS.indexOf(look) + 1) % LOOKS.length]);
  }

  update() {
    for (const { update } of this.parts.values()) update();
  }

  add(element) {
    this.element.insertBefore(element, this.row);
    this.fit();
  }
}
