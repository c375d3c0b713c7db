"""Where the files of one picture lie: a folder on this machine, or anything else that reads them by offset and length.

Storage knows no pictures and pictures know no storage: whoever locates a picture hands over a `Folder`.
"""

import os
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from museum.imaging.tiff import Read

_NOW = os.RWF_NOWAIT  # Linux, since 4.14: what isn't in memory is refused


class OpenFile(Protocol):
    """One file of the folder, open: it goes on giving the bytes of that writing, or raises."""

    @property
    def read(self) -> Read:
        """`read(offset, length)`: at most `length` bytes, fewer only at the end of the file. Threads may share it."""

    def read_now(self, offset: int, into: memoryview) -> bool:
        """Fill `into` from `offset` if that takes no waiting for a disk or a network; False, and perhaps some of it
        filled, where it would. Threads may share it."""

    def ahead(self) -> Read:
        """A `read` for many small pieces that lie close together; it is for one thread, and let go after use."""

    @property
    def size_bytes(self) -> int:
        """How long the file is."""

    @property
    def modified_at(self) -> float:
        """Seconds since 1970, when the file was written."""

    @property
    def version(self) -> object:
        """Equal to the folder's `version` as long as the file isn't replaced."""


class Folder(Protocol):
    """A folder of one picture's files. Equal folders are the same place; hashable."""

    @property
    def name(self) -> str:
        """What to call it in an error's words."""

    def open(self, file: str) -> OpenFile:
        """Open one file. Raises OSError or a MuseumError."""

    def version(self, file: str) -> object:
        """What changes with the file, without reading it. Raises as `open`."""

    def path(self, file: str) -> Path | None:
        """Where this machine reads it as a file; None where it can't."""


class _LocalFile:
    """An open file that closes itself when nothing refers to it any more; reads need no lock (pread)."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)
        found = os.fstat(self._descriptor)
        self.size_bytes = found.st_size
        self.modified_at = self.version = found.st_mtime

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._descriptor, length, offset)

    def read_now(self, offset: int, into: memoryview) -> bool:
        try:
            return os.preadv(self._descriptor, [into], offset, _NOW) == len(into)
        except OSError:  # the disk would have to be asked, or this file system can't tell
            return False

    def ahead(self) -> Read:
        return self.read  # the kernel reads ahead by itself


@dataclass(frozen=True)
class LocalFolder:
    """A folder on this machine; what changes with a file is the time of its writing."""

    directory: Path

    @property
    def name(self) -> str:
        """As Folder.name: the last part of the path."""
        return self.directory.name

    def open(self, file: str) -> OpenFile:
        """As Folder.open."""
        return _LocalFile(self.directory / file)

    def version(self, file: str) -> object:
        """As Folder.version."""
        return (self.directory / file).stat().st_mtime

    def path(self, file: str) -> Path | None:
        """As Folder.path: always a path."""
        return self.directory / file
