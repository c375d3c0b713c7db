"""Folders for work in progress: each locked while somebody works in it, swept when its process is gone."""

import datetime as dt
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from museum.config import Settings
from museum.errors import BackendError
from museum.storage import disk
from museum.storage.opening import open_derivatives
from museum.storage.writer import lock_folder

NAME = "work"
_LEFT_AFTER = dt.timedelta(days=1)  # no blob is written for so long


@contextmanager
def workroom(settings: Settings) -> Iterator[Path]:
    """An empty folder on the disk of the derivatives, gone at the end.

    Raises BackendError storage.disk_full, ingest.cannot_write.
    """
    folder = settings.media / NAME / uuid.uuid4().hex
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise _refused(error, settings) from error
    lock = lock_folder(folder)
    try:
        yield folder
    except OSError as error:
        raise _refused(error, settings) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _refused(error: OSError, settings: Settings) -> BackendError:
    if disk.is_full(error):
        return disk.named(OSError(error.errno, error.strerror), settings.media)
    return BackendError("ingest.cannot_write", path=settings.media, reason=error.strerror or str(error))


def sweep(settings: Settings) -> int:
    """Remove what killed processes left, here and in the store of derivatives; how many folders and blobs."""
    swept = 0
    rooms = settings.media / NAME
    for folder in rooms.iterdir() if rooms.is_dir() else ():
        lock = lock_folder(folder) if folder.is_dir() else None
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
            swept += 1
    with suppress(BackendError):  # whoever needs the store will say that it fails
        swept += open_derivatives(settings).blobs.drop_unfinished(older_than=_LEFT_AFTER)
    return swept
