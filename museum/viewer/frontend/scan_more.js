// The link to a view, and the list of keys.
import { tool } from "./scan_icons.js";

const KEYS = [
  ["← ↑ ↓ →", "key_arrows"],
  ["⇧ ← ↑ ↓ →", "key_pan"],
  ["+ −", "key_zoom"],
  ["0", "key_whole"],
  ["1 … 6", "key_sides"],
  [", .", "key_roll"],
  ["L", "key_light"],
  ["M", "key_look"],
  ["C", "key_cut"],
  ["D", "key_measure"],
  ["Enter", "key_point"],
  ["W", "key_walk"],
  ["N P", "key_spots"],
  ["F", "key_full"],
  ["Esc", "key_close"],
];

export function listOfKeys(words) {
  const list = document.createElement("dl");
  list.className = "scan-keys";
  for (const [key, name] of KEYS) {
    const term = document.createElement("dt");
    term.textContent = key;
    const means = document.createElement("dd");
    means.textContent = words[name];
    list.append(term, means);
  }
  return list;
}

/** The button that makes a link to this very view, and the field that shows it. */
export function sharing(view) {
  const { words, options } = view;
  const field = document.createElement("input");
  Object.assign(field, { type: "text", readOnly: true, className: "scan-link" });
  field.setAttribute("aria-label", words.share_link);
  field.addEventListener("focus", () => field.select());
  const element = document.createElement("div");
  element.className = "scan-share";
  element.hidden = true;
  element.append(field);
  const button = tool(words.share_view, {
    mark: "share",
    act: async () => {
      const page = new URL(options.page ?? location.href, location.href);
      page.hash = view.fragment();
      if (!options.page) history.replaceState(history.state, "", page);
      field.value = page.href;
      element.hidden = false;
      view.tools.fit();
      const isCopied = await navigator.clipboard?.writeText(page.href).then(() => true, () => false);
      if (!isCopied) field.focus();
      view.announce(isCopied ? words.share_copied : words.share_ready);
    },
  });
  return { button, element };
}
