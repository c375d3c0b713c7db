// A manifest from the own disk, with the files that it names: matched by name, read here, sent nowhere, fetched from nowhere.
import { ManifestView } from "./manifest_view.js";
import { readOptions, say } from "./options.js";

const TOPS = ["Manifest", "Collection", "AnnotationPage", "AnnotationCollection", "Annotation"];

const nameOf = (address) => {
  const last = address.split(/[?#]/)[0].split("/").at(-1);
  try {
    return decodeURIComponent(last).normalize("NFC").toLowerCase();
  } catch {
    return last.toLowerCase();
  }
};

/** Files by name, each at an address that lives as long as the page looks at it. */
export class Disk {
  constructor(files) {
    this.files = new Map(files.map((file) => [file.name.normalize("NFC").toLowerCase(), file]));
    this.addresses = new Map();
  }

  resolve = (address, format) => {
    const name = this.match(address, format);
    const file = this.files.get(name);
    if (!file) return null;
    if (!this.addresses.has(name)) this.addresses.set(name, URL.createObjectURL(file));
    return this.addresses.get(name);
  };

  /** The file's own name; for pictures of an image service (…/full/max/0/default.jpg) the identifier's. */
  match(address) {
    const name = nameOf(address);
    if (this.files.has(name)) return name;
    const service = /\/([^/]+)\/[^/]+\/[^/]+\/!?[\d.]+\/(?:default|color|gray|bitonal|native)\.(\w+)$/.exec(address);
    return service ? nameOf(`${service[1]}.${service[2]}`) : name;
  }

  forget() {
    for (const address of this.addresses.values()) URL.revokeObjectURL(address);
  }
}

/** The documents among files: [{name, document}] and [{name, error}]. */
async function documents(files) {
  const read = [];
  for (const file of files.filter(({ name }) => /\.json(ld)?$/i.test(name))) {
    try {
      read.push({ name: file.name, document: JSON.parse(await file.text()) });
    } catch (error) {
      read.push({ name: file.name, error });
    }
  }
  return read;
}

/** Which of them is looked at: a manifest with a scene first, else any manifest, else any IIIF document. */
function first(found) {
  const weight = ({ document }) =>
    (TOPS.includes(document?.type) ? TOPS.length - TOPS.indexOf(document.type) : -1) +
    (document?.items?.some?.(({ type }) => type === "Scene") ? 0.5 : 0);
  return found.filter((each) => weight(each) >= 0).sort((a, b) => weight(b) - weight(a))[0];
}

/** Prepare a figure with `input[type=file]` inside: what is chosen, or dropped on it, is shown. */
export function mount(element) {
  const options = readOptions(element);
  const words = options.strings;
  const stage = element.querySelector(".viewer-stage");
  const input = element.querySelector("input[type=file]");
  const status = document.createElement("p");
  status.className = "viewer-status";
  status.setAttribute("role", "status");
  element.append(status);
  const state = { kind: "files", isOpen: false, framesDrawn: 0, error: null };
  element.museumViewer = state;
  let [shown, disk] = [null, null];

  async function look(files) {
    shown?.close();
    disk?.forget();
    const found = await documents(files);
    const chosen = first(found.filter(({ document }) => document));
    const broken = found.find(({ error }) => error);
    if (!chosen) {
      status.textContent = broken ? say(words.manifest_not_json, { name: broken.name }) : words.manifest_none;
      return;
    }
    const major = Number(/presentation\/(\d)/.exec(JSON.stringify(chosen.document["@context"]))?.[1] ?? 4);
    if (major !== 4) {
      status.textContent = say(words.manifest_version, { name: chosen.name, number: major });
      return;
    }
    status.textContent = words.loading;
    disk = new Disk(files);
    const others = found.filter(({ document }) => document && document !== chosen.document).map(({ document }) => document);
    shown = new ManifestView({ element, stage, poster: null, status, words, options, state }, chosen.document, { resolve: disk.resolve, others });
    state.name = chosen.name;
    try {
      await shown.open();
      state.error = null;
    } catch (error) {
      state.error = error;
      status.textContent = error.words ?? words.load_failed;
    }
  }

  let queue = Promise.resolve();
  const take = (files) => {
    queue = queue.then(() => look([...files]));
    state.opening = queue;
  };
  input.addEventListener("change", () => take(input.files));
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  element.classList.add("is-ready");
}
