"""Blobs in a folder of this machine."""

import datetime as dt
import errno
import os
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from museum.errors import Conflict, Invalid, NotFound, SourceError
from museum.storage import disk
from museum.storage.blobs import BlobStat
from museum.storage.key import Key

_INCOMING = ".incoming"  # inside the root, so that renames stay on one file system; no key may begin with it
_CHUNK_BYTES = 2**20
_NOT_A_FILE = {errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST}


class LocalBlobs:
    """A folder of blobs, each written beside, synced, and renamed into place.

    A file system can't hold "a" and "a/b" at once: the second of such a pair raises Conflict.
    """

    def __init__(self, root: Path, *, fsync: bool = True) -> None:
        self.root = root
        self.fsync = fsync

    def put(self, key: Key, chunks: Iterable[bytes]) -> BlobStat:
        """As Blobs.put."""
        made = self._incoming(key, chunks)
        try:
            self._place(key, made)
        finally:
            made.unlink(missing_ok=True)
        return self._stat(key)

    def put_file(self, key: Key, source: Path, *, move: bool = False) -> BlobStat:
        """As Blobs.put_file; a move across file systems is a copy."""
        if not source.is_file():
            raise SourceError("storage.source_missing", path=source)
        with disk.errors_named(self.root):
            self._make_root()
            if not move or source.stat().st_dev != self.root.stat().st_dev:
                return self.put(key, _chunks_of(source))
            if self.fsync:
                with source.open("rb") as file:
                    os.fsync(file.fileno())
        self._place(key, source)
        return self._stat(key)

    def put_if_absent(self, key: Key, chunks: Iterable[bytes]) -> BlobStat | None:
        """As Blobs.put_if_absent: a hard link can't replace, so one of many wins."""
        path = self._path(key)
        if path.is_file():
            return None
        made = self._incoming(key, chunks)
        try:
            self._place(key, made, replace=False)
        except FileExistsError:
            return None
        finally:
            made.unlink(missing_ok=True)
        return self._stat(key)

    def open_range(self, key: Key, start: int, length: int, *, tag: str = "") -> bytes:
        """As Blobs.open_range."""
        found, data = self._read(key, start, length)
        if tag and found.tag != tag:
            raise Conflict("storage.blob_changed", key=key)
        return data

    def peek(self, key: Key, length: int) -> tuple[BlobStat, bytes]:
        """As Blobs.peek."""
        return self._read(key, 0, length)

    def _read(self, key: Key, start: int, length: int) -> tuple[BlobStat, bytes]:
        if start < 0 or length < 0:
            raise Invalid("storage.bad_range", key=key, start=start, length=length)
        path = self._path(key)
        with disk.errors_named(path):
            try:
                descriptor = os.open(path, os.O_RDONLY)
            except (FileNotFoundError, NotADirectoryError) as error:
                raise NotFound("storage.no_blob", key=key) from error
            try:
                return _stat_of(key, os.fstat(descriptor)), os.pread(descriptor, length, start)
            except IsADirectoryError as error:
                raise NotFound("storage.no_blob", key=key) from error
            finally:
                os.close(descriptor)

    def stat(self, key: Key) -> BlobStat | None:
        """As Blobs.stat."""
        path = self._path(key)
        with disk.errors_named(path):
            try:
                found = path.stat()
            except (FileNotFoundError, NotADirectoryError):
                return None
        if not path.is_file():
            return None
        return _stat_of(key, found)

    def list(self, prefix: str = "") -> list[Key]:
        """As Blobs.list; only the folder that the prefix names is walked."""
        folder = prefix.rpartition("/")[0]
        if folder:
            Key(folder)
        found = []
        for at, folders, files in os.walk(self.root / folder):
            if at == str(self.root) and _INCOMING in folders:
                folders.remove(_INCOMING)
            base = Path(at).relative_to(self.root).as_posix()
            start = "" if base == "." else f"{base}/"
            found += [Key(start + name) for name in files if (start + name).startswith(prefix)]
        return sorted(found)

    def sizes(self, prefix: str = "") -> dict[Key, int]:
        """As Blobs.sizes."""
        found = ((key, self.stat(key)) for key in self.list(prefix))
        return {key: stat.size_bytes for key, stat in found if stat is not None}

    def delete(self, key: Key) -> None:
        """As Blobs.delete; folders left empty go too."""
        path = self._path(key)
        with disk.errors_named(path):
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return
            for folder in path.parents:
                try:
                    if self.fsync:
                        disk.sync_folder(folder)
                    if folder == self.root:
                        break
                    folder.rmdir()
                except OSError as error:  # something else lies there, or somebody was quicker
                    if error.errno not in _NOT_A_FILE | {errno.ENOENT}:
                        raise
                    break

    def drop_unfinished(self, *, older_than: dt.timedelta) -> int:
        """As Blobs.drop_unfinished: files that were to be renamed into place."""
        before, count = time.time() - older_than.total_seconds(), 0
        incoming = self.root / _INCOMING
        with disk.errors_named(incoming):
            for path in incoming.iterdir() if incoming.is_dir() else ():
                if path.stat().st_mtime < before:
                    path.unlink(missing_ok=True)
                    count += 1
        return count

    def local_path(self, key: Key) -> Path | None:
        """As Blobs.local_path: always a path, whether or not the blob is there."""
        return self._path(key)

    def _path(self, key: Key) -> Path:
        key = Key(key)
        if key.parts[0] == _INCOMING:
            raise Invalid("storage.bad_key", key=key)
        return self.root / key

    def _stat(self, key: Key) -> BlobStat:
        found = self.stat(key)
        if found is None:
            raise NotFound("storage.no_blob", key=key)
        return found

    def _make_root(self) -> Path:
        incoming = self.root / _INCOMING
        if not incoming.is_dir():
            disk.make_folders(incoming, fsync=self.fsync)
        return incoming

    def _incoming(self, key: Key, chunks: Iterable[bytes]) -> Path:
        """The chunks as a synced file beside the blobs."""
        self._path(key)
        with disk.errors_named(self.root):
            made = self._make_root() / uuid.uuid4().hex
            descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            for chunk in chunks:
                with disk.errors_named(made):
                    disk.write_all(descriptor, chunk)
            if self.fsync:
                with disk.errors_named(made):
                    os.fsync(descriptor)
        except BaseException:
            made.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        return made

    def _place(self, key: Key, made: Path, *, replace: bool = True) -> None:
        path = self._path(key)
        for attempt in range(100):
            try:
                disk.make_folders(path.parent, fsync=self.fsync)
                if replace:
                    made.replace(path)
                else:
                    os.link(made, path)
                break
            except OSError as error:
                if not replace and error.errno == errno.EEXIST and path.is_file():
                    raise
                if path.is_dir() or any(above.is_file() for above in path.parents):
                    raise Conflict("storage.path_conflict", key=key) from error
                # Somebody's delete may have removed the folder that was just made: make it again.
                if attempt == 99 or error.errno not in _NOT_A_FILE | {errno.ENOENT} or not made.exists():
                    raise disk.named(error, path) from error
        if self.fsync:
            with disk.errors_named(path):
                disk.sync_folder(path.parent)


def _stat_of(key: Key, found: os.stat_result) -> BlobStat:
    written = dt.datetime.fromtimestamp(found.st_mtime, dt.UTC)
    return BlobStat(key, found.st_size, written, f"{found.st_mtime_ns:x}-{found.st_ino:x}")


def _chunks_of(path: Path) -> Iterable[bytes]:
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
