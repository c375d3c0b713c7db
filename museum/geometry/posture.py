"""Which way is up, for pictures only, where a format does not say. Never stored as a fact of the object."""

import numpy as np
from numpy.typing import NDArray

from museum.geometry.chunks import slices
from museum.geometry.mesh import Floats, Mesh, face_normals

_AXES = ("X", "Y", "Z")
_LOW = 0.03
_ENOUGH = 1_000_000  # points of a cloud tell how it stands


def guess_up(mesh: Mesh) -> str:
    """Y or Z: the axis that the shape more likely stands on; Y when the shape gives no hint.

    Things stand: they are taller than wide, and widest or cut flat near their foot. X is never guessed.
    """
    scores = {axis: _standing(mesh, _AXES.index(axis)) for axis in ("Y", "Z")}
    return "Z" if scores["Z"] > scores["Y"] * 1.1 else "Y"


def _standing(mesh: Mesh, axis: int) -> float:
    points, extent = mesh.vertices_mm, np.asarray(mesh.extent)
    if mesh.is_point_cloud:
        points = points[:: -(-len(points) // _ENOUGH)]
    others = [i for i in range(3) if i != axis]
    tall = float(extent[axis] / max(1e-12, float(extent[others].max())))
    # The heavier end at the bottom, and a symmetric look around the axis.
    height = _heights(points, axis, max(1e-12, float(extent[axis])))
    foot = 1.5 - float(np.median(height))
    if mesh.is_point_cloud:
        return tall * foot
    under = 0.0
    for part in slices(len(mesh.faces)):
        faces = mesh.faces[part]
        faces = faces[height[faces].max(axis=1) < _LOW]
        down = -face_normals(points, faces)[:, axis] / 2
        under += float(down[down > 0].sum())
    flat = under / max(1e-12, float(extent[others].prod()))
    return tall * foot * (1.0 + flat)


def _heights(points: Floats, axis: int, extent: float) -> NDArray[np.float32]:
    """(n,) shares of the extent above the lowest point."""
    low = points[:, axis].min()
    heights = np.empty(len(points), np.float32)
    for part in slices(len(points)):
        heights[part] = (points[part, axis] - low) / extent
    return heights
