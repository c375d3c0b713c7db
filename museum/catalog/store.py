"""Records in the database: read, save through the change log, delete. One session per request or job, passed in."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from museum.accounts.roles import Level
from museum.addresses import is_id
from museum.catalog import changes, frozen, record_index
from museum.catalog.changes import Change
from museum.catalog.collation import sort_key
from museum.catalog.record import Media, Record, from_json, record_from_json, to_json
from museum.catalog.tables import (
    DerivativeRow,
    IdentifierRow,
    LinkRow,
    ManifestRow,
    MediaRow,
    ProcedureRow,
    RecordRow,
)
from museum.db import utc_now
from museum.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, kw_only=True)
class Derivative:
    """One derivative: `sha256` is the master's, `digest` its own SHA-256; `facts` such as width_px, height_px."""

    sha256: str
    name: str
    media_type: str
    size_bytes: int
    digest: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A media item found by its id: the record that owns it, that record's state, its own level, its digest."""

    record_id: str
    sha256: str
    kind: str
    state: str
    level: Level = Level.PUBLIC
    is_sample: bool = False


def get(session: Session, record_id: str) -> Record:
    """The record; NotFound when there is none (or no longer one: see `tombstone`)."""
    row = session.get(RecordRow, record_id)
    if row is None:
        raise NotFound("catalog.no_record", id=record_id)
    return record_from_json(row.body)


def get_many(session: Session, record_ids: Sequence[str]) -> dict[str, Record]:
    """Records by id, those that exist; one statement."""
    if not record_ids:
        return {}
    rows = session.scalars(select(RecordRow).where(RecordRow.id.in_(record_ids)))
    return {row.id: record_from_json(row.body) for row in rows}


def exists(session: Session, record_id: str) -> bool:
    """True when a record of that id stands in the catalogue."""
    return session.scalar(select(RecordRow.id).where(RecordRow.id == record_id)) is not None


def tombstone(session: Session, record_id: str) -> Change | None:
    """The change that deleted the record, or None when it was never there or still is."""
    if exists(session, record_id):
        return None
    log = changes.history(session, record_id)
    return log[-1] if log and log[-1].action == "delete" else None


def find(session: Session, scheme: str, value: str, *, institution: str | None = None) -> str | None:
    """Id of the record that carries this identifier, current before former; None when nobody does."""
    query = select(IdentifierRow.record_id).where(IdentifierRow.scheme == scheme, IdentifierRow.value == value)
    if institution is not None:
        query = query.where(IdentifierRow.institution == institution)
    return session.scalar(query.order_by(IdentifierRow.former).limit(1))


def find_number(session: Session, value: str) -> list[str]:
    """Ids of all records that carry this number in any scheme, current ones first."""
    query = select(IdentifierRow.record_id).where(IdentifierRow.value == value).order_by(IdentifierRow.former)
    return list(dict.fromkeys(session.scalars(query)))


def some_photo(session: Session) -> str | None:
    """The id of any photograph that everybody may see; None where there is none."""
    query = select(MediaRow.id).join(RecordRow, RecordRow.id == MediaRow.record_id)
    shown = RecordRow.state == "published", MediaRow.kind == "photo", MediaRow.level == Level.PUBLIC
    return session.scalar(query.where(*shown).limit(1))


