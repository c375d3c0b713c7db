"""A layout for surfaces that have none: cut into charts that are seen from one of six sides each, packed into a square.

A chart is a connected part of the surface whose triangles all face its side and of which none hides another, so its
flat picture is a parallel projection. Six sides keep every stretch below 1.8 (at a corner of the cube).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.geometry.mesh import Floats, Ints, Mesh, face_normals, welded

_SMOOTHED = 12  # rounds: sides are chosen by what the surface is like, not by its grain
_LEAST_FACING = 0.25  # cosine of a triangle's normal to the side it is seen from: stretched four times at most
_CRUMB = 8  # triangles: smaller charts go to what is beside them
_ROOM = 4096  # texels of the drawing that shows what a chart covers already; a power of two
_FILL = 0.7  # of the square, at the first attempt
_MARGIN = 2  # texels around each chart
_ANGLES = 16
_CELLS = 256  # along the square, when charts are put beside each other
_SMALLER, _LEAST_SCALE = 0.96, 0.5
# For each side the axis towards the eye, to the right and up; the three right-handed.
_SIDES = np.array(
    [
        [[1, 0, 0], [0, 0, -1], [0, 1, 0]],
        [[-1, 0, 0], [0, 0, 1], [0, 1, 0]],
        [[0, 1, 0], [1, 0, 0], [0, 0, -1]],
        [[0, -1, 0], [1, 0, 0], [0, 0, 1]],
        [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
        [[0, 0, -1], [-1, 0, 0], [0, 1, 0]],
    ],
    np.float64,
)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where each triangle lies in a square picture.

    vertices : (k,) which vertex of the surface each vertex of the layout is: those on seams are several
    faces : (m, 3) int32 over them, in the order of the surface's
    uv : (k, 2) float64, origin at the top left (glTF)
    up : (k, 3) float64 unit vectors: where in space the picture's upward direction points
    is_guest : (m,) which triangles may lie upon others: too small a part of the surface for a chart of their own
    count : how many charts
    """

    vertices: NDArray[np.int64]
    faces: Ints
    uv: Floats
    up: Floats
    is_guest: NDArray[np.bool_]
    count: int


def layout(mesh: Mesh, *, side_px: int) -> Layout | None:
    """The layout of a mesh for a picture of `side_px` pixels a side: 0.8 s for 150,000 triangles.

    None of a mesh without area, or of one in so many parts that margins would take the picture.
    """
    places, count = welded(mesh.vertices_mm)
    corners = places[mesh.faces].astype(np.int32)
    normals = face_normals(mesh.vertices_mm, mesh.faces)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    area = float(length.sum()) / 2
    if not area > 0:
        return None
    unit = normals / np.maximum(length, 1e-300)
    texel = float(np.sqrt(area / (_FILL * side_px**2)))
    beside = _neighbours(corners, count)
    smooth = normals / float(length.mean())
    for _ in range(_SMOOTHED):
        smooth = smooth + np.where(beside[:, :, None] >= 0, smooth[beside], 0).sum(axis=1)
        smooth /= np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-300)
    towards = _SIDES[:, 0]
    wanted = np.argmax(smooth @ towards.T, axis=1).astype(np.int8)
    own = np.argmax(unit @ towards.T, axis=1).astype(np.int8)
    points = (mesh.vertices_mm - mesh.vertices_mm.min(axis=0)) / texel
    chart, side = _grown(points, mesh.faces, unit, beside, wanted, own, _SIDES, min(_ROOM - 2, side_px - 8))
    is_guest = np.bincount(chart, minlength=len(side))[chart] <= _CRUMB
    host = _absorbed(np.where(is_guest, -1, chart).astype(np.int32), chart, beside, unit, side, _SIDES)
    is_guest &= host != chart  # a loose crumb has nothing beside it: it keeps its own place and is drawn there
    kinds, chart = np.unique(host, return_inverse=True)
    return _packed(mesh, points, chart.astype(np.int32), side[kinds], is_guest, side_px)


