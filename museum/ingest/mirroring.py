"""The masters follow the catalogue: whatever changes a record or story after its ingest is written into its object too.

Publishing, withdrawing, an edit at the workbench, an undo or a merge change the database only. Here the change log is
read and each record.json or story.json that differs becomes a new version of its object, with what the catalogue knows
beside it (`lifetime`); a deleted one gets a tombstone. So the catalogue can be rebuilt from the masters alone, as it
was and not as it came in.
"""

import threading
import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from museum.catalog import changes, institutions, redirects, store
from museum.catalog.changes import Change
from museum.catalog.record import Record, to_json
from museum.catalog.visibility import is_open
from museum.db import reading, utc_now
from museum.errors import BackendError, Conflict, NotFound
from museum.exhibitions import store as stories
from museum.ingest import lifetime
from museum.ingest.lifetime import CATALOG_FILE, TOMBSTONE_FILE, Lifetime
from museum.ingest.lock import only_ingest
from museum.ingest.parts import Parts
from museum.ingest.story_writing import STORY_FILE
from museum.ingest.story_writing import object_id as story_object
from museum.ingest.tables import IntentRow
from museum.ingest.writing import JOB, RECORD_FILE, recover
from museum.jobs import queue
from museum.storage.writer import Stage

INSTITUTIONS_FILE = "institutions.json"
_EVERY_S = 5.0
_AT_ONCE = 200  # changes under one holding of the lock: an ingest that begins waits that long


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What an object ought to hold: `document` under `name`, `lifetime`, of the former record's media only those of
    `record`; `last` is the record or story as it was when it was deleted, to lie beside its tombstone."""

    object_id: str
    name: str
    document: bytes
    lifetime: Lifetime
    state: str
    record: Record | None = None
    last: tuple[str, bytes] | None = None

    @property
    def documents(self) -> dict[str, bytes]:
        """The files that are no media, by name."""
        written = {self.name: self.document, CATALOG_FILE: self.lifetime.to_bytes()}
        return written | ({self.last[0]: self.last[1]} if self.last else {})


def institutions_object(parts: Parts) -> str:
    """The OCFL object that holds the institutions of this museum."""
    return f"urn:museum:{parts.settings.institution_code}:institutions"


def mirror(parts: Parts) -> int:
    """Bring the masters up to the newest change; how many objects got a new version.

    Raises Conflict while an ingest runs (it writes masters itself), BackendError for the disk.
    """
    written = 0
    while True:
        with reading(parts.engine) as session:
            log = changes.since(session, _position(parts), limit=_AT_ONCE)
        with only_ingest(parts.settings, patience_s=0):
            _finish_intents(parts)
            if not log:
                return written + _mirror_institutions(parts)
            newest = {change.record_id: change for change in log}
            written += sum(_mirror_one(parts, change) for change in newest.values())
            _note(parts, log[-1].seq)


def follow(parts: Parts, stop: threading.Event) -> None:
    """Mirror until `stop` is set. A running ingest or a full disk is waited for: the next round looks again."""
    known = -1
    while not stop.is_set():
        with reading(parts.engine) as session:
            newest = changes.last_seq(session)
        if newest != known:
            with suppress(Conflict, BackendError):
                mirror(parts)
                known = newest
        stop.wait(_EVERY_S)


def is_tombstone(parts: Parts, object_id: str) -> bool:
    """Whether an object says that its record or story was deleted on purpose."""
    return TOMBSTONE_FILE in parts.masters.logical_paths(object_id)


def _mirror_one(parts: Parts, change: Change) -> bool:
    if change.subject == "record":
        wanted = _record(parts, change)
    elif change.subject == "story":
        wanted = _story(parts, change)
    else:
        return False
    return wanted is not None and _written(parts, wanted, change)


def _record(parts: Parts, change: Change) -> _Wanted | None:
    name = parts.object_id(change.record_id)
    with reading(parts.engine) as session:
        try:
            record = store.get(session, change.record_id)
            since = lifetime.in_catalog(session, "record", record.id)
        except NotFound:
            return _grave(parts, name, change)
        if record.state == "draft" and queue.waiting(session, f"{JOB}:{record.id}:"):
            return None  # its pictures are being made, and publishing it will be a change of its own
    return _Wanted(
        object_id=name,
        name=RECORD_FILE,
        document=document(record),
        lifetime=since,
        state=record.state,
        record=record,
    )


def _story(parts: Parts, change: Change) -> _Wanted | None:
    institution = str((change.after or change.before or {}).get("institution", parts.settings.institution_code))
    name = story_object(institution, change.record_id)
    with reading(parts.engine) as session:
        try:
            story = stories.get(session, change.record_id)
            since = lifetime.in_catalog(session, "story", story.id)
        except NotFound:
            return _grave(parts, name, change)
    return _Wanted(object_id=name, name=STORY_FILE, document=document(story), lifetime=since, state=story.state)


def document(thing: Any) -> bytes:
    """A record or story as its master holds it: the same bytes as `writing` makes."""
    return _bytes(to_json(thing))


def _bytes(body: Any) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def _grave(parts: Parts, object_id: str, change: Change) -> _Wanted | None:
    """The tombstone of something deleted, and its last state; nothing where its master was destroyed (the
    demonstration's) or where there never was one and nobody saw it."""
    is_record = change.subject == "record"
    with reading(parts.engine) as session:
        since = lifetime.of_deleted(session, change)
        merged = redirects.of_record(session, change.record_id) if is_record else {}
    before = change.before or {}
    if not parts.masters.exists(object_id) and (before.get("is_sample") or not since.was_open):
        return None
    body: dict[str, Any] = {"id": change.record_id, "subject": change.subject, "person": change.person}
    body |= {"at": change.at.isoformat(), **({"redirects": merged} if merged else {})}
    last = (RECORD_FILE if is_record else STORY_FILE, _bytes(before)) if before else None
    return _Wanted(
        object_id=object_id,
        name=TOMBSTONE_FILE,
        document=_bytes(body),
        lifetime=since,
        state=str(before.get("state", "")),
        last=last,
    )


def _is_held(parts: Parts, wanted: _Wanted, held: Collection[str]) -> bool:
    """Whether the newest version says all this. One of an ingest alone says less of the times, and that is enough
    unless nothing else in it tells that something was public."""
    masters, name = parts.masters, wanted.name
    if name not in held or (name != TOMBSTONE_FILE and TOMBSTONE_FILE in held):
        return False
    if masters.read(wanted.object_id, name) != wanted.document:
        return False
    if CATALOG_FILE in held:
        return masters.read(wanted.object_id, CATALOG_FILE) == wanted.lifetime.to_bytes()
    return wanted.lifetime.was_open is is_open(wanted.state)


def _written(parts: Parts, wanted: _Wanted, change: Change) -> bool:
    masters = parts.masters
    held = masters.logical_paths(wanted.object_id) if masters.exists(wanted.object_id) else {}
    if _is_held(parts, wanted, held):
        return False
    gone = {*wanted.documents, *((TOMBSTONE_FILE,) if wanted.name != TOMBSTONE_FILE else ())}
    if wanted.record is not None and RECORD_FILE in held:
        former = orjson.loads(masters.read(wanted.object_id, RECORD_FILE))
        gone |= {media["path"] for media in former.get("media", ())} - {m.path for m in wanted.record.media}
    with masters.stage(str(uuid.uuid4())) as stage:
        changed = _changed_files(parts, wanted) if held else set()
        for logical in held:
            if logical not in gone | changed:
                stage.carry(logical)
        if wanted.record is not None:
            _bring_back(parts, stage, wanted, held.keys() - changed)
        for name, data in wanted.documents.items():
            stage.add_bytes(name, data)
        stage.publish(wanted.object_id, message=f"change {change.seq}", user_name=_person(change), created=change.at)
    return True


def _changed_files(parts: Parts, wanted: _Wanted) -> set[str]:
    """Paths under which the newest version holds another file than the record names: its former content is wanted."""
    files = parts.masters.files(wanted.object_id)
    named = {media.path: media.sha256 for media in wanted.record.media} if wanted.record is not None else {}
    return {path for path, sha256 in named.items() if path in files and files[path].sha256 != sha256}


def _bring_back(parts: Parts, stage: Stage, wanted: _Wanted, held: Collection[str]) -> None:
    """Files that a record names again lie in an earlier version of its object, or in one of a record merged into it."""
    assert wanted.record is not None
    missing = [media for media in wanted.record.media if media.path not in held]
    if not missing:
        return
    with reading(parts.engine) as session:
        merged = redirects.merged_into(session, wanted.record.id)
    known: dict[str, Path] = {}
    for object_id in (wanted.object_id, *map(parts.object_id, merged)):
        if parts.masters.exists(object_id):
            inventory, place = parts.masters.history(object_id), parts.masters.places.of_object(object_id)
            known = {sha256: place / path for path, sha256 in inventory.sha256.items()} | known
    for media in missing:
        if media.sha256 in known:
            stage.add_file(media.path, known[media.sha256])


def _mirror_institutions(parts: Parts) -> int:
    with reading(parts.engine) as session:
        known = [to_json(i) for _, i in sorted(institutions.all_of(session).items())]
    name, data = institutions_object(parts), _bytes(known)
    if not known or (parts.masters.exists(name) and parts.masters.read(name, INSTITUTIONS_FILE) == data):
        return 0
    with parts.masters.stage(str(uuid.uuid4())) as stage:
        stage.add_bytes(INSTITUTIONS_FILE, data)
        stage.publish(name, message="institutions", user_name="museum", created=utc_now())
    return 1


def _finish_intents(parts: Parts) -> None:
    """A version on top of one whose ingest was cut off would hide that it was ever published."""
    with reading(parts.engine) as session:
        is_cut_off = session.scalar(select(IntentRow.id).where(IntentRow.state == "staged").limit(1)) is not None
    if is_cut_off:
        recover(parts)


def _person(change: Change) -> str:
    return change.person or "museum"


def _position(parts: Parts) -> int:
    """The last change that was read; 0 (everything is compared) where nobody knows or the log is another one now."""
    try:
        said, _, at = _place(parts).read_text(encoding="ascii").partition(" ")
        seq = int(said)
    except (OSError, ValueError):
        return 0
    return seq if at == _time_of(parts, seq) else 0


def _note(parts: Parts, seq: int) -> None:
    place = _place(parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    made = place.with_suffix(".new")
    made.write_text(f"{seq} {_time_of(parts, seq)}", encoding="ascii")
    made.replace(place)


def _time_of(parts: Parts, seq: int) -> str:
    """When change `seq` was made; "" where there is none: a restored database has another log."""
    with reading(parts.engine) as session:
        found = changes.since(session, seq - 1, limit=1)
    return found[0].at.isoformat() if found and found[0].seq == seq else ""


def _place(parts: Parts) -> Path:
    return parts.settings.media / "keeping" / "mirrored"
