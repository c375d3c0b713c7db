// The marks on the tools of the scan viewer: lines on a field of 24, drawn for this museum.

const SVG = "http://www.w3.org/2000/svg";

const LINES = {
  turn: "M12 4a8 8 0 1 0 8 8M16.5 4.2 20 8l-5 .8M12 8.5v7M8.8 10.2l6.4 3.6M15.2 10.2l-6.4 3.6",
  pan: "M12 3v18M3 12h18M9.5 5.5 12 3l2.5 2.5M9.5 18.5 12 21l2.5-2.5M5.5 9.5 3 12l2.5 2.5M18.5 9.5 21 12l-2.5 2.5",
  walk: "M13.2 5.2a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8ZM8 12.5l2.2-4 3-.7 2 3.7 2.8 1M12.2 8.5l-.9 5.3 3.2 3 .9 4.7M11.3 13.8l-1.3 4-2.5 3.7",
  light: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2.5v2M5.3 5.3l1.4 1.4M2.5 12h2M5.3 18.7l1.4-1.4M18.7 5.3l-1.4 1.4M21.5 12h-2M3 21.5h18",
  surface: "M12 3 20 7.5v9L12 21l-8-4.5v-9L12 3ZM4 7.5l8 4.5 8-4.5M12 12v9M8 5.3l8 4.5M16 9.8v4.6",
  measure: "M3 16.5 16.5 3 21 7.5 7.5 21 3 16.5ZM6.5 13l2 2M9.5 10l3 3M12.5 7l2 2",
  more: "M4.6 12a.9.9 0 1 0 1.8 0 .9.9 0 1 0-1.8 0M11.1 12a.9.9 0 1 0 1.8 0 .9.9 0 1 0-1.8 0M17.6 12a.9.9 0 1 0 1.8 0 .9.9 0 1 0-1.8 0",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  whole: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M12 9l3 1.7v3.6L12 16l-3-1.7v-3.6L12 9Z",
  full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  leave: "M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5",
  share: "M12 14V3.5M8 7l4-4 4 4M6 11H4.5v9.5h15V11H18",
  ar: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M12 7.5l4 2.2v4.6l-4 2.2-4-2.2V9.7l4-2.2ZM8 9.7l4 2.3 4-2.3M12 12v4.5",
  keys: "M3 7h18v10.5H3V7ZM6.5 10.5h.01M10 10.5h.01M14 10.5h.01M17.5 10.5h.01M8 14h8",
  left: "M19 12H5M11 6l-6 6 6 6",
  right: "M5 12h14M13 6l6 6-6 6",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  roll_left: "M5 5.5v5h5M5.6 10.3A7.5 7.5 0 1 1 5 15",
  roll_right: "M19 5.5v5h-5M18.4 10.3A7.5 7.5 0 1 0 19 15",
  point: "M12 3v5M12 16v5M3 12h5M16 12h5M12 12h.01",
  clear: "M5 5l14 14M19 5 5 19",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", LINES[name]);
  svg.append(line);
  return svg;
}

/** A button with a mark; its words stand beside the mark, or are its name and its tip where `isBare`. */
export function tool(words, { mark, act, isBare = false, className = "" }) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `chip tool ${className}`.trim();
  made.append(icon(mark));
  rename(made, words, isBare);
  made.addEventListener("click", act);
  return made;
}

/** Give such a button other words, and another mark. */
export function rename(made, words, isBare = made.classList.contains("is-sign"), mark) {
  if (mark) made.querySelector("svg").replaceWith(icon(mark));
  made.classList.toggle("is-sign", isBare);
  if (isBare) {
    made.setAttribute("aria-label", words);
    made.title = words;
    return;
  }
  const name = made.querySelector(".tool-name") ?? made.appendChild(document.createElement("span"));
  name.className = "tool-name";
  name.textContent = words;
}

/** Several buttons of which one is pressed: {element, show(value), offer(value, is)}. `choices` are [value, words, mark?]: one with a
 * mark shows it and is named by its words. */
export function choice(label, choices, act) {
  const element = document.createElement("div");
  element.className = "choice";
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
  const buttons = new Map(
    choices.map(([value, words, mark]) => {
      if (mark) return [value, tool(words, { mark, isBare: true, act: () => act(value) })];
      const made = document.createElement("button");
      made.type = "button";
      made.className = "chip";
      made.textContent = words;
      made.addEventListener("click", () => act(value));
      return [value, made];
    }),
  );
  element.append(...buttons.values());
  return {
    element,
    show(value) {
      for (const [one, made] of buttons) made.setAttribute("aria-pressed", String(one === value));
    },
    offer(value, isOffered) {
      buttons.get(value).hidden = !isOffered;
    },
  };
}

/** A slider with its words and its value beside it: {element, input, show(value)}. */
export function slider(label, { min, max, step, act, say = String }) {
  const element = document.createElement("label");
  element.className = "slide";
  const name = document.createElement("span");
  name.textContent = label;
  const input = document.createElement("input");
  Object.assign(input, { type: "range", min, max, step });
  const told = document.createElement("output");
  element.append(name, input, told);
  const show = (value) => {
    input.value = value;
    told.textContent = say(Number(value));
    input.setAttribute("aria-valuetext", told.textContent);
  };
  input.addEventListener("input", () => {
    show(input.value);
    act(Number(input.value));
  });
  return { element, input, show };
}