def _neighbours(corners: Ints, count: int) -> Ints:
    """(m, 3) the triangle beyond each edge, -1 where there is none or more than one."""
    edges = np.sort(corners[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1).astype(np.int64)
    key = edges[:, 0] * count + edges[:, 1]
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    same = ordered[1:] == ordered[:-1]
    is_pair = same & ~np.concatenate([[False], same[:-1]]) & ~np.concatenate([same[1:], [False]])
    first, second = order[:-1][is_pair], order[1:][is_pair]
    beside = np.full(len(key), -1, np.int32)
    beside[first], beside[second] = second // 3, first // 3
    return beside.reshape(-1, 3)


@njit(cache=True, nogil=True, error_model="numpy")
def _covers(points, face, sides, side, drawn, number, is_drawn):  # type: ignore[no-untyped-def]  # numba infers
    """Whether a triangle seen from a side covers a texel that chart `number` has already; drawn where `is_drawn`."""
    room = len(drawn)
    x = np.empty(3)
    y = np.empty(3)
    for c in range(3):
        p = points[face[c]]
        x[c] = p[0] * sides[side, 1, 0] + p[1] * sides[side, 1, 1] + p[2] * sides[side, 1, 2]
        y[c] = p[0] * sides[side, 2, 0] + p[1] * sides[side, 2, 1] + p[2] * sides[side, 2, 2]
    whole = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    if whole <= 0:
        return False
    low_y, high_y = int(np.ceil(y.min() - 0.5)), int(np.floor(y.max() - 0.5))
    low_x, high_x = int(np.ceil(x.min() - 0.5)), int(np.floor(x.max() - 0.5))
    for row in range(low_y, high_y + 1):
        for column in range(low_x, high_x + 1):
            px, py = column + 0.5, row + 0.5
            second = (px - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (py - y[0])
            third = (x[1] - x[0]) * (py - y[0]) - (px - x[0]) * (y[1] - y[0])
            if second > 0 and third > 0 and second + third < whole:
                r, c = row & (room - 1), column & (room - 1)
                if is_drawn:
                    drawn[r, c] = number
                elif drawn[r, c] == number:
                    return True
    return False


@njit(cache=True, error_model="numpy")
def _facing(normal, axis):  # type: ignore[no-untyped-def]  # numba infers
    return normal[0] * axis[0] + normal[1] * axis[1] + normal[2] * axis[2]


@njit(cache=True, nogil=True, error_model="numpy")
def _grown(points, faces, unit, beside, wanted, own, sides, most):  # type: ignore[no-untyped-def]  # numba infers
    """((m,) the chart of each triangle, (charts,) the side each is seen from): grown from triangle to triangle.

    First by the sides that are `wanted`, then what is left by each triangle's `own`.
    """
    count = len(faces)
    chart = np.full(count, -1, np.int32)
    side_of = np.empty(count, np.int8)
    drawn = np.full((_ROOM, _ROOM), -1, np.int32)
    queue = np.empty(count, np.int32)
    asked = np.full(count, -1, np.int32)
    number = 0
    box = np.empty(4)
    for step in range(2):
        choice = wanted if step == 0 else own
        for seed in range(count):
            side = choice[seed]
            facing = (
                unit[seed, 0] * sides[side, 0, 0]
                + unit[seed, 1] * sides[side, 0, 1]
                + unit[seed, 2] * sides[side, 0, 2]
            )
            if chart[seed] >= 0 or (step == 0 and facing < _LEAST_FACING):
                continue
            side_of[number] = side
            queue[0], last = seed, 1
            asked[seed] = number
            at = 0
            box[:2], box[2:] = 1e300, -1e300
            while at < last:
                f = queue[at]
                at += 1
                left, right, low, high = box[0], box[2], box[1], box[3]
                for c in range(3):
                    p = points[faces[f, c]]
                    x = p[0] * sides[side, 1, 0] + p[1] * sides[side, 1, 1] + p[2] * sides[side, 1, 2]
                    y = p[0] * sides[side, 2, 0] + p[1] * sides[side, 2, 1] + p[2] * sides[side, 2, 2]
                    left, right, low, high = min(left, x), max(right, x), min(low, y), max(high, y)
                if right - left <= most and high - low <= most:
                    if _covers(points, faces[f], sides, side, drawn, number, False):
                        continue
                    _covers(points, faces[f], sides, side, drawn, number, True)
                elif f != seed:  # a triangle larger than a chart may be stays alone, and need not be drawn for that
                    continue
                box[0], box[2], box[1], box[3] = left, right, low, high
                chart[f] = number
                for e in range(3):
                    g = beside[f, e]
                    if g < 0 or chart[g] >= 0 or asked[g] == number:
                        continue
                    facing = _facing(unit[g], sides[side, 0])
                    if facing < _LEAST_FACING or (step == 0 and choice[g] != side):
                        continue
                    asked[g] = number
                    queue[last] = g
                    last += 1
            number += 1
    return chart, side_of[:number]


@njit(cache=True, nogil=True, error_model="numpy")
def _absorbed(chart, before, beside, unit, side, sides):  # type: ignore[no-untyped-def]  # numba infers
    """The charts with triangles that have none (-1) given to that beside them which they face most.

    They lie upon others there: a texel or two, and those show through. What has no other beside it keeps its own.
    """
    result = chart.copy()
    is_changed = True
    while is_changed:
        is_changed = False
        for f in range(len(result)):
            if result[f] >= 0:
                continue
            best, found = -2.0, -1
            for e in range(3):
                g = beside[f, e]
                if g >= 0 and result[g] >= 0:
                    facing = _facing(unit[f], sides[side[result[g]], 0])
                    if facing > best:
                        best, found = facing, result[g]
            if found >= 0:
                result[f] = found
                is_changed = True
    for f in range(len(result)):
        if result[f] < 0:
            result[f] = before[f]
    return result


def _packed(
    mesh: Mesh, points: Floats, chart: Ints, side: NDArray[np.int8], is_guest: NDArray[np.bool_], side_px: int
) -> Layout | None:
    """Charts turned until their boxes are small, put onto shelves, all at the largest scale that fits."""
    key = mesh.faces.astype(np.int64) + chart[:, None].astype(np.int64) * len(points)
    kinds, inverse = np.unique(key, return_inverse=True)
    vertices, owner = kinds % len(points), kinds // len(points)
    axes = _SIDES[side[owner]]
    at = points[vertices]
    flat = np.stack([(at * axes[:, 1]).sum(axis=1), (at * axes[:, 2]).sum(axis=1)], axis=1)
    starts = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    best, turn = np.full(len(starts), np.inf), np.zeros(len(starts))
    for angle in np.arange(_ANGLES) * (np.pi / _ANGLES):
        low, high = _boxes(flat, np.full(len(starts), angle)[owner], starts)
        width, height = (high - low).T
        size = np.where(width >= height, width * height, np.inf)  # lying ones waste less of a shelf
        better = size < best
        best[better], turn[better] = size[better], angle
    angles = turn[owner]
    low, high = _boxes(flat, angles, starts)
    local, sizes = _turned(flat, angles) - low[owner], high - low
    faces = inverse.reshape(-1, 3).astype(np.int32)
    by_chart = np.argsort(chart, kind="stable").astype(np.int32)
    firsts = np.searchsorted(chart[by_chart], np.arange(len(side) + 1))
    order = np.argsort(-sizes.prod(axis=1), kind="stable")
    cell = max(1, side_px // _CELLS)
    scale = 1.0
    while True:
        places, done = _stacked(local * scale, faces, by_chart, firsts, sizes * scale, order, side_px // cell, cell)
        if done == len(order):
            break
        scale *= _SMALLER
        if scale < _LEAST_SCALE:
            return None
    cosine, sine = np.cos(angles)[:, None], np.sin(angles)[:, None]
    uv = (local * scale + places[owner] * cell + _MARGIN) / side_px
    uv[:, 1] = 1 - uv[:, 1]
    return Layout(
        vertices=vertices, faces=faces, uv=uv,
        up=-sine * axes[:, 1] + cosine * axes[:, 2], is_guest=is_guest, count=len(side),
    )  # fmt: skip


def _turned(flat: Floats, angles: Floats) -> Floats:
    """(k, 2) places along axes that are turned by (k,) angles."""
    cosine, sine = np.cos(angles), np.sin(angles)
    return np.stack([flat[:, 0] * cosine + flat[:, 1] * sine, flat[:, 1] * cosine - flat[:, 0] * sine], axis=1)


def _boxes(flat: Floats, angles: Floats, starts: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """((charts, 2) least, greatest) places of the charts that begin at `starts`."""
    turned = _turned(flat, angles)
    return np.minimum.reduceat(turned, starts), np.maximum.reduceat(turned, starts)


@njit(cache=True, nogil=True, error_model="numpy")
def _stacked(local, faces, by_chart, firsts, sizes, order, side, cell):  # type: ignore[no-untyped-def]  # numba infers
    """((charts, 2) cells of their left lower corners, how many charts found a place) in a square of `side` cells.

    Each takes the lowest place where no cell that it touches is taken; cells are `cell` texels wide.
    """
    taken = np.zeros((side, side), np.bool_)
    places = np.zeros((len(order), 2), np.int64)
    for done in range(len(order)):
        k = order[done]
        wide, high = int((sizes[k, 0] + 2 * _MARGIN) / cell) + 1, int((sizes[k, 1] + 2 * _MARGIN) / cell) + 1
        if wide > side or high > side:
            return places, done
        own = np.zeros((high, wide), np.bool_)
        for i in range(firsts[k], firsts[k + 1]):
            _touch(local, faces[by_chart[i]], own, cell)
        rows, columns = np.nonzero(own)
        is_placed = False
        for y in range(side - high + 1):
            for x in range(side - wide + 1):
                is_free = True
                for c in range(len(rows)):
                    if taken[y + rows[c], x + columns[c]]:
                        is_free = False
                        break
                if is_free:
                    is_placed = True
                    places[k, 0], places[k, 1] = x, y
                    for c in range(len(rows)):
                        taken[y + rows[c], x + columns[c]] = True
                    break
            if is_placed:
                break
        if not is_placed:
            return places, done
    return places, len(order)


@njit(cache=True, nogil=True, error_model="numpy")
def _touch(local, face, own, cell):  # type: ignore[no-untyped-def]  # numba infers
    """Mark the cells that a triangle touches with its margin around it."""
    ax, ay = local[face[0], 0] + _MARGIN, local[face[0], 1] + _MARGIN
    bx, by = local[face[1], 0] + _MARGIN, local[face[1], 1] + _MARGIN
    cx, cy = local[face[2], 0] + _MARGIN, local[face[2], 1] + _MARGIN
    whole = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    reach = _MARGIN + 0.71 * cell
    for row in range(int((min(ay, by, cy) - _MARGIN) / cell), int((max(ay, by, cy) + _MARGIN) / cell) + 1):
        for column in range(int((min(ax, bx, cx) - _MARGIN) / cell), int((max(ax, bx, cx) + _MARGIN) / cell) + 1):
            px, py = (column + 0.5) * cell, (row + 0.5) * cell
            is_near = True
            for ux, uy, vx, vy in ((ax, ay, bx, by), (bx, by, cx, cy), (cx, cy, ax, ay)):
                long = np.sqrt((vx - ux) ** 2 + (vy - uy) ** 2)
                away = (vx - ux) * (py - uy) - (vy - uy) * (px - ux)
                if (away if whole > 0 else -away) < -reach * long:
                    is_near = False
            if is_near:
                own[row, column] = True
