"""Changes to folders and files that survive a loss of power, and plain words when the disk refuses."""

import errno
import os
import shutil
from pathlib import Path

from museum.errors import BackendError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}


class errors_named:
    """Turn an OSError inside the block into a BackendError that says what happened at `path`.

    A class, since a generator costs four times as much and this stands around every small file.
    """

    __slots__ = ("path",)

    def __init__(self, path: Path | str) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise named(error, self.path) from error


def named(error: OSError, path: Path | str) -> BackendError:
    """The BackendError for `error` at `path`: disk full, not writable, or anything else."""
    where = path if error.filename is None else os.fsdecode(error.filename)
    if is_full(error):
        return BackendError("storage.disk_full", path=where)
    if error.errno in _REFUSED:
        return BackendError("storage.not_writable", path=where)
    return BackendError("storage.disk_failed", path=where, reason=error.strerror or str(error))


def is_full(error: OSError) -> bool:
    """Whether the disk, a quota or a limit of file sizes refuses more bytes."""
    return error.errno in _FULL


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write every byte of `data`, however many calls it takes."""
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


def write_file(path: Path | str, data: bytes, *, fsync: bool) -> None:
    """Make a new file with `data`; one that is already there is an error (EEXIST)."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        write_all(descriptor, data)
        if fsync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path | str) -> None:
    """Make the names inside a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(path: Path, *, fsync: bool) -> None:
    """Make `path` and what is missing above it, each durable in its parent."""
    missing = []
    at = path
    while not at.is_dir():
        missing.append(at)
        at = at.parent
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        if fsync:
            sync_folder(folder.parent)


def sync_tree(path: Path | str) -> None:
    """Sync `path` and all folders below it, deepest first (their files are synced as they are written)."""
    for folder, _, _ in os.walk(path, topdown=False):
        sync_folder(folder)


def remove_tree(path: Path) -> None:
    """Remove a folder and all it holds; nothing happens when it isn't there."""
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        if path.exists():
            raise
