// A scan that streams: 3D Tiles 1.1, as fine as the screen can show and the device can bear, in every frame.
import { Box3 } from "three";
import { TilesRenderer } from "3d-tiles-renderer/src/three/renderer/tiles/TilesRenderer.js";
import { answerTo, frontOf } from "./scan_early.js";
import { counts, loaderFor } from "./scan_models.js";
import { budgetOf } from "./scan_rungs.js";

const FINE = { "4g": 2, "3g": 5, "2g": 10, "slow-2g": 10 }; // pixels that the surface may be off, by the line
const COARSEN = 1.5;
const REFINE = 1.2;
const COARSEST = 10_000; // pixels: the root alone
const ROOM = 2.2; // times what is shown must fit before it may be finer
const KEPT = 0.85; // of the memory: a tile that is on its way may go over it
const AT_ONCE = 8; // downloads: more would only share the line, and none can be taken back
const MEGABYTE = 2 ** 20;
const NEAR = 0.1; // of the way to what is looked at

/** Tiles whose error is finite around the camera, too: what fills the picture there is the surface that is looked at. */
class Nearby extends TilesRenderer {
  calculateTileViewError(tile, target) {
    super.calculateTileViewError(tile, target);
    const [{ isOrthographic, sseDenominator }] = this.cameraInfo;
    const most = tile.geometricError / (this.nearest * sseDenominator); // pixels
    if (!isOrthographic) target.error = Math.min(target.error, most);
  }
}

class Tiles {
  constructor(scene, address, loader, { device, tileset }) {
    this.scene = scene;
    this.finest = FINE[device.line];
    this.faces = new WeakMap(); // a tile's model → what it counts
    this.tiles = new Nearby(address);
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
    tiles.addEventListener("load-model", ({ scene: model }) => this.came(model));
    tiles.addEventListener("dispose-model", ({ scene: model }) => scene.looks.undress(model));
    // The tileset itself is fetched by the first update.
    scene.streams.add(this);
  }

  /** No more than {triangles, megabytes}: see scan_rungs.js. */
  bound(budget) {
    this.budget = budget;
    const { lruCache } = this.tiles;
    lruCache.maxBytesSize = KEPT * budget.megabytes * MEGABYTE;
    lruCache.minBytesSize = 0.7 * lruCache.maxBytesSize;
  }

  came(model) {
    const count = counts(model);
    this.faces.set(model, count);
    this.isPoints ||= count.isPoints;
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
    for (const tile of this.tiles.visibleTiles) {
      const { faces = 0, vertices = 0, isPoints } = this.faces.get(tile.engineData?.scene) ?? {};
      sum += isPoints ? vertices : faces;
    }
    return sum;
  }

  /** Bytes of the tiles that this camera wants and that are here. */
  get held() {
    const { lruCache } = this.tiles;
    let sum = 0;
    for (const tile of lruCache.usedSet) sum += lruCache.getMemoryUsage(tile);
    return sum;
  }

  /** Whether `times` as much as is shown would be more than the device bears. */
  exceeds(times = 1) {
    return this.weight() * times > this.budget.triangles || this.held * times > this.tiles.lruCache.maxBytesSize;
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
    if (this.camera !== camera) {
      if (this.camera) tiles.deleteCamera(this.camera);
      this.camera = camera;
      tiles.setCamera(camera);
    }
    tiles.setResolutionFromRenderer(camera, scene.renderer);
    if (this.hasMoved(camera)) this.tooFine = 0; // what was too much for another camera may do for this one
    tiles.nearest = scene.orbit.range * NEAR;
    tiles.update();
    while (this.exceeds() && tiles.errorTarget < COARSEST) {
      this.tooFine = tiles.errorTarget;
      tiles.errorTarget *= COARSEN;
      tiles.update();
    }
    // A finer error may fit again: taken up slowly, and for a camera that stands still never the one that was too much.
    const finer = Math.max(this.finest, tiles.errorTarget / REFINE);
    if (finer < tiles.errorTarget && finer > this.tooFine * REFINE && !this.exceeds(ROOM)) {
      tiles.errorTarget = finer;
      scene.ask();
    }
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
