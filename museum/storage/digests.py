"""SHA-512 and SHA-256 of a stream, with its copy, in one pass; the copy read back and compared.

hashlib and blake3 release the interpreter lock, so SHA-512 (0.6 GB/s, the slowest) of a large file runs in a thread of
its own while this one reads, takes the others and writes. Memory stays at sixteen buffers of 256 KiB, however large
the file. A small file is read whole: a second thread makes five files of 20 KB no quicker, and slower when busy.
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

from museum.errors import BackendError, SourceError
from museum.storage.disk import errors_named, named, write_all, write_file

_BUFFER_BYTES = 256 * 2**10  # small enough to be hashed three times from the cache
_BUFFERS = 16
_INLINE_BYTES = 512 * 2**10  # below this a thread costs more than it saves


@dataclass(frozen=True)
class FileDigests:
    """What identifies a file's content: hexadecimal digests and its size."""

    sha512: str
    sha256: str
    size_bytes: int


def digests_of(data: bytes) -> FileDigests:
    """The digests of bytes in memory."""
    return FileDigests(hashlib.sha512(data).hexdigest(), hashlib.sha256(data).hexdigest(), len(data))


def digest_file(path: Path) -> FileDigests:
    """The digests of a file, read once. Raises SourceError as `copy_file`."""
    reading, before = _opened(path)
    try:
        if before.st_size <= _INLINE_BYTES:
            return digests_of(_whole(path, reading, before))
        return _large(path, reading, before, None)
    finally:
        os.close(reading)


def copy_file(source: Path, target: Path | str, *, fsync: bool, verify: bool = False) -> FileDigests:
    """Copy `source` to the new file `target` and give its digests, in one pass; `verify` reads the copy back.

    Raises SourceError when the source is missing, not a plain file, unreadable or changes while it is read;
    BackendError when the disk refuses the copy or gives back something else. A target left after an error is the
    caller's to remove.
    """
    reading, before = _opened(source)
    try:
        if before.st_size <= _INLINE_BYTES:
            data = _whole(source, reading, before)
            write_bytes(target, data, fsync=fsync, verify=verify)
            return digests_of(data)
        with errors_named(target):
            writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        third = blake3() if verify else None
        try:
            found = _large(source, reading, before, writing, target=target, third=third)
            if fsync:
                with errors_named(target):
                    os.fsync(writing)
        finally:
            os.close(writing)
        if third is not None and blake3_file(target, uncached=fsync) != third.hexdigest():
            raise BackendError("storage.copy_differs", path=target)
        return found
    finally:
        os.close(reading)


def write_bytes(target: Path | str, data: bytes, *, fsync: bool, verify: bool) -> None:
    """Make the new file `target`; `verify` reads it back. Raises BackendError as `copy_file`."""
    try:
        write_file(target, data, fsync=fsync)
        if not verify:
            return
        descriptor = os.open(target, os.O_RDONLY)
        try:
            if fsync:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            back = os.read(descriptor, len(data) + 1)
            while 0 < len(back) < len(data) and (more := os.read(descriptor, len(data) + 1 - len(back))):
                back += more
        finally:
            os.close(descriptor)
    except OSError as error:
        raise named(error, target) from error
    if back != data:
        raise BackendError("storage.copy_differs", path=target)


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


def _opened(source: Path) -> tuple[int, os.stat_result]:
    """A descriptor to read `source` by, and what the file is like before."""
    try:
        reading = os.open(source, os.O_RDONLY)
    except FileNotFoundError as error:
        raise SourceError("storage.source_missing", path=source) from error
    except OSError as error:
        raise SourceError("storage.source_unreadable", path=source, reason=error.strerror) from error
    before = os.fstat(reading)
    if not stat.S_ISREG(before.st_mode):
        os.close(reading)
        raise SourceError("storage.source_not_file", path=source)
    return reading, before


def _unchanged(source: Path, reading: int, before: os.stat_result, size: int) -> None:
    after = os.fstat(reading)
    if size != before.st_size or after.st_size != size or after.st_mtime_ns != before.st_mtime_ns:
        raise SourceError("storage.source_changed", path=source)


def _whole(source: Path, reading: int, before: os.stat_result) -> bytes:
    """All bytes of a small file."""
    size = before.st_size
    try:
        data = os.read(reading, size + 1)  # one byte more: a file that grew is noticed by its length
        while 0 < len(data) < size and (more := os.read(reading, size + 1 - len(data))):
            data += more
    except OSError as error:
        raise SourceError("storage.source_unreadable", path=source, reason=error.strerror) from error
    _unchanged(source, reading, before, len(data))
    return data


def _large(
    source: Path,
    reading: int,
    before: os.stat_result,
    writing: int | None,
    *,
    target: Path | str = "",
    third: blake3 | None = None,
) -> FileDigests:
    """The digests of a file taken piece by piece, which go to `writing` and into `third` if there are such."""
    sha512, sha256 = hashlib.sha512(), hashlib.sha256()
    buffers = [memoryview(bytearray(_BUFFER_BYTES)) for _ in range(_BUFFERS)]
    pending: list[Future[None] | None] = [None] * _BUFFERS
    size = turn = 0
    with ThreadPoolExecutor(1, "sha512") as beside:
        while True:
            busy = pending[turn]
            if busy is not None:
                busy.result()
            try:
                count = os.readv(reading, [buffers[turn]])
            except OSError as error:
                raise SourceError("storage.source_unreadable", path=source, reason=error.strerror) from error
            if not count:
                break
            chunk = buffers[turn][:count]
            pending[turn] = beside.submit(sha512.update, chunk)
            sha256.update(chunk)
            if third is not None:
                third.update(chunk)
            if writing is not None:
                with errors_named(target):
                    write_all(writing, chunk)
            size += count
            turn = (turn + 1) % _BUFFERS
    _unchanged(source, reading, before, size)
    return FileDigests(sha512.hexdigest(), sha256.hexdigest(), size)
