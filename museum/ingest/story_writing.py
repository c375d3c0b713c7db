"""Writing one story: an intent, its OCFL object, then one transaction; what a crash between them leaves is mended.

The order is that of records (see `writing`). A story's object holds story.json alone, so that stories outlive the
database.
"""

import uuid

import orjson
from sqlalchemy.orm import Session

from museum.catalog.record import to_json
from museum.db import reading, utc_now, writing
from museum.errors import Conflict, Invalid
from museum.exhibitions import store
from museum.exhibitions.story import Story, story_from_json
from museum.ingest.lifetime import TOMBSTONE_FILE
from museum.ingest.parts import Parts
from museum.ingest.tables import IntentRow

STORY_FILE = "story.json"
_MARK = ":story:"


def object_id(institution: str, story_id: str) -> str:
    """The OCFL object of a story."""
    return f"urn:museum:{institution}{_MARK}{story_id}"


def write_story(parts: Parts, story: Story, *, person: str, batch: str) -> None:
    """Write a story. Raises Conflict when its slug belongs to another, BackendError for disk or database."""
    with reading(parts.engine) as session:
        other = store.find(session, story.slug)
        if other is not None and other.id != story.id:
            raise Conflict("story.slug_taken", slug=story.slug)
    intent_id, name = str(uuid.uuid4()), object_id(story.institution, story.id)
    with writing(parts.engine) as session:
        session.add(
            IntentRow(
                id=intent_id,
                record_id=story.id,
                batch=batch,
                state="staged",
                payload={"object": name, "person": person, "story": True},
                created_at=utc_now(),
                finished_at=None,
            )
        )
    try:
        with parts.masters.stage(intent_id) as stage:
            stage.add_bytes(STORY_FILE, orjson.dumps(to_json(story), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))
            stage.publish(name, message=_message(intent_id), user_name=person, created=utc_now())
    except Exception:
        with writing(parts.engine) as session:
            _finish(session, intent_id, "dropped")
        raise
    _complete(parts, story, person=person, batch=batch, intent_id=intent_id)


def is_story(intent: IntentRow) -> bool:
    """Whether an intent is a story's."""
    return bool(intent.payload.get("story"))


def mend(parts: Parts, intent: IntentRow) -> bool:
    """Finish a story whose object stands, drop one whose object was never published; True when it was finished."""
    name: str = intent.payload["object"]
    if not parts.masters.exists(name) or parts.masters.history(name).versions[-1].message != _message(intent.id):
        with writing(parts.engine) as session:
            _finish(session, intent.id, "dropped")
        return False
    try:
        story = story_in_master(parts, name)
        _complete(parts, story, person=intent.payload["person"], batch=intent.batch, intent_id=intent.id)
    except (Conflict, Invalid):
        with writing(parts.engine) as session:
            _finish(session, intent.id, "refused")  # the master stays, `museum check` tells
        return False
    return True


def restore(parts: Parts, *, person: str, batch: str) -> int:
    """Bring back the stories that the masters hold and the database has never heard of; how many."""
    count = 0
    for name in [i for i in parts.masters.object_ids() if _MARK in i]:
        story_id = name.rpartition(":")[2]
        with reading(parts.engine) as session:
            if store.is_known(session, story_id):
                continue
        if TOMBSTONE_FILE in parts.masters.logical_paths(name):
            continue
        story = story_in_master(parts, name)
        with writing(parts.engine) as session:
            if store.find(session, story.slug) is None:
                count += store.save(session, story, person=person, batch=batch) is not None
    return count


def story_in_master(parts: Parts, name: str) -> Story:
    """The story that an OCFL object holds in its newest version."""
    return story_from_json(orjson.loads(parts.masters.read(name, STORY_FILE)))


def _complete(parts: Parts, story: Story, *, person: str, batch: str, intent_id: str) -> None:
    with writing(parts.engine) as session:
        store.save(session, story, person=person, batch=batch)
        _finish(session, intent_id, "done")


def _finish(session: Session, intent_id: str, state: str) -> None:
    row = session.get(IntentRow, intent_id)
    if row is not None:
        row.state, row.finished_at = state, utc_now()


def _message(intent_id: str) -> str:
    return f"ingest {intent_id}"
