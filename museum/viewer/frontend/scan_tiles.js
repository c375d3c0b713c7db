// A scan that streams: 3D Tiles 1.1, as fine as the screen can show and the device can bear, in every frame.
import { Box3 } from "three";
import { TilesRenderer } from "3d-tiles-renderer/src/three/renderer/tiles/TilesRenderer.js";
import { cutOf } from "./scan_cut.js";
import { sizeDots } from "./scan_dots.js";
import { answerTo, frontOf } from "./scan_early.js";
import { counts, loaderFor } from "./scan_models.js";
import { budgetOf } from "./scan_rungs.js";

const FINE = { "4g": 2, "3g": 5, "2g": 10, "slow-2g": 10 }; // pixels that the surface may be off, by the line
const GAP = 1.5; // times: a gap between points that are drawn as wide is less to see than a surface that is off
const LESS = 0.8;
const LEAST = 0.01; // of the budget: the root alone
const KEPT = 0.85; // of the memory: a tile that is on its way may go over it
const USED = 0.95; // of what may be kept: a full store would take no more
const RESERVE = 1 / 24; // of the memory, for tiles that have gone out of sight: more would only fill up as one goes on
const AT_ONCE = 8; // downloads: more would only share the line, and none can be taken back
const MEGABYTE = 2 ** 20;
const NEAR = 0.1; // of the way to what is looked at

/** Tiles that are refined where `choose` says so. */
class Chosen extends TilesRenderer {
  refined = new Set();

  prepareForTraversal() {
    super.prepareForTraversal();
    this.refined = this.choose();
  }

  /** {inView, error} of a tile, the error finite around the camera, too: what fills the picture there is the surface that
   * is looked at. */
  look(tile, target = {}) {
    super.calculateTileViewError(tile, target);
    const [{ isOrthographic, sseDenominator }] = this.cameraInfo;
    const most = tile.geometricError / (this.nearest * sseDenominator); // pixels
    if (!isOrthographic) target.error = Math.min(target.error, most);
    return target;
  }

  calculateTileViewError(tile, target) {
    this.look(tile, target);
    if (!this.refined.has(tile)) target.error = Math.min(target.error, this.errorTarget);
  }

  below(tile) {
    this.ensureChildrenArePreprocessed(tile, true);
    return tile.children;
  }
}

class Tiles {
  constructor(scene, address, loader, { device, tileset }) {
    this.scene = scene;
    this.isCloud = tileset.asset.extras?.points > 0;
    this.finest = FINE[device.line] * (this.isCloud ? GAP : 1);
    this.known = new WeakMap(); // a tile that was here once → {faces, bytes}
    this.tiles = new Chosen(address);
    this.tiles.choose = () => this.choose();
    this.bound(budgetOf(device));
    const { tiles } = this;
    tiles.errorTarget = this.finest;
    tiles.maxDepth = 1; // the first picture is the root's: nothing else keeps it waiting
    tiles.downloadQueue.maxJobsPerOrigin = AT_ONCE;
    const told = Promise.resolve(tileset);
    tiles.registerPlugin({ fetchData: (url, options) => (url === address ? told : answerTo(url, options)) });
    tiles.manager.addHandler(/\.(glb|gltf)$/, loader);
    // 3D Tiles stand along Z; the scene stands along Y.
    tiles.group.rotation.x = -Math.PI / 2;
    scene.world.add(tiles.group);
    tiles.group.updateMatrixWorld(true);
    const ask = () => scene.ask();
    for (const name of ["needs-update", "needs-render", "tile-visibility-change"]) tiles.addEventListener(name, ask);
    tiles.addEventListener("load-model", ({ scene: model, tile }) => this.came(model, tile));
    tiles.addEventListener("dispose-model", ({ scene: model }) => scene.looks.undress(model));
    // The tileset itself is fetched by the first update.
    scene.streams.add(this);
  }

  /** No more than {triangles, megabytes}: see scan_rungs.js. */
  bound(budget) {
    this.budget = budget;
    const { lruCache } = this.tiles;
    lruCache.maxBytesSize = KEPT * budget.megabytes * MEGABYTE;
    this.reserve = RESERVE * budget.megabytes * MEGABYTE;
    this.share = 1;
  }

  came(model, tile) {
    const { faces, vertices, isPoints } = counts(model);
    this.known.set(tile, { faces: isPoints ? vertices : faces, bytes: this.tiles.lruCache.getMemoryUsage(tile) });
    this.share = 1;
    this.scene.looks.dress(model);
    if (!this.isSuited) this.scene.suit();
    this.isSuited = true;
    this.scene.ask();
  }

