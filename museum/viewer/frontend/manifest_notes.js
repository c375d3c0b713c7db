// Notes of a manifest: what is said, of which place, and what choosing it does (activating annotations).
import { applied, IDENTITY } from "./manifest_matrix.js";
import { idOf, inWords, list, motivations, readBody, readTarget } from "./manifest_parts.js";

/** The words of a body, or of several: [{text, language, isHtml}], those in `language` first. */
export function wordsOf(annotation, language) {
  const bodies = list(annotation.body).flatMap((body) => (body?.type === "Choice" ? list(body.items) : [body]));
  const said = bodies.filter((body) => body && (typeof body === "string" || body.type === "TextualBody"));
  const words = said.map((body) =>
    typeof body === "string"
      ? { text: body, language: "", isHtml: false }
      : { text: String(body.value ?? ""), language: list(body.language)[0] ?? "", isHtml: String(body.format ?? "").includes("html") },
  );
  if (typeof annotation.bodyValue === "string") words.push({ text: annotation.bodyValue, language: "", isHtml: false });
  const mine = words.filter((each) => each.language.split("-")[0] === language);
  return mine.length ? mine : words;
}

/** What is linked instead of said: pictures, texts in files. */
const filesOf = (annotation, language) =>
  list(annotation.body)
    .map((body) => readBody(body).resource)
    .filter((resource) => resource?.id && resource.type !== "TextualBody" && /^(Image|Text|Dataset|Video|Audio|Sound)$/.test(resource.type ?? ""))
    .map((resource) => ({ address: resource.id, kind: resource.type, format: resource.format ?? "", label: inWords(resource.label, language) }));

/** Which annotations an activating one works on, and how: {trigger, moves: [{id, verbs}]}. */
function activationOf(annotation) {
  const target = readTarget(annotation.target);
  const moves = list(annotation.body).map((body) => {
    const { resource, actions } = readBody(body);
    return { id: idOf(resource), verbs: actions.length ? actions : ["show", "select"], isText: resource?.type === "TextualBody" };
  });
  return { trigger: target.of, target, moves: moves.filter(({ id, isText }) => id && !isText) };
}

/** The notes among `annotations`, in order: {id, container, words, files, target, moves, scope}. */
export function readNotes(annotations, { language }) {
  const activations = annotations.filter((each) => motivations(each).includes("activating")).map(activationOf);
  return annotations
    .filter((each) => each?.type === "Annotation" && !motivations(each).some((m) => m === "painting" || m === "activating"))
    .map((each) => {
      const target = readTarget(each.target);
      return {
        id: idOf(each),
        purpose: motivations(each)[0] ?? "",
        words: wordsOf(each, language),
        files: filesOf(each, language),
        target,
        place: list(each.body).map((body) => body?.position).filter(Boolean).map(readTarget)[0] ?? null,
        moves: activations.filter(({ trigger }) => trigger === idOf(each)).flatMap(({ moves }) => moves),
      };
    });
}

/** A note in a scene: where it stands and which camera it moves to. `places` maps painted annotations to their points. */
export function noteInScene(note, { frame = IDENTITY, places, cameras }) {
  const own = note.place?.point ?? note.target.point;
  const at = own ? applied(frame, own) : (places.get(note.target.of) ?? null);
  const anchor = note.target.point ? applied(frame, note.target.point) : (places.get(note.target.of) ?? null);
  const camera = note.moves.map(({ id }) => cameras.find((each) => each.id === id)).find(Boolean) ?? null;
  return {
    id: note.id,
    words: note.words,
    files: note.files,
    at,
    about: anchor,
    instant: note.target.instant,
    span: note.target.span,
    camera: camera?.id ?? null,
    moves: note.moves.filter(({ id }) => id !== camera?.id),
  };
}
