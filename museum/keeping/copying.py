"""Copying many files with their BLAKE3 in the same pass, several at a time; what an earlier copy holds is linked."""

import errno
import fcntl
import os
import threading
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from museum.errors import BackendError, SourceError
from museum.keeping.contents import Kept
from museum.storage import disk

Progress = Callable[[int, int], None]  # (bytes done, bytes in all)
_BUFFER_BYTES = 2**20
_AT_ONCE = 2
_FICLONE = 0x40049409  # linux/fs.h: share the blocks of a file, where the file system can (btrfs, xfs)
_NO_CLONE = {errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.EPERM, errno.ENOSYS}
_NO_LINK = {errno.EMLINK, errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOENT, errno.EACCES}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file to copy: where it lies, its path in the copy, its size and time as seen when listed.

    `data` stands for bytes that were read already; `may_vanish` is said of what can be made again.
    """

    source: Path
    path: str
    size_bytes: int
    modified_ns: int
    data: bytes | None = None
    may_vanish: bool = False


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What a copy holds now, how much of it was written, and how much an earlier one shares."""

    files: tuple[Kept, ...]
    written_bytes: int
    linked_files: int


def copy_all(
    wanted: Collection[Wanted],
    target: Path,
    *,
    earlier: Path | None = None,
    known: dict[str, Kept] | None = None,
    on_progress: Progress | None = None,
) -> Copied:
    """Copy into the folder `target`. A file that `known` lists with the same path, size and time is hard-linked from
    the folder `earlier`, and copied where links are impossible.

    Raises SourceError for a file that can't be read or changes meanwhile, BackendError when the disk refuses.
    """
    total, lock = sum(w.size_bytes for w in wanted), threading.Lock()
    done = written = linked = 0
    for folder in sorted({str(Path(w.path).parent) for w in wanted}):
        with disk.errors_named(target):
            (target / folder).mkdir(parents=True, exist_ok=True, mode=0o700)

    def one(item: Wanted) -> Kept | None:
        nonlocal done, written, linked
        before = (known or {}).get(item.path)
        is_same = before is not None and (before.size_bytes, before.modified_ns) == (item.size_bytes, item.modified_ns)
        if is_same and earlier is not None and _link(earlier / item.path, target / item.path, item.size_bytes):
            kept, fresh = before, 0
        else:
            kept = _copied(item, target / item.path)
            fresh = kept.size_bytes if kept else 0
        with lock:
            done, written, linked = done + item.size_bytes, written + fresh, linked + (kept is before is not None)
            if on_progress is not None:
                on_progress(done, total)
        return kept

    with ThreadPoolExecutor(_AT_ONCE, "copy") as crew:
        files = tuple(kept for kept in crew.map(one, wanted) if kept is not None)
    return Copied(files=files, written_bytes=written, linked_files=linked)


def copy_file(source: Path, target: Path) -> tuple[int, str]:
    """Copy one file, new at `target` (mode 0600), and give its size and BLAKE3 from the same pass.

    Raises FileNotFoundError when the source is gone, SourceError when it can't be read, BackendError for the target.
    """
    try:
        reading = os.open(source, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SourceError("storage.source_unreadable", path=source, reason=error.strerror) from error
    try:
        with disk.errors_named(target):
            writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            cloned = _clone(reading, writing)
            digest, size, buffer = blake3(), 0, memoryview(bytearray(_BUFFER_BYTES))
            while count := _read(reading, buffer, source):
                digest.update(buffer[:count])
                if not cloned:
                    with disk.errors_named(target):
                        disk.write_all(writing, buffer[:count])
                size += count
        finally:
            os.close(writing)
    finally:
        os.close(reading)
    return size, digest.hexdigest()


def flush(folder: Path) -> None:
    """Make everything written to the disk of `folder` durable, names too.

    One call that waits for everything (Linux: sync(2)): with one for each of 1,500 folders a backup took twice as long.
    """
    with disk.errors_named(folder):
        os.sync()
        disk.sync_folder(folder)


def free_bytes(folder: Path) -> int:
    """Bytes an ordinary user may still write on the disk of `folder`."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def listed(root: Path, prefix: str, *, may_vanish: bool = False, without: Collection[str] = ()) -> Iterable[Wanted]:
    """All plain files below `root` as files to copy below `prefix`; folders named in `without` are left out."""
    for at, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in without)
        inside = os.path.relpath(at, root)
        start = prefix if inside == "." else f"{prefix}/{inside}"
        for name in sorted(files):
            source = Path(at) / name
            try:
                found = source.lstat()
            except FileNotFoundError:
                continue
            yield Wanted(source, f"{start}/{name}", found.st_size, found.st_mtime_ns, may_vanish=may_vanish)


def _copied(item: Wanted, target: Path) -> Kept | None:
    if item.data is not None:
        with disk.errors_named(target):
            disk.write_file(target, item.data, fsync=False)
            target.chmod(0o600)
        size, digest = len(item.data), blake3(item.data).hexdigest()
    else:
        try:
            size, digest = copy_file(item.source, target)
        except FileNotFoundError as error:
            if item.may_vanish:
                return None
            raise SourceError("storage.source_missing", path=item.source) from error
        if size != item.size_bytes and not item.may_vanish:
            raise SourceError("storage.source_changed", path=item.source)
    os.utime(target, ns=(item.modified_ns, item.modified_ns))
    return Kept(item.path, size, digest, item.modified_ns)


def _link(earlier: Path, target: Path, size_bytes: int) -> bool:
    try:
        if earlier.stat().st_size != size_bytes:
            return False
        os.link(earlier, target)
    except OSError as error:
        if error.errno in _NO_LINK:
            return False
        raise disk.named(error, target) from error
    return True


def _clone(reading: int, writing: int) -> bool:
    try:
        fcntl.ioctl(writing, _FICLONE, reading)
    except OSError as error:
        if error.errno in _NO_CLONE:
            return False
        raise BackendError("storage.disk_failed", path="", reason=error.strerror) from error
    return True


def _read(reading: int, buffer: memoryview, source: Path) -> int:
    try:
        return os.readv(reading, [buffer])
    except OSError as error:
        raise SourceError("storage.source_unreadable", path=source, reason=error.strerror) from error
