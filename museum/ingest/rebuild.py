"""`museum rebuild`: derivatives that are missing or old, manifests and given-up jobs, made anew from the masters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from museum.catalog import record_types, store
from museum.catalog.record import Record
from museum.catalog.store import Derivative
from museum.config import Settings
from museum.db import reading, writing
from museum.ingest import copies, story_writing, workroom
from museum.ingest.lock import only_ingest
from museum.ingest.parts import Parts, open_parts
from museum.ingest.publish import manifest_of, put_manifest
from museum.ingest.worker import Crew, handlers
from museum.ingest.writing import JOB, Wish, enqueue, recover
from museum.jobs import queue
from museum.jobs.worker import Worker

BATCH = "rebuild"
_PERSON = "museum rebuild"
_POLL_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """How many media got their derivatives anew, how many manifests were written, what still fails, and how many
    stories came back from the masters."""

    media: int
    manifests: int
    failed: tuple[str, ...]
    stories: int = 0


def rebuild(
    settings: Settings,
    engine: Engine,
    *,
    every: bool = False,
    record_ids: Sequence[str] = (),
    workers: int = 2,
    on_progress: Callable[[int, int], None] | None = None,
) -> Rebuilt:
    """Make anew what is missing, or everything with `every`; of all records or of `record_ids`.

    What the public sees stays in place until its successor is there. Raises Conflict while an ingest runs, NotFound
    for an unknown record.
    """
    parts = open_parts(settings, engine)
    with only_ingest(settings):
        recover(parts)
        workroom.sweep(settings)
        stories = story_writing.restore(parts, person=_PERSON, batch=BATCH) if not record_ids else 0
        with writing(engine) as session:
            queue.revive(session)
            records = [store.get(session, i) for i in record_ids] if record_ids else store.all_records(session)
            asked = sum(_ask(session, parts, record, every=every) for record in records)
        _work(parts, asked, workers, on_progress)
        manifests = _manifests(parts, records)
        with reading(engine) as session:
            failed = [record.id for record in records if not _is_whole(session, record)]
    return Rebuilt(media=asked, manifests=manifests, failed=tuple(failed), stories=stories)


def _ask(session: Session, parts: Parts, record: Record, *, every: bool) -> int:
    """Mark what is to be made, and ask for it; how many media."""
    made = store.derivatives(session, (m.sha256 for m in record.media))
    for sha256, derivatives in made.items():
        sizes = {} if every else parts.shelf.sizes(sha256)
        stale = every or any(not copies.is_kept(sizes, d) for d in derivatives)
        for derivative in derivatives if stale else ():
            facts = {**derivative.facts, "recipe": ""}
            store.put_derivative(session, Derivative(**{**vars(derivative), "facts": facts}))
    return enqueue(session, record, wish=Wish(person=_PERSON, batch=BATCH, publish=False))


def _work(parts: Parts, asked: int, workers: int, on_progress: Callable[[int, int], None] | None) -> None:
    if not asked:
        return
    crew = Crew(parts.settings, workers)
    crew.start()
    worker = Worker(parts.engine, handlers(parts), lease_s=parts.settings.lease_seconds, poll_s=_POLL_S)

    def tell() -> None:
        if on_progress is not None:
            with reading(parts.engine) as session:
                on_progress(max(0, asked - queue.waiting(session, f"{JOB}:")), asked)

    try:
        # This process works too, and waits for what the others hold.
        worker.run_until_idle(on_done=lambda _job, _error: tell())
    finally:
        crew.dismiss()
    tell()


def _manifests(parts: Parts, records: Sequence[Record]) -> int:
    types = record_types.load(parts.settings.record_types)
    count = 0
    for record in records:
        if record.state != "published":
            continue
        with writing(parts.engine) as session:
            body = manifest_of(session, record, settings=parts.settings, types=types)
            put_manifest(session, record, body, settings=parts.settings, types=types)
            count += body is not None
    return count


def _is_whole(session: Session, record: Record) -> bool:
    return not copies.lacking(record, store.derivatives(session, (m.sha256 for m in record.media)))
