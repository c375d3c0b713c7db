"""Looking at a museum from outside (what a visitor gets), from inside (what it keeps) and around (what lies about)."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sqlalchemy import select, update
from werkzeug.test import Client

from museum import addresses, db
from museum.catalog import listing, store
from museum.catalog.record import Record
from museum.config import Settings
from museum.errors import MuseumError
from museum.ingest.lifetime import TOMBSTONE_FILE
from museum.ingest.mirroring import institutions_object
from museum.ingest.parts import open_parts
from museum.ingest.tables import IntentRow
from museum.ingest.worker import handlers
from museum.ingest.writing import record_in_master
from museum.jobs.tables import JobRow, State
from museum.jobs.worker import Worker
from museum.web.app import wsgi


class Museum:
    """A museum under a judge's eyes; nothing is changed by looking."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = db.open_engine(settings.database)
        self.parts = open_parts(settings, self.engine)

    @cached_property
    def client(self) -> Client:
        """A browser before the museum's own WSGI application."""
        return Client(wsgi(self.settings, engine=self.engine))

    def status(self, address: str) -> int:
        """How an address of the museum answers."""
        with self.client.get(address) as answer:
            return answer.status_code

    def page(self, address: str) -> str:
        """What an address of the museum answers."""
        with self.client.get(address) as answer:
            return answer.get_data(as_text=True)

    def records(self) -> list[Record]:
        """All records, published or not."""
        with db.reading(self.engine) as session:
            return store.all_records(session)

    def dump(self) -> str:
        """The catalogue's canonical dump, in the order of object ids, with ids that say nothing put in their place."""
        lines: list[str] = []
        with db.reading(self.engine) as session:
            lines = store.canonical_dump(session).decode().splitlines()
        bodies = [json.loads(line) for line in lines]
        names: dict[str, str] = {}
        for body in bodies:
            number = body["identifiers"][0]["value"]
            names[body["id"]] = f"record {number}"
            names |= {m["id"]: f"media {number} {m['file_name']} {m['order']}" for m in body.get("media", ())}
        for id_, name in names.items():
            lines = [line.replace(id_, name) for line in lines]
        return "\n".join(sorted(lines))

    def let_leases_end(self) -> None:
        """What a minute's waiting does."""
        ended = db.utc_now() - dt.timedelta(seconds=1)
        with db.writing(self.engine) as session:
            session.execute(update(JobRow).where(JobRow.state == State.LEASED).values(lease_until=ended))
            session.execute(update(JobRow).where(JobRow.state == State.QUEUED).values(run_after=ended))

    def work(self) -> None:
        """What `museum work` does with the jobs that are left."""
        Worker(self.engine, handlers(self.parts)).run_until_idle()

    def unfinished(self) -> list[str]:
        """Jobs that are not done."""
        with db.reading(self.engine) as session:
            rows = session.scalars(select(JobRow).where(JobRow.state != State.DONE))
            return [f"job {row.state} {row.key} {row.error}" for row in rows]

    def close(self) -> None:
        """Give the database back."""
        self.engine.dispose()


def look_outside(museum: Museum, *, pages: bool = False) -> list[str]:
    """Every record that is shown but not whole: manifest, picture service, a tile, derivatives, and with `pages` its
    page (slow); or a draft that is seen."""
    return list(_outside(museum, pages=pages))


def _outside(museum: Museum, *, pages: bool) -> Iterator[str]:
    with db.reading(museum.engine) as session:
        records = store.all_records(session)
        made = store.derivatives(session, (m.sha256 for r in records for m in r.media))
    for record in records:
        said = listing.describe(record, made, has_manifest=True)  # that it is missing would be a finding
        number = record.identifier("object_id") or record.id
        if record.state != "published":
            if museum.status(addresses.manifest(record.id)) == 200:
                yield f"{number}: shown though it is a {record.state}"
            continue
        yield from (f"{number}: {wrong}" for wrong in _shown_half(museum, said, pages=pages))


def _shown_half(museum: Museum, said: dict[str, Any], *, pages: bool) -> Iterator[str]:
    for address in (*([said["manifest"]] if said["media"] else []), *([said["page"]] if pages else [])):
        if (status := museum.status(address)) != 200:
            yield f"half published: {address} answers {status}"
    manifest = museum.page(said["manifest"]) if said["media"] else ""
    for media in said["media"]:
        if media["id"] not in manifest:
            yield f"half published: {media['file_name']} is not in the manifest"
        names = {d["name"] for d in media["derivatives"]}
        if not {"pyramid", "poster-480.jpg", "poster-480.avif"} <= names:
            yield f"half published: {media['file_name']} has only {sorted(names)}"
            continue
        tile = f"{media['image_service']}/full/max/0/default.jpg"
        shown = [d["address"] for d in media["derivatives"] if d["address"]]
        for address in (f"{media['image_service']}/info.json", tile, *shown):
            if (status := museum.status(address)) != 200:
                yield f"half published: {address} answers {status}"


def look_inside(museum: Museum) -> list[str]:
    """Masters lost: a record's file that is missing or another; objects that are invalid; records that differ."""
    return list(_inside(museum))


def _inside(museum: Museum) -> Iterator[str]:
    masters = museum.parts.masters
    known = {museum.parts.object_id(record.id): record for record in museum.records()}
    known_beside = {institutions_object(museum.parts)}
    for object_id, record in known.items():
        try:
            for media in record.media:
                if hashlib.sha256(masters.read(object_id, media.path)).hexdigest() != media.sha256:
                    yield f"lost: {object_id} {media.file_name} has other bytes"
            held = record_in_master(museum.parts, object_id)
            if (held.values, held.media) != (record.values, record.media):
                yield f"{object_id}: the record in the master is another"
        except MuseumError as error:
            yield f"lost: {object_id}: {error!r}"
    for object_id in masters.object_ids():
        try:
            yield from (f"{object_id}: {p.code} {p.message}" for p in masters.validate(object_id) if p.is_error)
        except MuseumError as error:
            yield f"{object_id}: {error!r}"
        if object_id not in known.keys() | known_beside and TOMBSTONE_FILE not in masters.logical_paths(object_id):
            yield f"{object_id}: a master that no record knows"


def look_around(museum: Museum) -> list[str]:
    """What a crash left lying: stages, work in progress, quarantine, temporary files, open intents."""
    settings = museum.settings
    left = [*settings.staging.iterdir(), *(settings.media / "work").glob("*"), *settings.quarantine.glob("*")]
    left += (settings.derived / ".incoming").glob("*")
    found = [f"left: {path.relative_to(settings.media)}" for path in left]
    with db.reading(museum.engine) as session:
        staged = session.scalars(select(IntentRow.id).where(IntentRow.state == "staged"))
        return found + [f"left: intent {id_}" for id_ in staged]
