"""SHA-512, SHA-256 and BLAKE3 of a stream, with its copy, in one pass.

hashlib and blake3 release the interpreter lock, so SHA-512 (0.6 GB/s, the slowest: trust.md §3) runs in a thread of
its own while this one reads, takes the other two and writes. Memory stays at sixteen buffers of 256 KiB, however
large the file.
"""

import hashlib
import os
import stat
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blake3 import blake3

from museum.errors import SourceError
from museum.storage.disk import errors_named, write_all

_BUFFER_BYTES = 256 * 2**10  # small enough to be hashed three times from the cache
_BUFFERS = 16
_INLINE_BYTES = 512 * 2**10  # below this a thread costs more than it saves


@dataclass(frozen=True)
class FileDigests:
    """What identifies a file's content: hexadecimal digests and its size."""

    sha512: str
    sha256: str
    blake3: str
    size_bytes: int


def digests_of(data: bytes) -> FileDigests:
    """The digests of bytes in memory."""
    return FileDigests(
        hashlib.sha512(data).hexdigest(), hashlib.sha256(data).hexdigest(), blake3(data).hexdigest(), len(data)
    )


def digest_file(path: Path) -> FileDigests:
    """The digests of a file, read once. Raises SourceError as `copy_file`."""
    return _pass(path, None)


def copy_file(source: Path, target: Path | str, *, fsync: bool) -> FileDigests:
    """Copy `source` to the new file `target` and give its digests, in one pass.

    Raises SourceError when the source is missing, not a plain file, unreadable or changes while it is read;
    BackendError when the disk refuses the copy. A target left after an error is the caller's to remove.
    """
    with errors_named(target):
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        found = _pass(source, writing, target=target)
        if fsync:
            with errors_named(target):
                os.fsync(writing)
    finally:
        os.close(writing)
    return found


def blake3_file(path: Path | str, *, uncached: bool = False) -> str:
    """The BLAKE3 of a file; with `uncached` the kernel is asked to forget its pages first, so that the disk answers."""
    digest = blake3()
    with errors_named(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            if uncached:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            while chunk := os.read(descriptor, _BUFFER_BYTES):
                digest.update(chunk)
        finally:
            os.close(descriptor)
    return digest.hexdigest()


def named_digests(path: Path, algorithms: Iterable[str]) -> dict[str, str]:
    """Digests of a file by their OCFL names (OCFL 1.1 §2, extension 0001), read once; unknown names are left out."""
    made: dict[str, Any] = {}
    for name in algorithms:
        if name.startswith("blake2b-"):
            made[name] = hashlib.blake2b(digest_size=int(name[8:]) // 8)
        elif name == "sha512/256":
            made[name] = hashlib.new("sha512_256")
        elif name in ("md5", "sha1", "sha256", "sha512"):
            made[name] = hashlib.new(name)
    with errors_named(path), path.open("rb", buffering=0) as file:
        while chunk := file.read(_BUFFER_BYTES):
            for digest in made.values():
                digest.update(chunk)
    return {name: digest.hexdigest() for name, digest in made.items()}


def _pass(source: Path, writing: int | None, *, target: Path | str = "") -> FileDigests:
    try:
        reading = os.open(source, os.O_RDONLY)
    except FileNotFoundError as error:
        raise SourceError("storage.source_missing", path=source) from error
    except OSError as error:
        raise SourceError("storage.source_unreadable", path=source, reason=error.strerror) from error
    try:
        before = os.fstat(reading)
        if not stat.S_ISREG(before.st_mode):
            raise SourceError("storage.source_not_file", path=source)
        if before.st_size <= _INLINE_BYTES:
            found = _small(source, reading, before.st_size, writing, target)
        else:
            found = _large(source, reading, writing, target)
        after = os.fstat(reading)
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or (
            found.size_bytes != before.st_size
        ):
            raise SourceError("storage.source_changed", path=source)
        return found
    finally:
        os.close(reading)


def _small(source: Path, reading: int, size: int, writing: int | None, target: Path | str) -> FileDigests:
    with _source_errors(source):
        data = os.read(reading, size + 1)  # one byte more: a file that grew is noticed by its length
        while 0 < len(data) < size and (more := os.read(reading, size + 1 - len(data))):
            data += more
    if writing is not None and data:
        with errors_named(target):
            write_all(writing, data)
    return digests_of(data)


def _large(source: Path, reading: int, writing: int | None, target: Path | str) -> FileDigests:
    sha512, sha256, third = hashlib.sha512(), hashlib.sha256(), blake3()
    buffers = [memoryview(bytearray(_BUFFER_BYTES)) for _ in range(_BUFFERS)]
    pending: list[Future[None] | None] = [None] * _BUFFERS
    size = turn = 0
    with ThreadPoolExecutor(1, "sha512") as beside:
        while True:
            busy = pending[turn]
            if busy is not None:
                busy.result()
            with _source_errors(source):
                count = os.readv(reading, [buffers[turn]])
            if not count:
                break
            chunk = buffers[turn][:count]
            pending[turn] = beside.submit(sha512.update, chunk)
            sha256.update(chunk)
            third.update(chunk)
            if writing is not None:
                with errors_named(target):
                    write_all(writing, chunk)
            size += count
            turn = (turn + 1) % _BUFFERS
    return FileDigests(sha512.hexdigest(), sha256.hexdigest(), third.hexdigest(), size)


class _source_errors:
    """Turn an OSError of reading the source into a SourceError."""

    def __init__(self, source: Path) -> None:
        self.source = source

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise SourceError("storage.source_unreadable", path=self.source, reason=error.strerror) from error
