"""A large mesh in pieces of about as many triangles each, and what they share: for work piece by piece, compiled."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.geometry.mesh import Floats, Ints, Mesh, welded

_SAMPLED = 40_000


@dataclass
class Bench:
    """Room of one thread to number the vertices of one piece after the other."""

    stamp: Ints

    @classmethod
    def of(cls, vertices: int) -> "Bench":
        """For meshes of so many vertices."""
        return cls(np.full(vertices, -1, np.int32))

    def local(self, faces: Ints) -> tuple[Ints, Ints]:
        """(faces over own vertices, the number that each own vertex has in the whole), in order of first use."""
        own = np.empty_like(faces)
        numbers = np.empty(min(faces.size, len(self.stamp)), np.int32)
        count = _number(faces, self.stamp, own, numbers)
        return own, numbers[:count].copy()


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """A mesh halved again and again across its longest side.

    `order[starts[k]:starts[k + 1]]` are the faces of piece k; `shared` (n,) is 1 for vertices at places that more than
    one piece uses.
    """

    order: Ints
    starts: NDArray[np.int64]
    shared: NDArray[np.uint8]

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return len(self.starts) - 1

    @classmethod
    def of(cls, mesh: Mesh, count: int) -> "Pieces":
        """At least so many pieces: the next power of two. Some 5 bytes a triangle and 13 a vertex."""
        with ThreadPoolExecutor(1) as other:
            welding = other.submit(welded, mesh.vertices_mm)
            return cls._cut(mesh, max(0, int(np.ceil(np.log2(count)))), welding)

    @classmethod
    def _cut(cls, mesh: Mesh, depth: int, welding: "Future[tuple[NDArray[np.uint32], int]]") -> "Pieces":
        some = mesh.faces[:: max(1, len(mesh.faces) // _SAMPLED), 0]
        axes, bounds = _planes(mesh.vertices_mm[some], depth)
        piece = np.empty(len(mesh.faces), np.int16)
        order, starts = np.empty(len(mesh.faces), np.int32), np.zeros((1 << depth) + 1, np.int64)
        _assign(mesh.vertices_mm, mesh.faces, axes, bounds, depth, piece)
        _sort(piece, order, starts)
        places, number = welding.result()
        first, last = np.full(number, 32_767, np.int16), np.full(number, -1, np.int16)
        _touch(mesh.faces, piece, places, first, last)
        return cls(order=order, starts=starts, shared=(first < last).astype(np.uint8)[places])

    def faces(self, mesh: Mesh, number: int) -> Ints:
        """(k, 3) the faces of a piece, in the whole's order."""
        found: Ints = mesh.faces[self.order[self.starts[number] : self.starts[number + 1]]]
        return found


def _planes(points: Floats, depth: int) -> tuple[NDArray[np.int8], Floats]:
    """(axes, bounds) of the planes that halve these points `depth` times, those of each halving after one another."""
    axes, bounds = np.zeros((1 << depth) - 1, np.int8), np.zeros((1 << depth) - 1)
    heaps = {0: points}
    for node in range(len(axes)):
        some = heaps.pop(node)
        if len(some):
            axes[node] = np.argmax(np.ptp(some, axis=0))
            bounds[node] = np.median(some[:, axes[node]])
        is_above = some[:, axes[node]] > bounds[node]
        heaps[2 * node + 1], heaps[2 * node + 2] = some[~is_above], some[is_above]
    return axes, bounds


@njit(cache=True, nogil=True, error_model="numpy")
def box(points):  # type: ignore[no-untyped-def]  # numba infers
    """(2, 3) the least and the greatest corner of (n, 3) points: a tenth of the time of looking along their axis 0."""
    low_x, low_y, low_z, high_x, high_y, high_z = np.inf, np.inf, np.inf, -np.inf, -np.inf, -np.inf
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        low_x, low_y, low_z = min(low_x, x), min(low_y, y), min(low_z, z)
        high_x, high_y, high_z = max(high_x, x), max(high_y, y), max(high_z, z)
    return np.array([[low_x, low_y, low_z], [high_x, high_y, high_z]])


@njit(cache=True, nogil=True, error_model="numpy")
def _assign(vertices, faces, axes, bounds, depth, piece):  # type: ignore[no-untyped-def]  # numba infers
    """Fill `piece` (m,): on which side of the planes the first corner of each face lies."""
    for f in range(len(faces)):
        node = 0
        for _ in range(depth):
            node = 2 * node + (2 if vertices[faces[f, 0], axes[node]] > bounds[node] else 1)
        piece[f] = node - (1 << depth) + 1


@njit(cache=True, nogil=True, error_model="numpy")
def _sort(piece, order, starts):  # type: ignore[no-untyped-def]  # numba infers
    """Fill `order` with the faces of each piece one after the other, and `starts`."""
    for f in range(len(piece)):
        starts[piece[f] + 1] += 1
    for k in range(len(starts) - 1):
        starts[k + 1] += starts[k]
    at = starts[:-1].copy()
    for f in range(len(piece)):
        order[at[piece[f]]] = f
        at[piece[f]] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _touch(faces, piece, places, first, last):  # type: ignore[no-untyped-def]  # numba infers
    """Note for every place the first and the last piece that uses it."""
    for f in range(len(faces)):
        for corner in range(3):
            at = places[faces[f, corner]]
            first[at] = min(first[at], piece[f])
            last[at] = max(last[at], piece[f])


@njit(cache=True, nogil=True, error_model="numpy")
def _number(faces, stamp, own, numbers):  # type: ignore[no-untyped-def]  # numba infers
    count = 0
    for f in range(len(faces)):
        for corner in range(3):
            vertex = faces[f, corner]
            if stamp[vertex] < 0:
                stamp[vertex] = count
                numbers[count] = vertex
                count += 1
            own[f, corner] = stamp[vertex]
    for i in range(count):
        stamp[numbers[i]] = -1
    return count
