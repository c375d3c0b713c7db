"""The one process that writes the index: follows the change log, never the other way round.

The database is the truth. The position stands in the index itself, so a crash repeats work and loses none.
"""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Engine

from museum.catalog import changes, store
from museum.catalog.changes import Change
from museum.catalog.record import record_from_json
from museum.db import reading
from museum.errors import Conflict
from museum.search.document import document
from museum.search.index import SearchIndex
from museum.search.location import Location

BATCH_RECORDS = 500
BATCH_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Ids by which index and catalogue differ: not in the index, not (or no longer) public, of an older content."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """True when index and catalogue agree."""
        return not (self.missing or self.extra or self.stale)


@contextmanager
def indexing(location: Location, *, patience_s: float = 0.0) -> Iterator[None]:
    """Be the one indexer; Conflict("search.second_writer") when another still is after `patience_s`.

    The lock goes with the process: one that was killed blocks nobody.
    """
    location.root.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience_s
    with location.lock_path.open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise Conflict("search.second_writer", folder=location.root) from error
                time.sleep(0.05)
        yield


def index_once(database: Engine, location: Location, *, patience_s: float = 0.0) -> int:
    """Bring the index up to the newest change; gives the number of changes read. Builds it where there is none."""
    with indexing(location, patience_s=patience_s):
        return _index_once(database, location)


def follow(database: Engine, location: Location, stop: threading.Event) -> None:
    """Index until `stop` is set, at most once in BATCH_SECONDS. The lock is free between two rounds."""
    known = -1
    while not stop.is_set():
        with reading(database) as session:
            newest = changes.last_seq(session)
        if newest != known or location.current() is None:
            with suppress(Conflict):  # another process is just indexing: the next round looks again
                index_once(database, location)
                known = newest
        stop.wait(BATCH_SECONDS)


def rebuild(
    database: Engine,
    location: Location,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    patience_s: float = 0.0,
) -> int:
    """Build a new index from the whole log beside the old one, then put it in place; gives its number of records.

    `on_progress` is told (changes read, changes in all). Readers see the old index until the very end.
    """
    with indexing(location, patience_s=patience_s):
        return _rebuild(database, location, on_progress=on_progress)


def verify(database: Engine, location: Location) -> Differences:
    """Compare every published record with the index. Reads all of both."""
    index = location.open()
    try:
        held = dict(index.contents()) if index is not None else {}
    finally:
        if index is not None:
            index.close()
    with reading(database) as session:
        records = store.published(session, with_samples=location.with_samples)
        wanted = {record.id: document(location.shown(record)).digest for record in records}
    return Differences(
        missing=tuple(sorted(wanted.keys() - held.keys())),
        extra=tuple(sorted(held.keys() - wanted.keys())),
        stale=tuple(sorted(id_ for id_ in wanted.keys() & held.keys() if wanted[id_] != held[id_])),
    )


def _index_once(database: Engine, location: Location) -> int:
    current = location.current()
    index = location.open()
    if index is None or current is None:
        _rebuild(database, location, on_progress=None)
        index = location.open()
        if index is None:
            raise AssertionError("a rebuild leaves an index")
        with _closing(index), reading(database) as session:
            return changes.count(session)
    with _closing(index):
        if index.generation != current.generation:
            location.point(index.folder, generation=index.generation)  # a crash came between commit and pointer
        return _catch_up(database, index, location, lambda: location.point(index.folder, generation=index.generation))


def _rebuild(database: Engine, location: Location, *, on_progress: Callable[[int, int], None] | None) -> int:
    location.drop_others()
    folder = location.fresh_folder()
    index = SearchIndex(folder, engine=location.engine)
    with _closing(index):
        with reading(database) as session:
            total = changes.last_seq(session)
        _catch_up(database, index, location, lambda: on_progress(index.position, total) if on_progress else None)
        with index.begin() as batch:  # an empty catalogue has an index too
            generation = batch.commit(position=index.position)
        location.point(folder, generation=generation)
        location.drop_others()
        return index.stats().records


def _catch_up(database: Engine, index: SearchIndex, location: Location, after_commit: Callable[[], object]) -> int:
    read = 0
    while True:
        with reading(database) as session:
            log = changes.since(session, index.position, limit=BATCH_RECORDS)
        if not log:
            return read
        _apply(index, log, location)
        after_commit()
        read += len(log)


def _apply(index: SearchIndex, log: list[Change], location: Location) -> None:
    """Commit the outcome of these changes: one put or delete for each record, whatever happened to it between."""
    about_records = [change for change in log if change.subject == "record"]
    published_at = index.published_at(sorted({change.record_id for change in about_records}))
    outcome: dict[str, Change] = {}
    for change in about_records:
        if location.takes(change.after):
            published_at.setdefault(change.record_id, change.seq)
        else:
            published_at.pop(change.record_id, None)
        outcome[change.record_id] = change
    with index.begin() as batch:
        for record_id, change in outcome.items():
            if change.after is not None and location.takes(change.after):
                record = location.shown(record_from_json(change.after))
                batch.put(document(record), newest=published_at[record_id])
            else:
                batch.delete(record_id)
        batch.commit(position=log[-1].seq)


@contextmanager
def _closing(index: SearchIndex) -> Iterator[None]:
    """Close the index at the end."""
    try:
        yield
    finally:
        index.close()
