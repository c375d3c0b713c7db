"""The edges of a surface, counted with little memory: sorted a few million at a time, the others in files."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from museum.geometry.chunks import CHUNK_ROWS, let_go, slices
from museum.geometry.mesh import Mesh, welded
from museum.geometry.reading.workspace import Workspace

_RUN_ROWS = 4 * CHUNK_ROWS
_HEAP_EDGES = 8_000_000  # of 8 bytes, sorted together
_HELD_BYTES = 2 << 20


def uses(mesh: Mesh, workspace: Workspace) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For some edges at a time: (k,) how many triangles share each, and (k,) how many more run it one way than the
    other. Vertices at exactly the same place count as one; triangles without area don't count."""
    places, count = welded(mesh.vertices_mm)
    is_own = count == len(places)
    size = np.uint64(len(mesh.vertices_mm))
    wanted = -(-3 * len(mesh.faces) // _HEAP_EDGES)
    heaps = [workspace.stream(np.uint64, width=1, held_bytes=_HELD_BYTES) for _ in range(max(1, wanted))]
    for part in slices(len(mesh.faces)):
        corners = mesh.faces[part] if is_own else places[mesh.faces[part]]
        turned = np.roll(corners, -1, axis=1)
        whole = (corners != turned).all(axis=1)
        start, stop = corners[whole].ravel().astype(np.uint64), turned[whole].ravel().astype(np.uint64)
        first = np.minimum(start, stop)
        key = (first * size + np.maximum(start, stop)) * np.uint64(2) + (start < stop)
        if len(heaps) == 1:
            heaps[0].add(key)
            continue
        heap = (first * np.uint64(len(heaps)) // size).astype(np.uint8)  # edges with one end lie in one heap
        for number, one in enumerate(heaps):
            one.add(key[heap == number])
    while heaps:
        keys = heaps.pop().done().ravel()
        keys.sort()
        yield from _runs(keys)
        let_go(keys)


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
