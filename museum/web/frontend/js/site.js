// The only script a page loads at once. Everything heavy comes by import() when a visitor asks for it.
import { mountCopies } from "./copy.js";
import { mountStories, mountViewers } from "../../../viewer/frontend/start.js";

mountViewers(document);
mountStories(document);
mountCopies(document);

for (const box of document.querySelectorAll("[data-suggest]")) {
  const mount = async () => (await import("./suggest.js")).mountSuggestions(box);
  box.addEventListener("focusin", mount, { once: true });
}
for (const chart of document.querySelectorAll("[data-years]")) {
  import("./years.js").then(({ mountYears }) => mountYears(chart));
}
