// What every part of a IIIF document is read with: lists, words in a language, targets and selectors. Nothing is fetched.
import { number } from "./manifest_matrix.js";

const isThere = (value) => value !== undefined && value !== null;

/** A list of what may be one, several or none. */
export const list = (value) => (Array.isArray(value) ? value : [value]).filter(isThere);

export const only = (value) => list(value)[0];

/** The address of what is named or given; "" where it is none. */
export function idOf(thing) {
  const id = typeof thing === "string" ? thing : thing?.id;
  return typeof id === "string" ? id : "";
}

/** The words of a language map in `language`, else without a language, else in the first there is; "" for none. */
export function inWords(map, language, between = " · ") {
  if (typeof map === "string") return map;
  if (!map || typeof map !== "object") return "";
  const found = map[language] ?? map[Object.keys(map).find((code) => code.split("-")[0] === language)] ?? map.none;
  return list(found ?? Object.values(map)[0]).join(between);
}

/** A pair of metadata or a required statement in words; null where there is none. */
export function pairInWords(pair, language) {
  return pair ? { label: inWords(pair.label, language), value: inWords(pair.value, language) } : null;
}

export const isHidden = (thing) => list(thing?.behavior).includes("hidden");

const NUMBERS = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;

/** The corners of a WKT geometry as [x, y, z]; 0 where z is left out. */
function cornersOf(text) {
  const isFlat = !/\bZ\b/i.test(text) && text.split(",").every((part) => (part.match(NUMBERS) ?? []).length === 2);
  return text.split(",").map((part) => {
    const [x = 0, y = 0, z = 0] = (part.match(NUMBERS) ?? []).map(Number);
    return [x, y, isFlat ? 0 : z];
  });
}

const middleOf = (points) => [0, 1, 2].map((axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length);

const SELECTORS = new Set(["PointSelector", "FragmentSelector", "WktSelector", "SvgSelector"]);

/** What a fragment or the selectors of a resource choose. */
export class Choice {
  point = null; // [x, y, z]
  corners = null; // of a WKT geometry, [[x, y, z], …]
  box = null; // [x, y, w, h]; `isPercent` says of what
  isPercent = false;
  span = null; // [from, to] in seconds, to may be null
  instant = null; // seconds
  svg = "";
  unknown = [];

  select(selector) {
    for (const one of list(selector)) {
      if (typeof one === "string") this.fragment(one.slice(one.indexOf("#") + 1));
      else if (SELECTORS.has(one.type)) this[one.type](one);
      else this.unknown.push(one.type);
      if (one.refinedBy) this.select(one.refinedBy);
    }
    return this;
  }

  PointSelector({ x, y, z, instant, t }) {
    if (Number.isFinite(x) || Number.isFinite(y) || Number.isFinite(z)) this.point = [x, y, z].map((v) => number(v, 0));
    this.instant = number(instant ?? t, this.instant);
  }

  FragmentSelector({ value }) {
    this.fragment(String(value ?? ""));
  }

  WktSelector({ value }) {
    this.corners = cornersOf(String(value ?? ""));
    this.point = middleOf(this.corners);
  }

  SvgSelector({ value }) {
    this.svg = String(value ?? "");
  }

  /** Media Fragments 1.0, and xyz= of the draft; examples leave "xyz=" out too. */
  fragment(text) {
    for (const part of text.split("&")) {
      const [name, value] = part.includes("=") ? part.split("=") : ["xyz", part];
      const numbers = (value.match(NUMBERS) ?? []).map(Number);
      if (name === "xywh" && numbers.length === 4) {
        this.box = numbers;
        this.isPercent = value.startsWith("percent:");
      } else if (name === "xyz" && numbers.length === 3) this.point = numbers;
      else if (name === "t" && numbers.length) this.span = value.startsWith(",") ? [0, numbers[0]] : [numbers[0], numbers[1] ?? null];
    }
  }
}

/** Where a target lies: `of` is the id of what it is a target in, `kind` its type if said. */
export function readTarget(target) {
  const given = only(target);
  const choice = new Choice();
  let [of, kind] = ["", ""];
  if (given && typeof given === "object" && given.source !== undefined) {
    const source = only(given.source);
    [of, kind] = [idOf(source), source?.type ?? ""];
    choice.select(given.selector);
  } else {
    [of, kind] = [idOf(given), given?.type ?? ""];
  }
  const mark = of.indexOf("#");
  if (mark >= 0) {
    choice.fragment(of.slice(mark + 1));
    of = of.slice(0, mark);
  }
  return Object.assign(choice, { of, kind, scope: given?.scope });
}

/** A body without its wrapping: {resource, transforms, selectors, actions, choices}; of a Choice the first. */
export function readBody(body) {
  let resource = only(body);
  const found = { transforms: [], selectors: [], actions: [], choices: [] };
  for (let depth = 0; resource && depth < 8; depth += 1) {
    if (resource.type === "Choice" && list(resource.items).length) {
      found.choices = list(resource.items);
      [resource] = found.choices;
    } else if (resource.type === "SpecificResource") {
      found.transforms.push(...list(resource.transform));
      found.selectors.push(...list(resource.selector));
      found.actions.push(...list(resource.action));
      const source = only(resource.source);
      resource = typeof source === "string" ? { id: source } : source;
    } else break;
  }
  return { ...found, resource: typeof resource === "string" ? { id: resource } : (resource ?? null) };
}

/** Every annotation of a list of pages; pages that are only named come from `known` (id → thing). */
export function annotationsOf(pages, known = new Map()) {
  return list(pages).flatMap((page) => list(page?.items ? page.items : known.get(idOf(page))?.items));
}

export const motivations = (annotation) => list(annotation?.motivation);
