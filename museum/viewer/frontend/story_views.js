// What a story's stops show, read from the page: views, and which pictures are registered with which.

const WHOLE = [0, 0, 1, 1];
const FLY_TO = 1200; // pixels of the whole picture that flights are made on; tiles follow where it is too coarse

/** The stops of the page: {section, id, number, views, words, figure, panels, title, alt}; the first is the opening. */
export function readStops(story) {
  const sections = [...story.querySelectorAll(":scope > [data-stop]")];
  const stops = sections.map((section, number) => {
    const figure = section.querySelector(".stop-figure:not([data-panel])");
    return {
      section,
      id: section.id,
      number,
      views: JSON.parse(section.dataset.views || "[]"),
      words: section.querySelector(".stop-words"),
      panels: [...section.querySelectorAll("[data-panel]")],
      figure,
      title: section.querySelector("h1, h2")?.textContent ?? "",
      alt: [...(figure?.querySelectorAll("img") ?? [])].map((image) => image.alt).find(Boolean) ?? "",
    };
  });
  findSpaces(stops);
  return stops;
}

const layersOf = (view) => (view.kind === "compare" ? [view.before, view.after] : (view.layers ?? []));

/** Pictures named together in a view lie on each other: such a set is a space, with one camera for all. */
function findSpaces(stops) {
  const spaces = new Map();
  for (const stop of stops) {
    stop.views.forEach((view, order) => {
      const layers = layersOf(view);
      if (!layers.length) return;
      const [space, ...others] = new Set(layers.map(({ id }) => spaces.get(id)).filter(Boolean));
      const joined = space ?? { layers: new Map(), sources: new Map() };
      for (const other of others) {
        for (const [id, layer] of other.layers) joined.layers.set(id, layer);
        for (const [id, source] of other.sources) joined.sources.set(id, source);
      }
      for (const layer of layers) joined.layers.set(layer.id, layer);
      if (order === 0) lend(view, stop.figure, joined);
      for (const id of joined.layers.keys()) spaces.set(id, joined);
    });
  }
  for (const { views } of stops) {
    for (const view of views) {
      const layers = layersOf(view);
      if (layers.length) view.space = spaces.get(layers[0].id);
      if (view.space) {
        const first = [...view.space.layers.values()][0];
        Object.assign(view.space, { aspect: first.height / first.width, width: first.width });
      }
    }
  }
}

const isWhole = (region) => !region?.length || region.every((share, n) => share === WHOLE[n]);

/** A figure that shows the whole picture lends its files: they are probably loaded already. */
function lend(view, figure, space) {
  if (!isWhole(view.region) || !figure) return;
  const pictures = [...figure.querySelectorAll("img")].map((image) => image.closest("picture") ?? image);
  const layers = view.kind === "compare" ? [view.before, view.after] : [view.layers[view.layer]];
  layers.forEach(({ id }, n) => {
    if (pictures[n] && !space.sources.has(id)) space.sources.set(id, pictures[n]);
  });
}

/** An element to copy or an address for a layer's whole picture. */
export function sourceOf(space, id) {
  const layer = space.layers.get(id);
  const width = Math.min(FLY_TO, layer.width);
  return space.sources.get(id) ?? layer.picture ?? `${layer.service}/full/${width},/0/default.jpg`;
}

/** The services of a space for the tiles, and at which place an id stands. */
export function servicesOf(space) {
  return [...space.layers.values()].map(({ id, service, label }) => ({ id: service, label, layer: id }));
}

/** The server's picture of a stop as a space of its own: what stands in for a scan, and beside a sound. */
export function posterSpace(figure) {
  const image = figure?.querySelector("img");
  if (!image) return null;
  const [width, height] = [Number(image.getAttribute("width")) || 4, Number(image.getAttribute("height")) || 3];
  const source = image.closest("picture") ?? image;
  figure.posterSpace ??= {
    isPoster: true,
    layers: new Map([["poster", { id: "poster", width, height }]]),
    sources: new Map([["poster", source]]),
    aspect: height / width,
    width,
  };
  return figure.posterSpace;
}