def find_media(session: Session, media_id: str) -> Found:
    """Where a media item belongs; NotFound when there is none."""
    query = (
        select(MediaRow.record_id, MediaRow.sha256, MediaRow.kind, RecordRow.state, MediaRow.level, RecordRow.is_sample)
        .join(RecordRow, RecordRow.id == MediaRow.record_id)
        .where(MediaRow.id == media_id)
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound("catalog.no_media", id=media_id)
    return Found(
        record_id=row[0], sha256=row[1], kind=row[2], state=row[3], level=Level(row[4]), is_sample=bool(row[5])
    )


def medium(session: Session, record_id: str, media_id: str) -> Media:
    """One medium of a record, without the rest of it; NotFound when there is none."""
    body = session.scalar(select(RecordRow.body).where(RecordRow.id == record_id)) or {}
    found = next((m for m in body.get("media", ()) if m["id"] == media_id), None)
    if found is None:
        raise NotFound("catalog.no_media", id=media_id)
    return from_json(Media, found)


def all_records(session: Session, *, state: str | None = None) -> list[Record]:
    """All records, by Vietnamese collation of their titles."""
    query = select(RecordRow).order_by(RecordRow.sort_key, RecordRow.id)
    if state is not None:
        query = query.where(RecordRow.state == state)
    return [record_from_json(row.body) for row in session.scalars(query)]


def published(
    session: Session,
    *,
    kind: str | None = None,
    limit: int | None = None,
    newest: bool = False,
    with_samples: bool = True,
) -> list[Record]:
    """Published records: by title, or newest first."""
    order = RecordRow.published_at.desc() if newest else RecordRow.sort_key
    query = select(RecordRow).where(RecordRow.state == "published").order_by(order, RecordRow.id)
    if kind is not None:
        query = query.where(RecordRow.kind == kind)
    if not with_samples:
        query = query.where(RecordRow.is_sample.is_(False))
    if limit is not None:
        query = query.limit(limit)
    return [record_from_json(row.body) for row in session.scalars(query)]


def published_ids(session: Session, *, with_samples: bool = True) -> tuple[str, ...]:
    """Ids of the published records, in order."""
    query = select(RecordRow.id).where(RecordRow.state == "published").order_by(RecordRow.id)
    if not with_samples:
        query = query.where(RecordRow.is_sample.is_(False))
    return tuple(session.scalars(query))


def has_samples(session: Session) -> bool:
    """True when a record of the demonstration collection is published."""
    query = select(RecordRow.id).where(RecordRow.is_sample.is_(True), RecordRow.state == "published")
    return session.scalar(query.limit(1)) is not None


def with_procedures(
    session: Session, kinds: Sequence[str], *, after: str, limit: int, with_samples: bool = True
) -> list[Record]:
    """Published records that have a procedure of one of `kinds`, in the order of their ids, those past `after`."""
    has_one = select(ProcedureRow.record_id).where(ProcedureRow.kind.in_(kinds))
    query = (
        select(RecordRow)
        .where(RecordRow.state == "published", RecordRow.id > after, RecordRow.id.in_(has_one))
        .order_by(RecordRow.id)
        .limit(limit)
    )
    if not with_samples:
        query = query.where(RecordRow.is_sample.is_(False))
    return [record_from_json(row.body) for row in session.scalars(query)]


def linked_from(session: Session, record_id: str) -> list[tuple[str, str]]:
    """(predicate, id of the record that links here), in order."""
    query = select(LinkRow.predicate, LinkRow.record_id).where(LinkRow.target == record_id).order_by(LinkRow.position)
    return [(predicate, source) for predicate, source in session.execute(query)]


def revision(session: Session, record_id: str) -> int:
    """The record's revision number, 0 when there is none."""
    return session.scalar(select(RecordRow.revision).where(RecordRow.id == record_id)) or 0


def save(session: Session, record: Record, *, person: str, batch: str, expected: int | None = None) -> Change | None:
    """Write a record and its change in the caller's transaction; None when nothing differs.

    `expected` is the revision that the writer has seen. Raises Conflict catalog.changed_meanwhile when somebody wrote
    another since, Conflict when another record carries one of its current identifiers or a signed procedure differs,
    Invalid for a malformed id.
    """
    if not is_id(record.id):
        raise Invalid("catalog.bad_id", id=record.id)
    row = session.get(RecordRow, record.id)
    if expected is not None:
        expect(session, record.id, expected)
    after = to_json(record)
    if row is not None and row.body == after:
        return None
    frozen.refuse_changed(row.body if row is not None else None, after)
    record_index.refuse_taken(session, record)
    return _write(session, row, record, after, person=person, batch=batch)


def restore(session: Session, snapshots: Mapping[str, Any], *, person: str, batch: str) -> list[Change]:
    """Make records what they were: each id its snapshot from the log, word for word, or None to take it out.

    Values are not judged (what was once good may not be by today's rules); numbers may be swapped among the records.
    Raises Conflict when a record outside of them carries a number or file of theirs.
    """
    rows = {i: session.get(RecordRow, i) for i in snapshots}
    for record_id in snapshots:
        record_index.clear(session, record_id)
    done: list[Change] = []
    for record_id in sorted(snapshots, key=lambda i: snapshots[i] is not None):
        row, after = rows[record_id], snapshots[record_id]
        if after is None:
            if row is not None:
                done.append(delete(session, record_id, person=person, batch=batch))
            continue
        record = record_from_json(after)
        if row is not None and row.body == after:
            record_index.rewrite(session, record)
            continue
        record_index.refuse_taken(session, record)
        done.append(_write(session, row, record, after, person=person, batch=batch))
    return done


def expect(session: Session, record_id: str, expected: int) -> None:
    """Conflict catalog.changed_meanwhile, with who and when, unless the record is at revision `expected`."""
    found = revision(session, record_id)
    if found == expected:
        return
    last = changes.listing(session, record_id=record_id, limit=1)
    person, at = (last[0].person, last[0].at) if last else ("–", utc_now())
    raise Conflict(
        "catalog.changed_meanwhile", id=record_id, person=person, at=at.isoformat(timespec="seconds"),
        revision=found, expected=expected,
    )  # fmt: skip


def _write(
    session: Session, row: RecordRow | None, record: Record, after: dict[str, Any], *, person: str, batch: str
) -> Change:
    now = utc_now()
    before = row.body if row is not None else None
    if row is None:
        row = RecordRow(id=record.id, created_at=now, revision=changes.count_of(session, record.id), published_at=None)
        session.add(row)
    was_published = before is not None and before.get("state") == "published"
    row.kind, row.institution, row.state = record.kind, record.institution, record.state
    row.revision, row.body, row.updated_at = row.revision + 1, after, now
    row.sort_key, row.is_sample = sort_key(record.title.say("vi")), record.is_sample
    if record.state != "published":
        row.published_at = None if was_published else row.published_at
    elif not was_published:
        row.published_at = row.published_at or now  # one that came back from the masters keeps its day
    try:
        session.flush()
        record_index.rewrite(session, record)
    except IntegrityError as error:
        raise Conflict("catalog.not_saved", id=record.id, reason=error.orig) from error
    return changes.append(session, at=now, person=person, batch=batch, record_id=record.id, before=before, after=after)


def set_state(session: Session, record_id: str, state: Any, *, person: str, batch: str) -> Change | None:
    """Publish, withdraw, or send back to draft."""
    return save(session, replace(get(session, record_id), state=state), person=person, batch=batch)


def delete(session: Session, record_id: str, *, person: str, batch: str) -> Change:
    """Take a record out of the catalogue; the log keeps it, its masters stay, its address answers 410."""
    row = session.get(RecordRow, record_id)
    if row is None:
        raise NotFound("catalog.no_record", id=record_id)
    before = row.body
    record_index.clear(session, record_id)
    session.execute(sql_delete(ManifestRow).where(ManifestRow.record_id == record_id))
    session.delete(row)
    session.flush()
    return changes.append(
        session, at=utc_now(), person=person, batch=batch, record_id=record_id, before=before, after=None
    )


def canonical_dump(session: Session) -> bytes:
    """All records as one JSON line each, in order of id, keys sorted: equal catalogues give equal bytes."""
    rows = session.scalars(select(RecordRow).order_by(RecordRow.id))
    return b"".join(orjson.dumps(row.body, option=orjson.OPT_SORT_KEYS) + b"\n" for row in rows)


def put_derivative(session: Session, derivative: Derivative) -> None:
    """Note a derivative that now lies in the store."""
    session.merge(
        DerivativeRow(
            sha256=derivative.sha256,
            name=derivative.name,
            media_type=derivative.media_type,
            size_bytes=derivative.size_bytes,
            digest=derivative.digest,
            facts=derivative.facts,
            made_at=utc_now(),
        )
    )
    session.flush()


def drop_derivatives(session: Session, sha256: str, *, names: Sequence[str] | None = None) -> None:
    """Forget the derivatives of a master (before they are made anew), or only those of `names`."""
    query = sql_delete(DerivativeRow).where(DerivativeRow.sha256 == sha256)
    session.execute(query if names is None else query.where(DerivativeRow.name.in_(names)))


def derivatives(session: Session, sha256s: Iterable[str]) -> dict[str, list[Derivative]]:
    """Derivatives of several masters by the master's digest, in order of name; one statement."""
    wanted = sorted(set(sha256s))
    found: dict[str, list[Derivative]] = {digest: [] for digest in wanted}
    if not wanted:
        return found
    row = DerivativeRow
    query = select(row.sha256, row.name, row.media_type, row.size_bytes, row.digest, row.facts)
    for sha256, name, media_type, size_bytes, digest, facts in session.execute(
        query.where(row.sha256.in_(wanted)).order_by(row.name)
    ):
        made = Derivative(
            sha256=sha256, name=name, media_type=media_type, size_bytes=size_bytes, digest=digest, facts=facts
        )
        found[sha256].append(made)
    return found


def put_manifest(session: Session, record_id: str, body: bytes, *, fence: str = "", version: str = "3") -> None:
    """Store a manifest, placeholder and all; `fence` says what it leaves out (see `visibility.fence`)."""
    digest = hashlib.sha256(body).hexdigest()
    session.merge(
        ManifestRow(record_id=record_id, version=version, body=body, digest=digest, fence=fence, made_at=utc_now())
    )
    session.flush()


def drop_manifest(session: Session, record_id: str, *, version: str = "") -> None:
    """Forget a record's manifests, or that of one version: nothing is left that they could show."""
    query = sql_delete(ManifestRow).where(ManifestRow.record_id == record_id)
    session.execute(query.where(ManifestRow.version == version) if version else query)


def manifest_fences(session: Session, among: Sequence[str] | None = None, *, version: str = "3") -> dict[str, str]:
    """The fence of each stored manifest of a version, of all records or of some."""
    query = select(ManifestRow.record_id, ManifestRow.fence).where(ManifestRow.version == version)
    if among is not None:
        query = query.where(ManifestRow.record_id.in_(among))
    return dict(session.execute(query).all())


def manifest_ids(session: Session, among: Sequence[str] | None = None) -> set[str]:
    """Ids of the records, all or some, that have a stored manifest (one without media has nothing to show in one)."""
    query = select(ManifestRow.record_id).distinct()
    if among is not None:
        query = query.where(ManifestRow.record_id.in_(among))
    return set(session.scalars(query))


def manifest(session: Session, record_id: str, *, version: str = "3") -> tuple[bytes, str]:
    """(stored bytes, their fence) of a published record's manifest; NotFound otherwise."""
    query = (
        select(ManifestRow.body, ManifestRow.fence)
        .join(RecordRow, RecordRow.id == ManifestRow.record_id)
        .where(ManifestRow.record_id == record_id, ManifestRow.version == version, RecordRow.state == "published")
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound("catalog.no_manifest", id=record_id)
    return row[0], row[1]
