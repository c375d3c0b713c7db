"""Locks between processes: files beside the masters, given up by the system when their process ends.

One ingest at a time; nobody destroys a master while a backup copies; no upgrade while the museum is in use.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from museum.config import Settings
from museum.errors import BackendError, Conflict

NAME = "ingest.lock"
PURGE = "purge.lock"
SERVING = "serving.lock"
PATIENCE_S = 2.0  # `museum work` holds the lock for moments while it brings masters up to date
_LOOK_AGAIN_S = 0.05


@contextmanager
def only_ingest(settings: Settings, *, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Be the only ingest of this museum, waiting for it `patience_s` at most.

    Raises Conflict ingest.already_running, BackendError ingest.cannot_write.
    """
    with _held(settings, NAME, fcntl.LOCK_EX, patience_s=patience_s, refusal="ingest.already_running") as descriptor:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield


@contextmanager
def no_purge(settings: Settings) -> Iterator[None]:
    """While this lasts no master is destroyed; many may hold it. Raises Conflict keeping.purge_running."""
    with _held(settings, PURGE, fcntl.LOCK_SH, patience_s=PATIENCE_S, refusal="keeping.purge_running"):
        yield


@contextmanager
def only_purge(settings: Settings) -> Iterator[None]:
    """Leave to destroy masters. Raises Conflict keeping.copy_running while a backup copies them."""
    with _held(settings, PURGE, fcntl.LOCK_EX, patience_s=PATIENCE_S, refusal="keeping.copy_running"):
        yield


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """While this lasts the museum is in use: every web process and worker holds it.

    Raises Conflict keeping.upgrade_running.
    """
    with _held(settings, SERVING, fcntl.LOCK_SH, patience_s=0, refusal="keeping.upgrade_running"):
        yield


@contextmanager
def not_serving(settings: Settings) -> Iterator[None]:
    """Leave to change the database's schema. Raises Conflict keeping.serving while anybody serves or works."""
    with _held(settings, SERVING, fcntl.LOCK_EX, patience_s=PATIENCE_S, refusal="keeping.serving"):
        yield


@contextmanager
def _held(settings: Settings, name: str, kind: int, *, patience_s: float, refusal: str) -> Iterator[int]:
    try:
        settings.media.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(settings.media / name, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise BackendError("ingest.cannot_write", path=settings.media, reason=error.strerror or str(error)) from error
    try:
        until = time.monotonic() + patience_s
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "?"
                    raise Conflict(refusal, process=holder) from error
                time.sleep(_LOOK_AGAIN_S)
        yield descriptor
    finally:
        os.close(descriptor)
