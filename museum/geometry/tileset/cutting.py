"""Which faces make a tile, and which of its vertices other tiles share, compiled."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.geometry.mesh import Ints
from museum.geometry.tileset.snapping import Snapped

Numbers = NDArray[np.uint32]


@dataclass(frozen=True, kw_only=True)
class Borders:
    """For each place the first and the last leaf that touches it; leaves are pieces of `depth` halvings."""

    first: Numbers
    last: Numbers
    depth: int

    @classmethod
    def of(cls, snapped: Snapped, order: Ints, starts: NDArray[np.int64], *, depth: int) -> "Borders":
        """Look at every corner once."""
        first = np.full(len(snapped.grid), 0xFFFFFFFF, np.uint32)
        last = np.zeros(len(snapped.grid), np.uint32)
        places = snapped.places if snapped.places is not None else np.zeros(0, np.uint32)
        _touch(snapped.faces, order, starts, places, first, last)
        return cls(first=first, last=last, depth=depth)

    def shared(self, places: NDArray[np.integer], *, depth: int) -> NDArray[np.uint8]:
        """(k,) 1 for places that more than one piece of `depth` halvings touches: no tile may move or drop them."""
        shift = np.uint32(self.depth - depth)
        found: NDArray[np.uint8] = ((self.first[places] >> shift) != (self.last[places] >> shift)).astype(np.uint8)
        return found


def rims(corners: NDArray[np.integer], places: int) -> NDArray[np.uint8]:
    """(places,) 1 for the ends of edges that faces (k, 3) over so many places don't run as often each way.

    Those are the border of the surface in the sense of homology: as long as they stay, whatever else is collapsed
    leaves the surface with just the same border, also where more than two faces meet in an edge.
    """
    size = 1 << int(np.ceil(np.log2(6 * len(corners) + 4)))
    found: NDArray[np.uint8] = _rims(corners, places, size)
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _rims(corners, places, size):  # type: ignore[no-untyped-def]  # numba infers
    keys = np.full(size, -1, np.int64)
    balance = np.zeros(size, np.int32)
    for f in range(len(corners)):
        for side in range(3):
            a, b = np.int64(corners[f, side]), np.int64(corners[f, (side + 1) % 3])
            key = (min(a, b) << 32) | max(a, b)
            slot = ((key * np.int64(-7046029254386353131)) >> 24) & (size - 1)
            while keys[slot] != key and keys[slot] != -1:
                slot = (slot + 1) & (size - 1)
            keys[slot] = key
            balance[slot] += 1 if a < b else -1
    result = np.zeros(places, np.uint8)
    for slot in range(size):
        if keys[slot] != -1 and balance[slot] != 0:
            result[keys[slot] >> 32] = 1
            result[keys[slot] & 0xFFFFFFFF] = 1
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _touch(faces, order, starts, places, first, last):  # type: ignore[no-untyped-def]  # numba infers
    has_places = len(places) > 0
    for leaf in range(len(starts) - 1):
        for i in range(starts[leaf], starts[leaf + 1]):
            f = order[i]
            for corner in range(3):
                at = faces[f, corner]
                if has_places:
                    at = places[at]
                if first[at] > leaf:
                    first[at] = leaf
                last[at] = leaf  # leaves come in order
