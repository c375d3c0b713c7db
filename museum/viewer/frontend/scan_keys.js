// The keys of the scan viewer: all that its buttons do.

/** Keys → actions for a view. In the list that the page shows they stand in the same order. */
export function keysOf(view, { step, zoom }) {
  const arrow = (way) => (event) => view.step(way, { pans: event.shiftKey });
  const walks = (act) => (event) => (view.mode === "walk" ? act(view.walker) : view.step(event.key === "PageUp" ? "up" : "down", { pans: true }));
  const toggle = (mode) => () => view.setMode(view.mode === mode ? "turn" : mode);
  return {
    ArrowLeft: arrow("left"),
    ArrowRight: arrow("right"),
    ArrowUp: arrow("up"),
    ArrowDown: arrow("down"),
    "+": () => view.zoomBy(zoom),
    "=": () => view.zoomBy(zoom),
    "-": () => view.zoomBy(1 / zoom),
    0: () => view.reset(),
    1: () => view.lookFrom("front"),
    2: () => view.lookFrom("right"),
    3: () => view.lookFrom("back"),
    4: () => view.lookFrom("left"),
    5: () => view.lookFrom("top"),
    6: () => view.lookFrom("bottom"),
    ",": () => view.rollBy(step),
    ".": () => view.rollBy(-step),
    PageUp: walks((walker) => walker.rise(1)),
    PageDown: walks((walker) => walker.rise(-1)),
    l: toggle("light"),
    w: toggle("walk"),
    m: () => view.tools.nextLook(),
    c: () => view.setCut(view.scene.cut ? null : { axis: "x", at: 0, isFlipped: false }),
    d: () => view.tools.toggle("measure"),
    Enter: () => (view.measure.isOn ? view.setPoint() : view.tapped(...view.scene.center())),
    n: () => view.pins?.open(1),
    p: () => view.pins?.open(-1),
    f: () => view.tools.fullScreen(),
    "?": () => view.tools.toggle("more"),
    Escape: () => (view.tools.opened ? view.tools.toggle(view.tools.opened) : view.close()),
  };
}
