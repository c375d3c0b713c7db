"""A tileset of a point cloud: each tile adds points between those above it, and all tiles together are the cloud.

A tile of n points takes one from each cell of a grid where none above it lies, that nearest to the cell's middle; so
points are spread evenly at every level, however unevenly the scanner took them, and none is shown twice.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.chunks import let_go
from museum.geometry.distance import surface_distances
from museum.geometry.gltf_builder import Builder
from museum.geometry.mesh import Ints, Mesh, shown_materials
from museum.geometry.tileset import archive, partition, snapping, tile_glb
from museum.geometry.tileset.description import Described
from museum.geometry.tileset.meshes import material_of
from museum.geometry.tileset.snapping import Snapped
from museum.geometry.tileset.tile_glb import Frame
from museum.geometry.tileset.tree import Tree

_ROOT_SHARE = 45
_SAMPLES = 16_000
_NONE = 255
_TRIES = 6


@dataclass
class _Site:
    """Everything the jobs of one building share. `level` (n,) says at which level each point is shown, 255: not yet."""

    snapped: Snapped
    order: Ints
    starts: NDArray[np.int64]
    tree: Tree
    frame: Frame
    material: dict[str, object]
    writer: archive.Writer
    level: NDArray[np.uint8]
    target: int
    described: dict[int, Described] = field(default_factory=dict)


def make(
    mesh: Mesh, snapped: Snapped, frame: Frame, writer: archive.Writer, pool: ThreadPoolExecutor, *, most: int
) -> tuple[Tree, dict[int, Described]]:
    """Write all tiles of a cloud; gives which there are and what they are like."""
    count = len(snapped.grid)
    depth = max(1, int(np.ceil(np.log2(count / most))))
    coarse = -(-(int(snapped.grid.max()) + 1) // 65_536)
    order, starts = partition.halved(snapping.coarser(snapped.grid, coarse), depth, pool)
    site = _Site(
        snapped=snapped, order=order, starts=starts, tree=Tree.of(depth), frame=frame, writer=writer,
        material=material_of(shown_materials(mesh)[0]), level=np.full(count, _NONE, np.uint8), target=count >> depth,
    )  # fmt: skip
    for level in range(site.tree.last + 1):
        list(pool.map(lambda piece, level=level: _tile(site, level, piece), site.tree.pieces(level)))
    return site.tree, site.described


def _tile(site: _Site, level: int, piece: int) -> None:
    first, stop = site.tree.run(level, piece)
    run = site.order[site.starts[first] : site.starts[stop]]
    error = 0.0
    if level < site.tree.last:
        own = _chosen(site, run, target=min(site.target, len(site.level) // _ROOT_SHARE) if level == 0 else site.target)
        site.level[own] = level
        error = _error(site, run)
    else:
        own = run[site.level[run] == _NONE]
        site.level[own] = level
    own = own[meshopt.spatial_order(site.snapped.grid[own].astype(np.float32))] if len(own) else run[:1]
    builder = Builder()
    primitive = {"attributes": tile_glb.attributes(builder, site.snapped, own), "material": 0, "mode": 0}
    content = archive.packed(tile_glb.pack(builder, [primitive], [dict(site.material)], site.frame))
    number = site.tree.number(level, piece)
    site.writer.add(f"{number}.glb", content)
    let_go(site.snapped.colors)
    low, high = snapping.box(site.snapped.grid, run)
    site.described[number] = Described(
        faces=len(own), error=error, size_bytes=len(content.deflated),
        low=(int(low[0]), int(low[1]), int(low[2])), high=(int(high[0]), int(high[1]), int(high[2])),
    )  # fmt: skip


def _chosen(site: _Site, run: Ints, *, target: int) -> Ints:
    """About `target` points of the run that aren't shown yet, one a cell."""
    grid = site.snapped.grid
    low, high = snapping.box(grid, run)
    cell = max(1, int(float((high - low).max()) / np.sqrt(target)))
    found = np.zeros(0, np.int64)
    for _ in range(_TRIES):
        size = 1 << int(np.ceil(np.log2(4 * min(len(run), 2 * target) + 4)))
        found = _spread(grid, run, low, site.level, cell, size)
        if 0.7 * target <= len(found) <= 1.2 * target or (cell == 1 and len(found) < target):
            break
        cell = max(1, int(cell * np.sqrt(max(len(found), 1) / target)))
    chosen: Ints = run[found]
    return chosen


def _error(site: _Site, run: Ints) -> float:
    """The largest distance of sampled points that aren't shown to the nearest one that is, in the mesh's unit."""
    sample = run[:: max(1, len(run) // _SAMPLES)]
    sample = sample[site.level[sample] == _NONE]
    if not len(sample):
        return 0.0
    shown = run[site.level[run] != _NONE]
    cloud = Mesh(vertices_mm=site.snapped.positions(shown), faces=np.zeros((0, 3), np.int32))
    reached = surface_distances(site.snapped.positions(sample), cloud)
    return float(reached.max())


@njit(cache=True, nogil=True, error_model="numpy")
def _spread(grid, run, low, level, cell, size):  # type: ignore[no-untyped-def]  # numba infers
    """Places in `run` of one point a cell of `cell` grid steps that holds none shown: that nearest to its middle.

    `size` is a power of two; once half of so many cells are known the rest is left out, the caller tries larger ones.
    """
    keys = np.full(size, -1, np.int64)
    best = np.empty(size, np.int32)
    near = np.empty(size, np.float32)
    count = 0
    for step in range(2):
        for i in range(len(run)):
            p = run[i]
            if (level[p] != _NONE) != (step == 0):
                continue
            gx, gy, gz = grid[p, 0] - low[0], grid[p, 1] - low[1], grid[p, 2] - low[2]
            x, y, z = gx // cell, gy // cell, gz // cell
            key = (np.int64(x) << 42) | (np.int64(y) << 21) | np.int64(z)
            slot = ((key * np.int64(-7046029254386353131)) >> 20) & (size - 1)
            while keys[slot] != key and keys[slot] != -1:
                slot = (slot + 1) & (size - 1)
            dx, dy, dz = gx - (x + 0.5) * cell, gy - (y + 0.5) * cell, gz - (z + 0.5) * cell
            away = np.float32(dx * dx + dy * dy + dz * dz)
            if keys[slot] == -1:
                if count >= size // 2:
                    continue
                keys[slot] = key
                count += 1
                best[slot] = -1 if step == 0 else i
                near[slot] = away
            elif best[slot] >= 0 and away < near[slot]:
                best[slot] = i
                near[slot] = away
    result = np.empty(count, np.int64)
    kept = 0
    for slot in range(size):
        if keys[slot] != -1 and best[slot] >= 0:
            result[kept] = best[slot]
            kept += 1
    return result[:kept]
