/**
 * `.years-chart[data-years]`: two sliders on the edges of the bars, and dragging over them. What is chosen is said at
 * once, counted exactly: results that start up to its last bar without those that end before its first.
 */
export function mountYears(chart) {
  const given = JSON.parse(chart.dataset.years);
  const number = given.years.length;
  const state = {
    chart,
    given,
    number,
    bars: [...chart.querySelectorAll(".years-bars rect")],
    said: chart.closest(".years").querySelector(".years-said"),
    apply: chart.closest(".years").querySelector(".years-apply"),
    from: document.querySelector("#from"),
    to: document.querySelector("#to"),
    first: given.chosen[0],
    last: given.chosen[1] + 1, // the edge behind the last bar
    anchor: -1,
  };
  state.low = slider(state, chart.dataset.from, 0);
  state.high = slider(state, chart.dataset.to, number);
  chart.append(state.low, state.high);
  state.low.addEventListener("input", () => choose(state, Math.min(+state.low.value, state.last - 1), state.last));
  state.high.addEventListener("input", () => choose(state, state.first, Math.max(+state.high.value, state.first + 1)));
  for (const one of [state.low, state.high]) {
    one.addEventListener("keydown", (event) => event.key === "Enter" && apply(state));
    one.addEventListener("pointerup", () => apply(state));
  }
  drag(state);
  paint(state);
  state.said.textContent = ""; // what is chosen already stands above the results
}

function slider(state, label, value) {
  const made = document.createElement("input");
  Object.assign(made, { type: "range", min: 0, max: state.number, step: 1, className: "years-slider" });
  made.value = value;
  made.setAttribute("aria-label", label);
  return made;
}

function drag(state) {
  const bars = state.chart.querySelector(".years-bars");
  const place = (event) => {
    const box = bars.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * state.number);
    return Math.min(Math.max(at, 0), state.number - 1);
  };
  bars.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    bars.setPointerCapture(event.pointerId);
    state.anchor = place(event);
    choose(state, state.anchor, state.anchor + 1);
  });
  bars.addEventListener("pointermove", (event) => {
    if (state.anchor < 0) return;
    const at = place(event);
    choose(state, Math.min(state.anchor, at), Math.max(state.anchor, at) + 1);
  });
  bars.addEventListener("pointerup", () => {
    if (state.anchor < 0) return;
    state.anchor = -1;
    apply(state);
  });
  bars.addEventListener("pointercancel", () => {
    state.anchor = -1;
  });
}

function choose(state, first, last) {
  state.first = first;
  state.last = last;
  const { years } = state.given;
  const isAll = first === 0 && last === state.number;
  state.from.value = isAll || first === 0 ? "" : years[first][0];
  state.to.value = isAll || last === state.number ? "" : years[last - 1][1];
  state.apply.hidden = !isFresh(state);
  paint(state);
}

function paint(state) {
  const { words, starts, ends } = state.given;
  state.low.value = state.first;
  state.high.value = state.last;
  const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);
  const count = sum(starts.slice(0, state.last)) - sum(ends.slice(0, state.first));
  const [begin, end] = [words[state.first][0], words[state.last - 1][1]];
  state.low.setAttribute("aria-valuetext", begin);
  state.high.setAttribute("aria-valuetext", end);
  state.bars.forEach((bar, i) => bar.classList.toggle("is-out", i < state.first || i >= state.last));
  state.said.textContent = state.chart.dataset.said
    .replace("{years}", begin === end ? begin : `${begin}–${end}`)
    .replace("{number}", count.toLocaleString(document.documentElement.lang));
}

function apply(state) {
  if (isFresh(state)) document.querySelector("#search").requestSubmit();
}

function isFresh(state) {
  const [first, last] = state.given.chosen;
  return state.first !== first || state.last !== last + 1;
}
