"""Where a reader lays its arrays: small ones in memory, large ones in files, so that memory bounds no scan."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from museum.errors import BackendError, SourceError
from museum.geometry.limits import DEFAULT_LIMITS, ScanLimits

LARGE_BYTES = 16 << 20
"""Arrays from this size on lie in files: the system may write them out when memory is wanted elsewhere."""


@dataclass
class Workspace:
    """A folder for large arrays, and what reading has to tell beside the mesh.

    `salvage` keeps what is good of a damaged scan and counts in `dropped` what was left out; without it such a scan is
    refused. `remarks` are what a curator should know of a scan that was read. `folder` None keeps all in memory.
    """

    folder: Path | None = None
    limits: ScanLimits = DEFAULT_LIMITS
    salvage: bool = False
    remarks: list[SourceError] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    on_stage: Callable[[str], object] = lambda _: None

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """An array to be filled; in a file that nobody else sees when it is large. Raises BackendError scan.no_room."""
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        if self.folder is None or size < LARGE_BYTES:
            return np.empty(shape, dtype)
        self._need(size)
        with tempfile.TemporaryFile(dir=self.folder) as file:
            file.truncate(size)
            return np.asarray(np.memmap(file, dtype, "r+", shape=shape))

    def stream(self, dtype: DTypeLike, *, width: int, held_bytes: int | None = None) -> "Stream":
        """An array whose length shows only while reading; so much of it is held in memory before it goes to a file:
        LARGE_BYTES, unless less is said."""
        return Stream(self, np.dtype(dtype), width, LARGE_BYTES if held_bytes is None else held_bytes)

    def remark(self, code: str, **values: object) -> None:
        """Something that a curator should know; each is told once."""
        if all(said.code != code for said in self.remarks):
            self.remarks.append(SourceError(code, **values))

    def drop(self, what: str, count: int) -> None:
        """Count what was left out."""
        if count:
            self.dropped[what] = self.dropped.get(what, 0) + count

    def stage(self, name: str) -> None:
        """Say what is being done now."""
        self.on_stage(name)

    def _need(self, size: int) -> None:
        if self.folder is not None and shutil.disk_usage(self.folder).free < size + LARGE_BYTES:
            raise BackendError("scan.no_room", need_mib=size >> 20)


class Stream:
    """Rows that are added piece by piece: in memory at first, in a file as soon as they are many."""

    def __init__(self, workspace: Workspace, dtype: "np.dtype[Any]", width: int, most_held: int) -> None:
        self._workspace = workspace
        self._dtype = dtype
        self._width = width
        self._most_held = most_held
        self._held: list[NDArray[Any]] = []
        self._held_bytes = 0
        self._file: Any = None
        self.rows = 0

    def add(self, rows: NDArray[Any]) -> None:
        """Add (k, width) rows, or (k,) when the width is 1."""
        piece = np.ascontiguousarray(rows, self._dtype).reshape(-1, self._width)
        self.rows += len(piece)
        self._held.append(piece)
        self._held_bytes += piece.nbytes
        if self._held_bytes >= self._most_held and self._workspace.folder is not None:
            self._workspace._need(self._held_bytes)
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._workspace.folder)  # noqa: SIM115 (closed in `done`)
            self._spill()

    def done(self) -> NDArray[Any]:
        """(rows, width) of everything that was added."""
        if self._file is None:
            return np.concatenate(self._held) if self._held else np.zeros((0, self._width), self._dtype)
        self._spill()
        with self._file:
            return np.asarray(np.memmap(self._file, self._dtype, "r+", shape=(self.rows, self._width)))

    def _spill(self) -> None:
        for piece in self._held:
            piece.tofile(self._file)
        self._file.flush()
        self._held, self._held_bytes = [], 0
