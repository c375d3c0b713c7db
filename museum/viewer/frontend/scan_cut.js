// Which tiles of a scan are worth their triangles. A tile says how much it has before anybody asks for it, so what a view
// is to show is known beforehand: nothing is fetched that the device can't bear.

/** The tiles under `root` to go beyond, the worst in sight first, as long as all that is then shown and kept fits the
 * budget {faces, bytes}: {refined, error}, the latter what stays of the error where the budget ends, in pixels. `look(tile)`
 * gives {inView, error}, `weigh(tile)` {faces, bytes}, `below(tile)` those that refine it. */
export function cutOf(root, { finest, budget, look, weigh, below }) {
  const refined = new Set();
  const open = [{ tile: root, error: look(root).error }];
  let { faces, bytes } = weigh(root);
  let left = finest;
  while (open.length) {
    const worst = open.reduce((most, { error }, n) => (error > open[most].error ? n : most), 0);
    const [{ tile, error }] = open.splice(worst, 1);
    if (error <= finest) break;
    const children = below(tile).map((child) => ({ tile: child, ...look(child), ...weigh(child) }));
    if (!children.length) continue;
    const seen = children.filter(({ inView }) => inView);
    const more = seen.reduce((sum, child) => sum + child.faces, tile.refine === "ADD" ? 0 : -weigh(tile).faces);
    const then = {
      faces: faces + Math.max(0, more), // until they are here it stands in for them
      bytes: children.reduce((sum, child) => sum + child.bytes, bytes), // what is beside the picture is kept, too
    };
    if (then.faces > budget.faces || then.bytes > budget.bytes) {
      left = Math.max(left, error);
      continue; // a lighter one may fit
    }
    ({ faces, bytes } = then);
    refined.add(tile);
    open.push(...seen);
  }
  return { refined, error: left };
}
