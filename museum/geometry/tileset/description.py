"""tileset.json (OGC 3D Tiles 1.1, 22-025r4): the tree of tiles, boxes and errors, in a frame whose Z points up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from museum.geometry.mesh import Floats, Mesh
from museum.geometry.tileset.snapping import Snapped
from museum.geometry.tileset.tile_glb import Frame
from museum.geometry.tileset.tree import Tree

Corner = tuple[int, ...]
_MORE = 1 + 1e-6  # a tile as far off as one below it would never be shown: clients go on to the one below


@dataclass(frozen=True, kw_only=True)
class Described:
    """One tile: how many faces or points it has, its error in the mesh's unit, its box on the grid, its packed size."""

    faces: int
    error: float
    size_bytes: int
    low: Corner
    high: Corner


def level_errors(tiles: Mapping[int, Described], tree: Tree) -> tuple[float, ...]:
    """The largest error of each level, from the root down."""
    levels = range(tree.last + 1)
    return tuple(max(tiles[tree.number(level, piece)].error for piece in tree.pieces(level)) for level in levels)


def tileset(
    tiles: Mapping[int, Described], tree: Tree, frame: Frame, mesh: Mesh, snapped: Snapped,
    *, front: Mapping[str, Any] | None = None,
) -> bytes:  # fmt: skip
    """The JSON. A tile's box holds all below it and its error is larger; the whole's is that of showing nothing. Each
    tile's extras say how much it has, so that a viewer knows before it asks for it.

    `front` is what our own viewer shows first; it stands in the extras, where other clients leave it alone.
    """
    unit = 0.001 if mesh.has_scale else 1.0
    count = "points" if mesh.is_point_cloud else "faces"

    def corner(grid: Corner) -> Floats:
        return _z_up((snapped.origin + np.array(grid) * snapped.step) * unit, mesh.up_axis)

    def one(level: int, piece: int) -> tuple[dict[str, Any], Floats, Floats]:
        number = tree.number(level, piece)
        here = tiles[number]
        ends = np.stack([corner(here.low), corner(here.high)])
        low, high = ends.min(axis=0), ends.max(axis=0)
        children = []
        if level < tree.last:
            for child in tree.below(level, piece):
                said, child_low, child_high = one(level + 1, child)
                children.append(said)
                low, high = np.minimum(low, child_low), np.maximum(high, child_high)
        found: dict[str, Any] = {
            "boundingVolume": {"box": _box(low, high)},
            "geometricError": max([here.error * unit, *(child["geometricError"] * _MORE for child in children)]),
            "content": {"uri": f"{number}.glb"},
            "extras": {count: here.faces},
        }
        if children:
            found["children"] = children
        return found, low, high

    root, low, high = one(0, 0)
    root["refine"] = "ADD" if mesh.is_point_cloud else "REPLACE"
    extras = dict(frame.asset["extras"]) | {
        "faces": len(snapped.faces), "points": len(snapped.grid) if mesh.is_point_cloud else 0,
        "errors": [error * unit for error in level_errors(tiles, tree)],
    }  # fmt: skip
    if front:
        extras["front"] = dict(front)
    whole = {
        "asset": {"version": "1.1", "generator": "museum", "extras": extras},
        "geometricError": float(np.linalg.norm(high - low)),
        "root": root,
    }
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()


def _z_up(point: Floats, up_axis: str) -> Floats:
    """From the mesh's axes to glTF's (Y up, by the contents' own node) and on to the tileset's."""
    x, y, z = point
    if up_axis == "Z":
        return np.array([x, y, z])
    if up_axis == "X":
        x, y = -y, x
    return np.array([x, -z, y])


def _box(low: Floats, high: Floats) -> list[float]:
    """Centre and half axes, never quite flat."""
    half = np.maximum((high - low) / 2, 1e-9 * float((high - low).max()) + 1e-12)
    middle = (low + high) / 2
    x, y, z = (float(v) for v in half)
    return [*(float(v) for v in middle), x, 0.0, 0.0, 0.0, y, 0.0, 0.0, 0.0, z]
