"""The one process that writes the index: follows the change log, never the other way round.

The database is the truth. The position stands in the index itself, so a crash repeats work and loses none.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from museum.catalog import changes, looks, store
from museum.catalog.changes import Change, Step
from museum.catalog.record import Record, record_from_json, to_json
from museum.db import reading
from museum.errors import BackendError, Conflict, Invalid
from museum.search.analysts import prepared, processes
from museum.search.building import Given
from museum.search.document import SearchDoc, document
from museum.search.index import SearchIndex
from museum.search.location import Location
from museum.search.opening import RIGHT_UP_TO

BATCH_RECORDS = 500
_BATCHES_OF_A_REBUILD = 8  # at once: nobody reads before its end, and each commit takes some 20 ms
BATCH_SECONDS = 0.25
LOOK_SECONDS = 0.25  # between two questions to the catalogue, unless a file tells that something was written
_GLANCE_SECONDS = 0.025  # between two looks at that file: a stat each, a thousandth of a core
_AFTER_FAILURE_SECONDS = 10.0
_LOG = logging.getLogger("museum.search")


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Ids by which index and catalogue differ: not in the index, not (or no longer) public, of an older content."""

    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """True when index and catalogue agree."""
        return not (self.missing or self.extra or self.stale)


@contextmanager
def indexing(location: Location, *, patience_s: float = 0.0) -> Iterator[None]:
    """Be the one indexer; Conflict("search.second_writer") when another still is after `patience_s`.

    The lock goes with the process: one that was killed blocks nobody.
    """
    until = time.monotonic() + patience_s
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(location.locked())
                break
            except Conflict:
                if time.monotonic() >= until:
                    raise
                time.sleep(0.05)
        yield


def index_once(database: Engine, location: Location, *, patience_s: float = 0.0) -> int:
    """Bring the index up to the newest change; gives the number of changes read. Builds it where there is none."""
    with indexing(location, patience_s=patience_s):
        return _index_once(database, location)


def follow(database: Engine, location: Location, stop: threading.Event) -> None:
    """Index until `stop` is set, as soon as something was changed, but at most once in BATCH_SECONDS. The lock is free
    between two rounds. What can't be written now is tried again."""
    log = _log_of(database)
    known, seen, look_at = -1, written(log), 0.0
    while not stop.is_set():
        now, last_seen, seen = time.monotonic(), seen, written(log)
        if seen == last_seen and now < look_at:
            stop.wait(_GLANCE_SECONDS if log else look_at - now)
            continue
        look_at = now + LOOK_SECONDS
        with reading(database) as session:
            newest = changes.last_seq(session)
        if newest != known or location.current() is None:
            pause = now + BATCH_SECONDS - time.monotonic()
            try:
                index_once(database, location)
                known = newest
            except Conflict:
                pass  # another process is just indexing: the next look is another try
            except (BackendError, OSError) as error:  # a full disk, say: nobody else would begin again
                _LOG.error("nothing can be indexed now: %s", type(error).__name__)
                pause = _AFTER_FAILURE_SECONDS
            stop.wait(max(0.0, pause))


def _log_of(database: Engine) -> Path | None:
    """The file into which SQLite writes each commit first; None for another database."""
    name = database.url.database
    return Path(f"{name}-wal") if name and database.dialect.name == "sqlite" else None


def written(log: Path | None) -> tuple[int, int]:
    """Changes with each commit (size and time of the file), (0, 0) where nothing tells."""
    try:
        status = log.stat() if log else None
    except FileNotFoundError:
        status = None
    return (status.st_size, status.st_mtime_ns) if status else (0, 0)


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
        wanted = {doc.id: doc.digest for doc in documents(session, location, _published(session, location))}
    return Differences(
        missing=tuple(sorted(wanted.keys() - held.keys())),
        extra=tuple(sorted(held.keys() - wanted.keys())),
        stale=tuple(sorted(id_ for id_ in wanted.keys() & held.keys() if wanted[id_] != held[id_])),
    )


def advice(location: Location) -> Invalid | None:
    """What should be changed: Invalid("search.too_many_records") where the index is too large for its engine."""
    index = location.open()
    if index is None:
        return None
    with _closing(index):
        stats = index.stats()
    if not stats.is_too_large:
        return None
    limit = RIGHT_UP_TO[stats.engine]
    return Invalid("search.too_many_records", engine=stats.engine, count=stats.records, limit=limit)


def repair(database: Engine, location: Location, *, patience_s: float = 0.0) -> Differences:
    """Bring the index up to date, compare all of it with the catalogue, and put right what differs, which is given.

    An index that can't be read is built anew; then all it should hold was missing.
    """
    with indexing(location, patience_s=patience_s):
        try:
            _index_once(database, location)
            found = verify(database, location)
        except BackendError:
            _rebuild(database, location, on_progress=None)
            with reading(database) as session:
                return Differences(missing=store.published_ids(session, with_samples=location.with_samples))
        if not found.is_clean:
            _mend(database, location, found)
        return found


def _mend(database: Engine, location: Location, found: Differences) -> None:
    index = location.open()
    if index is None:
        raise AssertionError("what was compared is there")
    wanted = (*found.missing, *found.stale)
    with _closing(index):
        for start in range(0, max(len(wanted), 1), BATCH_RECORDS):
            part = wanted[start : start + BATCH_RECORDS]
            with reading(database) as session, index.begin() as batch:
                newest = _published_at(session, location, part)
                records = [r for r in store.get_many(session, part).values() if r.id in newest]
                for doc in documents(session, location, records):
                    batch.put(doc, newest=newest[doc.id])
                for record_id in () if start else found.extra:
                    batch.delete(record_id)
                batch.commit(position=index.position)
        location.point(index.folder, generation=index.generation)


