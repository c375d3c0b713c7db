"""A tileset of a large mesh: cut into leaves, and from them up each tile simplified from those below it.

Borders: a vertex that more than one tile of a level touches is neither moved nor dropped until the first tile that
covers all of them, and rims of the scan itself not before the root. So the surfaces of neighbours of any two levels
meet in the same edges: whatever is shown together has no other open edges than the scan.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.mesh import Ints, Mesh, shown_materials
from museum.geometry.tileset import archive, description, measuring, partition, snapping, tile_glb
from museum.geometry.tileset.cutting import Bench, Borders
from museum.geometry.tileset.description import Described
from museum.geometry.tileset.snapping import Snapped
from museum.geometry.tileset.tile_glb import Frame

TILE_FACES = 60_000
_ROOT_SHARE = 45
_NORMAL_WEIGHT, _COLOR_WEIGHT = 0.25, 0.4
_GROUP = 2  # halvings between a tile and those below it: four of them, as a surface has it


@dataclass(frozen=True, kw_only=True)
class TilesetFacts:
    """What was written. `errors` are the largest of each level from the root to the leaves, in the mesh's unit."""

    tiles: int
    faces: int
    points: int
    size_bytes: int
    root_bytes: int
    errors: tuple[float, ...]
    step: float


@dataclass(frozen=True, kw_only=True)
class _Level:
    """One tile that stands for what is below it, kept until the tile above it is made; faces number the whole's."""

    faces: Ints
    witness: measuring.Witness


@dataclass
class _Site:
    """Everything the jobs of one building share."""

    snapped: Snapped
    order: Ints
    starts: NDArray[np.int64]
    borders: Borders
    depths: tuple[int, ...]
    frame: Frame
    material: Mapping[str, Any]
    store: Callable[[str, archive.Packed], None]
    target: int
    root_target: int
    has_locks: bool = True
    benches: SimpleQueue[Bench] = field(default_factory=SimpleQueue)
    described: dict[int, Described] = field(default_factory=dict)

    def number(self, level: int, piece: int) -> int:
        """Tiles are numbered level by level from the root."""
        return sum(1 << depth for depth in self.depths[:level]) + piece

    def leaf_faces(self, piece: int) -> Ints:
        """(k, 3) the scan's faces in a leaf."""
        faces: Ints = self.snapped.faces[self.order[self.starts[piece] : self.starts[piece + 1]]]
        return faces

    def below(self, level: int, piece: int) -> range:
        """The pieces of the next level that lie in one of this."""
        many = 1 << (self.depths[level + 1] - self.depths[level])
        return range(piece * many, (piece + 1) * many)


def build(
    mesh: Mesh, out: Path, *, tile_faces: int = TILE_FACES, threads: int = 2, view_up: str = "",
    asset: Mapping[str, Any] | None = None, has_locks: bool = True,
) -> TilesetFacts:  # fmt: skip
    """Write the tileset of a mesh to the archive `out`. `has_locks` False is for the test that locks close the cracks.

    Peak memory is some 60 bytes a triangle beside the mesh itself.
    """
    snapped = snapping.snap(mesh)
    with ThreadPoolExecutor(threads) as pool, out.open("wb") as stream, archive.Writer(stream) as writer:
        lock = threading.Lock()

        def store(name: str, content: archive.Packed) -> None:
            with lock:
                writer.add(name, content)

        site = _site(mesh, snapped, store, pool, tile_faces=tile_faces, view_up=view_up, asset=asset)
        site.has_locks = has_locks
        for _ in range(threads):
            site.benches.put(Bench.of(len(snapped.grid)))
        _raise_up(site, pool)
        said = description.tileset(site.described, site.depths, site.frame, mesh, snapped)
        writer.add("tileset.json", archive.packed(said))
    return TilesetFacts(
        tiles=len(site.described), faces=len(snapped.faces), points=0, size_bytes=out.stat().st_size,
        root_bytes=site.described[0].size_bytes, errors=description.level_errors(site.described, site.depths),
        step=snapped.step,
    )  # fmt: skip


