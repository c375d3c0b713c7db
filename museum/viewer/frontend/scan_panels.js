// The panels behind the tools of the scan viewer. Each gives {element, update()}: update shows what is so now.
import { group } from "./elements.js";
import { choice, slider, tool } from "./scan_icons.js";
import { say } from "./options.js";
import { arLink } from "./scan_ar.js";
import { Dial } from "./scan_dial.js";
import { listOfKeys, sharing } from "./scan_more.js";

const STEP = Math.PI / 12;
const DEGREES = 180 / Math.PI;
const LOW = 82 / DEGREES; // from the line of sight: the lamp grazes the surface
const RAKING = { left: [-LOW, 0], top: [0, LOW], bottom: [0, -LOW], right: [LOW, 0] };
const MARKS = { left: "left", top: "up", bottom: "down", right: "right" };
const SIDES = ["front", "right", "back", "left", "top", "bottom"];

function panel(...rows) {
  const element = document.createElement("div");
  element.append(...rows.flat().filter(Boolean));
  return element;
}

function row(label, children) {
  return group(label, "scan-line-of-tools", children);
}

function note(words, className = "scan-note") {
  const made = document.createElement("p");
  made.className = className;
  made.textContent = words;
  return made;
}

export function movePanel(view) {
  const { words } = view;
  const modes = choice(words.arrows_do, [
    ["turn", words.mode_turn],
    ["pan", words.mode_pan],
    ["walk", words.mode_walk],
  ], (mode) => view.setMode(mode));
  const arrows = ["left", "up", "down", "right"].map((way) =>
    tool(words[`turn_${way}`], { mark: way, isBare: true, act: () => view.step(way) }),
  );
  const rolls = [
    tool(words.roll_left, { mark: "roll_left", isBare: true, act: () => view.rollBy(STEP) }),
    tool(words.roll_right, { mark: "roll_right", isBare: true, act: () => view.rollBy(-STEP) }),
  ];
  const from = document.createElement("label");
  from.className = "pick";
  const list = document.createElement("select");
  list.append(new Option(words.look_from, ""), ...SIDES.map((side) => new Option(words[`from_${side}`], side)));
  list.setAttribute("aria-label", words.look_from);
  list.addEventListener("change", () => {
    if (list.value) view.lookFrom(list.value);
    list.value = "";
  });
  from.append(list);
  return {
    element: panel(row("", [modes.element, from]), row(words.turn, [...arrows, ...rolls])),
    update() {
      modes.show(view.mode);
      modes.offer("walk", view.canWalk);
    },
  };
}

export function lightPanel(view) {
  const { words } = view;
  const degrees = (radians) => `${Math.round(radians * DEGREES)}°`;
  const dial = new Dial({ label: words.lamp_dial, act: (lamp) => view.setLamp(lamp) });
  const across = slider(words.lamp_across, { min: -180, max: 180, step: 1, say: (v) => `${v}°`, act: (v) => view.setLamp({ azimuth: v / DEGREES }) });
  const up = slider(words.lamp_up, { min: -85, max: 85, step: 1, say: (v) => `${v}°`, act: (v) => view.setLamp({ elevation: v / DEGREES }) });
  const power = slider(words.lamp_power, { min: 30, max: 250, step: 5, say: (v) => say(words.percent, { number: v }), act: (v) => view.setLamp({ power: v / 100 }) });
  const rakes = choice(words.raking, [
    ["", words.lamp_usual],
    ...Object.keys(RAKING).map((side) => [side, words[`raking_${side}`], MARKS[side]]),
  ], (side) => view.setLamp(side ? { azimuth: RAKING[side][0], elevation: RAKING[side][1] } : { azimuth: -0.7, elevation: 0.59 }));
  const sliders = document.createElement("div");
  sliders.className = "slides";
  sliders.append(across.element, up.element, power.element);
  const both = document.createElement("div");
  both.className = "scan-lamp";
  both.append(dial.element, sliders);
  return {
    element: panel(rakes.element, both),
    update() {
      const { lamp } = view.scene;
      const near = ([azimuth, elevation]) => degrees(azimuth) === degrees(lamp.azimuth) && degrees(elevation) === degrees(lamp.elevation);
      const side = Object.keys(RAKING).find((one) => near(RAKING[one]));
      rakes.show(side ?? (near([-0.7, 0.59]) ? "" : null));
      across.show(Math.round(lamp.azimuth * DEGREES));
      up.show(Math.round(lamp.elevation * DEGREES));
      power.show(Math.round(lamp.power * 100));
      dial.show(lamp);
    },
  };
}

