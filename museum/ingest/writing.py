"""Writing one record: an intent, the masters, then one transaction; and what a crash between them leaves is mended.

The order (trust.md §1): intent row → files staged → OCFL version published → one transaction {record, change, jobs,
intent done}. At start, an intent whose version stands is rolled forward from the record.json in it, any other dropped.
"""

import hashlib
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.catalog import batches, store
from museum.catalog.record import Media, Record, record_from_json, to_json
from museum.catalog.store import Derivative
from museum.db import reading, utc_now, writing
from museum.errors import Conflict, Invalid, SourceError
from museum.ingest import copies, looks, story_writing
from museum.ingest.parts import Parts
from museum.ingest.publish import is_ready, manifest_of, put_manifest
from museum.ingest.tables import IntentRow
from museum.ingest.workroom import workroom
from museum.jobs import queue
from museum.jobs.tables import JobRow, State
from museum.storage.writer import Stage

RECORD_FILE = "record.json"
JOB = "derive"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Who wants what: `publish` asks that the record becomes public once its derivatives are there."""

    person: str
    batch: str
    publish: bool
    title: str = ""  # of the batch, for those who read the log: the folder


@dataclass(frozen=True, kw_only=True)
class Written:
    """What came of writing a record: jobs asked for, and whether it is public already."""

    jobs: int
    is_public: bool


def write(
    parts: Parts, record: Record, sources: Mapping[str, Path], *, wish: Wish, expected: int | None = None
) -> Written:
    """Write a record with its new files (`sources`: master path → file). Raises SourceError, Conflict, BackendError.

    `expected` is the revision that the record was made from: Conflict when somebody changed it since.
    """
    intent_id, object_id = str(uuid.uuid4()), parts.object_id(record.id)
    payload = {"object": object_id, "publish": wish.publish, "person": wish.person}
    with writing(parts.engine) as session:
        if expected is not None:
            store.expect(session, record.id, expected)
        _refuse_taken_numbers(session, record, wish=wish)
        session.add(
            IntentRow(
                id=intent_id,
                record_id=record.id,
                batch=wish.batch,
                state="staged",
                payload=payload,
                created_at=utc_now(),
                finished_at=None,
            )
        )
    try:
        with parts.masters.stage(intent_id) as stage:
            _fill(parts, stage, record, sources, object_id)
            stage.add_bytes(RECORD_FILE, _record_bytes(record, wish))
            stage.publish(object_id, message=_message(intent_id), user_name=wish.person, created=utc_now())
    except Exception:
        _end(parts, intent_id, "dropped")
        raise
    return complete(parts, record, wish=wish, intent_id=intent_id)


def complete(parts: Parts, record: Record, *, wish: Wish, intent_id: str = "") -> Written:
    """The one transaction: record, change, jobs, and where all derivatives are there the manifest and public state.

    A record that is public already gets the derivatives of its new files made first: no half of it is ever shown.
    """
    with reading(parts.engine) as session:
        was_public = store.exists(session, record.id) and store.get(session, record.id).state == "published"
        missing = copies.lacking(record, store.derivatives(session, (m.sha256 for m in record.media)))
    made = _made_now(parts, record, missing) if was_public else []
    found = looks.of_made(parts.shelf, made)
    with writing(parts.engine) as session:
        copies.note(session, made)
        looks.note(session, found)
        state = store.get(session, record.id).state if store.exists(session, record.id) else "draft"
        record = replace(record, state=state)
        ready = is_ready(session, record)
        if state == "published" or (wish.publish and ready and state != "withdrawn"):
            record = replace(record, state="published")
        batches.begin(session, wish.batch, person=wish.person, kind="ingest", title=wish.title)
        store.save(session, record, person=wish.person, batch=wish.batch)
        # After the record: a new one whose files are known from another is ready at once.
        if record.state == "published":
            body = manifest_of(session, record, settings=parts.settings, types=parts.types)
            put_manifest(session, record, body, settings=parts.settings, types=parts.types)
        jobs = enqueue(session, record, wish=wish)
        if intent_id:
            _finish(session, intent_id, "done")
    return Written(jobs=jobs, is_public=record.state == "published")


def enqueue(session: Session, record: Record, *, wish: Wish) -> int:
    """Ask for the derivatives a record lacks, in the caller's transaction; how many jobs are under way for it."""
    missing = copies.lacking(record, store.derivatives(session, (m.sha256 for m in record.media)))
    for media in missing:
        payload = {"record": record.id, "media": media.id, "publish": wish.publish, "person": wish.person,
                   "batch": wish.batch}  # fmt: skip
        queue.enqueue(session, JOB, payload, key=job_key(record, media))
    return len(missing)


