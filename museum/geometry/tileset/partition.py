"""A scan cut into pieces of equal count: halved again and again across its longest side, compiled."""

from concurrent.futures import Executor

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.geometry.mesh import Ints

Words = NDArray[np.uint16]


def halved(places: Words, depth: int, pool: Executor) -> tuple[Ints, NDArray[np.int64]]:
    """(order, starts): `depth` times halved, piece k of 2**depth is `order[starts[k]:starts[k + 1]]`, sorted.

    `places` (m, 3) uint16 say where each item lies; they are shuffled. Pieces 2k and 2k + 1 are the halves of piece k
    of one less depth, so what has been cut at any depth is one run. Counts differ by one at most.
    """
    order = np.arange(len(places), dtype=np.int32)
    runs = [(0, len(places))]
    for _ in range(depth):
        middles = list(pool.map(lambda run: int(_split(places, order, run[0], run[1])), runs))
        runs = [half for (a, c), b in zip(runs, middles, strict=True) for half in ((a, b), (b, c))]

    def sort(run: tuple[int, int]) -> None:
        order[run[0] : run[1]].sort()

    list(pool.map(sort, runs))
    return order, np.array([0, *(stop for _, stop in runs)], np.int64)


@njit(cache=True, nogil=True, error_model="numpy")
def _split(places, order, start, stop):  # type: ignore[no-untyped-def]  # numba infers
    """Put the lower half along the longest side first, in place; where the upper half starts."""
    axis, widest = 0, -1
    for a in range(3):
        low, high = 65_535, 0
        for i in range(start, stop):
            value = int(places[i, a])
            low, high = min(low, value), max(high, value)
        if high - low > widest:
            axis, widest = a, high - low
    counts = np.zeros(65_536, np.int64)
    for i in range(start, stop):
        counts[places[i, axis]] += 1
    half = (stop - start) // 2
    below, pivot = 0, 0
    while below + counts[pivot] <= half and pivot < 65_535:
        below += counts[pivot]
        pivot += 1
    equals = half - below  # of those at the pivot itself so many still belong to the lower half
    left, right = start, stop - 1
    while left <= right:
        value = int(places[left, axis])
        is_low = value < pivot
        if value == pivot and equals > 0:
            equals -= 1
            is_low = True
        if is_low:
            left += 1
            continue
        for a in range(3):
            places[left, a], places[right, a] = places[right, a], places[left, a]
        order[left], order[right] = order[right], order[left]
        right -= 1
    return left
