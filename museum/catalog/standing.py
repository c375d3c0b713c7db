"""What the public may know of, asked of the database: which records are open, and whether something ever was."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.catalog import changes
from museum.catalog.record import Record, record_from_json
from museum.catalog.tables import RecordRow
from museum.catalog.visibility import is_open


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The state of a record, without the record."""

    state: str
    is_sample: bool


def standings(session: Session, record_ids: Sequence[str]) -> dict[str, Standing]:
    """The standing of each record that exists; one statement, none without ids."""
    if not record_ids:
        return {}
    query = select(RecordRow.id, RecordRow.state, RecordRow.is_sample).where(RecordRow.id.in_(record_ids))
    return {i: Standing(state=state, is_sample=bool(sample)) for i, state, sample in session.execute(query)}


@dataclass(frozen=True, kw_only=True)
class Moments:
    """When a record was published, None if never, and last changed; in UTC."""

    published_at: dt.datetime | None
    updated_at: dt.datetime


def moments(session: Session, record_ids: Sequence[str]) -> dict[str, Moments]:
    """The moments of each record that exists; one statement, none without ids."""
    if not record_ids:
        return {}
    query = select(RecordRow.id, RecordRow.published_at, RecordRow.updated_at).where(RecordRow.id.in_(record_ids))
    found = session.execute(query)
    return {i: Moments(published_at=published, updated_at=updated) for i, published, updated in found}


def partly(session: Session, record_ids: Sequence[str], name: str) -> dict[str, Record]:
    """Those of these records that exist, by id, with one field of theirs and nothing else: who may see it is asked as
    of whole ones. One statement, none without ids."""
    if not record_ids:
        return {}
    row = RecordRow
    query = select(row.id, row.kind, row.institution, row.state, row.is_sample, row.body["values"][name])
    found = {}
    for record_id, kind, institution, state, is_sample, given in session.execute(query.where(row.id.in_(record_ids))):
        body = {"id": record_id, "kind": kind, "institution": institution, "state": state, "is_sample": bool(is_sample)}
        found[record_id] = record_from_json(body | {"values": {name: given or []}})
    return found


def was_open(session: Session, thing_id: str) -> bool:
    """True when the log says that a record or story was open to everybody once: only then may an address say "gone"."""
    return any(
        change.after and is_open(str(change.after.get("state"))) for change in changes.history(session, thing_id)
    )
