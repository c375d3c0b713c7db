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

/** IIIF documents in the order in which one would look at them: what names others first, then manifests with a scene. */
function ordered(found) {
  const texts = new Map(found.map((each) => [each, JSON.stringify(each.document)]));
  const names = (one, other) => one !== other && Boolean(other.document.id) && texts.get(one).includes(`"${other.document.id}"`);
  const weight = (each) =>
    100 * found.filter((other) => names(each, other)).length -
    100 * found.filter((other) => names(other, each)).length +
    (TOPS.length - TOPS.indexOf(each.document.type)) +
    (each.document.items?.some?.(({ type } = {}) => type === "Scene") ? 0.5 : 0);
  return [...found].sort((a, b) => weight(b) - weight(a));
}

const isDocument = ({ document }) => TOPS.includes(document?.type);

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

  /** Read what was chosen and look at the first document of it. */
  async function look(files) {
    shown?.close();
    disk?.forget();
    const all = await documents(files);
    const found = ordered(all.filter(isDocument));
    if (!found.length) {
      const broken = all.find(({ error }) => error);
      status.textContent = broken ? say(words.manifest_not_json, { name: broken.name }) : words.manifest_none;
      return;
    }
    disk = new Disk(files);
    await open(found[0], found);
  }

  async function open(chosen, found) {
    shown?.close();
    const { name, document } = chosen;
    const major = Number(/presentation\/(\d)/.exec(JSON.stringify(document["@context"]))?.[1] ?? 4);
    if (major !== 4) {
      status.textContent = say(words.manifest_version, { name, number: major });
      return;
    }
    status.textContent = words.loading;
    const others = found.filter((each) => each !== chosen).map((each) => each.document);
    const context = { element, stage, poster: null, status, words, options, state };
    shown = new ManifestView(context, document, { resolve: disk.resolve, others });
    if (found.length > 1) shown.documents = { found, chosen, open: (each) => then(() => open(each, found)) };
    try {
      await shown.open();
      state.error = null;
    } catch (error) {
      state.error = error;
      status.textContent = error.words ?? words.load_failed;
    }
  }

  let queue = Promise.resolve();
  const then = (act) => {
    queue = queue.then(act);
    state.opening = queue;
  };
  const take = (files) => {
    const all = [...files];
    then(() => look(all));
  };
  input.addEventListener("change", () => take(input.files));
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  element.classList.add("is-ready");
}
