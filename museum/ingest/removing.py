"""Taking the demonstration collection out of a museum, every trace of it, and nothing else.

A master is never destroyed, with this one exception: an object whose own record says that it is a sample. Each record
goes in the order of trust: catalogue first (its address answers 410 from then on), then its master, then what was made
of it. Cut off in the middle and called again, it finishes: masters of samples that no record names any more go too.
"""

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from museum.catalog import store
from museum.catalog.record import Record
from museum.catalog.tables import MediaRow, RecordRow
from museum.db import reading, writing
from museum.exhibitions import store as stories
from museum.exhibitions.tables import StoryRow
from museum.ingest.lock import only_ingest, only_purge
from museum.ingest.parts import Parts
from museum.ingest.story_writing import STORY_FILE, object_id
from museum.ingest.tables import IntentRow
from museum.ingest.writing import JOB, RECORD_FILE, recover
from museum.jobs.tables import JobRow
from museum.storage import fixity_round

INBOX = "demonstration"  # the folder below the museum's inbox that the collection was taken from


@dataclass(frozen=True, kw_only=True)
class Removed:
    """How many records, stories, masters and photographs' or scans' derivatives went."""

    records: int
    stories: int
    masters: int
    derivatives: int


def remove_samples(parts: Parts, *, person: str, on_progress: Callable[[int, int], None] | None = None) -> Removed:
    """Remove all sample records and stories, their masters, derivatives, manifests, jobs and the folder they came from.

    Every other record stays as it is, bit by bit; so does a file that a real record shares with a sample. The change
    log keeps that there was something and when it went. The index and the stored collections follow the log: bring them
    up to date afterwards. Raises Conflict while an ingest or a backup runs.
    """
    batch = str(uuid.uuid4())
    with only_ingest(parts.settings), only_purge(parts.settings):
        recover(parts)
        with reading(parts.engine) as session:
            told = list(session.scalars(select(StoryRow.id).where(StoryRow.is_sample.is_(True))))
            ids = list(session.scalars(select(RecordRow.id).where(RecordRow.is_sample.is_(True))))
        total, masters, derivatives = len(told) + len(ids), 0, 0
        for done, story_id in enumerate(told, start=1):
            with writing(parts.engine) as session:
                name = object_id(stories.get(session, story_id).institution, story_id)
                stories.delete(session, story_id, person=person, batch=batch)
                session.execute(delete(IntentRow).where(IntentRow.record_id == story_id))
            masters += _purge(parts, name)
            _tell(on_progress, done, total)
        for done, record_id in enumerate(ids, start=len(told) + 1):
            with writing(parts.engine) as session:
                record = store.get(session, record_id)
                store.delete(session, record_id, person=person, batch=batch)
                _forget_jobs(session, record_id)
                lonely = _lonely(session, record)
                for sha256 in lonely:
                    store.drop_derivatives(session, sha256)
            for sha256 in lonely:
                parts.shelf.drop(sha256)
            derivatives += len(lonely)
            masters += _purge(parts, parts.object_id(record_id))
            _tell(on_progress, done, total)
        masters += sum(_purge(parts, name) for name in list(_left_over(parts)))
        shutil.rmtree(parts.settings.media / "inbox" / INBOX, ignore_errors=True)
    return Removed(records=len(ids), stories=len(told), masters=masters, derivatives=derivatives)


def _tell(on_progress: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if on_progress is not None:
        on_progress(done, total)


def _forget_jobs(session: Session, record_id: str) -> None:
    session.execute(delete(JobRow).where(JobRow.key.startswith(f"{JOB}:{record_id}:", autoescape=True)))
    session.execute(delete(IntentRow).where(IntentRow.record_id == record_id))


def _lonely(session: Session, record: Record) -> Sequence[str]:
    """Digests of the record's files that no record uses any more."""
    mine = {media.sha256 for media in record.media}
    kept = set(session.scalars(select(MediaRow.sha256).where(MediaRow.sha256.in_(mine))))
    return sorted(mine - kept)


def _left_over(parts: Parts) -> Iterator[str]:
    """Masters of samples that a removal cut off in the middle left without their record."""
    with reading(parts.engine) as session:
        known = {parts.object_id(i) for i in session.scalars(select(RecordRow.id))}
        known |= {object_id(row.institution, row.id) for row in session.scalars(select(StoryRow))}
    for name in parts.masters.object_ids():
        if name in known:
            continue
        held = parts.masters.logical_paths(name)
        for file in (RECORD_FILE, STORY_FILE):
            if file in held and _is_sample(parts.masters.read(name, file)):
                yield name


def _purge(parts: Parts, name: str) -> int:
    if not parts.masters.exists(name):
        return 0
    with writing(parts.engine) as session:
        fixity_round.forget(session, name)
    proof = RECORD_FILE if RECORD_FILE in parts.masters.logical_paths(name) else STORY_FILE
    parts.masters.purge(name, proof=proof, allows=_is_sample)
    return 1


def _is_sample(data: bytes) -> bool:
    """Whether a record or story, as its master holds it, says of itself that it is a sample."""
    return bool(orjson.loads(data).get("is_sample"))
