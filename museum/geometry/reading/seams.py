"""Vertices that faces use with different properties (a texture's seam, a material's edge) are doubled, others stay."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry.chunks import slices
from museum.geometry.reading.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Split:
    """`faces` (m, 3) int32 into the new vertices; `source` (k,) the old vertex of each added one, behind the old ones;
    `prop` (n + k,) the property of each vertex, -1 where no face uses it."""

    faces: NDArray[np.int32]
    source: NDArray[np.int64]
    prop: NDArray[np.int64]


def split(corners: NDArray[Any], props: NDArray[Any], *, vertices: int, workspace: Workspace) -> Split:
    """Give each of `vertices` one property: that of its last corner; corners that differ get a vertex of their own.

    `corners` (m, 3) are indices of vertices, `props` (m, 3) numbers >= -1 of what a corner bears.
    """
    first = workspace.empty((vertices,), np.int64)
    first[:] = -1
    for part in slices(len(corners)):
        first[corners[part].ravel()] = props[part].ravel()
    odd: list[NDArray[np.int64]] = []
    base = int(props.max(initial=-1)) + 2
    for part in slices(len(corners)):
        key = _odd_keys(corners[part], props[part], first, base)
        odd.append(np.unique(key[key >= 0]))
    added = np.unique(np.concatenate(odd)) if odd else np.zeros(0, np.int64)
    faces = workspace.empty((len(corners), 3), np.int32)
    for part in slices(len(corners)):
        key = _odd_keys(corners[part], props[part], first, base)
        faces[part] = np.where(key >= 0, vertices + np.searchsorted(added, key), corners[part])
    prop = np.concatenate([first, added % base - 1])
    return Split(faces=faces, source=added // base, prop=prop)


def _odd_keys(corners: NDArray[Any], props: NDArray[Any], first: NDArray[np.int64], base: int) -> NDArray[np.int64]:
    """A key for each corner whose property is not that of its vertex, else -1."""
    key: NDArray[np.int64] = corners.astype(np.int64) * base + (props.astype(np.int64) + 1)
    key[first[corners] == props] = -1
    return key


def fans(polygons: NDArray[Any]) -> NDArray[Any]:
    """(k, c) polygons as (k · (c - 2), 3) triangles, in order."""
    pieces = [polygons[:, [0, i, i + 1]] for i in range(1, polygons.shape[1] - 1)]
    return np.stack(pieces, axis=1).reshape(-1, 3)