def job_key(record: Record, media: Media) -> str:
    """The key of the job that makes a medium's derivatives: by record, medium and recipe."""
    recipe = copies.recipe_of(media, record)
    said = f"{media.sha256};{recipe.code if recipe else ''}"
    return f"{JOB}:{record.id}:{media.id}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def recover(parts: Parts) -> tuple[int, int]:
    """Mend what a crash left: (intents rolled forward, intents dropped). Only while no ingest runs."""
    _free_leases_of_the_dead(parts)
    parts.masters.recover()
    with reading(parts.engine) as session:
        left = list(session.scalars(select(IntentRow).where(IntentRow.state == "staged")))
    if not parts.masters.recovery_enabled:
        return 0, 0
    forward = 0
    for row in left:
        if story_writing.is_story(row):
            forward += story_writing.mend(parts, row)
            continue
        object_id: str = row.payload["object"]
        if _is_published(parts, object_id, row.id):
            record = record_from_json(orjson.loads(parts.masters.read(object_id, RECORD_FILE)))
            wish = Wish(person=row.payload["person"], batch=row.batch, publish=row.payload["publish"])
            try:
                complete(parts, record, wish=wish, intent_id=row.id)
                forward += 1
            except (Conflict, Invalid, SourceError):
                _end(parts, row.id, "refused")  # the catalogue says no: the master stays, `museum check` tells
        else:
            _end(parts, row.id, "dropped")
    return forward, len(left) - forward


def _free_leases_of_the_dead(parts: Parts) -> None:
    """Give back at once what killed processes of this host hold, instead of waiting for their leases to end."""
    with reading(parts.engine) as session:
        held = list(session.execute(select(JobRow.id, JobRow.lease_owner).where(JobRow.state == State.LEASED)))
    for job_id, owner in held:
        host, _, rest = str(owner).partition(":")
        process = rest.partition(":")[0]
        if host == socket.gethostname() and process.isdecimal() and not Path(f"/proc/{process}").exists():
            queue.give_back(parts.engine, job_id, owner=owner)


def record_in_master(parts: Parts, object_id: str) -> Record:
    """The record that an OCFL object holds in its newest version."""
    data: dict[str, Any] = orjson.loads(parts.masters.read(object_id, RECORD_FILE))
    return record_from_json(data)


def _refuse_taken_numbers(session: Session, record: Record, *, wish: Wish) -> None:
    """Conflict for a number that another record bears, before anything is stored."""
    for number in record.identifiers:
        if number.former:
            continue
        bearer = store.find(session, number.scheme, number.value, institution=record.institution)
        if bearer not in (None, record.id):
            with session.begin_nested() as trial:  # a former number may be given again: let the catalogue judge
                store.save(session, record, person=wish.person, batch=wish.batch)
                trial.rollback()
            return


def _fill(parts: Parts, stage: Stage, record: Record, sources: Mapping[str, Path], object_id: str) -> None:
    held = parts.masters.logical_paths(object_id) if parts.masters.exists(object_id) else {}
    for media in record.media:
        if media.path in sources:
            digests = stage.add_file(media.path, sources[media.path])
            if digests.sha256 != media.sha256:
                raise SourceError("storage.source_changed", path=media.file_name)
        elif media.path in held:
            stage.carry(media.path)
        else:
            raise SourceError("storage.source_missing", path=media.file_name)


def _record_bytes(record: Record, wish: Wish) -> bytes:
    """The record as it is to be: a rebuilt catalogue publishes what its museum wanted public."""
    if wish.publish and record.state != "withdrawn":
        record = replace(record, state="published")
    return orjson.dumps(to_json(record), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def _made_now(parts: Parts, record: Record, missing: list[Media]) -> list[Derivative]:
    made: list[Derivative] = []
    for media in missing:
        with workroom(parts.settings) as work:
            made += parts.kitchen(work).make(media, record, parts.object_id(record.id))
    return made


def _message(intent_id: str) -> str:
    return f"ingest {intent_id}"


def _is_published(parts: Parts, object_id: str, intent_id: str) -> bool:
    if not parts.masters.exists(object_id):
        return False
    return parts.masters.history(object_id).versions[-1].message == _message(intent_id)


def _end(parts: Parts, intent_id: str, state: str) -> None:
    with writing(parts.engine) as session:
        _finish(session, intent_id, state)


def _finish(session: Session, intent_id: str, state: str) -> None:
    row = session.get(IntentRow, intent_id)
    if row is not None:
        row.state, row.finished_at = state, utc_now()
