// Beside the stage: what the manifest says, its containers, its notes, and what is not at hand or not shown.
import { button, group } from "./elements.js";

const LONG = 24; // containers in a row of buttons; more become a list to choose from

/** Text of a string that may be HTML (Presentation 3.0 §4.5): words only, so that nothing foreign runs or loads. */
export function plainText(text) {
  if (!/^<.*>$/s.test(text.trim())) return text;
  return new DOMParser().parseFromString(text, "text/html").body.textContent.trim();
}

function line(tag, className, text, language) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = plainText(text);
  if (language) made.lang = language;
  return made;
}

function list(entries, className) {
  const made = document.createElement("ul");
  made.className = className;
  for (const entry of entries) {
    const item = document.createElement("li");
    item.append(entry);
    made.append(item);
  }
  return made;
}

function folded(title, content) {
  const made = document.createElement("details");
  made.append(line("summary", "", title), content);
  return made;
}

export class Panel {
  constructor(view) {
    this.view = view;
    this.words = view.words;
    this.element = document.createElement("section");
    this.element.className = "manifest-panel";
    this.element.setAttribute("aria-label", this.words.manifest_about);
  }

  /** Everything anew for the container that is shown. */
  renew() {
    const { view } = this;
    const { manifest, container } = view;
    this.marks = new Map();
    this.element.replaceChildren(
      ...[this.documents(), this.about(manifest), this.containers(manifest), this.contents(manifest.ranges), this.notes(container), this.loose(manifest), this.members(manifest), this.lacks(manifest)].filter(Boolean),
    );
  }

  about({ label, summary, statement, metadata, providers, rights }) {
    const box = document.createElement("div");
    box.className = "manifest-about";
    if (label) box.append(line("h2", "", label));
    if (summary) box.append(line("p", "", summary));
    if (statement?.value) box.append(line("p", "manifest-statement", `${statement.label}: ${plainText(statement.value)}`));
    const further = [...metadata.filter(Boolean), ...(providers.length ? [{ label: this.words.manifest_provider, value: providers.join(", ") }] : []), ...(rights ? [{ label: this.words.manifest_rights, value: rights }] : [])];
    if (further.length) {
      const facts = document.createElement("dl");
      facts.className = "manifest-facts";
      for (const pair of further) facts.append(line("dt", "", pair.label), line("dd", "", pair.value));
      box.append(folded(this.words.manifest_facts, facts));
    }
    return box;
  }

  /** Several documents at hand: which is looked at. */
  documents() {
    const { documents } = this.view;
    if (!documents) return null;
    const { found, chosen, open } = documents;
    return this.select(found.map(({ name }) => name), found.indexOf(chosen), this.words.manifest_documents, (index) => open(found[index]));
  }

  containers({ containers }) {
    if (containers.length < 2) return null;
    const named = containers.map((each, index) => each.label || `${this.words.manifest_part} ${index + 1}`);
    if (containers.length > LONG) return this.select(named, this.view.index, this.words.manifest_containers, (index) => this.view.show(index));
    const chips = named.map((name, index) => {
      const chip = button(name, { act: () => this.view.show(index) });
      chip.setAttribute("aria-pressed", String(index === this.view.index));
      return chip;
    });
    return group(this.words.manifest_containers, "manifest-containers", chips);
  }

  select(named, chosen, label, act) {
    const made = document.createElement("select");
    made.setAttribute("aria-label", label);
    named.forEach((name, index) => made.append(new Option(name, index, false, index === chosen)));
    made.addEventListener("change", () => act(Number(made.value)));
    return made;
  }

  /** The manifest's own table of contents; ranges that only give an order, or stay silent, are none. */
  contents(ranges) {
    const shown = ranges.filter(({ isSequence, isSilent }) => !isSequence && !isSilent);
    return shown.length ? folded(this.words.manifest_contents, this.ranges(shown)) : null;
  }

  ranges(ranges) {
    const entries = ranges.map(({ label, shows, parts }) => {
      const box = document.createElement("div");
      const name = label || this.words.manifest_part;
      box.append(shows.length ? button(name, { act: () => this.view.show(shows[0]) }) : line("span", "", name));
      if (parts.length) box.append(this.ranges(parts));
      return box;
    });
    return list(entries, "manifest-ranges");
  }

  notes(container) {
    const notes = container?.notes.filter(({ words, files }) => words.length || files.length) ?? [];
    if (!notes.length) return null;
    const box = document.createElement("div");
    box.append(line("h3", "", this.words.manifest_notes));
    box.append(list(notes.map((note) => this.note(note, container)), "manifest-notes"));
    return box;
  }

  note(note, container) {
    const said = note.words.map(({ text, language }) => line("span", "", text, language));
    said.push(...note.files.map(({ label, address }) => line("span", "", label || address)));
    if (container?.kind === "scene" && (note.at || note.camera || note.moves.length)) {
      const chip = button("", { act: () => this.view.visit(note), className: "manifest-note" });
      chip.append(...said);
      this.marks.set(note.id, chip);
      return chip;
    }
    const box = document.createElement("p");
    if (note.at && this.view.pages) {
      const chip = button("", { act: () => this.view.pages.point(note), className: "manifest-note" });
      chip.append(...said);
      return chip;
    }
    box.append(...said);
    return box;
  }

  /** The note that was chosen in the picture. */
  mark(id) {
    for (const [each, chip] of this.marks) {
      if (each === id) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
  }

  loose({ notes, containers }) {
    const said = notes.filter(({ words }) => words.length);
    if (!said.length) return null;
    const all = list(said.map(({ words }) => line("span", "", words.map(({ text }) => text).join(" "), words[0]?.language)), "manifest-notes");
    return containers.length ? folded(this.words.manifest_notes_loose, all) : all;
  }

  members({ members }) {
    if (!members.length) return null;
    return list(members.map(({ label, type, id }) => line("span", "", `${label || id} (${type})`)), "manifest-members");
  }

  /** What can't be seen here, by name: nothing is left out in silence. */
  lacks({ unshown }) {
    const { view, words } = this;
    const box = document.createElement("div");
    box.className = "manifest-lacks";
    const told = [
      [words.manifest_absent, view.absent],
      [words.manifest_failed, view.failed],
      [words.manifest_unshown, [...unshown.map(({ what, count }) => (count > 1 ? `${what} × ${count}` : what)), ...view.unplayed]],
    ];
    for (const [title, entries] of told) {
      if (entries.length) box.append(folded(title, list(entries.map((entry) => line("code", "", entry)), "manifest-list")));
    }
    box.querySelector("details")?.toggleAttribute("open", view.absent.length > 0);
    return box.childElementCount ? box : null;
  }
}