export function surfacePanel(view) {
  const { words } = view;
  const looks = choice(words.tool_surface, [
    ["color", words.look_color],
    ["plaster", words.look_plaster],
    ["net", words.look_net],
  ], (look) => view.setLook(look));
  const dots = slider(words.dot_size, { min: 25, max: 400, step: 25, say: (v) => say(words.percent, { number: v }), act: (v) => view.setPointScale(v / 100) });
  const cuts = choice(words.cut, [
    ["", words.cut_none],
    ["x", words.cut_x],
    ["y", words.cut_y],
    ["z", words.cut_z],
  ], (axis) => view.setCut(axis ? { axis, at: 0, isFlipped: view.scene.cut?.isFlipped ?? false } : null));
  const at = slider(words.cut_at, { min: -100, max: 100, step: 2, say: (v) => say(words.percent, { number: Math.round(50 + v / 2) }), act: (v) => view.setCut({ ...view.scene.cut, at: v / 100 }) });
  const flip = document.createElement("button");
  flip.type = "button";
  flip.className = "chip";
  flip.textContent = words.cut_flip;
  flip.addEventListener("click", () => view.setCut({ ...view.scene.cut, isFlipped: !view.scene.cut.isFlipped }));
  const open = row(words.cut, [at.element, flip]);
  return {
    element: panel(looks.element, dots.element, cuts.element, open),
    update() {
      const { looks: now, cut } = view.scene;
      const isPoints = [...view.scene.models].every((model) => model.isPoints) && view.scene.models.size > 0;
      const hasPoints = [...view.scene.models, ...view.scene.streams].some((model) => model.isPoints);
      looks.element.hidden = isPoints;
      dots.element.hidden = !hasPoints;
      looks.show(now.look);
      dots.show(Math.round(now.pointScale * 100));
      cuts.show(cut?.axis ?? "");
      open.hidden = !cut;
      if (cut) at.show(Math.round(cut.at * 100));
      if (view.tools?.opened === "surface") view.tools.fit();
    },
  };
}

export function measurePanel(view) {
  const { words } = view;
  if (view.mmPerUnit === null) return { element: panel(note(words.measure_no_scale)) };
  const length = note("", "scan-figure");
  const help = note(words.measure_none);
  const exact = note("");
  const set = tool(words.measure_set, { mark: "point", act: () => view.setPoint() });
  const clear = tool(words.measure_clear, { mark: "clear", act: () => view.measure.clear() });
  const element = panel(length, help, row(words.tool_measure, [set, clear]), exact);
  element.classList.add("scan-measuring");
  return {
    element,
    update() {
      const { points, mm } = view.measure;
      length.textContent = view.measure.inWords();
      length.hidden = mm === null;
      help.textContent = points.length === 1 ? words.measure_one : words.measure_none;
      help.hidden = mm !== null;
      clear.hidden = points.length === 0;
      exact.textContent = view.deviationInWords();
      exact.hidden = mm === null || !exact.textContent;
      if (view.tools?.opened === "measure") view.tools.fit();
    },
  };
}

export function morePanel(view) {
  const { words } = view;
  const shared = sharing(view);
  const keys = listOfKeys(words);
  const list = tool(words.keys_list, { mark: "keys", act: () => show(!keys.hidden) });
  const show = (isHidden) => {
    keys.hidden = isHidden;
    list.setAttribute("aria-expanded", String(!isHidden));
    view.tools.fit();
  };
  keys.hidden = true;
  list.setAttribute("aria-expanded", "false");
  return { element: panel(row(words.tool_more, [shared.button, ...arLink(view), list]), shared.element, keys) };
}
