// A Canvas or a Timeline of IIIF Presentation 4.0 (draft) as plain lists: what is painted where and when.
import { number } from "./manifest_matrix.js";
import { annotationsOf, Choice, idOf, inWords, isHidden, list, motivations, readBody, readTarget } from "./manifest_parts.js";
import { wordsOf } from "./manifest_notes.js";

const COLOR = /^#[0-9a-f]{6}$/i;
const KINDS = { Image: "image", Video: "film", Audio: "sound", Sound: "sound", TextualBody: "words" };

/** Shares [x, y, w, h] of the canvas that a choice means; the whole where it means no part. */
export function shareOf(choice, { width, height }) {
  if (!choice.box) return [0, 0, 1, 1];
  const [across, down] = choice.isPercent ? [100, 100] : [width || 1, height || 1];
  const [x, y, w, h] = choice.box;
  return [x / across, y / down, w / across, h / down];
}

/** A point of a canvas in shares, the middle of what is chosen; null where the whole is. */
export function pointOf(choice, size) {
  if (choice.point) return [choice.point[0] / (size.width || 1), choice.point[1] / (size.height || 1)];
  if (!choice.box) return null;
  const [x, y, w, h] = shareOf(choice, size);
  return [x + w / 2, y + h / 2];
}

function paintingOf(annotation, { size, language, known, unread }) {
  const { resource, selectors, choices } = readBody(annotation.body);
  if (!resource) return null;
  const target = readTarget(annotation.target);
  const crop = new Choice().select(selectors);
  crop.unknown.forEach((kind) => unread(kind, annotation.id));
  const painted = {
    id: idOf(annotation),
    kind: KINDS[resource.type],
    address: idOf(resource),
    format: resource.format ?? "",
    label: inWords(resource.label ?? annotation.label, language),
    share: shareOf(target, size),
    crop: crop.box ? shareOf(crop, { width: resource.width, height: resource.height }) : null,
    span: target.span,
    cut: crop.span,
    durationS: number(resource.duration),
    timeMode: annotation.timeMode ?? "trim",
    isHidden: isHidden(annotation),
    choices: choices.length > 1 ? choices.map((each) => choiceOf(each, language)) : [],
  };
  if (painted.kind === "words") painted.words = wordsOf(annotation, language);
  if (resource.type === "Canvas" || resource.type === "Timeline") {
    const container = resource.items ? resource : known.get(idOf(resource));
    if (!container?.items) unread("not at hand", idOf(resource));
    else return { ...painted, kind: "canvas", flat: readFlat(container, { language, known, unread }) };
    return null;
  }
  if (!painted.kind) unread(resource.type || "?", painted.id);
  return painted.kind ? painted : null;
}

function choiceOf(body, language) {
  const { resource } = readBody(body);
  return { address: idOf(resource), label: inWords(resource?.label, language), format: resource?.format ?? "" };
}

const depths = new WeakMap();

/** The container `flat`: size without unit, duration in seconds, what is painted in order. */
export function readFlat(container, { language, known, unread }) {
  const size = { width: number(container.width), height: number(container.height) };
  const made = {
    kind: container.type === "Timeline" ? "timeline" : "canvas",
    id: idOf(container),
    label: inWords(container.label, language),
    summary: inWords(container.summary, language),
    ...size,
    durationS: number(container.duration),
    background: COLOR.test(container.backgroundColor ?? "") ? container.backgroundColor : null,
    paintings: [],
  };
  if (depths.get(container)) {
    unread("canvas within itself", made.id);
    return made;
  }
  depths.set(container, true);
  try {
    made.paintings = annotationsOf(container.items, known)
      .filter((each) => motivations(each).includes("painting"))
      .map((each) => paintingOf(each, { size, language, known, unread }))
      .filter(Boolean);
  } finally {
    depths.delete(container);
  }
  for (const [name, key] of [["placeholder", "placeholderContainer"], ["beside", "accompanyingContainer"]]) {
    const still = container[key] && (container[key].items ? container[key] : known.get(idOf(container[key])));
    if (still?.items) made[name] = readFlat(still, { language, known, unread });
  }
  return made;
}

