"""A blob as a file that is read from anywhere in it, for answers that are sent piece by piece."""

import io
from typing import TYPE_CHECKING

from museum.storage.blobs import Blobs
from museum.storage.key import Key

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE_BYTES = 256 * 2**10


class BlobStream(io.RawIOBase):
    """One blob from begin to end, all of one writing; each read is a request of at most PIECE_BYTES.

    Opening asks once and keeps the first piece, so that a small blob costs one request. Raises NotFound when opened,
    Conflict storage.blob_changed when it was replaced meanwhile, BackendError.
    """

    def __init__(self, blobs: Blobs, key: Key) -> None:
        self._blobs, self._key, self._at = blobs, key, 0
        self.stat, self._head = blobs.peek(key, PIECE_BYTES)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As io.RawIOBase.seek."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.stat.size_bytes}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def readall(self) -> bytes:
        """As io.RawIOBase.readall, in whole pieces."""
        return b"".join(iter(lambda: self.read(PIECE_BYTES) or b"", b""))

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """As io.RawIOBase.readinto: fewer bytes than asked for where a piece ends, 0 only at the end."""
        view = memoryview(buffer).cast("B")
        length = min(len(view), PIECE_BYTES, self.stat.size_bytes - self._at)
        if length <= 0:
            return 0
        data = self._head[self._at : self._at + length]
        if not data:
            data = self._blobs.open_range(self._key, self._at, length, tag=self.stat.tag)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
