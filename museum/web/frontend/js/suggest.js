/** `<input list="…" data-suggest="/api/suggest">`: fills its datalist with the museum's own words while one types. */
export function mountSuggestions(root) {
  for (const input of root.querySelectorAll("input[data-suggest]")) {
    let waiting;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => offer(input), 150);
    });
  }
}

async function offer(input) {
  const typed = input.value.trim();
  if (typed.length < 2 || !input.list) return;
  const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`);
  if (!answer.ok || input.value.trim() !== typed) return; // somebody typed on: a newer answer is on its way
  const offers = await answer.json();
  input.list.replaceChildren(...offers.map(({ words }) => new Option(words, words)));
}
