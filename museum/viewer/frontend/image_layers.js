// The only door to OpenSeadragon: a IIIF image service opened in its viewer, further registered layers over it.
import OpenSeadragon from "openseadragon";
import { failure } from "./stage.js";

/** The service's info.json, with the address we asked as its id: a museum may answer under several host names. */
export async function describe(service, words) {
  const id = new URL(service.id.replace(/\/+$/, ""), document.baseURI).href;
  const answer = await fetch(`${id}/info.json`).catch((error) => {
    throw failure(words.load_failed, error);
  });
  if (!answer.ok) throw failure(words.load_failed, answer.status);
  const info = await answer.json();
  info[info.id ? "id" : "@id"] = id;
  return info;
}

/** OpenSeadragon adds a style element that hides the focus; our content policy allows none. It adds none when it finds
 * one with this mark: this one has no namespace, so it styles nothing and the policy has nothing to refuse. */
function declineStyle() {
  const mark = "data-openseadragon-mobile-css";
  if (document.querySelector(`style[${mark}]`)) return;
  const empty = document.createElementNS(null, "style");
  empty.setAttribute(mark, "");
  document.head.append(empty);
}

/** A viewer in `element` that opens `info`, without any control of its own. */
export function openViewer(element, info, options) {
  declineStyle();
  return new OpenSeadragon.Viewer({
    element,
    tileSources: info,
    // Measured: first tile after 0.9 s with the canvas drawer, 1.4 s with WebGL (software GL).
    drawer: "canvas",
    showNavigationControl: false,
    // One tile is asked for with each frame otherwise, and the line waits for frames (decision 0024).
    maxTilesPerFrame: 8,
    tabIndex: -1,
    ...options,
  });
}

/** Resolves when the first tile is drawn; rejects in words when the picture can't be opened. */
export function firstTile(osd, words) {
  return new Promise((resolve, reject) => {
    osd.addOnceHandler("open-failed", (event) => reject(failure(words.load_failed, event.message)));
    osd.addOnceHandler("tile-drawn", resolve);
  });
}

/** Add another registered layer at the place of the first; `opacity` as in OpenSeadragon. */
export async function addLayer(osd, service, words, opacity = 1) {
  const { x, y, width } = osd.world.getItemAt(0).getBoundsNoRotate();
  const tileSource = await describe(service, words);
  return new Promise((resolve, reject) => {
    const success = ({ item }) => resolve(item);
    osd.addTiledImage({ tileSource, x, y, width, opacity, preload: true, success, error: reject });
  });
}

export const point = (x, y) => new OpenSeadragon.Point(x, y);
export const rect = (x, y, width, height) => new OpenSeadragon.Rect(x, y, width, height);
