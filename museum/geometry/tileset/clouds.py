"""A tileset of a point cloud: each tile adds points between those above it, and all tiles together are the cloud.

A tile of n points takes one from each cell of a grid where none above it lies, that nearest to the cell's middle; so
points are spread evenly at every level, however unevenly the scanner took them, and none is shown twice. Near the root,
where each point costs a visitor's first picture, those are taken that keep the largest distance from each other.
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
_CROWN_SHARE = 0.5  # of a tile's points: a first picture is soon there, and no step beyond it is large
_SAMPLES = 16_000
_NONE = 255
_TRIES = 6
_TRIED = 8  # points that are looked at for each that is wanted
_REACH = range(-2, 3)
_NEAR = np.array(
    sorted(((x, y, z) for x in _REACH for y in _REACH for z in _REACH if 0 < x * x + y * y + z * z < 12),
           key=lambda at: at[0] ** 2 + at[1] ** 2 + at[2] ** 2),
    np.int64,
)  # fmt: skip


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
        choose = _sparse if level < site.tree.foot else _chosen
        own = choose(site, run, target=_target(site, level))
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


def _target(site: _Site, level: int) -> int:
    """How many points a tile of this level adds."""
    usual = min(site.target, len(site.level) // _ROOT_SHARE) if level == 0 else site.target
    return max(1, int(usual * _CROWN_SHARE)) if level < site.tree.foot else usual


def _sparse(site: _Site, run: Ints, *, target: int) -> Ints:
    """About `target` points of the run that aren't shown yet, as far from each other and from those shown as can be: of
    so many the gaps are the smallest, but to find them takes ten times as long."""
    grid = site.snapped.grid
    low, high = snapping.box(grid, run)
    shown, fresh = run[site.level[run] != _NONE], run
    if len(run) > _TRIED * target + len(shown):
        fresh = run[np.unique(np.random.default_rng(target).integers(0, len(run), _TRIED * target + len(shown)))]
    fresh = fresh[site.level[fresh] == _NONE]
    apart = float((high - low).max()) / np.sqrt(target)
    found = np.zeros(0, np.int64)
    for _ in range(_TRIES):
        found = _sown(grid, shown, fresh, low, apart, _NEAR, _size(shown, target))
        if 0.85 * target <= len(found) <= 1.15 * target or (apart <= 1 and len(found) < target):
            break
        apart = max(1.0, apart * np.sqrt(max(len(found), 1) / target))
    chosen: Ints = fresh[found]
    return chosen


def _size(shown: Ints, target: int) -> int:
    """Of a table that holds those shown and up to three times the target, half full: a power of two."""
    return 1 << int(np.ceil(np.log2(2 * (len(shown) + 3 * target) + 4)))


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


@njit(cache=True, nogil=True, error_model="numpy")
def _sown(grid, shown, fresh, low, apart, near, size):  # type: ignore[no-untyped-def]  # numba infers
    """Places in `fresh` of points `apart` grid steps or more from each other and from `shown`, as many as there is room
    for: every other one is nearer to one of them than that.

    Cells are so small that two points in one are too near. `size` is a power of two; once half of so many are known
    the rest is left out, the caller tries a larger distance.
    """
    keys = np.full(size, -1, np.int64)
    points = np.empty(size, np.int32)
    result = np.empty(size // 2, np.int64)
    side, square = apart / np.sqrt(3.0), apart * apart
    count, kept = 0, 0
    for n in range(len(shown) + len(fresh)):
        p = shown[n] if n < len(shown) else fresh[n - len(shown)]
        x = np.int64((grid[p, 0] - low[0]) / side) + 2
        y = np.int64((grid[p, 1] - low[1]) / side) + 2
        z = np.int64((grid[p, 2] - low[2]) / side) + 2
        key = (x << 42) | (y << 21) | z
        slot = ((key * np.int64(-7046029254386353131)) >> 20) & (size - 1)
        while keys[slot] != key and keys[slot] != -1:
            slot = (slot + 1) & (size - 1)
        if keys[slot] == key:
            continue
        if n >= len(shown):
            is_free = True
            for k in range(len(near)):
                other = ((x + near[k, 0]) << 42) | ((y + near[k, 1]) << 21) | (z + near[k, 2])
                at = ((other * np.int64(-7046029254386353131)) >> 20) & (size - 1)
                while keys[at] != other and keys[at] != -1:
                    at = (at + 1) & (size - 1)
                if keys[at] == other:
                    q = points[at]
                    dx, dy, dz = grid[p, 0] - grid[q, 0], grid[p, 1] - grid[q, 1], grid[p, 2] - grid[q, 2]
                    if np.float64(dx) * dx + np.float64(dy) * dy + np.float64(dz) * dz < square:
                        is_free = False
                        break
            if not is_free:
                continue
        if count >= size // 2:
            break
        keys[slot] = key
        points[slot] = p
        count += 1
        if n >= len(shown):
            result[kept] = n - len(shown)
            kept += 1
    return result[:kept]
