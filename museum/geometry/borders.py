"""Where a surface ends: edges that bound one triangle only, joined to holes and rims."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.chunks import slices
from museum.geometry.mesh import Floats, Ints, Mesh, welded

_PLACES = 2_500_000  # whose edges are held at a time: 24 bytes each


@dataclass(frozen=True, kw_only=True)
class Borders:
    """Open borders of a mesh: how many, their whole length and the longest one's, in the mesh's unit.

    A hole and the rim of a relief that was scanned from one side only are borders alike: geometry can't tell them
    apart.
    """

    count: int
    length: float
    longest: float


def borders(mesh: Mesh) -> Borders:
    """The open borders, vertices at exactly the same place taken as one (seams of UV are no borders)."""
    if mesh.is_point_cloud:
        return Borders(count=0, length=0.0, longest=0.0)
    places, count = welded(mesh.vertices_mm)
    faces = np.ascontiguousarray(mesh.faces, np.int32)
    edges = np.concatenate([_open_edges(faces, places, part.start, part.stop) for part in slices(count, _PLACES)])
    if not len(edges):
        return Borders(count=0, length=0.0, longest=0.0)
    ends = mesh.vertices_mm[meshopt.firsts(places, count)[edges]]
    lengths = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    border = _joined(edges, count)
    whole = np.bincount(border, lengths)
    return Borders(count=len(whole), length=float(lengths.sum()), longest=float(whole.max()))


def median_edge(mesh: Mesh) -> float:
    """The middle length of the triangles' sides, in the mesh's unit."""
    faces: Ints = mesh.faces if len(mesh.faces) < 1_000_000 else mesh.faces[:: len(mesh.faces) // 500_000]
    corners: Floats = mesh.vertices_mm[faces]
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    return float(np.median(sides))


@njit(cache=True)
def _open_edges(faces, places, first, stop):  # type: ignore[no-untyped-def]  # numba infers
    """(k, 2) pairs of vertices between which exactly one triangle has a side; flat triangles don't count.

    Of the edges whose lesser end is one of the places from `first` to `stop` only.
    """
    count = stop - first
    starts = np.zeros(count + 2, np.int64)
    ends = np.empty(0, np.uint32)
    for step in range(2):
        if step == 1:
            for i in range(count):
                starts[i + 2] += starts[i + 1]
            ends = np.empty(starts[count + 1], np.uint32)
        for f in range(len(faces)):
            a, b, c = places[faces[f, 0]], places[faces[f, 1]], places[faces[f, 2]]
            if a == b or b == c or c == a:
                continue
            for i, j in ((a, b), (b, c), (c, a)):
                low = np.int64(min(i, j)) - first
                if low < 0 or low >= count:
                    continue
                if step == 0:
                    starts[low + 2] += 1
                else:
                    ends[starts[low + 1]] = max(i, j)
                    starts[low + 1] += 1
    found = 0
    pairs = np.empty((0, 2), np.int64)
    for step in range(2):
        if step == 1:
            pairs = np.empty((found, 2), np.int64)
            found = 0
        for i in range(count):
            for m in range(starts[i], starts[i + 1]):
                uses = 0
                for n in range(starts[i], starts[i + 1]):
                    uses += ends[n] == ends[m]
                if uses == 1:
                    if step == 1:
                        pairs[found, 0], pairs[found, 1] = first + i, ends[m]
                    found += 1
    return pairs


@njit(cache=True)
def _joined(edges: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """(k,) for each edge the number of its border: edges that meet at a vertex belong together."""
    parent = np.arange(count).astype(np.int32)
    for e in range(len(edges)):
        a, b = edges[e, 0], edges[e, 1]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        parent[a] = b
    names = np.full(count, -1, np.int32)
    result = np.empty(len(edges), np.int64)
    known = 0
    for e in range(len(edges)):
        a = edges[e, 0]
        while parent[a] != a:
            a = parent[a]
        if names[a] < 0:
            names[a] = known
            known += 1
        result[e] = names[a]
    return result
