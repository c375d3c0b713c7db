"""Long arrays some rows at a time, and those that lie in files given back to the system when nobody looks."""

import mmap
from typing import Any

from numpy.typing import NDArray

CHUNK_ROWS = 1 << 18
"""Rows that are converted at a time."""


def slices(count: int, step: int = CHUNK_ROWS) -> list[slice]:
    """`range(count)` in slices of `step`."""
    return [slice(start, min(start + step, count)) for start in range(0, count, step)]


def let_go(*arrays: NDArray[Any] | None) -> None:
    """Give back the memory of those arrays that lie in files: what is looked at again is read again.

    What was written into a private copy of a file is lost: only for arrays that nobody writes into, or shared ones.
    """
    for array in arrays:
        base: Any = array
        while base is not None and not isinstance(base, mmap.mmap):
            base = getattr(base, "base", None)
        if base is not None:
            base.madvise(mmap.MADV_DONTNEED)