def _published_at(session: Session, location: Location, record_ids: Sequence[str]) -> dict[str, int]:
    """Number of the change by which each record came to be public and stayed so, from its whole history."""
    found: dict[str, int] = {}
    for change in changes.of_records(session, record_ids):
        if change.subject == "record" and location.takes(change.after):
            found.setdefault(change.record_id, change.seq)
        else:
            found.pop(change.record_id, None)
    return found


def _published(session: Session, location: Location) -> Iterator[Record]:
    """Every published record, in order of identifier; a statement for each BATCH_RECORDS, no more of them in memory."""
    ids = store.published_ids(session, with_samples=location.with_samples)
    for start in range(0, len(ids), BATCH_RECORDS):
        yield from store.get_many(session, ids[start : start + BATCH_RECORDS]).values()


def documents(session: Session, location: Location, records: Iterable[Record]) -> Iterator[SearchDoc]:
    """The documents of public records, as the public sees them, with the colours of their pictures; a statement for
    each BATCH_RECORDS."""
    waiting = iter(records)
    while part := list(islice(waiting, BATCH_RECORDS)):
        shown = [location.shown(record) for record in part]
        known = looks.of_records(session, shown)
        for record in shown:
            yield document(record, look=looks.look_of(record, known))


def renew(database: Engine, location: Location, record_ids: Sequence[str], *, patience_s: float = 0.0) -> int:
    """Make the documents of these records anew, of those that are indexed; how many.

    For what the change log doesn't tell: how their pictures look. Raises as `indexing` does.
    """
    with indexing(location, patience_s=patience_s):
        index = location.open()
        if index is None:
            return 0
        with _closing(index), reading(database) as session:
            published_at = index.published_at(sorted(record_ids))
            records = [r for r in store.get_many(session, sorted(published_at)).values() if location.takes(to_json(r))]
            with index.begin() as batch:
                for doc in documents(session, location, records):
                    batch.put(doc, newest=published_at[doc.id])
                generation = batch.commit(position=index.position)
            location.point(index.folder, generation=generation)
        return len(records)


def _index_once(database: Engine, location: Location) -> int:
    current = location.current()
    index = location.open()
    with reading(database) as session:
        newest = changes.last_seq(session)
    if index is not None and index.position > newest:
        index.close()  # the catalogue was put back to an older state: what it says next, this index would never hear
        index = None
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
        read = _catch_up(database, index, location, lambda: location.point(index.folder, generation=index.generation))
    if read:
        location.drop_others()
    return read


def _rebuild(database: Engine, location: Location, *, on_progress: Callable[[int, int], None] | None) -> int:
    location.drop_others()
    index = location.fresh_index()
    with _closing(index):
        with reading(database) as session:
            total = changes.last_seq(session)
        told = on_progress or (lambda _read, _all: None)
        if index.takes_rows:
            given = _given(database, location, total, lambda seq: told(seq, total))
            index.fill(prepared(given, location.rules, processes=processes()), position=total)
        step = _BATCHES_OF_A_REBUILD * BATCH_RECORDS
        _catch_up(database, index, location, lambda: told(index.position, total), step=step)
        if not index.generation:
            with index.begin() as batch:  # an empty catalogue has an index too
                batch.commit(position=index.position)
        location.point(index.folder, generation=index.generation)
        location.drop_others()
        return index.stats().records


def _given(database: Engine, location: Location, newest: int, told: Callable[[int], None]) -> Iterator[Given]:
    """The last state of each record in the log up to number `newest`; `told` how far it is read."""
    published_at: dict[str, int] = {}  # of records whose last change is still to come
    seq = 0
    while seq < newest:
        with reading(database) as session:
            steps = changes.steps(session, seq, newest=newest, limit=BATCH_RECORDS)
            known = looks.of(session, _pictured(steps))
        for step in steps:
            if step.is_last:
                first = published_at.pop(step.record_id, step.seq)
                if step.after is not None:
                    yield Given(step.after, first, known)
            elif step.after is not None and location.takes(orjson.loads(step.after)):
                published_at.setdefault(step.record_id, step.seq)
            else:
                published_at.pop(step.record_id, None)
        seq = steps[-1].seq if steps else newest
        told(seq)


def _pictured(steps: Iterable[Step]) -> Iterator[str]:
    """Digests of the pictures of records in their last state."""
    for step in steps:
        if step.is_last and step.after is not None and '"media"' in step.after:
            media = orjson.loads(step.after).get("media", ())
            yield from (item["sha256"] for item in media if item["kind"] in looks.PICTURED)


def _catch_up(
    database: Engine,
    index: SearchIndex,
    location: Location,
    after_commit: Callable[[], object],
    *,
    step: int | None = None,
) -> int:
    read = 0
    while True:
        with reading(database) as session:
            log = changes.since(session, index.position, limit=step or BATCH_RECORDS)
        if not log:
            return read
        _apply(database, index, log, location)
        after_commit()
        read += len(log)


def _apply(database: Engine, index: SearchIndex, log: list[Change], location: Location) -> None:
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
    taken = {i: change.after for i, change in outcome.items() if change.after and location.takes(change.after)}
    with index.begin() as batch, reading(database) as session:
        for doc in documents(session, location, [record_from_json(body) for body in taken.values()]):
            batch.put(doc, newest=published_at[doc.id])
        for record_id in outcome.keys() - taken.keys():
            batch.delete(record_id)
        batch.commit(position=log[-1].seq)


@contextmanager
def _closing(index: SearchIndex) -> Iterator[None]:
    """Close the index at the end."""
    try:
        yield
    finally:
        index.close()
