"""The edges of a surface, counted with little memory: 24 bytes a triangle, sorted where they lie."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.mesh import Floats, Mesh
from museum.geometry.reading.workspace import CHUNK_ROWS, Workspace, slices

_RUN_ROWS = 4 * CHUNK_ROWS


def uses(mesh: Mesh, workspace: Workspace) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For some edges at a time: (k,) how many triangles share each, and (k,) how many more run it one way than the
    other. Vertices at exactly the same place count as one; triangles without area don't count."""
    places = _places(mesh.vertices_mm)
    keys = workspace.empty((3 * len(mesh.faces),), np.uint64)
    done = 0
    size = np.uint64(len(mesh.vertices_mm))
    for part in slices(len(mesh.faces)):
        corners = mesh.faces[part] if places is None else places[mesh.faces[part]]
        turned = np.roll(corners, -1, axis=1)
        whole = (corners != turned).all(axis=1)
        start, stop = corners[whole].ravel().astype(np.uint64), turned[whole].ravel().astype(np.uint64)
        key = (np.minimum(start, stop) * size + np.maximum(start, stop)) * np.uint64(2) + (start < stop)
        keys[done : done + len(key)] = key
        done += len(key)
    keys = keys[:done]
    keys.sort()
    yield from _runs(keys)


def _places(vertices: Floats) -> NDArray[np.uint32] | None:
    """(n,) the number of each vertex's place; None where all lie at places of their own."""
    plain = vertices
    if any(np.signbit(vertices[part][vertices[part] == 0]).any() for part in slices(len(vertices))):
        plain = vertices + 0.0  # -0 and 0 are one place
    places, count = meshopt.numbered(plain)
    return None if count == len(vertices) else places


def _runs(keys: NDArray[np.uint64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    at, step = 0, _RUN_ROWS
    while at < len(keys):
        edge = keys[at : at + step] >> np.uint64(1)
        first = np.flatnonzero(np.concatenate([[True], edge[1:] != edge[:-1]]))
        end = len(edge)
        if at + end < len(keys):  # the last edge may go on
            if len(first) == 1:
                step *= 2
                continue
            end = int(first[-1])
            first = first[:-1]
        direction = np.where((keys[at : at + end] & np.uint64(1)) == 1, 1, -1)
        yield np.diff(np.concatenate([first, [end]])), np.add.reduceat(direction, first)
        at, step = at + end, _RUN_ROWS
