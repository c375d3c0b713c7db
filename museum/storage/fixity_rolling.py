"""Rolling fixity as one call, and beside a museum's other work for as long as it runs."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from museum.config import Settings
from museum.db import utc_now
from museum.errors import BackendError, Conflict
from museum.storage.disk import errors_named
from museum.storage.fixity import Pace
from museum.storage.fixity_report import Report
from museum.storage.fixity_round import check, due, objects, standing
from museum.storage.layout import Places
from museum.storage.writer import lock_folder

_EVERY_S = 3600.0
_FIRST_AFTER_S = 300.0  # a museum that starts has better things to do
_MB = 10**6


def check_masters(
    settings: Settings,
    engine: Engine,
    *,
    every: bool = False,
    hours: float = 0,
    mb_per_s: float | None = None,
    stop: threading.Event | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Read masters again: those that are due, with `hours` also the share of so many hours, or `every` one.

    At `mb_per_s` (0: no limit), the museum's setting unless given. Raises Conflict ``storage.fixity_running`` while
    another round runs, BackendError where the masters can't be listed.
    """
    places = places_of(settings)
    stopped = stop or threading.Event()
    rate = settings.fixity_mb_per_s if mb_per_s is None else mb_per_s
    days = settings.fixity_days or 90
    report = Report(started_at=utc_now())
    began = time.monotonic()
    with _only_round(places):
        with errors_named(places.root):
            found = objects(engine, places)
        wanted = found if every else due(found, days=days, now=report.started_at, hours=hours)
        pace = Pace(rate * _MB, wait=stopped.wait)
        for result in check(engine, wanted, pace=pace, stop=stopped, on_progress=on_progress):
            report.add(result)
    report.seconds = time.monotonic() - began
    report.standing = standing(found, days=days, now=utc_now(), results=report.results)
    return report


def follow(engine: Engine, settings: Settings, stop: threading.Event, *, first_after_s: float = _FIRST_AFTER_S) -> None:
    """Each hour read what is due and the hour's share, until `stop` is set; nothing where `fixity_days` is 0."""
    wait = first_after_s
    while settings.fixity_days and not stop.wait(wait):
        wait = _EVERY_S
        try:
            check_masters(settings, engine, hours=1, stop=stop)
        except (Conflict, BackendError, SQLAlchemyError):
            continue  # another host does it, or disk or database are away for a while: the next hour tries again


def places_of(settings: Settings) -> Places:
    """Where the museum's masters lie."""
    return Places(root=settings.masters_root, staging=settings.staging, quarantine=settings.quarantine)


@contextmanager
def _only_round(places: Places) -> Iterator[None]:
    """One round at a time, by a lock on the storage root's own folder, which nothing else locks."""
    try:
        lock = lock_folder(places.root)
    except OSError as error:
        raise BackendError("storage.disk_failed", path=places.root, reason=error.strerror or str(error)) from error
    if lock is None:
        raise Conflict("storage.fixity_running", root=places.root)
    try:
        yield
    finally:
        os.close(lock)
