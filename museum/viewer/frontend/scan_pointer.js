// Mouse, pen and fingers on the scan: one turns (or does what the mode says), two pinch and pan, the wheel zooms, a touch
// that doesn't move is a tap.

const TURN = 0.008; // radians to a pixel
const STILL = 5; // pixels that a tap may move

/** `hands` are {turn, pan, zoomBy, tap, done}; they may be changed on the way. They are heard as long as the layer is there. */
export function listenToPointers(layer, hands) {
  const down = new Map();
  let moved = 0;

  const spread = () => {
    const [a, b] = [...down.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, length: Math.hypot(a.x - b.x, a.y - b.y) || 1 };
  };

  const listen = (name, act, options = {}) => layer.addEventListener(name, act, options);

  listen("pointerdown", (event) => {
    layer.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved = down.size > 1 ? Infinity : 0;
    layer.classList.add("is-held");
  });

  listen("pointermove", (event) => {
    const last = down.get(event.pointerId);
    if (!last) return;
    const now = { x: event.clientX, y: event.clientY };
    if (down.size === 2) {
      const before = spread();
      down.set(event.pointerId, now);
      const after = spread();
      hands.zoomBy(after.length / before.length);
      hands.pan(after.x - before.x, after.y - before.y);
      return;
    }
    down.set(event.pointerId, now);
    const [x, y] = [now.x - last.x, now.y - last.y];
    moved += Math.hypot(x, y);
    if (event.shiftKey || event.buttons & 2) hands.pan(x, y);
    else hands.turn({ x: -x * TURN, y: y * TURN }, x, y);
  });

  const release = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (down.size > 0) return;
    layer.classList.remove("is-held");
    if (moved <= STILL && event.type === "pointerup" && event.button === 0) hands.tap(event.offsetX, event.offsetY);
    else hands.done();
  };
  listen("pointerup", release);
  listen("pointercancel", release);
  listen("contextmenu", (event) => event.preventDefault());
  listen(
    "wheel",
    (event) => {
      event.preventDefault();
      hands.zoomBy(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.04 : 0.0014)));
      hands.done();
    },
    { passive: false },
  );
}
