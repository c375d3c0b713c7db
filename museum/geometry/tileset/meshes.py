"""The tiles of a large mesh: cut into leaves, and from them up each tile simplified from those below it.

Borders: a vertex that more than one tile of a level touches is neither moved nor dropped until the first tile that
covers all of them, and rims of the scan itself not before the root. So the surfaces of neighbours of any two levels
meet in the same edges: whatever is shown together has no other open edges than the scan.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.mesh import Ints, Material, Mesh, shown_materials
from museum.geometry.pieces import Bench
from museum.geometry.tileset import archive, measuring, partition, sheets, snapping, tile_glb
from museum.geometry.tileset.cutting import Borders, rims
from museum.geometry.tileset.description import Described
from museum.geometry.tileset.sheets import SIDE_PX, Sources
from museum.geometry.tileset.snapping import Snapped
from museum.geometry.tileset.tile_glb import Frame
from museum.geometry.tileset.tree import Tree

_ROOT_SHARE, _PICTURED_SHARE = 45, 48  # a picture is half as many bytes again
_ROOT_PX, _INNER_PX = 500_000, 1_000_000
_FRONT_PX = 65_536
_UV_WEIGHT = 1.0
_NORMAL_WEIGHT, _COLOR_WEIGHT = (
    0.05,
    0.1,
)  # more costs geometry: at 0.25 and 0.4 a statue of 573,000 erred 1.4 times as far


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
    tree: Tree
    frame: Frame
    materials: Sequence[Mapping[str, Any]]
    sources: Sources | None
    writer: archive.Writer
    target: int
    root_target: int
    first_at_place: Ints | None
    has_locks: bool = True
    benches: SimpleQueue[Bench] = field(default_factory=SimpleQueue)
    described: dict[int, Described] = field(default_factory=dict)

    def leaf_faces(self, piece: int) -> Ints:
        """(k, 3) the scan's faces in a leaf."""
        faces: Ints = self.snapped.faces[self.order[self.starts[piece] : self.starts[piece + 1]]]
        return faces


