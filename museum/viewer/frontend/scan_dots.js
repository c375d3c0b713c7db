// How large the points of a streamed cloud are drawn: as wide as the gaps that are left where they stand.
const WIDE = 1.4; // times the largest gap: so wide no hole stays, not even between tiles of two levels

/** What stands between the points of a shown tile and of those below it that add to them, in the cloud's unit. */
function gapOf(tile, visible) {
  const { children, geometricError, parent } = tile;
  const own = geometricError || (parent?.geometricError ?? 0) / 2; // the last four times as many on a surface
  const seen = children.filter(({ traversal }) => traversal?.inFrustum);
  if (!seen.length || !seen.every((child) => visible.has(child))) return own;
  return Math.max(...seen.map((child) => gapOf(child, visible)));
}

/** Size the points of the visible tiles for a camera over a canvas of so many CSS pixels. */
export function sizeDots(visible, { camera, height, looks }) {
  // three takes a size for the half height of a canvas at distance 1, and in a flat view for CSS pixels.
  const lens = camera.projectionMatrix.elements[5] * (camera.isPerspectiveCamera ? 1 : height / 2);
  for (const tile of visible) {
    const size = WIDE * lens * gapOf(tile, visible);
    tile.engineData.scene.traverse((part) => {
      if (!part.isPoints || part.userData.size === size) return;
      part.userData.size = size;
      looks.apply(part);
    });
  }
}
