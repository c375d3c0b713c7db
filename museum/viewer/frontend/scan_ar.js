// The object in one's own room: a link to the phone's own viewer, WebXR where the browser offers it. Only where the scale
// is established: in a room every thing has a size.
import { icon, tool } from "./scan_icons.js";

const PACKAGE = "com.google.ar.core";

/** The address by which Android opens Scene Viewer (developers.google.com/ar/develop/scene-viewer). */
export function sceneViewer({ glb, title, page }) {
  const asked = new URLSearchParams({ file: glb, mode: "ar_preferred", title, link: page, resizable: "false" });
  const after = `scheme=https;package=${PACKAGE};action=android.intent.action.VIEW;S.browser_fallback_url=${encodeURIComponent(page)};end;`;
  return `intent://arvr.google.com/scene-viewer/1.2?${asked}#Intent;${after}`;
}

function link(words, address) {
  const made = document.createElement("a");
  made.className = "chip tool";
  made.href = address;
  const name = document.createElement("span");
  name.className = "tool-name";
  name.textContent = words;
  return { made, name };
}

/** What the device offers: a link or a button, or nothing. */
export function arLink(view) {
  const { options, words } = view;
  const { ar } = options;
  if (!ar || view.mmPerUnit === null) return [];
  const absolute = (address) => new URL(address, document.baseURI).href;
  const page = absolute(options.page ?? location.href.split("#")[0]);
  const probe = document.createElement("a");
  if (ar.usdz && probe.relList?.supports?.("ar")) {
    // Quick Look opens at once only a link that holds one picture and nothing else.
    const made = document.createElement("a");
    made.className = "chip tool is-sign";
    made.rel = "ar";
    made.href = `${absolute(ar.usdz)}#allowsContentScaling=0&canonicalWebPageURL=${encodeURIComponent(page)}`;
    const picture = new Image(20, 20);
    picture.alt = words.ar_view;
    picture.src = `data:image/svg+xml,${encodeURIComponent(pictureOf())}`;
    made.append(picture);
    return [made];
  }
  if (ar.glb && /android/i.test(navigator.userAgent)) {
    const { made, name } = link(words.ar_view, sceneViewer({ glb: absolute(ar.glb), title: ar.title ?? "", page }));
    made.append(icon("ar"), name);
    return [made];
  }
  return [offerXr(view)];
}

function pictureOf() {
  const mark = icon("ar");
  mark.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  mark.setAttribute("fill", "none");
  mark.setAttribute("stroke", "#f3ece1");
  mark.setAttribute("stroke-width", "1.75");
  return mark.outerHTML;
}

/** A button that appears once the browser says that it can. */
function offerXr(view) {
  const { words } = view;
  const button = tool(words.ar_view, {
    mark: "ar",
    act: () =>
      import("./scan_xr.js")
        .then(({ enter }) => enter(view))
        .catch((error) => {
          view.state.error = error;
          view.announce(words.ar_failed);
        }),
  });
  button.hidden = true;
  navigator.xr?.isSessionSupported("immersive-ar").then(
    (isOffered) => {
      button.hidden = !isOffered;
    },
    () => {},
  );
  return button;
}
