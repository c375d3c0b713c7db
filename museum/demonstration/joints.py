"""Feet and handles that grow out of a turned body with a fillet, each a closed solid whose root lies in the wall."""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration.turning import Outline

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
_SUNK_MM = 2.0
_FILLET_ROWS = 12


def swept(path: Floats, section: Floats, *, up: Floats) -> Floats:
    """(k, t, 3) sections along a path (k, 3); section (k, t, 2) holds offsets along `up`'s side and across it.

    `up` (3,) or (k, 3) is a direction that is never along the path: the first offset follows it, the second is
    perpendicular to both.
    """
    forward = np.gradient(path, axis=0)
    forward /= np.linalg.norm(forward, axis=1)[:, None]
    first = up - (forward * up).sum(axis=-1)[:, None] * forward
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(forward, first)
    placed: Floats = path[:, None] + section[:, :, :1] * first[:, None] + section[:, :, 1:] * second[:, None]
    return placed


def rounded(width: Floats, depth: Floats, *, around: int, power: float = 4.0) -> Floats:
    """(k, around, 2) superellipses of full widths and depths (k,): power 2 is an ellipse, larger ones get corners."""
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    # Angles spread by arc length of the rounded square, so that corners are not starved.
    c, s = np.cos(turn), np.sin(turn)
    radius = (np.abs(c) ** power + np.abs(s) ** power) ** (-1 / power)
    shape = np.stack([c * radius, s * radius], axis=1)
    return shape[None] * np.stack([width, depth], axis=1)[:, None] / 2


def rooted(grid: Floats, outline: Outline, *, fillet_mm: float, rows: int) -> Floats:
    """(r, t, 3) rings from the free end of `grid` (s, t, 3) down to the body, with a fillet and a root in the wall.

    The grid runs from the free end into the body; each of its lines must enter the metal somewhere.
    """
    lines, around = grid.shape[:2]
    gap = outline.nearest(grid.reshape(-1, 3))[0].reshape(lines, around)
    enters = (gap < 0).argmax(axis=0)
    column = np.arange(around)
    before, after = gap[enters - 1, column], gap[enters, column]
    share = before / (before - after)
    steps = np.linalg.norm(np.diff(grid, axis=0), axis=2)
    length = np.concatenate([np.zeros((1, around)), np.cumsum(steps, axis=0)])
    until = length[enters - 1, column] * (1 - share) + length[enters, column] * share
    stations = np.linspace(0, 1, rows)[:, None] * np.maximum(until - fillet_mm, 0)
    shaft = np.stack(
        [np.stack([np.interp(stations[:, j], length[:, j], grid[:, j, k]) for k in range(3)], 1) for j in column], 1
    )
    corner = np.stack([[np.interp(until[j], length[:, j], grid[:, j, k]) for k in range(3)] for j in column])
    _, corner, outward = outline.nearest(corner)
    away = corner - corner.mean(axis=0)
    away -= (away * outward).sum(axis=1)[:, None] * outward
    away /= np.linalg.norm(away, axis=1)[:, None]
    spread = outline.nearest(corner + away * fillet_mm)[1]
    t = np.linspace(0, 1, _FILLET_ROWS + 1)[1:, None, None]
    fillet = (1 - t) ** 2 * shaft[-1] + 2 * t * (1 - t) * corner + t**2 * spread
    _, edge, edge_out = outline.nearest(spread + away * _SUNK_MM * 2)
    sunk = [edge - edge_out * _SUNK_MM]
    for part in (0.8, 0.55, 0.3, 0.12):
        _, place, out = outline.nearest(edge.mean(axis=0) + (edge - edge.mean(axis=0)) * part)
        sunk.append(place - out * (_SUNK_MM + 1))
    return np.concatenate([shaft, fillet, np.stack(sunk)])


def closed(grid: Floats) -> tuple[Floats, Ints]:
    """Vertices and faces of rings (r, t, 3) with a cap of one vertex at each end."""
    rings, around = grid.shape[:2]
    low = np.arange((rings - 1) * around).reshape(rings - 1, around)
    right = np.roll(low, -1, axis=1)
    start, end = rings * around, rings * around + 1
    first, last = np.arange(around), np.arange(around) + (rings - 1) * around
    faces = np.concatenate(
        [
            np.stack([low, right, right + around], -1).reshape(-1, 3),
            np.stack([low, right + around, low + around], -1).reshape(-1, 3),
            np.stack([np.roll(first, -1), first, np.full(around, start)], -1),
            np.stack([last, np.roll(last, -1), np.full(around, end)], -1),
        ]
    )
    vertices = np.concatenate([grid.reshape(-1, 3), grid[0].mean(axis=0)[None], grid[-1].mean(axis=0)[None]])
    if _volume(vertices, faces) < 0:
        faces = faces[:, ::-1]
    return vertices, np.ascontiguousarray(faces, np.int32)


def _volume(vertices: Floats, faces: Ints) -> float:
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)
