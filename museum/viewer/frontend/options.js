/** Options of a viewer: its data-* attributes, over the JSON of a `<script type="application/json">` inside it. */
export function readOptions(element) {
  const script = element.querySelector('script[type="application/json"]');
  const options = script ? JSON.parse(script.textContent) : {};
  const { services, strings, ...others } = element.dataset;
  Object.assign(options, others);
  if (services) options.services = JSON.parse(services);
  if (strings) options.strings = JSON.parse(strings);
  options.strings ??= {};
  return options;
}

/** `words` with its {names} filled from `values`. */
export function say(words, values) {
  return (words ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The nearest language given by the page, for numbers. */
export const languageOf = (element) => element.closest("[lang]")?.lang || "vi";

export const wantsStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
