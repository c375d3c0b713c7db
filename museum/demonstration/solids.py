"""Bodies blended from round cones and ellipsoids by their signed distance: figures, beasts, knobs (Y up, millimetres).

A body is a list of pieces; each joins what stands before it with a blend radius, or cuts into it. Distances are
bounds, not exact; surfaces are found with Newton steps along the gradient.
"""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = Sequence[float] | Floats

_COLUMNS = 24
_CONE, _ELLIPSOID = 0.0, 1.0
_BLOCK = 4  # nodes of a grid along each side of a block judged at once


class Body:
    """Pieces in order; `label` tells later which piece a place of the surface belongs to."""

    def __init__(self) -> None:
        self._rows: list[Floats] = []

    def cone(
        self, a: Point, b: Point, ra: float, rb: float, *, blend: float = 0.0, label: int = 0, cut: bool = False,
        flat: float = 1.0, across: Point = (0.0, 0.0, 1.0),
    ) -> "Body":  # fmt: skip
        """A round cone from a to b; `flat` < 1 squeezes it along the unit vector `across`."""
        row = np.zeros(_COLUMNS)
        start, end, axis = np.asarray(a, float), np.asarray(b, float), np.asarray(across, float)
        row[:4] = _CONE, -1.0 if cut else 1.0, blend, label
        row[4:7], row[7:10], row[10], row[11] = start, end, ra, rb
        row[12:15], row[15] = axis / np.linalg.norm(axis), flat
        row[20:23] = (start + end) / 2
        row[23] = np.linalg.norm(end - start) / 2 + max(ra, rb) * max(1.0, flat)
        self._rows.append(row)
        return self

    def ellipsoid(
        self, centre: Point, radii: Point, *, blend: float = 0.0, label: int = 0, cut: bool = False,
        turn: Floats | None = None,
    ) -> "Body":  # fmt: skip
        """An ellipsoid; `turn` (3, 3) has its own axes as rows (None: x, y, z)."""
        row = np.zeros(_COLUMNS)
        row[:4] = _ELLIPSOID, -1.0 if cut else 1.0, blend, label
        row[4:7], row[7:10] = centre, radii
        row[10:19] = (np.eye(3) if turn is None else turn).ravel()
        row[20:23], row[23] = centre, max(radii)
        self._rows.append(row)
        return self

    def chain(
        self, points: Floats, radii: Floats, *, blend: float = 0.0, label: int = 0, flat: float = 1.0,
        across: Point = (0.0, 0.0, 1.0), cut: bool = False,
    ) -> "Body":  # fmt: skip
        """Round cones one after the other along points (k, 3) with radii (k,)."""
        for i in range(len(points) - 1):
            self.cone(
                points[i], points[i + 1], float(radii[i]), float(radii[i + 1]),
                blend=blend, label=label, flat=flat, across=across, cut=cut,
            )  # fmt: skip
        return self

    def add(self, other: "Body") -> "Body":
        """All pieces of another body after these."""
        self._rows += other._rows
        return self

    def mirrored(self) -> "Body":
        """A new body seen in the mirror x = 0."""
        result = Body()
        for row in self._rows:
            other = row.copy()
            other[4] *= -1
            other[20] *= -1
            if row[0] == _CONE:
                other[7] *= -1
                other[12] *= -1
            else:
                other[10:19] = (row[10:19].reshape(3, 3) * np.array([-1.0, 1.0, 1.0])).ravel()
            result._rows.append(other)
        return result

    def moved(self, shift: Point, *, scale: float = 1.0, turn: Floats | None = None) -> "Body":
        """A new body scaled, then turned by a rotation (3, 3), then shifted."""
        matrix = np.eye(3) if turn is None else turn
        step = np.asarray(shift, float)
        result = Body()
        for row in self._rows:
            other = row.copy()
            other[2] *= scale
            other[4:7] = matrix @ (row[4:7] * scale) + step
            other[20:23] = matrix @ (row[20:23] * scale) + step
            other[23] *= scale
            if row[0] == _CONE:
                other[7:10] = matrix @ (row[7:10] * scale) + step
                other[10:12] *= scale
                other[12:15] = matrix @ row[12:15]
            else:
                other[7:10] *= scale
                other[10:19] = (row[10:19].reshape(3, 3) @ matrix.T).ravel()
            result._rows.append(other)
        return result

    @property
    def rows(self) -> Floats:
        """(pieces, 24) float64 for the compiled functions."""
        return np.array(self._rows)

    def bounds(self) -> tuple[Floats, Floats]:
        """Lowest and highest corner of a box around all joined pieces."""
        rows = self.rows[self.rows[:, 1] > 0]
        reach = rows[:, 23:24] + rows[:, 2:3] * 0.25
        return (rows[:, 20:23] - reach).min(axis=0), (rows[:, 20:23] + reach).max(axis=0)

    def distance(self, points: Floats) -> Floats:
        """(n,) signed distance bound of points (n, 3), negative inside."""
        result: Floats = _distances(self.rows, np.ascontiguousarray(points))
        return result

    def filled(self, low: Floats, cell_mm: float, counts: Sequence[int] | NDArray[np.int64]) -> NDArray[np.bool_]:
        """(counts) whether each node of a grid from `low` on lies inside; far from the surface in whole blocks."""
        result: NDArray[np.bool_] = _filled(self.rows, low, float(cell_mm), (counts[0], counts[1], counts[2]))
        return result

    def labels(self, points: Floats) -> NDArray[np.int64]:
        """(n,) the label of the piece nearest to each point."""
        result: NDArray[np.int64] = _labels(self.rows, np.ascontiguousarray(points))
        return result

    def settled(self, points: Floats, *, steps: int = 2) -> tuple[Floats, Floats]:
        """Points moved onto the surface, and their outward unit normals."""
        moved, normals = _settle(self.rows, np.ascontiguousarray(points), steps)
        return moved, normals

    def heights(self, xs: Floats, ys: Floats, *, top: float, floor: float) -> Floats:
        """(len(ys), len(xs)) float64 z of the surface seen from the front (+z), `floor` where nothing stands."""
        result: Floats = _heights(self.rows, xs, ys, top, floor)
        return result


