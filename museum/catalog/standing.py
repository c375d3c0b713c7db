"""What the public may know of, asked of the database: which records are open, and whether something ever was."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.catalog import changes
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


def was_open(session: Session, thing_id: str) -> bool:
    """True when the log says that a record or story was open to everybody once: only then may an address say "gone"."""
    return any(
        change.after and is_open(str(change.after.get("state"))) for change in changes.history(session, thing_id)
    )
