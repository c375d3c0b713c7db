// What a document says that this museum's viewer neither shows nor needs: told to whoever looks, never dropped in silence.

// Properties that are read, or that only help to read what is shown.
const READ = new Set(
  `@context id type @id @type items label summary metadata requiredStatement rights provider homepage rendering seeAlso
  value body bodyValue target source selector refinedBy motivation language format profile conformsTo purpose thumbnail
  height width duration x y z instant t transform lookAt near far fieldOfView viewHeight angle color intensity volume
  quantityValue unit environmentMap backgroundColor spatialScale interactionMode exclude behavior action position
  annotations structures start placeholderContainer accompanyingContainer timeMode fileSize partOf canonical
  first last total next prev startIndex`.split(/\s+/),
);
const BEHAVIORS = new Set(["hidden", "individuals", "sequence", "no-nav", "unordered", "multi-part", "no-auto-advance", "no-repeat"]);
export const MODES = new Set(["locked", "orbit", "hemisphere-orbit", "free-direction"]);
const OWN_WORDS = new Set(["label", "summary", "metadata", "requiredStatement", "service"]); // languages and foreign words

/** [{what, count}] over the document and what its readers met, most frequent first. */
export function unshownOf(document, met) {
  const counts = new Map();
  const count = (what) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const visit = (thing) => {
    if (Array.isArray(thing)) thing.forEach(visit);
    else if (thing && typeof thing === "object") {
      for (const [key, value] of Object.entries(thing)) {
        if (!READ.has(key)) count(`${thing.type ?? "?"}.${key}`);
        if (key === "behavior") [value].flat().filter((each) => !BEHAVIORS.has(each)).forEach((each) => count(`behavior ${each}`));
        if (key === "interactionMode" && ![value].flat().some((mode) => MODES.has(mode))) count(`interactionMode ${[value].flat().join(", ")}`);
        if (READ.has(key) && !OWN_WORDS.has(key)) visit(value);
      }
    }
  };
  visit(document);
  for (const { what, where } of met) count(what === "not at hand" ? `not at hand: ${where}` : what);
  return [...counts].map(([what, times]) => ({ what, count: times })).sort((a, b) => b.count - a.count || (a.what < b.what ? -1 : 1));
}