def _site(
    mesh: Mesh, snapped: Snapped, store: Callable[[str, archive.Packed], None], pool: ThreadPoolExecutor, *,
    tile_faces: int, view_up: str, asset: Mapping[str, Any] | None,
) -> _Site:  # fmt: skip
    count = len(snapped.faces)
    depth = max(1, int(np.ceil(np.log2(count / tile_faces))))
    coarse = -(-(int(snapped.grid.max()) + 1) // 65_536)
    order, starts = partition.halved(snapping.middles(snapped.grid, snapped.faces, coarse), depth, pool)
    return _Site(
        snapped=snapped,
        order=order,
        starts=starts,
        borders=Borders.of(snapped, order, starts, depth=depth),
        depths=depths_of(depth),
        frame=Frame.of(mesh, snapped, view_up=view_up, asset=asset),
        material=_material(mesh),
        store=store,
        target=count >> depth,
        root_target=min(count >> depth, count // _ROOT_SHARE),
    )


def depths_of(leaf: int) -> tuple[int, ...]:
    """How many halvings the tiles of each level are from the whole: two more each; the root may cover eight."""
    found = [leaf]
    while found[-1] > _GROUP + 1:
        found.append(found[-1] - _GROUP)
    return (0, *reversed(found))


def _material(mesh: Mesh) -> dict[str, Any]:
    material = shown_materials(mesh)[0]
    rough = {
        "baseColorFactor": list(material.base_color),
        "metallicFactor": material.metallic,
        "roughnessFactor": material.roughness,
    }
    return {"pbrMetallicRoughness": rough, "doubleSided": True}


def _raise_up(site: _Site, pool: ThreadPoolExecutor) -> None:
    """Make all tiles, leaves with the tiles above them first."""
    last = len(site.depths) - 1
    levels: list[_Level] = []
    for level in range(last - 1, -1, -1):

        def make(piece: int, level: int = level, under: list[_Level] = levels) -> _Level:
            bench = site.benches.get()
            try:
                if level == last - 1:
                    for leaf in site.below(level, piece):
                        _leaf(site, bench, leaf)
                    return _tile(site, bench, level, piece, [])
                return _tile(site, bench, level, piece, [under[i] for i in site.below(level, piece)])
            finally:
                site.benches.put(bench)

        levels = list(pool.map(make, range(1 << site.depths[level])))


def _leaf(site: _Site, bench: Bench, piece: int) -> None:
    own, numbers = bench.local(site.leaf_faces(piece))
    _keep(site, len(site.depths) - 1, piece, own, numbers, error=0.0)


def _tile(site: _Site, bench: Bench, level: int, piece: int, under: list[_Level]) -> _Level:
    """Make one tile from the tiles under it, or where there are none from the scan's faces in its leaves."""
    if under:
        whole = np.concatenate([one.faces for one in under])
    else:
        whole = np.concatenate([site.leaf_faces(leaf) for leaf in site.below(level, piece)])
    own, numbers = bench.local(whole)
    fewer = _simplified(site, level, own, numbers)
    used = np.zeros(len(numbers), bool)
    used[fewer.ravel()] = True
    witness = measuring.witness(
        measuring.local_mesh(site.snapped, own, numbers),
        measuring.local_mesh(site.snapped, *bench.local(numbers[fewer])),
        ~used,
        [one.witness for one in under],
    )
    _keep(site, level, piece, fewer, numbers, error=witness.error)
    return _Level(faces=numbers[fewer], witness=witness)


def _simplified(site: _Site, level: int, own: Ints, numbers: Ints) -> Ints:
    snapped, is_root = site.snapped, level == 0
    grid = snapped.grid[numbers]
    low, high = grid.min(axis=0), grid.max(axis=0)
    positions = ((grid - (low + high) / 2) / float((high - low).max())).astype(np.float32)
    columns, weights = [], []
    if snapped.normals is not None:
        columns.append(snapped.normals[numbers] / np.float32(32_767))
        weights += [_NORMAL_WEIGHT] * 3
    if snapped.colors is not None:
        columns.append(snapped.colors[numbers, :3] / np.float32(255))
        weights += [_COLOR_WEIGHT] * 3
    places = numbers if snapped.places is None else snapped.places[numbers]
    locked = site.borders.shared(places, depth=site.depths[level]) if site.has_locks and not is_root else None
    return meshopt.simplify(
        own, positions, target_faces=site.root_target if is_root else site.target,
        attributes=np.concatenate(columns, axis=1) if columns else None, weights=np.array(weights, np.float32),
        locked=locked, lock_border=site.has_locks and not is_root,
    )  # fmt: skip


def _keep(site: _Site, level: int, piece: int, faces: Ints, numbers: Ints, *, error: float) -> None:
    """Write a tile into the archive and note it."""
    number = site.number(level, piece)
    content = archive.packed(tile_glb.write(site.snapped, faces, numbers, site.frame, material=site.material))
    site.store(f"{number}.glb", content)
    grid = site.snapped.grid[numbers]
    site.described[number] = Described(
        faces=len(faces), error=error, size_bytes=len(content.deflated),
        low=tuple(int(v) for v in grid.min(axis=0)), high=tuple(int(v) for v in grid.max(axis=0)),
    )  # fmt: skip