def rotation(axis: str, degrees: float) -> Floats:
    """(3, 3) rotation around x, y or z, counter-clockwise seen from that axis' tip."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


@njit(cache=True, fastmath=True, error_model="numpy")
def _piece(row, x, y, z):  # type: ignore[no-untyped-def]  # numba infers
    """Signed distance bound to one piece."""
    if row[0] == 0.0:
        px, py, pz = x - row[4], y - row[5], z - row[6]
        bx, by, bz = row[7] - row[4], row[8] - row[5], row[9] - row[6]
        flat = row[15]
        if flat != 1.0:
            k = 1.0 / flat - 1.0
            d = (px * row[12] + py * row[13] + pz * row[14]) * k
            px, py, pz = px + d * row[12], py + d * row[13], pz + d * row[14]
            d = (bx * row[12] + by * row[13] + bz * row[14]) * k
            bx, by, bz = bx + d * row[12], by + d * row[13], bz + d * row[14]
        length = bx * bx + by * by + bz * bz
        t = 0.0
        if length > 1e-12:
            t = min(1.0, max(0.0, (px * bx + py * by + pz * bz) / length))
        dx, dy, dz = px - t * bx, py - t * by, pz - t * bz
        d = np.sqrt(dx * dx + dy * dy + dz * dz) - (row[10] + (row[11] - row[10]) * t)
        return d * min(1.0, 0.5 + 0.5 * flat)
    px, py, pz = x - row[4], y - row[5], z - row[6]
    u = (row[10] * px + row[11] * py + row[12] * pz) / row[7]
    v = (row[13] * px + row[14] * py + row[15] * pz) / row[8]
    w = (row[16] * px + row[17] * py + row[18] * pz) / row[9]
    near = np.sqrt(u * u + v * v + w * w)
    slope = np.sqrt((u / row[7]) ** 2 + (v / row[8]) ** 2 + (w / row[9]) ** 2)
    if slope < 1e-12:
        return -min(row[7], row[8], row[9])
    return near * (near - 1.0) / slope


@njit(cache=True, fastmath=True, error_model="numpy")
def _total(rows, chosen, count, x, y, z):  # type: ignore[no-untyped-def]  # numba infers
    """Blended distance over the `count` first chosen pieces."""
    d = 1e9
    for c in range(count):
        row = rows[chosen[c]]
        gx, gy, gz = x - row[20], y - row[21], z - row[22]
        away = np.sqrt(gx * gx + gy * gy + gz * gz) - row[23]
        k = row[2]
        if row[1] > 0:
            if away > 0 and away * 0.5 > d + k:
                continue
            e = _piece(row, x, y, z)
            if k > 0 and abs(d - e) < k:
                h = (k - abs(d - e)) / k
                d = min(d, e) - h * h * k * 0.25
            else:
                d = min(d, e)
        else:
            if away > k:
                continue
            e = -_piece(row, x, y, z)
            if k > 0 and abs(d - e) < k:
                h = (k - abs(d - e)) / k
                d = max(d, e) + h * h * k * 0.25
            else:
                d = max(d, e)
    return d


@njit(cache=True, fastmath=True, error_model="numpy")
def _distances(rows, points):  # type: ignore[no-untyped-def]  # numba infers
    everything = np.arange(len(rows))
    result = np.empty(len(points))
    for i in range(len(points)):
        result[i] = _total(rows, everything, len(rows), points[i, 0], points[i, 1], points[i, 2])
    return result


@njit(cache=True, fastmath=True, error_model="numpy")
def _filled(rows, low, cell, counts):  # type: ignore[no-untyped-def]  # numba infers
    everything = np.arange(len(rows))
    result = np.zeros(counts, np.bool_)
    # What `_total` gives is a bound, not the distance: a block counts as far at twice its half diagonal.
    far = 2.0 * cell * (_BLOCK - 1) / 2 * np.sqrt(3.0)
    for i in range(0, counts[0], _BLOCK):
        for j in range(0, counts[1], _BLOCK):
            for k in range(0, counts[2], _BLOCK):
                ends = (min(i + _BLOCK, counts[0]), min(j + _BLOCK, counts[1]), min(k + _BLOCK, counts[2]))
                x = low[0] + cell * (i + ends[0] - 1) / 2
                y = low[1] + cell * (j + ends[1] - 1) / 2
                z = low[2] + cell * (k + ends[2] - 1) / 2
                middle = _total(rows, everything, len(rows), x, y, z)
                if abs(middle) > far:
                    result[i : ends[0], j : ends[1], k : ends[2]] = middle < 0
                    continue
                for a in range(i, ends[0]):
                    for b in range(j, ends[1]):
                        for c in range(k, ends[2]):
                            x, y, z = low[0] + cell * a, low[1] + cell * b, low[2] + cell * c
                            result[a, b, c] = _total(rows, everything, len(rows), x, y, z) < 0
    return result


@njit(cache=True, fastmath=True, error_model="numpy")
def _labels(rows, points):  # type: ignore[no-untyped-def]  # numba infers
    result = np.zeros(len(points), np.int64)
    for i in range(len(points)):
        best = 1e9
        for r in range(len(rows)):
            row = rows[r]
            if row[1] < 0:
                continue
            gx, gy, gz = points[i, 0] - row[20], points[i, 1] - row[21], points[i, 2] - row[22]
            if np.sqrt(gx * gx + gy * gy + gz * gz) - row[23] > max(best, 0.0) * 2 + 1e-6:
                continue
            d = _piece(row, points[i, 0], points[i, 1], points[i, 2])
            if d < best:
                best = d
                result[i] = int(row[3])
    return result


@njit(cache=True, fastmath=True, error_model="numpy")
def _settle(rows, points, steps):  # type: ignore[no-untyped-def]  # numba infers
    chosen = np.empty(len(rows), np.int64)
    moved = points.copy()
    normals = np.zeros_like(points)
    e = 0.05
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        # Near the surface only pieces that are near themselves matter.
        count = 0
        for k in range(len(rows)):
            reach = rows[k, 23] * 1.5 + rows[k, 2] + 10.0
            if (x - rows[k, 20]) ** 2 + (y - rows[k, 21]) ** 2 + (z - rows[k, 22]) ** 2 < reach * reach:
                chosen[count] = k
                count += 1
        if count == 0:
            continue
        gx = gy = gz = 0.0
        for step in range(steps + 1):
            d = _total(rows, chosen, count, x, y, z)
            gx = _total(rows, chosen, count, x + e, y, z) - d
            gy = _total(rows, chosen, count, x, y + e, z) - d
            gz = _total(rows, chosen, count, x, y, z + e) - d
            size = np.sqrt(gx * gx + gy * gy + gz * gz)
            if size < 1e-9:
                break
            gx, gy, gz = gx / size, gy / size, gz / size
            if step < steps:
                shift = d / max(0.3, size / e)
                x, y, z = x - gx * shift, y - gy * shift, z - gz * shift
        moved[i, 0], moved[i, 1], moved[i, 2] = x, y, z
        normals[i, 0], normals[i, 1], normals[i, 2] = gx, gy, gz
    return moved, normals


@njit(cache=True, fastmath=True, error_model="numpy")
def _heights(rows, xs, ys, top, floor):  # type: ignore[no-untyped-def]  # numba infers
    tile = 16
    result = np.full((len(ys), len(xs)), floor)
    chosen = np.empty(len(rows), np.int64)
    for row0 in range(0, len(ys), tile):
        row1 = min(row0 + tile, len(ys))
        y0, y1 = min(ys[row0], ys[row1 - 1]), max(ys[row0], ys[row1 - 1])
        for col0 in range(0, len(xs), tile):
            col1 = min(col0 + tile, len(xs))
            count = 0
            joined = 0
            for r in range(len(rows)):
                row = rows[r]
                reach = row[23] + row[2] * 0.5
                dx = max(xs[col0] - row[20], row[20] - xs[col1 - 1], 0.0)
                dy = max(y0 - row[21], row[21] - y1, 0.0)
                if dx * dx + dy * dy < reach * reach:
                    chosen[count] = r
                    count += 1
                    joined += row[1] > 0
            if joined == 0:
                continue
            for i in range(row0, row1):
                for j in range(col0, col1):
                    z = top
                    for _ in range(60):
                        d = _total(rows, chosen, count, xs[j], ys[i], z)
                        if d < 0.02:
                            break
                        z -= max(0.05, 0.8 * d)
                        if z < floor:
                            break
                    result[i, j] = max(z, floor)
    return result
