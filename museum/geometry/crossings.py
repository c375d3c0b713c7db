"""Triangles that another triangle of the same mesh runs through: decided exactly, all of them or a stated sample.

Signs of volumes are computed with floats and a bound of their error (Shewchuk, Adaptive Precision Floating-Point
Arithmetic, 1997, stage A of orient3d); what the bound leaves open is decided with whole numbers.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from museum.geometry.distance import Surface
from museum.geometry.gate import COMPILED
from museum.geometry.mesh import Floats, Mesh, welded

_ALL = 400_000
_SAMPLE = 200_000
_EXACT = 20_000
_OPEN = 9
_BOUND = 7.771561172376103e-16  # (7 + 56 ε) ε with ε = 2⁻⁵³


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """How many of the `tested` triangles are crossed by others. `is_sampled`: not all were tested (bounded effort);
    `undecided` triangles touch too many others to decide exactly, and are not counted."""

    triangles: int
    tested: int
    is_sampled: bool
    undecided: int


def crossings(mesh: Mesh, surface: Surface) -> Crossings:
    """Count triangles that are crossed; touching, overlapping in one plane and sharing a corner are no crossings.

    `surface` is that of `mesh`. Up to 400,000 triangles all are tested, of more 200,000 from a fixed seed.
    """
    if mesh.is_point_cloud:
        return Crossings(triangles=0, tested=0, is_sampled=False, undecided=0)
    count = len(surface.faces)
    chosen = np.arange(count)
    if count > _ALL:
        chosen = np.sort(np.random.default_rng(20_260_102).choice(count, _SAMPLE, replace=False))
    places, _ = welded(surface.vertices)
    with COMPILED:
        state, other = _search(
            chosen, surface.vertices, surface.faces, places, surface.origin, surface.cell, surface.shape,
            surface.starts, surface.items,
        )  # fmt: skip
    crossed = int((state == 1).sum())
    undecided = 0
    open_ones = np.flatnonzero(state == 2)
    for i in open_ones[:_EXACT]:
        mine = surface.faces[chosen[i]]
        is_crossed = any(
            _cross_exactly(surface.vertices[mine], surface.vertices[theirs], places[mine], places[theirs])
            for theirs in (surface.faces[g] for g in other[i] if g >= 0)
        )
        crossed += is_crossed
        undecided += int(not is_crossed and other[i, -1] >= 0)
    undecided += max(0, len(open_ones) - _EXACT)
    return Crossings(triangles=crossed, tested=len(chosen), is_sampled=len(chosen) < count, undecided=undecided)


def _cross_exactly(
    first: Floats, second: Floats, first_places: NDArray[np.uint32], second_places: NDArray[np.uint32]
) -> bool:
    a = [[Fraction(float(v)) for v in corner] for corner in first]
    b = [[Fraction(float(v)) for v in corner] for corner in second]
    for edges, edge_places, face, face_places in (
        (a, first_places, b, second_places), (b, second_places, a, first_places),
    ):  # fmt: skip
        for i in range(3):
            j = (i + 1) % 3
            if edge_places[i] in face_places or edge_places[j] in face_places:
                continue
            above, below = (_sign(face[0], face[1], face[2], end) for end in (edges[i], edges[j]))
            if above * below >= 0:
                continue
            sides = {_sign(edges[i], edges[j], face[k], face[(k + 1) % 3]) for k in range(3)}
            if len(sides) == 1 and 0 not in sides:
                return True
    return False


def _sign(a: list[Fraction], b: list[Fraction], c: list[Fraction], d: list[Fraction]) -> int:
    x, y, z = ([p[i] - d[i] for i in range(3)] for p in (a, b, c))
    volume = (
        x[0] * (y[1] * z[2] - y[2] * z[1]) + x[1] * (y[2] * z[0] - y[0] * z[2]) + x[2] * (y[0] * z[1] - y[1] * z[0])
    )
    return (volume > 0) - (volume < 0)


@njit(cache=True, error_model="numpy")
def _orient(a, b, c, d):  # type: ignore[no-untyped-def]  # numba infers
    """Sign of the volume of a, b, c, d: -1, 0, 1, or 2 where floats can't tell."""
    ax, ay, az = a[0] - d[0], a[1] - d[1], a[2] - d[2]
    bx, by, bz = b[0] - d[0], b[1] - d[1], b[2] - d[2]
    cx, cy, cz = c[0] - d[0], c[1] - d[1], c[2] - d[2]
    bc, cb = bx * cy, cx * by
    ca, ac = cx * ay, ax * cy
    ab, ba = ax * by, bx * ay
    volume = az * (bc - cb) + bz * (ca - ac) + cz * (ab - ba)
    whole = (abs(bc) + abs(cb)) * abs(az) + (abs(ca) + abs(ac)) * abs(bz) + (abs(ab) + abs(ba)) * abs(cz)
    if whole == 0:
        return 0
    bound = _BOUND * whole
    if volume > bound:
        return 1
    if -volume > bound:
        return -1
    return 2