  /** Resolves when something can be seen, in the same frame without `front`; rejects when it can't be had. */
  shown(signal, front) {
    const { tiles, scene } = this;
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      tiles.addEventListener("load-error", ({ error, tile }) => {
        if (!tile || !tile.parent) reject(error);
      });
      tiles.addEventListener("load-root-tileset", () => this.measure());
      tiles.addEventListener("tile-visibility-change", () => {
        if (tiles.maxDepth > 1 || !tiles.visibleTiles.size) return;
        front?.remove();
        tiles.maxDepth = Infinity; // the first picture stands: now as fine as may be
        scene.ask();
        resolve();
      });
      scene.ask();
    });
  }

  measure() {
    const box = new Box3();
    if (!this.tiles.getBoundingBox(box)) return;
    this.scene.frame(box.applyMatrix4(this.tiles.group.matrixWorld));
    this.scene.ask();
  }

  /** Triangles and points that the tiles now shown have. */
  weight() {
    let sum = 0;
    for (const tile of this.tiles.visibleTiles) sum += this.weigh(tile).faces;
    return sum;
  }

  /** {faces, bytes} of a tile. Before it is here its bytes are taken to be as the root's, and where a tileset doesn't say
   * its triangles, those, too. */
  weigh(tile) {
    const known = this.known.get(tile);
    if (known) return known;
    const root = this.known.get(this.tiles.root) ?? { faces: 0, bytes: 0 };
    const faces = tile.extras?.faces ?? tile.extras?.points ?? root.faces;
    return { faces, bytes: root.faces ? (root.bytes / root.faces) * faces : 0 };
  }

  /** The tiles to refine, by error, triangles and memory. */
  choose() {
    const { tiles, share } = this;
    const { refined, error } = cutOf(tiles.root, {
      finest: tiles.errorTarget,
      budget: { faces: this.budget.triangles * share, bytes: USED * tiles.lruCache.maxBytesSize * share },
      look: (tile) => tiles.look(tile),
      weigh: (tile) => this.weigh(tile),
      below: (tile) => tiles.below(tile),
    });
    this.error = error;
    return refined;
  }

  /** Bytes of the tiles that this camera wants and that are here. */
  get held() {
    const { lruCache } = this.tiles;
    let sum = 0;
    for (const tile of lruCache.usedSet) sum += lruCache.getMemoryUsage(tile);
    return sum;
  }

  /** Whether more is shown or kept for it than the device bears. */
  get exceeds() {
    return this.weight() > this.budget.triangles || this.held > this.tiles.lruCache.maxBytesSize;
  }

  /** Whether the camera sees something else than in the frame before. */
  hasMoved({ matrixWorld, projectionMatrix }) {
    const { stood } = this;
    this.stood = [...matrixWorld.elements, ...projectionMatrix.elements].join();
    return this.stood !== stood;
  }

  /** Choose the tiles for this camera; no more than the device bears. */
  follow(camera) {
    const { tiles, scene } = this;
    const { lruCache } = tiles;
    if (this.camera !== camera) {
      if (this.camera) tiles.deleteCamera(this.camera);
      this.camera = camera;
      tiles.setCamera(camera);
    }
    tiles.setResolutionFromRenderer(camera, scene.renderer);
    if (this.hasMoved(camera)) this.share = 1; // what was too much for another camera may do for this one
    tiles.nearest = scene.orbit.range * NEAR;
    tiles.update();
    // While tiles come, those above them stand in; and of some the memory is known only once they are here.
    while (this.exceeds && this.share > LEAST) {
      this.share *= LESS;
      tiles.update();
    }
    lruCache.minBytesSize = Math.min(this.held + this.reserve, 0.7 * lruCache.maxBytesSize);
    if (this.isCloud) sizeDots(tiles.visibleTiles, scene);
  }

  get stats() {
    const { stats, lruCache, errorTarget } = this.tiles;
    return {
      visible: stats.visible,
      loading: stats.queued + stats.downloading + stats.parsing,
      failed: stats.failed,
      triangles: this.weight(),
      megabytes: lruCache.cachedBytes / MEGABYTE,
      errorTarget,
      error: this.error,
      budget: this.budget,
    };
  }

  dispose() {
    this.scene.streams.delete(this);
    this.tiles.dispose();
    this.tiles.group.removeFromParent();
  }
}

/** Stream the tileset at `address` into a scene; resolves when something of it can be seen, rejects when it can't be had.
 * Gives {whole}: it rejects when all but that first something fails. */
export async function openTiles(scene, address, { device, signal, onProgress }) {
  const answer = await answerTo(address, { signal });
  if (!answer.ok) throw new Error(`${answer.status}: ${address}`);
  const tileset = await answer.json();
  const front = tileset.asset.extras?.front && (await scene.addModel(frontOf(tileset, address), { signal, onProgress }));
  const loader = await loaderFor(["EXT_meshopt_compression"]);
  const tiles = new Tiles(scene, address, loader, { device, tileset });
  const whole = tiles.shown(signal, front).catch((error) => {
    tiles.dispose();
    front?.remove();
    throw error;
  });
  if (!front) await whole;
  return { whole };
}
