// A scan that streams: 3D Tiles 1.1, as fine as the screen can show and the device can bear, in every frame.
import { Box3 } from "three";
import { TilesRenderer } from "3d-tiles-renderer/src/three/renderer/tiles/TilesRenderer.js";
import { counts, loaderFor } from "./scan_models.js";
import { budgetOf } from "./scan_rungs.js";

const FINE = { "4g": 2, "3g": 5, "2g": 10, "slow-2g": 10 }; // pixels that the surface may be off, by the line
const COARSEN = 1.5;
const REFINE = 1.2;
const MEGABYTE = 2 ** 20;

class Tiles {
  constructor(scene, address, loader, { device }) {
    this.scene = scene;
    this.budget = budgetOf(device);
    this.finest = FINE[device.line];
    this.faces = new WeakMap(); // a tile's model → what it counts
    this.tiles = new TilesRenderer(address);
    const { tiles } = this;
    tiles.errorTarget = this.finest;
    tiles.manager.addHandler(/\.(glb|gltf)$/, loader);
    tiles.lruCache.maxBytesSize = this.budget.megabytes * MEGABYTE;
    tiles.lruCache.minBytesSize = 0.7 * this.budget.megabytes * MEGABYTE;
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

  came(model) {
    const count = counts(model);
    this.faces.set(model, count);
    this.isPoints ||= count.isPoints;
    this.scene.looks.dress(model);
    if (!this.isSuited) this.scene.suit();
    this.isSuited = true;
    this.scene.ask();
  }

  /** Resolves when something can be seen; rejects when the tileset can't be had. */
  shown(signal) {
    const { tiles, scene } = this;
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      tiles.addEventListener("load-error", ({ error, tile }) => {
        if (!tile || !tile.parent) reject(error);
      });
      tiles.addEventListener("load-root-tileset", () => this.measure());
      tiles.addEventListener("tile-visibility-change", () => tiles.visibleTiles.size > 0 && resolve());
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

  /** Choose the tiles for this camera; no more than the device bears. */
  follow(camera) {
    const { tiles, scene, budget } = this;
    if (this.camera !== camera) {
      if (this.camera) tiles.deleteCamera(this.camera);
      this.camera = camera;
      tiles.setCamera(camera);
    }
    tiles.setResolutionFromRenderer(camera, scene.renderer);
    tiles.update();
    for (let tries = 0; this.weight() > budget.triangles && tries < 12; tries += 1) {
      tiles.errorTarget *= COARSEN;
      tiles.update();
    }
    // A finer error may fit again: taken up slowly, so that it doesn't swing.
    if (tiles.errorTarget > this.finest && this.weight() * 2.2 < budget.triangles) {
      tiles.errorTarget = Math.max(this.finest, tiles.errorTarget / REFINE);
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

/** Stream the tileset at `address` into a scene; resolves when it can be seen, rejects when it can't be had. */
export async function openTiles(scene, address, { device, signal }) {
  const loader = await loaderFor(["EXT_meshopt_compression"]);
  const tiles = new Tiles(scene, address, loader, { device });
  try {
    await tiles.shown(signal);
  } catch (error) {
    tiles.dispose();
    throw error;
  }
  return tiles;
}
