"""Parametric shapes of the sample objects: turned bodies with relief, handles, feet; as plain meshes in millimetres."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Relief = Callable[
    [Floats, Floats], Floats
]  # (angle 0..2π, share of the profile's length 0..1) → outward shift in millimetres


def spline(points: Sequence[tuple[float, float]], count: int) -> Floats:
    """(count, 2) a smooth Catmull-Rom curve through (radius, height) points, evenly spaced by arc length."""
    given = np.asarray(points, np.float64)
    padded = np.vstack([2 * given[0] - given[1], given, 2 * given[-1] - given[-2]])
    pieces = []
    for i in range(len(given) - 1):
        a, b, c, d = padded[i : i + 4]
        t = np.linspace(0, 1, 64, endpoint=False)[:, None]
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    dense = np.vstack([*pieces, given[-1:]])
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    wanted = np.linspace(0, steps[-1], count)
    return np.stack([np.interp(wanted, steps, dense[:, k]) for k in range(2)], axis=1)


def turned(
    profile: Floats, *, around: int, relief: Relief | None = None, y_up: bool = True
) -> tuple[Floats, NDArray[np.int32]]:
    """Vertices (n, 3) and faces of a profile (radius, height) turned around the upright axis.

    The profile runs from bottom to top on the outside; relief shifts the surface outward where the profile rises.
    """
    angles = np.linspace(0, 2 * np.pi, around, endpoint=False)
    radius = np.repeat(profile[:, :1], around, axis=1)
    height = np.repeat(profile[:, 1:], around, axis=1)
    if relief is not None:
        level = np.linspace(0, 1, len(profile))
        radius = radius + relief(np.broadcast_to(angles, radius.shape), np.repeat(level[:, None], around, axis=1))
    radius = np.maximum(radius, 0.0)
    x, z = radius * np.cos(angles), -radius * np.sin(angles)
    vertices = np.stack([x, height, z] if y_up else [x, -z, height], axis=-1).reshape(-1, 3)
    rows, columns = len(profile), around
    low = np.arange((rows - 1) * columns).reshape(rows - 1, columns)
    right = np.roll(low, -1, axis=1)
    up, up_right = low + columns, right + columns
    faces = np.concatenate(
        [np.stack([low, right, up_right], -1).reshape(-1, 3), np.stack([low, up_right, up], -1).reshape(-1, 3)]
    )
    return vertices, faces.astype(np.int32)


def tube(path: Floats, radii: Floats, *, around: int = 24) -> tuple[Floats, NDArray[np.int32]]:
    """A closed tube along a path (k, 3) with a radius at each point: handles, feet, loops."""
    forward = np.gradient(path, axis=0)
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    side = np.cross(forward, np.array([0.31, 0.17, 0.93]))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    over = np.cross(forward, side)
    angles = np.linspace(0, 2 * np.pi, around, endpoint=False)
    ring = np.cos(angles)[None, :, None] * side[:, None] + np.sin(angles)[None, :, None] * over[:, None]
    vertices = (path[:, None] + ring * radii[:, None, None]).reshape(-1, 3)
    count = len(path)
    low = np.arange((count - 1) * around).reshape(count - 1, around)
    right = np.roll(low, -1, axis=1)
    faces = [
        np.stack([low, right, right + around], -1).reshape(-1, 3),
        np.stack([low, right + around, low + around], -1).reshape(-1, 3),
    ]
    start, end = len(vertices), len(vertices) + 1
    first, last = np.arange(around), np.arange(around) + (count - 1) * around
    faces.append(np.stack([np.roll(first, -1), first, np.full(around, start)], -1))
    faces.append(np.stack([last, np.roll(last, -1), np.full(around, end)], -1))
    return np.vstack([vertices, path[:1], path[-1:]]), np.concatenate(faces).astype(np.int32)


def joined(parts: Sequence[tuple[Floats, NDArray[np.int32]]]) -> tuple[Floats, NDArray[np.int32]]:
    """Several shapes as one."""
    vertices, faces, offset = [], [], 0
    for part_vertices, part_faces in parts:
        vertices.append(part_vertices)
        faces.append(part_faces + offset)
        offset += len(part_vertices)
    return np.vstack(vertices), np.concatenate(faces).astype(np.int32)


def blend(low: tuple[int, int, int], high: tuple[int, int, int], share: Floats) -> NDArray[np.uint8]:
    """(n, 3) sRGB between two colours by a share (n,) that is clipped to 0..1."""
    share = np.clip(share, 0, 1)[:, None]
    mixed: NDArray[np.uint8] = (np.asarray(low) * (1 - share) + np.asarray(high) * share).round().astype(np.uint8)
    return mixed