def make(
    mesh: Mesh, snapped: Snapped, frame: Frame, writer: archive.Writer, pool: ThreadPoolExecutor, *, most: int,
    threads: int, has_locks: bool, front_faces: int,
) -> tuple[Tree, dict[int, Described], dict[str, Any] | None]:  # fmt: skip
    """Write all tiles of a mesh and its front; gives which tiles there are, what they are like, what the front is."""
    count = len(snapped.faces)
    depth = max(1, int(np.ceil(np.log2(count / most))))
    coarse = -(-(int(snapped.grid.max()) + 1) // 65_536)
    order, starts = partition.halved(snapping.middles(snapped.grid, snapped.faces, coarse), depth, pool)
    sources = Sources.of(mesh)
    site = _Site(
        snapped=snapped,
        order=order,
        starts=starts,
        borders=Borders.of(snapped, order, starts, depth=depth),
        tree=Tree.of(depth),
        frame=frame,
        materials=[material_of(material) for material in shown_materials(mesh)],
        sources=sources,
        writer=writer,
        target=count >> depth,
        root_target=min(count >> depth, count // (_PICTURED_SHARE if sources else _ROOT_SHARE)),
        first_at_place=snapped.first_at_place(),
        has_locks=has_locks,
    )
    for _ in range(threads):
        site.benches.put(Bench.of(len(snapped.grid)))
    root = _raise_up(site, pool)
    return site.tree, site.described, _front(site, root, front_faces)


def material_of(material: Material) -> dict[str, Any]:
    """glTF's words for it, without pictures."""
    rough = {
        "baseColorFactor": list(material.base_color),
        "metallicFactor": material.metallic,
        "roughnessFactor": material.roughness,
    }
    return {"pbrMetallicRoughness": rough, "doubleSided": True}


def _raise_up(site: _Site, pool: ThreadPoolExecutor) -> _Level:
    """Make all tiles, leaves with the tiles above them first; gives the root."""
    tree = site.tree
    made: dict[int, list[_Level]] = {}
    for level in range(tree.last - 1, -1, -1):
        source = tree.source(level)

        def make(piece: int, level: int = level, source: int = source) -> _Level:
            bench = site.benches.get()
            try:
                if level == tree.last - 1:
                    for leaf in tree.below(level, piece):
                        _leaf(site, bench, leaf)
                under = [made[source][i] for i in tree.below(level, piece, source)] if source < tree.last else []
                return _tile(site, bench, level, piece, under)
            finally:
                site.benches.put(bench)

        made[level] = list(pool.map(make, tree.pieces(level)))
        if level + 1 != tree.foot:
            made.pop(level + 1, None)
    return made[0][0]


def _front(site: _Site, root: _Level, most: int) -> dict[str, Any] | None:
    """Write the whole in a few triangles, which a viewer may show until the root is there: no tile of the tree, so that
    other clients don't fetch it. None where the root is small itself."""
    if len(root.faces) < 2 * most:
        return None
    bench = site.benches.get()
    own, numbers = bench.local(root.faces)
    kept = _simplified(site, own, numbers, target=most)
    faces, few = bench.local(numbers[kept])
    site.benches.put(bench)
    sheet = site.sources.cut(site.snapped, faces, few, budget_px=_FRONT_PX) if site.sources is not None else None
    glb = tile_glb.write(site.snapped, faces, few, site.frame, materials=site.materials, sheet=sheet)
    site.writer.add("front.glb", archive.packed(glb))
    return {"uri": "front.glb", "faces": len(faces)}


def _leaf(site: _Site, bench: Bench, piece: int) -> None:
    own, numbers = bench.local(site.leaf_faces(piece))
    _keep(site, site.tree.last, piece, own, numbers, error=0.0)


def _tile(site: _Site, bench: Bench, level: int, piece: int, under: list[_Level]) -> _Level:
    """Make one tile from the tiles under it, or where there are none from the scan's faces in its leaves."""
    if under:
        whole = np.concatenate([one.faces for one in under])
    else:
        whole = np.concatenate([site.leaf_faces(leaf) for leaf in range(*site.tree.run(level, piece))])
        if site.first_at_place is not None:  # seams of colour alone would keep the surface from being simplified
            whole = site.first_at_place[whole]
    own, numbers = bench.local(whole)
    is_root = level == 0
    locked = _locked(site, level, own, numbers) if site.has_locks and not is_root else None
    kept = _simplified(site, own, numbers, target=site.root_target if is_root else site.target, locked=locked)
    fewer = numbers[kept]
    tile = bench.local(fewer)
    is_kept = np.zeros(len(numbers), bool)
    is_kept[kept.ravel()] = True
    witness = measuring.witness(
        measuring.local_mesh(site.snapped, own, numbers),
        measuring.local_mesh(site.snapped, *tile),
        ~is_kept,
        [one.witness for one in under],
    )
    _keep(site, level, piece, *tile, error=witness.error)
    return _Level(faces=fewer, witness=witness)


def _simplified(site: _Site, own: Ints, numbers: Ints, *, target: int, locked: NDArray[np.uint8] | None = None) -> Ints:
    snapped = site.snapped
    grid = snapped.grid[numbers]
    low, high = grid.min(axis=0), grid.max(axis=0)
    positions = ((grid - (low + high) / 2) / float((high - low).max())).astype(np.float32)
    columns: list[NDArray[np.floating]] = []
    weights: list[float] = []
    if snapped.normals is not None:
        columns.append(snapped.normals[numbers] / np.float32(32_767))
        weights += [_NORMAL_WEIGHT] * 3
    if snapped.colors is not None:
        columns.append(snapped.colors[numbers, :3] / np.float32(255))
        weights += [_COLOR_WEIGHT] * 3
    if site.sources is not None and snapped.uv is not None:
        columns.append(snapped.uv[numbers])
        weights += [_UV_WEIGHT] * 2
    together = np.concatenate(columns, axis=1).astype(np.float32) if columns else None
    fewer = meshopt.simplify(
        own, positions, target_faces=target, attributes=together, weights=np.array(weights, np.float32), locked=locked
    )
    # Vertices of a seam are several at one place: what has collapsed between them shows nothing.
    return fewer if snapped.places is None else snapping.sound(fewer, snapped.places[numbers])


def _locked(site: _Site, level: int, own: Ints, numbers: Ints) -> NDArray[np.uint8]:
    """(n,) 1 for vertices that other tiles share and for those of the scan's rims."""
    depth, all_places = site.tree.depths[level], site.snapped.places
    if all_places is None:
        return site.borders.shared(numbers, depth=depth) | rims(own, len(numbers))
    places, local = np.unique(all_places[numbers], return_inverse=True)
    return (site.borders.shared(places, depth=depth) | rims(local[own], len(places)))[local]


def _keep(site: _Site, level: int, piece: int, faces: Ints, numbers: Ints, *, error: float) -> None:
    """Write a tile into the archive and note it."""
    number = site.tree.number(level, piece)
    sheet = None
    if site.sources is not None:
        sheet = site.sources.cut(site.snapped, faces, numbers, budget_px=_budget_px(site, level))
        if sheet.halvings and level < site.tree.last:
            error = max(error, sheets.texel(site.snapped, faces, numbers, sheet, site.sources))
    glb = tile_glb.write(site.snapped, faces, numbers, site.frame, materials=site.materials, sheet=sheet)
    content = archive.packed(glb)
    site.writer.add(f"{number}.glb", content)
    grid = site.snapped.grid[numbers]
    site.described[number] = Described(
        faces=len(faces), error=error, size_bytes=len(content.deflated),
        low=tuple(int(v) for v in grid.min(axis=0)), high=tuple(int(v) for v in grid.max(axis=0)),
    )  # fmt: skip


def _budget_px(site: _Site, level: int) -> int:
    return _ROOT_PX if level < site.tree.foot else SIDE_PX**2 if level == site.tree.last else _INNER_PX
