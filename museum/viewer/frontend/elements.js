// The few elements that every viewer is built of.

/** A button. `sign` shows a mark instead of the words, which then become its name and its tip. */
export function button(words, { act, className = "chip", sign = "" }) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = sign || words;
  if (sign) {
    made.setAttribute("aria-label", words);
    made.title = words;
    made.classList.add("is-sign");
  }
  made.addEventListener("click", act);
  return made;
}

export function group(label, className, children = []) {
  const made = document.createElement("div");
  made.className = className;
  made.setAttribute("role", "group");
  if (label) made.setAttribute("aria-label", label);
  made.append(...children);
  return made;
}
