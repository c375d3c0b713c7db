// A IIIF Presentation 4.0 (draft) document as plain values: nothing of a page, nothing fetched, no three.js. What is
// named but not among `others` stays a name, and what this museum can't show is listed.
import { pointOf, readFlat, shareOf } from "./manifest_flat.js";
import { noteInScene, readNotes } from "./manifest_notes.js";
import { annotationsOf, idOf, inWords, list, pairInWords } from "./manifest_parts.js";
import { readScene } from "./manifest_scene.js";
import { unshownOf } from "./manifest_unshown.js";

const CONTAINERS = new Set(["Scene", "Canvas", "Timeline"]);
const LINKS = ["homepage", "rendering", "seeAlso"];

/** Every thing with an id, outermost first; one with contents goes before a mere name. */
function indexed(documents) {
  const known = new Map();
  const visit = (value) => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (value && typeof value === "object") {
      const id = value.id;
      if (typeof id === "string" && (!known.has(id) || (value.items && !known.get(id).items))) known.set(id, value);
      Object.values(value).forEach(visit);
    }
  };
  documents.forEach(visit);
  return known;
}

const linkOf = (entry, name, language) => ({
  kind: name,
  address: idOf(entry),
  label: inWords(entry.label, language) || idOf(entry),
  format: entry.format ?? "",
});

/** What is said of a document or a container, beside what it shows. */
function told(thing, language) {
  return {
    label: inWords(thing.label, language),
    summary: inWords(thing.summary, language),
    statement: pairInWords(thing.requiredStatement, language),
    rights: thing.rights ?? "",
    metadata: list(thing.metadata).map((pair) => pairInWords(pair, language)),
    providers: list(thing.provider).map((agent) => inWords(agent.label, language)).filter(Boolean),
    links: LINKS.flatMap((name) => list(thing[name]).map((entry) => linkOf(entry, name, language))),
  };
}

function rangesOf(ranges, { language, known, containers }) {
  return list(ranges)
    .map((range) => (range.items ? range : (known.get(idOf(range)) ?? range)))
    .map((range) => ({
      label: inWords(range.label, language),
      isSequence: list(range.behavior).includes("sequence"),
      isSilent: list(range.behavior).includes("no-nav"),
      shows: list(range.items)
        .map((item) => containers.findIndex(({ id }) => id === (item.type === "SpecificResource" ? idOf(item.source) : idOf(item)).split("#")[0]))
        .filter((index) => index >= 0),
      parts: rangesOf(list(range.items).filter(({ type }) => type === "Range"), { language, known, containers }),
    }));
}

function containerOf(container, { language, known, unread }) {
  const parsed = container.type === "Scene" ? readScene(container, { language, known, unread }) : readFlat(container, { language, known, unread });
  return { ...parsed, ...told(container, language), notes: [], source: container };
}

/** Put the notes to the containers they speak of; those that speak of none of them stay loose. */
function place(notes, containers) {
  const loose = [];
  for (const note of notes) {
    const home = containers.find((each) => each.id === note.target.of || each.places?.has(note.target.of));
    if (!home) loose.push(note);
    else if (home.kind === "scene") home.notes.push(noteInScene(note, home));
    else home.notes.push({ ...note, share: shareOf(note.target, home), at: pointOf(note.target, home), span: note.target.span, instant: note.target.instant, svg: note.target.svg });
  }
  return loose;
}

/** Read `document`. `language` chooses words; `others` are further documents at hand (scenes and pages named here). */
export function readManifest(document, { language = "en", others = [] } = {}) {
  const known = indexed([document, ...others]);
  const met = [];
  const unread = (what, where) => met.push({ what, where: where ?? "" });
  const context = { language, known, unread };
  const top = document ?? {};
  const embedded = top.type === "Manifest" ? list(top.items) : CONTAINERS.has(top.type) ? [top] : [];
  const containers = embedded.filter(({ type }) => CONTAINERS.has(type)).map((each) => containerOf(each, context));
  const pages = [...list(top.annotations), ...embedded.flatMap((each) => list(each.annotations)), ...embedded.flatMap(({ items }) => list(items))];
  const own = top.type === "AnnotationPage" ? list(top.items) : top.type === "Annotation" ? [top] : [];
  const notes = readNotes([...annotationsOf(pages, known), ...own], { language });
  const missing = pages.filter((page) => page && !page.items && !known.get(idOf(page))?.items).map(idOf);
  missing.forEach((id) => unread("not at hand", id));
  const start = idOf(top.start?.source ?? top.start).split("#")[0];
  return {
    id: idOf(top),
    type: top.type ?? "",
    ...told(top, language),
    containers,
    start: Math.max(0, containers.findIndex(({ id }) => id === start)),
    ranges: rangesOf(top.structures, { language, known, containers }),
    members: top.type === "Collection" ? list(top.items).map((each) => ({ id: idOf(each), type: each.type, label: inWords(each.label, language) })) : [],
    notes: place(notes, containers),
    unshown: unshownOf(document, met),
  };
}
