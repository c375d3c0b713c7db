"""`museum rebuild-catalog`: the catalogue from the OCFL root alone, where no database is left.

Each object tells what it is: record.json, story.json, institutions.json, or a tombstone; and since when (`lifetime`).
What is in the database already is left alone, so a rebuild that was cut off goes on when it is called again. Every
permanent address answers as before: with the thing, with where a merge sent it, or with "gone" where it was public.
Not in the masters, hence not brought back: people and their rights, the change log before this day, jobs.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import orjson
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from museum.catalog import changes, institutions, redirects, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Record, from_json, record_from_json, to_json
from museum.config import Settings
from museum.db import reading, writing
from museum.errors import MuseumError, NotFound
from museum.exhibitions import store as stories
from museum.exhibitions.story import story_from_json
from museum.ingest import collecting, founding, lifetime, rebuild, workroom
from museum.ingest import writing as record_writing
from museum.ingest.lifetime import TOMBSTONE_FILE
from museum.ingest.lock import only_ingest
from museum.ingest.mirroring import INSTITUTIONS_FILE
from museum.ingest.parts import Parts, open_parts
from museum.ingest.story_writing import STORY_FILE
from museum.ingest.writing import RECORD_FILE, Wish
from museum.search import indexer
from museum.search.location import Location

PERSON = "museum rebuild-catalog"
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Recataloged:
    """How much came back; `failed` are (object, reason) of what didn't, `unknown` objects of none of our kinds."""

    records: int
    stories: int
    institutions: int
    graves: int
    failed: tuple[tuple[str, MuseumError], ...]
    unknown: tuple[str, ...]
    media_made: int = 0


def rebuild_catalog(
    settings: Settings, engine: Engine, *, derive: bool = True, workers: int = 2, on_progress: Tell | None = None
) -> Recataloged:
    """Take in whatever the masters hold and the catalogue has never heard of; then derivatives, manifests and index.

    The database must have the newest schema. Raises Conflict while an ingest runs.
    """
    founding.furnish(settings, engine)
    parts = open_parts(settings, engine)
    with only_ingest(settings):
        parts.masters.recover(every_object=True)
        record_writing.recover(parts)
        workroom.sweep(settings)
        found = _take_in(parts, on_progress)
        _date(parts)
    if not derive:
        return found
    tell = None if on_progress is None else lambda done, total: on_progress("rebuild", done, total)
    made = rebuild.rebuild(settings, engine, workers=workers, on_progress=tell)
    _date(parts)  # publishing has moved the times of the last change
    indexer.index_once(engine, Location.of(settings), patience_s=60)
    collecting.collect(engine, settings)
    return replace(found, media_made=made.media)


@dataclass
class _Counts:
    records: int = 0
    stories: int = 0
    institutions: int = 0
    graves: int = 0


def _take_in(parts: Parts, tell: Tell | None) -> Recataloged:
    counts, failed, unknown, later = _Counts(), [], [], []
    ids = list(parts.masters.object_ids())
    # Institutions own records, and records stand in stories: so in this order.
    for object_id in ids:
        if INSTITUTIONS_FILE in parts.masters.logical_paths(object_id):
            counts.institutions += _institutions(parts, object_id)
    for number, object_id in enumerate(ids, start=1):
        held = parts.masters.logical_paths(object_id)
        try:
            if TOMBSTONE_FILE in held:
                counts.graves += _grave(parts, object_id, held)
            elif RECORD_FILE in held:
                counts.records += _record(parts, object_id)
            elif STORY_FILE in held:
                later.append(object_id)
            elif INSTITUTIONS_FILE not in held:
                unknown.append(object_id)
        except MuseumError as error:
            failed.append((object_id, error))
        if tell is not None:
            tell("catalog", number, len(ids))
    for object_id in later:
        try:
            counts.stories += _story(parts, object_id)
        except MuseumError as error:
            failed.append((object_id, error))
    return Recataloged(**vars(counts), failed=tuple(failed), unknown=tuple(unknown))


def _institutions(parts: Parts, object_id: str) -> int:
    count = 0
    for body in orjson.loads(parts.masters.read(object_id, INSTITUTIONS_FILE)):
        with writing(parts.engine) as session:
            institutions.put(session, from_json(Institution, body))
            count += 1
    return count


