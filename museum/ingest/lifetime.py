"""What the catalogue knows of a record or story beside itself: since when it is there, and since when it is public.

The masters hold it as catalog.json beside record.json in each version that `mirroring` writes, so that a catalogue
made anew from them answers at every address as before: "gone" where something was public once. An object whose only
versions are an ingest's has none; it is told by its versions then: to the second, and public since its files were
stored.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from museum.catalog import changes
from museum.catalog.changes import Change, Subject
from museum.catalog.standing import was_open
from museum.catalog.tables import RecordRow
from museum.catalog.visibility import is_open
from museum.errors import NotFound
from museum.exhibitions.tables import StoryRow
from museum.storage.ocfl import Masters

CATALOG_FILE = "catalog.json"
TOMBSTONE_FILE = "tombstone.json"  # in the newest version of what was deleted on purpose


@dataclass(frozen=True, kw_only=True)
class Lifetime:
    """`published_at` is None for what is not public; `was_open`: everybody could see it once, at present or before."""

    created_at: dt.datetime
    updated_at: dt.datetime
    published_at: dt.datetime | None
    was_open: bool

    def to_bytes(self) -> bytes:
        """The file catalog.json."""
        body = {
            "created_at": self.created_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
            "published_at": self.published_at.isoformat() if self.published_at else None,
            "was_open": self.was_open,
        }
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def in_catalog(session: Session, subject: Subject, id_: str) -> Lifetime:
    """The lifetime of a record or story that stands in the database. Raises NotFound for any other."""
    table = RecordRow if subject == "record" else StoryRow
    columns = select(table.created_at, table.updated_at, table.published_at, table.state)
    row = session.execute(columns.where(table.id == id_)).first()
    if row is None:
        raise NotFound("catalog.no_record", id=id_)
    is_public = is_open(row.state)
    return Lifetime(
        created_at=row.created_at,
        updated_at=row.updated_at,
        published_at=row.published_at if is_public else None,
        was_open=is_public or was_open(session, id_),
    )


def of_deleted(session: Session, change: Change) -> Lifetime:
    """The lifetime of what `change` deleted."""
    first = changes.history(session, change.record_id)[0]
    return Lifetime(
        created_at=first.at, updated_at=change.at, published_at=None, was_open=was_open(session, change.record_id)
    )


def in_masters(masters: Masters, object_id: str, document: str) -> Lifetime:
    """What the versions of an object tell of the record or story that they hold as `document`. Raises NotFound."""
    versions = masters.history(object_id).versions
    created, published, was_public = versions[0].created, None, False
    updated = created
    for number, version in enumerate(versions, start=1):
        if CATALOG_FILE in version.state:
            said = _parsed(masters.read(object_id, CATALOG_FILE, version=number))
            created, updated, published = said.created_at, said.updated_at, said.published_at
            was_public = was_public or said.was_open
        elif document in version.state:
            body: dict[str, Any] = orjson.loads(masters.read(object_id, document, version=number))
            is_public = is_open(str(body.get("state", "draft")))
            updated, published = version.created, (published or version.created) if is_public else None
            was_public = was_public or is_public
    return Lifetime(created_at=created, updated_at=updated, published_at=published, was_open=was_public)


def put(session: Session, subject: Subject, id_: str, lifetime: Lifetime) -> None:
    """Give a record or story the times of `lifetime`. A draft that will be public keeps the time for that moment."""
    table = RecordRow if subject == "record" else StoryRow
    times = {
        "created_at": lifetime.created_at,
        "updated_at": lifetime.updated_at,
        "published_at": lifetime.published_at,
    }
    session.execute(update(table).where(table.id == id_).values(times))


def _parsed(data: bytes) -> Lifetime:
    said = orjson.loads(data)
    return Lifetime(
        created_at=dt.datetime.fromisoformat(said["created_at"]),
        updated_at=dt.datetime.fromisoformat(said["updated_at"]),
        published_at=dt.datetime.fromisoformat(said["published_at"]) if said["published_at"] else None,
        was_open=bool(said["was_open"]),
    )
