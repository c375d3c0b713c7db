"""Which way is up, for pictures only, where a format does not say. Never stored as a fact of the object."""

import numpy as np

from museum.geometry.mesh import Mesh, face_normals

_AXES = ("X", "Y", "Z")


def guess_up(mesh: Mesh) -> str:
    """Y or Z: the axis that the shape more likely stands on; Y when the shape gives no hint.

    Things stand: they are taller than wide, and widest or cut flat near their foot. X is never guessed.
    """
    scores = {axis: _standing(mesh, _AXES.index(axis)) for axis in ("Y", "Z")}
    return "Z" if scores["Z"] > scores["Y"] * 1.1 else "Y"


def _standing(mesh: Mesh, axis: int) -> float:
    points = mesh.vertices_mm
    extent = np.asarray(mesh.extent)
    others = [i for i in range(3) if i != axis]
    tall = float(extent[axis] / max(1e-12, float(extent[others].max())))
    # The heavier end at the bottom, and a symmetric look around the axis.
    height = (points[:, axis] - points[:, axis].min()) / max(1e-12, float(extent[axis]))
    foot = 1.5 - float(np.median(height))
    if mesh.is_point_cloud:
        return tall * foot
    crossed = face_normals(points, mesh.faces)
    down = -crossed[:, axis] / 2
    low = height[mesh.faces].max(axis=1) < 0.03
    flat = float(down[low & (down > 0)].sum() / max(1e-12, float(extent[others].prod())))
    return tall * foot * (1.0 + flat)