def _record(parts: Parts, object_id: str) -> int:
    record = record_from_json(orjson.loads(parts.masters.read(object_id, RECORD_FILE)))
    with reading(parts.engine) as session:
        if store.exists(session, record.id) or changes.history(session, record.id):
            return 0
    with writing(parts.engine) as session:
        _found_institution(session, parts, record.institution)
    wish = Wish(person=PERSON, batch=PERSON, publish=record.state == "published")
    if record.state == "published":
        # Public only when its pictures are there: `complete` asks for them.
        record_writing.complete(parts, replace(record, state="draft"), wish=wish, intent_id="")
        return 1
    was_open = lifetime.in_masters(parts.masters, object_id, RECORD_FILE).was_open
    with writing(parts.engine) as session:
        if was_open:
            store.save(session, replace(record, state="published"), person=PERSON, batch=PERSON)
        store.save(session, record, person=PERSON, batch=PERSON)
        record_writing.enqueue(session, record, wish=wish)
    return 1


def _story(parts: Parts, object_id: str) -> int:
    story = story_from_json(orjson.loads(parts.masters.read(object_id, STORY_FILE)))
    was_open = lifetime.in_masters(parts.masters, object_id, STORY_FILE).was_open
    with writing(parts.engine) as session:
        if stories.is_known(session, story.id):
            return 0
        _found_institution(session, parts, story.institution)
        if was_open:
            stories.save(session, replace(story, state="published"), person=PERSON, batch=PERSON)
        stories.save(session, story, person=PERSON, batch=PERSON)
        return 1


def _grave(parts: Parts, object_id: str, held: dict[str, str]) -> int:
    """Something deleted stays deleted: the log gets that it was public (if it was), its last state and its end, so that
    its address answers 410, or leads to what it was merged into."""
    said = orjson.loads(parts.masters.read(object_id, TOMBSTONE_FILE))
    is_record = said["subject"] == "record"
    name = RECORD_FILE if is_record else STORY_FILE
    last = orjson.loads(parts.masters.read(object_id, name)) if name in held else {}
    since = lifetime.in_masters(parts.masters, object_id, name)
    states = [last, None]
    if since.was_open and last.get("state") != "published":
        states.insert(0, {**last, "state": "published"})
    with writing(parts.engine) as session:
        if changes.history(session, said["id"]):
            return 0
        for before, after in pairwise([None, *states]):
            changes.append(
                session,
                at=dt.datetime.fromisoformat(said["at"]) if after is None else since.created_at,
                person=said["person"] or PERSON,
                batch=PERSON,
                record_id=said["id"],
                before=before,
                after=after,
                subject="record" if is_record else "story",
            )
        for name, target in said.get("redirects", {}).items():
            redirects.put(session, name, record_id=said["id"], target=target, batch=PERSON)
    return 1


def _date(parts: Parts) -> None:
    """Give records and stories that came back the times they had; those that were edited since keep their own."""
    for object_id in parts.masters.object_ids():
        held = parts.masters.logical_paths(object_id)
        name = next((file for file in (RECORD_FILE, STORY_FILE) if file in held), "")
        if not name or TOMBSTONE_FILE in held:
            continue
        id_ = orjson.loads(parts.masters.read(object_id, name))["id"]
        with reading(parts.engine) as session:
            log = changes.history(session, id_)
        if log and all(change.batch in (PERSON, rebuild.BATCH) for change in log):
            since = lifetime.in_masters(parts.masters, object_id, name)
            with writing(parts.engine) as session:
                lifetime.put(session, "record" if name == RECORD_FILE else "story", id_, since)


def _found_institution(session: Session, parts: Parts, code: str) -> None:
    """An institution that a record names must be there; one that nobody describes gets the museum's name."""
    try:
        institutions.get(session, code)
    except NotFound:
        institutions.put(session, Institution(code=code, name=parts.settings.name))


def codes_in(object_ids: list[str]) -> list[str]:
    """Institution codes that occur in ids of our objects ("urn:museum:<code>:…"), the most frequent first."""
    found: dict[str, int] = {}
    for object_id in object_ids:
        parts = object_id.split(":")
        if len(parts) >= 4 and parts[:2] == ["urn", "museum"]:
            found[parts[2]] = found.get(parts[2], 0) + 1
    return sorted(found, key=lambda code: -found[code])


def records_in_masters(parts: Parts) -> dict[str, Record]:
    """Every living record as its master holds it, by id."""
    found = {}
    for object_id in parts.masters.object_ids():
        held = parts.masters.logical_paths(object_id)
        if RECORD_FILE in held and TOMBSTONE_FILE not in held:
            record = record_from_json(orjson.loads(parts.masters.read(object_id, RECORD_FILE)))
            found[record.id] = record
    return found


def dump_of_masters(parts: Parts) -> bytes:
    """The records in the masters in the form of `catalog.store.canonical_dump`."""
    found = sorted(records_in_masters(parts).items())
    return b"".join(orjson.dumps(to_json(record), option=orjson.OPT_SORT_KEYS) + b"\n" for _, record in found)
