"""How far a tile lies from the scan it stands for: measured on samples, not taken from the simplifier's word."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from museum.geometry.distance import sample_surface, surface_distances
from museum.geometry.mesh import Floats, Ints, Mesh
from museum.geometry.tileset.snapping import Snapped

_POINTS = 4_000
_KEPT = 16_000


@dataclass(frozen=True, kw_only=True)
class Witness:
    """What is kept of the scan under a tile to measure it and those above it, all in the unit of the mesh.

    points : (k, 3) float64 of the scan itself
    outward : how far the tile's surface strays from the scan at most, as sampled
    error : the larger of that and of how far the scan's points lie from the tile
    """

    points: Floats
    outward: float
    error: float


def local_mesh(snapped: Snapped, faces: Ints, numbers: NDArray[np.integer]) -> Mesh:
    """A tile's faces as a mesh from the grid's origin."""
    return Mesh(vertices_mm=snapped.positions(numbers), faces=faces)


def witness(under: Mesh, tile: Mesh, dropped: NDArray[np.bool_], below: list[Witness]) -> Witness:
    """Measure `tile` against what it was made from: the scan itself where `below` is empty, else the tiles below.

    `dropped` (n,) marks the vertices of `under` that `tile` has no more: among the scan's they lie farthest off. The
    way from the scan to the tile is measured directly at every level, the way back adds up over the levels.
    """
    if below:
        points = np.concatenate([one.points for one in below])
        points = points[:: -(-len(points) // _KEPT)]
    else:
        lost = under.vertices_mm[dropped]
        points = np.concatenate([lost[:: max(1, len(lost) // _POINTS)], sample_surface(under, _POINTS // 4)])
    outward = max((one.outward for one in below), default=0.0)
    outward += float(surface_distances(sample_surface(tile, _POINTS), under).max())
    inward = float(surface_distances(points, tile).max())
    largest = max((one.error for one in below), default=0.0)
    return Witness(points=points, outward=outward, error=max(outward, inward, largest))
