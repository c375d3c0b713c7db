"""What we ask of any place that keeps bytes by name; tests/contracts/test_blobs.py says it in full."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from museum.storage.key import Key


@dataclass(frozen=True)
class BlobStat:
    """A stored blob's name, size and the time of its last writing (UTC)."""

    key: Key
    size_bytes: int
    modified_at: dt.datetime
    tag: str = ""
    """Another one after every writing of other bytes; `open_range` can be held to it."""


class Blobs(Protocol):
    """A store of blobs. A blob is seen whole or not at all, also by a reader in the midst of a `put`.

    All methods raise BackendError when the store fails (full, not writable, unreachable).
    """

    def put(self, key: Key, chunks: Iterable[bytes]) -> BlobStat:
        """Store the chunks under `key`, replacing what was there. If `chunks` raises, nothing changes."""

    def put_file(self, key: Key, source: Path, *, move: bool = False) -> BlobStat:
        """Store a file; `move` lets the store take it instead of copying. Raises SourceError for a bad source."""

    def put_if_absent(self, key: Key, chunks: Iterable[bytes]) -> BlobStat | None:
        """Store the chunks only if nothing has the name; None when something has. Of many at once one wins."""

    def open_range(self, key: Key, start: int, length: int, *, tag: str = "") -> bytes:
        """Up to `length` bytes from `start`; fewer at the end, none beyond it. Raises NotFound, Invalid if negative.

        With `tag` they are of that writing, or Conflict storage.blob_changed says that the blob was replaced.
        """

    def peek(self, key: Key, length: int) -> tuple[BlobStat, bytes]:
        """What `stat` says and the first `length` bytes of the same writing, in one request. Raises NotFound."""

    def stat(self, key: Key) -> BlobStat | None:
        """Size and time of a blob, None where there is none."""

    def list(self, prefix: str = "") -> list[Key]:
        """All keys that begin with `prefix` (any text, not only whole names), sorted by code point."""

    def sizes(self, prefix: str = "") -> dict[Key, int]:
        """The keys of `list(prefix)`, and how many bytes each holds, without a request for each."""

    def delete(self, key: Key) -> None:
        """Remove a blob; no error where there is none."""

    def drop_unfinished(self, *, older_than: dt.timedelta) -> int:
        """Remove what killed writers left behind, which shows nowhere but takes room; how many."""

    def local_path(self, key: Key) -> Path | None:
        """Where this machine can read the blob as a file; None where the store has no such place."""
