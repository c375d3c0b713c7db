"""Turned bodies: an outline turned around the upright axis, dense where relief is, sparse where nothing is seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.demonstration.shapes import spline

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
_STRIDE = 7  # the nearest place is sought on every seventh point first
_COARSEST = 6  # a ring has at least count / 2**6 vertices


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A curve (radius, height) from the lower pole over the outside, the lip and the inside to the other pole.

    points : (k, 2) float64 millimetres, evenly spaced; along : (k,) arc length; normals : (k, 2) outward, unit length
    """

    points: Floats
    along: Floats
    normals: Floats

    @classmethod
    def through(cls, points: Sequence[tuple[float, float]], *, step_mm: float = 2.0) -> "Outline":
        """A smooth curve through given places; a place given twice makes a sharp edge there."""
        runs: list[list[tuple[float, float]]] = [[points[0]]]
        for before, here in pairwise(points):
            if here == before:
                runs.append([here])
            else:
                runs[-1].append(here)
        pieces = [spline(run, max(3, int(_length(run) / step_mm))) for run in runs]
        curve = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
        curve[:, 0] = np.maximum(curve[:, 0], 0)
        along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
        forward = np.gradient(curve, along, axis=0)
        normals = np.stack([forward[:, 1], -forward[:, 0]], axis=1)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        return cls(points=curve, along=along, normals=normals)

    def at(self, along: Floats) -> tuple[Floats, Floats]:
        """Places (n, 2) and unit normals (n, 2) at arc lengths."""
        place = np.stack([np.interp(along, self.along, self.points[:, k]) for k in range(2)], axis=1)
        normal = np.stack([np.interp(along, self.along, self.normals[:, k]) for k in range(2)], axis=1)
        return place, normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)

    def where(self, height: float, *, beyond: float = 0.0) -> float:
        """The first arc length past `beyond` where the curve passes a height."""
        crossed = (np.diff(np.sign(self.points[:, 1] - height)) != 0) & (self.along[:-1] >= beyond)
        return float(self.along[:-1][crossed][0])

    def nearest(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Signed distance (n,) of points (n, 3), negative in the metal, nearest places and normals (n, 3)."""
        flat = np.stack([np.hypot(points[:, 0], points[:, 2]), points[:, 1]], axis=1)
        index = _nearest(np.ascontiguousarray(flat), self.points, _STRIDE)
        place, normal = self.points[index], self.normals[index]
        offset = ((flat - place) * normal).sum(axis=1)
        foot = flat - offset[:, None] * normal
        across = points[:, [0, 2]] / np.maximum(flat[:, :1], 1e-9)
        nearest = np.stack([across[:, 0] * foot[:, 0], foot[:, 1], across[:, 1] * foot[:, 0]], axis=1)
        outward = np.stack([across[:, 0] * normal[:, 0], normal[:, 1], across[:, 1] * normal[:, 0]], axis=1)
        return offset, nearest, outward


@njit(cache=True, fastmath=True, error_model="numpy")
def _nearest(flat, points, stride):  # type: ignore[no-untyped-def]  # numba infers
    """(n,) index of the nearest of `points` (k, 2), sought on every `stride`-th of them first."""
    result = np.empty(len(flat), np.int64)
    for n in range(len(flat)):
        best, where = 1e18, 0
        for i in range(0, len(points), stride):
            d = (flat[n, 0] - points[i, 0]) ** 2 + (flat[n, 1] - points[i, 1]) ** 2
            if d < best:
                best, where = d, i
        for i in range(max(0, where - stride), min(len(points), where + stride + 1)):
            d = (flat[n, 0] - points[i, 0]) ** 2 + (flat[n, 1] - points[i, 1]) ** 2
            if d < best:
                best, where = d, i
        result[n] = where
    return result


def _length(run: Sequence[tuple[float, float]]) -> float:
    return float(np.linalg.norm(np.diff(np.asarray(run), axis=0), axis=1).sum())


@dataclass(frozen=True, kw_only=True)
class Turned:
    """A turned body: vertices (n, 3), faces (m, 3), and of each vertex its angle, arc length and outward normal.

    spacing : millimetres between neighbours where the body is widest and densest
    """

    vertices: Floats
    faces: Ints
    angle: Floats
    along: Floats
    outward: Floats
    spacing: float

    def raised(self, relief: Floats) -> Floats:
        """(n, 3) vertices moved outward by relief (n,) millimetres."""
        moved: Floats = self.vertices + self.outward * relief[:, None]
        return moved

    def stamped(
        self, field: NDArray[np.float32], *, middle: float, width_mm: float, low: float, high: float
    ) -> tuple[NDArray[np.int64], Floats]:
        """Indices of the vertices under a field (h, w) laid on the body, and its value at each, bilinear.

        `middle` is the angle of its middle, low and high the arc lengths of its lower and upper edge; its columns run
        towards rising angles, to the right as seen from outside.
        """
        near = np.flatnonzero((self.along > low) & (self.along < high))
        turn = (self.angle[near] - middle + np.pi) % (2 * np.pi) - np.pi
        across = turn * np.hypot(self.vertices[near, 0], self.vertices[near, 2]) / width_mm + 0.5
        inside = (across > 0) & (across < 1)
        near, across = near[inside], across[inside]
        down = (high - self.along[near]) / (high - low)
        height, width = field.shape
        x = np.clip(across * width - 0.5, 0, width - 1.001)
        y = np.clip(down * height - 0.5, 0, height - 1.001)
        i, j = y.astype(np.int64), x.astype(np.int64)
        v, u = y - i, x - j
        value: Floats = (field[i, j] * (1 - u) + field[i, j + 1] * u) * (1 - v) + (
            field[i + 1, j] * (1 - u) + field[i + 1, j + 1] * u
        ) * v
        return near, value


def turn(
    outline: Outline, *, count: int, coarse: Callable[[float], float], row_share: Callable[[float], float] | None = None
) -> Turned:
    """Turn an outline; `count` (a multiple of 64) vertices around where `coarse(along)` is 1, fewer where it is more.

    `row_share(along)` < 1 sets rows closer than columns, for narrow mouldings. x = r cos(angle), z = -r sin(angle).
    """
    fine = 2 * np.pi * float(outline.points[:, 0].max()) / count
    along, levels = _rows(outline, count, fine, coarse, row_share or (lambda _: 1.0))
    place, normal = outline.at(along)
    sizes = np.where(levels < 0, 1, count >> np.maximum(levels, 0))
    start = np.concatenate([[0], np.cumsum(sizes)])
    row = np.repeat(np.arange(len(along)), sizes)
    number = np.arange(start[-1]) - start[row]
    angle = 2 * np.pi * number / sizes[row]
    cosine, sine = np.cos(angle), -np.sin(angle)
    radius = np.where(levels < 0, 0.0, place[:, 0])[row]
    vertices = np.stack([radius * cosine, place[row, 1], radius * sine], axis=1)
    outward = np.stack([normal[row, 0] * cosine, normal[row, 1], normal[row, 0] * sine], axis=1)
    poles = levels[row] < 0
    outward[poles] = np.stack([0 * row[poles], np.sign(normal[row[poles], 1]), 0 * row[poles]], axis=1)
    faces = [_strip(int(start[i]), int(sizes[i]), int(start[i + 1]), int(sizes[i + 1])) for i in range(len(along) - 1)]
    return Turned(
        vertices=vertices,
        faces=np.concatenate(faces).astype(np.int32),
        angle=angle,
        along=along[row],
        outward=outward,
        spacing=fine,
    )


def _rows(
    outline: Outline, count: int, fine: float, coarse: Callable[[float], float], row_share: Callable[[float], float]
) -> tuple[Floats, NDArray[np.int64]]:
    """Arc lengths of the rings and how often each halves `count`; -1 for a pole."""
    end = float(outline.along[-1])
    along, levels = [0.0], [-1]
    level = _COARSEST
    here = 0.0
    while True:
        here += fine * coarse(here) * row_share(here)
        left = end - here
        if left < fine * coarse(here) * 0.5:
            break
        radius = float(np.interp(here, outline.along, outline.points[:, 0]))
        wanted = np.log2(max(1e-9, fine * coarse(here) * count / (2 * np.pi * max(radius, 1e-6))))
        target = int(np.clip(np.floor(wanted + 0.5), 0, _COARSEST))
        level += int(np.clip(target - level, -1, 1))
        along.append(here)
        levels.append(level)
    along.append(end)
    levels.append(-1)
    return np.array(along), np.array(levels)


def _strip(low: int, low_size: int, high: int, high_size: int) -> NDArray[np.int64]:
    """Faces between two rings of equal size, or of which one has twice the other's, or of which one is a pole."""
    if low_size == 1 or high_size == 1:
        size = max(low_size, high_size)
        ring = np.arange(size) + (high if low_size == 1 else low)
        after = np.roll(ring, -1)
        pole = np.full(size, low if low_size == 1 else high)
        return np.stack([pole, after, ring] if low_size == 1 else [ring, after, pole], axis=1)
    size = min(low_size, high_size)
    one = np.arange(size)
    after = (one + 1) % size
    if low_size == high_size:
        a, b, c, d = low + one, low + after, high + after, high + one
        return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    if low_size > high_size:
        a, m, b = low + 2 * one, low + 2 * one + 1, low + (2 * one + 2) % low_size
        c, d = high + after, high + one
        return np.concatenate([np.stack([a, m, d], 1), np.stack([m, c, d], 1), np.stack([m, b, c], 1)])
    a, b = low + one, low + after
    d, m, c = high + 2 * one, high + 2 * one + 1, high + (2 * one + 2) % high_size
    return np.concatenate([np.stack([a, m, d], 1), np.stack([a, b, m], 1), np.stack([b, c, m], 1)])
