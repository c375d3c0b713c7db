"""One ingest at a time: a lock file beside the masters, given up by the system when its process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from museum.config import Settings
from museum.errors import BackendError, Conflict

NAME = "ingest.lock"


@contextmanager
def only_ingest(settings: Settings) -> Iterator[None]:
    """Be the only ingest of this museum. Raises Conflict ingest.already_running, BackendError ingest.cannot_write."""
    path = settings.media / NAME
    try:
        settings.media.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise BackendError("ingest.cannot_write", path=settings.media, reason=error.strerror or str(error)) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "?"
            raise Conflict("ingest.already_running", process=holder) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
