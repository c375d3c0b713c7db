"""Compiled helpers of carved surfaces: noise in space, distance along a line, slopes a chisel leaves, neighbours."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def noise(points: Floats, *, scale_mm: float, seed: int, octaves: int = 4, stretch: tuple[float, ...] = ()) -> Floats:
    """(n,) smooth noise in about -1..1 of points (n, 3) in millimetres, the same on every machine.

    `stretch` (x, y, z) lengthens the grain along an axis.
    """
    scaled = points / (np.asarray(stretch, np.float64) * scale_mm if stretch else scale_mm)
    result: Floats = _noise(np.ascontiguousarray(scaled), seed, octaves)
    return result


def cells(points: Floats, *, scale_mm: float, seed: int) -> tuple[Floats, Floats]:
    """(n,) distance from the border between the two nearest of scattered seeds 0..1, and a number 0..1 of the cell."""
    border, number = _cells(np.ascontiguousarray(points / scale_mm), seed)
    return border, number


def along(points: Floats, line: Floats, *, closed: bool = False) -> tuple[Floats, Floats, Floats]:
    """For points (n, 2) and a line (k, 2): distance, length along the line, unit normal left of the line there."""
    path = np.vstack([line, line[:1]]) if closed else line
    distance, place, normal = _along(np.ascontiguousarray(points), np.ascontiguousarray(path))
    return distance, place, normal


def drafted(heights: Floats, *, step_mm: float, slope: float) -> Floats:
    """A height field without walls steeper than `slope`: raised parts get a skirt, as a chisel leaves it."""
    result: Floats = _drafted(heights.copy(), step_mm * slope)
    return result


def averaged(values: Floats, faces: NDArray[np.int32], *, times: int) -> Floats:
    """(n, k) values after `times` means over the neighbours on the mesh."""
    mean = np.ascontiguousarray(values, np.float64)
    corners = np.ascontiguousarray(faces, np.int32)
    for _ in range(times):
        mean = _averaged(mean, corners)
    return mean


@njit(cache=True, fastmath=True, error_model="numpy")
def _hash(x, y, z, seed):  # type: ignore[no-untyped-def]  # numba infers
    h = np.uint32(x * 374761393 + y * 668265263 + z * 1274126177 + seed * 974711)
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(1274126177))
    h = np.uint32((h ^ (h >> np.uint32(16))) * np.uint32(2246822519))
    return np.uint32(h ^ (h >> np.uint32(15)))


@njit(cache=True, fastmath=True, error_model="numpy")
def _slope(h, x, y, z):  # type: ignore[no-untyped-def]  # numba infers
    """One of Perlin's twelve directions times the offset."""
    k = h & np.uint32(15)
    u = x if k < 8 else y
    v = y if k < 4 else (x if k == 12 or k == 14 else z)
    return (u if (k & np.uint32(1)) == 0 else -u) + (v if (k & np.uint32(2)) == 0 else -v)


@njit(cache=True, fastmath=True, error_model="numpy")
def _noise(points, seed, octaves):  # type: ignore[no-untyped-def]  # numba infers
    result = np.empty(len(points))
    for i in range(len(points)):
        total, size, weight = 0.0, 1.0, 0.0
        for octave in range(octaves):
            f = 2.0**octave
            x, y, z = points[i, 0] * f, points[i, 1] * f, points[i, 2] * f
            x0, y0, z0 = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
            fx, fy, fz = x - x0, y - y0, z - z0
            u = fx * fx * fx * (fx * (fx * 6 - 15) + 10)
            v = fy * fy * fy * (fy * (fy * 6 - 15) + 10)
            w = fz * fz * fz * (fz * (fz * 6 - 15) + 10)
            value = 0.0
            for corner in range(8):
                cx, cy, cz = corner & 1, (corner >> 1) & 1, (corner >> 2) & 1
                part = (u if cx else 1 - u) * (v if cy else 1 - v) * (w if cz else 1 - w)
                value += part * _slope(_hash(x0 + cx, y0 + cy, z0 + cz, seed + octave), fx - cx, fy - cy, fz - cz)
            total += size * value
            weight += size
            size *= 0.5
        result[i] = total / weight * 1.5
    return result


