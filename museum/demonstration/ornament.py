"""Ornament as heights over (length along, distance from) a line: petals, beads, bands, scrolls; parts of 1."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from museum.demonstration.grain import along

Floats = NDArray[np.float64]


def petals(place: Floats, out: Floats, *, pitch: float, length: float, lean: float = 0.0) -> Floats:
    """Pointed petals side by side, rising from out = 0 to `length`; a rim, a sunk field, a midrib; 0..1."""
    v = out / length
    u = (((place - lean * out) / pitch) % 1.0) * 2 - 1
    half = np.sqrt(np.clip(1 - np.clip(v, 0, 1) ** 2.2, 0, 1)) * (0.94 - 0.10 * np.clip(v, 0, 1))
    s = np.abs(u) / np.maximum(half, 1e-3)
    inside = (s < 1) & (v > 0) & (v < 1)
    field = np.sqrt(np.clip(1 - s**2, 0, 1)) * (0.72 + 0.28 * v)
    rim = 0.22 * np.exp(-(((s - 0.80) / 0.10) ** 2))
    rib = 0.22 * np.exp(-((u / 0.09) ** 2)) * (v < 0.85)
    return np.where(inside, np.clip(field + rim + rib - 0.16, 0, 1.1), 0.0)


def beads(place: Floats, out: Floats, *, pitch: float, size: float) -> Floats:
    """A row of round beads of radius `size` on the line; 0..1."""
    u = ((place / pitch) % 1.0 - 0.5) * pitch
    return np.sqrt(np.clip(1 - (u**2 + out**2) / size**2, 0, 1))


def band(out: Floats, *, low: float, high: float, soft: float) -> Floats:
    """1 between two distances, with sides of width `soft`."""
    return np.clip((out - low) / soft + 0.5, 0, 1) * np.clip((high - out) / soft + 0.5, 0, 1)


def meander(place: Floats, out: Floats, *, pitch: float, width: float) -> Floats:
    """The key fret (hồi văn) along a line, 0..1 from out = 0 to `width`; units face each other in turn."""
    rows = ("1111111", "1000001", "1011101", "1010101", "1010001", "1011111", "1000000")
    cell = np.array([[c == "1" for c in row] for row in rows], np.float64)
    number = np.floor(place / pitch).astype(np.int64)
    u = (place / pitch) % 1.0
    u = np.where(number % 2 == 0, u, 1 - u) * 8 - 0.5
    v = (1 - out / width) * 7
    inside = (u >= 0) & (u < 7) & (v >= 0) & (v < 7)
    value = cell[np.clip(v.astype(np.int64), 0, 6), np.clip(u.astype(np.int64), 0, 6)]
    return np.where(inside, value, 0.0)


def spiral(centre: tuple[float, float], start: tuple[float, float], *, turns: float, clockwise: bool) -> Floats:
    """(k, 2) a volute from `start` inward around `centre`."""
    away = np.subtract(start, centre)
    radius, angle = float(np.hypot(*away)), float(np.arctan2(away[1], away[0]))
    t = np.linspace(0, 1, max(24, round(40 * turns)))
    swing = angle + (-1 if clockwise else 1) * 2 * np.pi * turns * t
    reach = radius * (1 - t) ** 0.85 + 0.10 * radius * t
    return np.stack([centre[0] + reach * np.cos(swing), centre[1] + reach * np.sin(swing)], axis=1)


def vine(points: Floats, line: Floats, *, width: float, leaf: float, pitch: float, side: float = 1.0) -> Floats:
    """A stem along a line with leaves on one side (+1 left, -1 right of it), tapering to its end; 0..1.2."""
    near = np.flatnonzero(
        (points >= line.min(axis=0) - leaf - width).all(axis=1)
        & (points <= line.max(axis=0) + leaf + width).all(axis=1)
    )
    result = np.zeros(len(points))
    if len(near) == 0:
        return result
    distance, place, normal = along(points[near], line)
    total = float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())
    thin = 1 - 0.55 * place / total
    stem = np.sqrt(np.clip(1 - (distance / (width * thin)) ** 2, 0, 1))
    groove = 0.25 * np.exp(-((distance / (0.28 * width)) ** 2))
    closest = points[near] - foot(line, place)
    out = (closest * normal).sum(axis=1) * side
    growth = petals(place, out - width * 0.6 * thin, pitch=pitch, length=leaf, lean=0.75)
    fade = np.clip(np.minimum(place, total - place) / pitch, 0, 1)
    result[near] = np.maximum(np.clip(stem - groove * stem, 0, 1), 0.85 * growth * fade)
    return result


def foot(line: Floats, place: Floats) -> Floats:
    """(n, 2) the places on a line at lengths (n,) along it."""
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    return np.stack([np.interp(place, steps, line[:, k]) for k in range(2)], axis=1)


def smooth(points: Sequence[tuple[float, ...]], count: int = 160) -> Floats:
    """(count, 2 or 3) a Catmull-Rom curve through points, evenly spaced."""
    given = np.asarray(points, np.float64)
    padded = np.vstack([2 * given[0] - given[1], given, 2 * given[-1] - given[-2]])
    pieces = []
    t = np.linspace(0, 1, 24, endpoint=False)[:, None]
    for i in range(len(given) - 1):
        a, b, c, d = padded[i : i + 4]
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    dense = np.vstack([*pieces, given[-1:]])
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    wanted = np.linspace(0, steps[-1], count)
    return np.stack([np.interp(wanted, steps, dense[:, k]) for k in range(dense.shape[1])], axis=1)
