/**
 * Suggestions while one types, for `.box[data-suggest]`: objects with their picture, terms, places, exhibitions.
 * A combobox with a list (WAI-ARIA APG): arrows choose, Enter opens, Escape closes; Enter alone searches as before.
 */
const PAUSE_MS = 120;
const LEAST = 2; // letters; a Hán character alone is enough

export function mountSuggestions(box) {
  const input = box.querySelector("input[type=search]");
  const list = element("div", { id: `${input.id}-offers`, className: "offers", role: "listbox", hidden: true });
  list.setAttribute("aria-label", box.dataset.label);
  const said = element("p", { className: "hidden", role: "status" });
  box.append(list, said);
  input.removeAttribute("list"); // the browser's own list would cover ours
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  const state = { box, input, list, said, options: [], at: -1, waiting: 0, asked: "" };
  input.addEventListener("input", () => {
    clearTimeout(state.waiting);
    state.waiting = setTimeout(() => ask(state), PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => press(state, event));
  input.addEventListener("blur", () => close(state));
  // A press on an option must not take the focus from the input, or the list would close before the click.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => follow(state, event.target.closest("[role=option]")));
  if (document.activeElement === input && input.value !== input.defaultValue) ask(state);
}

async function ask(state) {
  const typed = state.input.value;
  state.asked = typed;
  if (typed.trim().length < LEAST && !/\p{Script=Han}/u.test(typed)) return close(state);
  const address = new URL(state.box.dataset.suggest, location.href);
  address.searchParams.set("q", typed);
  const answer = await fetch(address).catch(() => null);
  if (state.asked !== typed || document.activeElement !== state.input) return; // somebody typed on, or left
  const offers = answer?.ok ? await answer.json() : [];
  if (state.asked === typed) show(state, offers, typed);
}

function show(state, offers, typed = "") {
  state.list.dataset.typed = typed;
  state.options = [];
  state.at = -1;
  state.input.removeAttribute("aria-activedescendant");
  state.list.replaceChildren(...grouped(offers).map((group) => groupOf(state, group)));
  state.list.hidden = !offers.length;
  state.input.setAttribute("aria-expanded", String(offers.length > 0));
  state.said.textContent = offers.length ? state.box.dataset.count.replace("{number}", offers.length) : "";
}

function grouped(offers) {
  const groups = new Map();
  for (const offer of offers) groups.set(offer.group, [...(groups.get(offer.group) ?? []), offer]);
  return [...groups.values()];
}

function groupOf(state, offers) {
  const group = element("div", { role: "group", className: `offers-${offers[0].group}` });
  group.setAttribute("aria-label", offers[0].group_words);
  const title = element("p", { className: "offers-title", textContent: offers[0].group_words });
  title.setAttribute("aria-hidden", "true");
  group.append(title, ...offers.map((offer) => optionOf(state, offer)));
  return group;
}

function optionOf(state, offer) {
  const option = element("div", { role: "option", className: "offer", id: `${state.list.id}-${state.options.length}` });
  option.dataset.address = offer.address;
  option.setAttribute("aria-selected", "false");
  if (offer.group === "object") {
    const frame = element("span", { className: "offer-image" });
    if (offer.image) frame.append(element("img", { src: offer.image, alt: "", decoding: "async" }));
    option.append(frame);
  }
  const words = element("span", { className: "offer-words" });
  marked(words, offer.words, state.input.value);
  if (offer.language) words.lang = offer.language;
  option.append(words);
  const number = offer.records ? Number(offer.records).toLocaleString(document.documentElement.lang) : "";
  const line = [offer.line !== offer.group_words && offer.line, number && state.box.dataset.records.replace("{number}", number)].filter(Boolean).join(" · ");
  if (line) option.append(element("span", { className: "offer-line", textContent: line }));
  state.options.push(option);
  return option;
}

/** The words with what was typed of them set off, marks aside. */
function marked(place, words, typed) {
  const parts = fold(typed).split(/\s+/).filter(Boolean);
  for (const piece of words.split(/(\s+)/)) {
    const part = parts.filter((p) => fold(piece).startsWith(p)).sort((a, b) => b.length - a.length)[0];
    if (!part) {
      place.append(piece);
      continue;
    }
    const letters = [...piece.normalize("NFC")];
    place.append(element("b", { textContent: letters.slice(0, part.length).join("") }), letters.slice(part.length).join(""));
  }
}

function fold(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replaceAll("đ", "d");
}

function press(state, event) {
  const { options } = state;
  if (event.isComposing || state.list.hidden || !options.length) return;
  if (event.key === "ArrowDown") choose(state, state.at + 1 === options.length ? -1 : state.at + 1);
  else if (event.key === "ArrowUp") choose(state, state.at === -1 ? options.length - 1 : state.at - 1);
  else if (event.key === "Escape") close(state);
  else if (event.key === "Enter" && state.at >= 0) follow(state, options[state.at]);
  else return;
  event.preventDefault();
}

function choose(state, at) {
  state.options[state.at]?.setAttribute("aria-selected", "false");
  state.at = at;
  const option = state.options[at];
  if (!option) return state.input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  state.input.setAttribute("aria-activedescendant", option.id);
}

function follow(state, option) {
  if (!option) return;
  close(state);
  location.assign(option.dataset.address);
}

function close(state) {
  clearTimeout(state.waiting);
  state.asked = "";
  show(state, []);
}

function element(name, { role, ...values }) {
  const made = Object.assign(document.createElement(name), values);
  if (role) made.setAttribute("role", role);
  return made;
}