@njit(cache=True, fastmath=True, error_model="numpy")
def _cells(points, seed):  # type: ignore[no-untyped-def]  # numba infers
    border = np.empty(len(points))
    number = np.empty(len(points))
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        x0, y0, z0 = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
        first, second, own = 1e9, 1e9, 0.0
        for dx in range(-1, 2):
            for dy in range(-1, 2):
                for dz in range(-1, 2):
                    h = _hash(x0 + dx, y0 + dy, z0 + dz, seed)
                    sx = x0 + dx + (h & np.uint32(1023)) / 1023.0
                    sy = y0 + dy + ((h >> np.uint32(10)) & np.uint32(1023)) / 1023.0
                    sz = z0 + dz + ((h >> np.uint32(20)) & np.uint32(1023)) / 1023.0
                    d = np.sqrt((x - sx) ** 2 + (y - sy) ** 2 + (z - sz) ** 2)
                    if d < first:
                        second, first = first, d
                        own = (h & np.uint32(65535)) / 65535.0
                    elif d < second:
                        second = d
        border[i] = second - first
        number[i] = own
    return border, number


@njit(cache=True, fastmath=True, error_model="numpy")
def _along(points, line):  # type: ignore[no-untyped-def]  # numba infers
    distance = np.empty(len(points))
    place = np.empty(len(points))
    normal = np.empty((len(points), 2))
    steps = np.zeros(len(line))
    for k in range(1, len(line)):
        steps[k] = steps[k - 1] + np.hypot(line[k, 0] - line[k - 1, 0], line[k, 1] - line[k - 1, 1])
    for i in range(len(points)):
        best, where, segment = 1e18, 0.0, 0
        for k in range(len(line) - 1):
            ax, ay = line[k, 0], line[k, 1]
            bx, by = line[k + 1, 0] - ax, line[k + 1, 1] - ay
            size = bx * bx + by * by
            if size <= 0:
                continue
            t = min(1.0, max(0.0, ((points[i, 0] - ax) * bx + (points[i, 1] - ay) * by) / size))
            d = (points[i, 0] - ax - t * bx) ** 2 + (points[i, 1] - ay - t * by) ** 2
            if d < best:
                best, where, segment = d, steps[k] + t * np.sqrt(size), k
        distance[i], place[i] = np.sqrt(best), where
        tx, ty = line[segment + 1, 0] - line[segment, 0], line[segment + 1, 1] - line[segment, 1]
        size = np.sqrt(tx * tx + ty * ty)
        normal[i, 0], normal[i, 1] = -ty / size, tx / size
    return distance, place, normal


@njit(cache=True, fastmath=True, error_model="numpy")
def _drafted(h, fall):  # type: ignore[no-untyped-def]  # numba infers
    rows, columns = h.shape
    side = fall * np.sqrt(2.0)
    for i in range(rows):
        for j in range(columns):
            if i > 0:
                h[i, j] = max(h[i, j], h[i - 1, j] - fall)
                if j > 0:
                    h[i, j] = max(h[i, j], h[i - 1, j - 1] - side)
                if j + 1 < columns:
                    h[i, j] = max(h[i, j], h[i - 1, j + 1] - side)
            if j > 0:
                h[i, j] = max(h[i, j], h[i, j - 1] - fall)
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            if i + 1 < rows:
                h[i, j] = max(h[i, j], h[i + 1, j] - fall)
                if j > 0:
                    h[i, j] = max(h[i, j], h[i + 1, j - 1] - side)
                if j + 1 < columns:
                    h[i, j] = max(h[i, j], h[i + 1, j + 1] - side)
            if j + 1 < columns:
                h[i, j] = max(h[i, j], h[i, j + 1] - fall)
    return h


@njit(cache=True, fastmath=True, error_model="numpy")
def _averaged(values, faces):  # type: ignore[no-untyped-def]  # numba infers
    total = np.zeros_like(values)
    count = np.zeros(len(values))
    width = values.shape[1]
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        count[a] += 2
        count[b] += 2
        count[c] += 2
        for k in range(width):
            va, vb, vc = values[a, k], values[b, k], values[c, k]
            total[a, k] += vb + vc
            total[b, k] += va + vc
            total[c, k] += va + vb
    for i in range(len(values)):
        n = max(count[i], 1.0)
        for k in range(width):
            total[i, k] = 0.5 * values[i, k] + 0.5 * total[i, k] / n if count[i] > 0 else values[i, k]
    return total