@njit(cache=True, error_model="numpy")
def _pierces(p, q, a, b, c):  # type: ignore[no-untyped-def]  # numba infers
    """Whether the segment p, q runs through the triangle's inside: 0 no, 1 yes, 2 floats can't tell."""
    above, below = _orient(a, b, c, p), _orient(a, b, c, q)
    if above == 0 or below == 0 or (above == below and above != 2):
        return 0
    s, t, u = _orient(p, q, a, b), _orient(p, q, b, c), _orient(p, q, c, a)
    low, high = min(s, t, u), max(s, t, u)
    if low == 0 or (low == -1 and (s == 1 or t == 1 or u == 1)):
        return 0
    if above == 2 or below == 2 or high == 2:
        if s == 0 or t == 0 or u == 0:
            return 0
        return 2
    return 1 if low == high else 0


@njit(cache=True, parallel=True, error_model="numpy")
def _search(chosen, vertices, faces, places, origin, cell, shape, starts, items):  # type: ignore[no-untyped-def]  # numba infers
    """(k,) 0 free, 1 crossed, 2 floats can't tell; (k, 9) the first triangles that it is open with, else -1."""
    state = np.zeros(len(chosen), np.int8)
    other = np.full((len(chosen), _OPEN), -1, np.int64)
    for n in prange(len(chosen)):
        f = chosen[n]
        known = 0
        low, high = np.empty(3), np.empty(3)
        first, last = np.empty(3, np.int64), np.empty(3, np.int64)
        for axis in range(3):
            a, b, c = vertices[faces[f, 0], axis], vertices[faces[f, 1], axis], vertices[faces[f, 2], axis]
            low[axis], high[axis] = min(a, b, c), max(a, b, c)
            first[axis] = min(shape[axis] - 1, max(0, int((low[axis] - origin[axis]) / cell)))
            last[axis] = min(shape[axis] - 1, max(0, int((high[axis] - origin[axis]) / cell)))
        for x in range(first[0], last[0] + 1):
            for y in range(first[1], last[1] + 1):
                for z in range(first[2], last[2] + 1):
                    k = (x * shape[1] + y) * shape[2] + z
                    for m in range(starts[k], starts[k + 1]):
                        g = items[m]
                        if g == f or state[n] == 1 or not _meets(low, high, vertices, faces[g]):
                            continue
                        found = _pair(vertices, places, faces[f], faces[g])
                        if found == 1:
                            state[n] = 1
                        elif found == 2:
                            state[n] = 2
                            if known < _OPEN:
                                other[n, known] = g
                            known += 1
    return state, other


@njit(cache=True, error_model="numpy")
def _meets(low, high, vertices, face):  # type: ignore[no-untyped-def]  # numba infers
    for axis in range(3):
        a, b, c = vertices[face[0], axis], vertices[face[1], axis], vertices[face[2], axis]
        if min(a, b, c) > high[axis] or max(a, b, c) < low[axis]:
            return False
    return True


@njit(cache=True, error_model="numpy")
def _pair(vertices, places, first, second):  # type: ignore[no-untyped-def]  # numba infers
    is_open = False
    for turn in range(2):
        edge, face = (first, second) if turn == 0 else (second, first)
        for i in range(3):
            p, q = edge[i], edge[(i + 1) % 3]
            is_shared = False
            for k in range(3):
                if places[face[k]] == places[p] or places[face[k]] == places[q]:
                    is_shared = True
            if is_shared:
                continue
            found = _pierces(vertices[p], vertices[q], vertices[face[0]], vertices[face[1]], vertices[face[2]])
            if found == 1:
                return 1
            if found == 2:
                is_open = True
    return 2 if is_open else 0
