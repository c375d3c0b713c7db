"""Point clouds for the eye: each point becomes a small disc that lies along its neighbours."""

from dataclasses import replace

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from museum.geometry.mesh import Floats, Mesh

_SIDES = 6
_NEIGHBOURS = 14


def discs(cloud: Mesh, *, max_points: int = 600_000) -> Mesh:
    """A mesh of one hexagon for each point (evenly thinned above `max_points`), colours kept; for pictures only."""
    step = max(1, -(-len(cloud.vertices_mm) // max_points))
    points = cloud.vertices_mm[::step]
    colors = None if cloud.colors is None else cloud.colors[::step]
    normals, reach = _planes(points)
    if cloud.normals is not None:
        normals = cloud.normals[::step]
    radius = np.minimum(reach * 1.0, float(np.median(reach)) * 2.0)
    helper = np.where(np.abs(normals[:, 1:2]) < 0.9, [[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])
    across = np.cross(helper, normals)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
    along = np.cross(normals, across)
    turns = np.arange(_SIDES) * (2 * np.pi / _SIDES)
    corners = (
        points[:, None]
        + radius[:, None, None]
        * (across[:, None] * np.cos(turns)[None, :, None] + along[:, None] * np.sin(turns)[None, :, None])
    ).reshape(-1, 3)
    fan = np.array([[0, i, i + 1] for i in range(1, _SIDES - 1)], np.int32)
    faces = (np.arange(len(points), dtype=np.int32)[:, None, None] * _SIDES + fan).reshape(-1, 3)
    return replace(
        cloud, vertices_mm=corners, faces=faces, face_material=np.zeros(len(faces), np.int32), uv=None,
        normals=np.repeat(normals, _SIDES, axis=0),
        colors=None if colors is None else np.repeat(colors, _SIDES, axis=0),
    )  # fmt: skip


def _planes(points: Floats) -> tuple[Floats, Floats]:
    """((n, 3) unit normals of the plane through each point's neighbours, (n,) distance to about the sixth of them)."""
    low, size = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-12)
    # A surface of n points crosses about n / 6 cells of this size.
    cell = float(size.max()) / max(4.0, np.sqrt(len(points) / 6.0))
    shape = np.minimum(2_000, np.ceil(size / cell)).astype(np.int64) + 1
    spots = np.minimum(((points - low) / cell).astype(np.int64), shape - 1)
    keys: NDArray[np.int64] = (spots[:, 0] * shape[1] + spots[:, 1]) * shape[2] + spots[:, 2]
    order = np.argsort(keys, kind="stable")
    moments, reach = _moments(points[order], keys[order], spots[order], shape)
    _, vectors = np.linalg.eigh(moments)
    normals, distance = np.empty_like(points), np.empty(len(points))
    normals[order], distance[order] = vectors[:, :, 0], reach
    return normals, distance


@njit(cache=True, parallel=True, error_model="numpy")
def _moments(points, keys, spots, shape):  # type: ignore[no-untyped-def]  # numba infers
    count = len(points)
    moments = np.zeros((count, 3, 3))
    reach = np.zeros(count)
    for i in prange(count):
        near = np.full(_NEIGHBOURS, np.inf)
        which = np.full(_NEIGHBOURS, -1)
        for span in range(1, 9):
            near[:] = np.inf
            which[:] = -1
            for x in range(max(0, spots[i, 0] - span), min(shape[0], spots[i, 0] + span + 1)):
                for y in range(max(0, spots[i, 1] - span), min(shape[1], spots[i, 1] + span + 1)):
                    row = (x * shape[1] + y) * shape[2]
                    first = np.searchsorted(keys, row + max(0, spots[i, 2] - span))
                    last = np.searchsorted(keys, row + min(shape[2] - 1, spots[i, 2] + span) + 1)
                    for j in range(first, last):
                        dx, dy, dz = (
                            points[j, 0] - points[i, 0], points[j, 1] - points[i, 1], points[j, 2] - points[i, 2],
                        )  # fmt: skip
                        d = dx * dx + dy * dy + dz * dz
                        if d >= near[-1]:
                            continue
                        slot = _NEIGHBOURS - 1
                        while slot > 0 and near[slot - 1] > d:
                            near[slot], which[slot] = near[slot - 1], which[slot - 1]
                            slot -= 1
                        near[slot], which[slot] = d, j
            if which[-1] >= 0:
                break
        found = 0
        cx = cy = cz = 0.0
        for slot in range(_NEIGHBOURS):
            if which[slot] >= 0:
                found += 1
                cx, cy, cz = cx + points[which[slot], 0], cy + points[which[slot], 1], cz + points[which[slot], 2]
        cx, cy, cz = cx / found, cy / found, cz / found
        for slot in range(found):
            dx, dy, dz = points[which[slot], 0] - cx, points[which[slot], 1] - cy, points[which[slot], 2] - cz
            moments[i, 0, 0] += dx * dx
            moments[i, 0, 1] += dx * dy
            moments[i, 0, 2] += dx * dz
            moments[i, 1, 1] += dy * dy
            moments[i, 1, 2] += dy * dz
            moments[i, 2, 2] += dz * dz
        moments[i, 1, 0], moments[i, 2, 0], moments[i, 2, 1] = moments[i, 0, 1], moments[i, 0, 2], moments[i, 1, 2]
        reach[i] = np.sqrt(near[min(6, found - 1)])
    return moments, reach
