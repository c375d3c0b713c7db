"""A folder of things that can be made again: never larger than its bound, the least lately used ones go first.

Processes may share it. An entry is written under another name and renamed, and holds a digest of its key and bytes: one
that is cut off, changed or another's is no entry. What the disk refuses is not kept; nothing here raises.
"""

import fcntl
import hashlib
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger("museum.storage")

_MAGIC = b"MUSKEPT1"
_DIGEST_BYTES = 16
_BLOCK = 4096  # what a file takes on the disk comes in blocks of so many bytes
_SHARE_LEFT = 0.75  # of the bound, after making room: so that not every entry makes us look through the folder


class BoundedFolder:
    """Entries by key in `folder`, together at most `most_bytes`; none while the disk has less than `keep_free_bytes`.

    That an entry was used is noted at most every `touch_s` seconds. Writing takes a lock of the folder: about 0.1 ms,
    and some 0.1 s for 20,000 entries each time a quarter of them goes.
    """

    def __init__(self, folder: Path, *, most_bytes: int, keep_free_bytes: int = 0, touch_s: float = 60.0) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._keep_free_bytes = keep_free_bytes
        self._touch_s = touch_s

    def get(self, key: str) -> bytes | None:
        """The bytes of `key`; None when there are none, or not as they were put."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                held = file.read()
                written_at = os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        data = held[len(_MAGIC) + _DIGEST_BYTES :]
        if held != _entry(key, data):
            with suppress(OSError):
                path.unlink()
            return None
        if time.time() - written_at > self._touch_s:
            with suppress(OSError):
                os.utime(path)
        return data

    def put(self, key: str, data: bytes) -> bool:
        """Keep `data`, if need be in the place of what was longest not asked for; whether it is kept."""
        entry = _entry(key, data)
        if _on_disk(len(entry)) * 8 > self._most_bytes:
            return False  # one entry must not push out all others
        try:
            if self._keep_free_bytes and self._free_bytes() - len(entry) < self._keep_free_bytes:
                return False
            with self._locked() as ledger:
                self._write(ledger, self._path(key), entry)
        except OSError as error:
            log.warning("an image is not kept: %s", error.strerror)
            return False
        return True

    def size_bytes(self) -> int:
        """What the entries take on the disk now, counted one by one."""
        return sum(size for _, size, _ in self._entries())

    def _write(self, ledger: int, path: Path, entry: bytes) -> None:
        size = _on_disk(len(entry))
        total = _number(os.pread(ledger, 24, 0))
        if total is None or total + size > self._most_bytes:
            total = self._make_room(size)
        # Counted first: whoever is killed between the two has counted too much, and making room counts anew.
        os.pwrite(ledger, b"%-24d" % (total + size), 0)
        part = self._folder / "part"  # one is enough: we hold the lock
        part.write_bytes(entry)
        try:
            part.replace(path)
        except FileNotFoundError:  # the first of its folder
            path.parent.mkdir(exist_ok=True)
            part.replace(path)

    def _make_room(self, wanted: int) -> int:
        """Delete the oldest entries until `wanted` bytes and a quarter of the bound are free; what is left, counted."""
        found = sorted(self._entries())
        total = sum(size for _, size, _ in found)
        if total + wanted <= self._most_bytes:
            return total
        most = int(self._most_bytes * _SHARE_LEFT) - wanted
        for _, size, path in found:
            if total <= most:
                break
            with suppress(FileNotFoundError):
                path.unlink()
            total -= size
        return total

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """(last use, bytes on the disk, path) of each entry."""
        for path in self._folder.glob("?/*"):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            yield stat.st_mtime, _on_disk(stat.st_size), path

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The folder's lock, held among threads and processes; it is the file with the count as well."""
        how, path = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, self._folder / "count"
        try:
            ledger = os.open(path, how, 0o644)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            ledger = os.open(path, how, 0o644)
        try:
            fcntl.flock(ledger, fcntl.LOCK_EX)
            yield ledger
        finally:
            os.close(ledger)

    def _free_bytes(self) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self._folder).free

    def _path(self, key: str) -> Path:
        name = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
        return self._folder / name[:1] / name[1:]


def _entry(key: str, data: bytes) -> bytes:
    digest = hashlib.blake2b(data, digest_size=_DIGEST_BYTES, key=hashlib.sha256(key.encode()).digest()).digest()
    return _MAGIC + digest + data


def _on_disk(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _number(text: bytes) -> int | None:
    return int(text) if text.strip().isdigit() else None
