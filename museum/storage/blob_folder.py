"""A folder of blobs whose files are read by range: how a picture's pyramid is read where it lies in an object store.

It has the shape of `museum.imaging.folder.Folder`, which this package doesn't know.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from museum.errors import Conflict, NotFound
from museum.storage.blobs import Blobs
from museum.storage.key import Key

_BLOCK_BYTES = 64 * 2**10
_MOST_BLOCKS = 32

Read = Callable[[int, int], bytes]


class BlobFile:
    """One blob, held to the writing that it was opened in: one ranged read each, no copy kept."""

    def __init__(self, blobs: Blobs, key: Key, version: object) -> None:
        stat, self._head = blobs.peek(key, _BLOCK_BYTES)
        self._blobs, self._key, self._tag = blobs, key, stat.tag
        self.size_bytes = stat.size_bytes
        self.modified_at = stat.modified_at.timestamp()
        self.version = version

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes. Raises Conflict storage.blob_changed once the blob was replaced or is gone."""
        try:
            return self._blobs.open_range(self._key, offset, length, tag=self._tag)
        except NotFound as error:
            raise Conflict("storage.blob_changed", key=self._key) from error

    def read_now(self, offset: int, into: memoryview) -> bool:
        """False: a request always takes waiting."""
        return False

    def ahead(self) -> Read:
        """A reader that asks for blocks; the first one of a file begins with what opening it brought along."""
        head, self._head = self._head, b""
        return ReadAhead(self.read, self.size_bytes, head)


class ReadAhead:
    """Small reads answered from a few larger ones. Not for several threads."""

    def __init__(self, read: Read, size_bytes: int, head: bytes = b"") -> None:
        self._read, self._size = read, size_bytes
        self._blocks: deque[tuple[int, bytes]] = deque([(0, head)] if head else [], maxlen=_MOST_BLOCKS)

    def __call__(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`."""
        length = min(length, self._size - offset)
        if length <= 0:
            return b""
        for start, block in self._blocks:
            if start <= offset and offset + length <= start + len(block):
                return block[offset - start : offset - start + length]
        block = self._read(offset, max(length, _BLOCK_BYTES))
        self._blocks.appendleft((offset, block))
        return block[:length]


@dataclass(frozen=True)
class BlobFolder:
    """The blobs under `key`. `seal` is what the catalogue says of them: it differs once they were made anew."""

    blobs: Blobs
    key: Key
    seal: str

    @property
    def name(self) -> str:
        """The last part of the key's folder."""
        return self.key

    def open(self, file: str) -> BlobFile:
        """Open one file with one request. Raises NotFound, BackendError."""
        return BlobFile(self.blobs, Key(f"{self.key}/{file}"), self.seal)

    def version(self, file: str) -> object:
        """What the catalogue says; costs no request."""
        return self.seal

    def path(self, file: str) -> Path | None:
        """Where this machine reads it as a file, if it does."""
        return self.blobs.local_path(Key(f"{self.key}/{file}"))
