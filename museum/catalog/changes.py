"""The append-only change log: the only door through which a record is written, and what others follow."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Text, bindparam, cast, exists, func, insert, select, text
from sqlalchemy.orm import Session

from museum.catalog import batches, chain
from museum.catalog.tables import ChangeRow

Action = Literal["create", "update", "delete"]
Subject = Literal["record", "story"]

# One writer of the log at a time on PostgreSQL: sequence numbers must become visible in their own order, or a
# follower that has read number 8 would never see a 7 that was committed later. SQLite has one writer anyway.
_LOG_LOCK = 7_220_511
_TIP = "museum.tip"  # in a session's info: transaction and savepoint, number and hash of its last entry
_LOG = ChangeRow.__table__
_APPEND = insert(ChangeRow)  # made once, as the next
_TOUCHED = select(_LOG.c.record_id).where(
    _LOG.c.record_id.in_(bindparam("ids", expanding=True)), _LOG.c.seq > bindparam("after_seq")
)
_COUNT_OF = select(func.count()).select_from(_LOG).where(_LOG.c.record_id == bindparam("record_id"))


@dataclass(frozen=True, kw_only=True)
class Change:
    """One entry of the log: `before` and `after` are the whole record or story as JSON.

    They are None where there was or is none. `record_id` is the identifier of what `subject` names.
    """

    seq: int
    at: dt.datetime
    person: str
    batch: str
    record_id: str
    action: Action
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    subject: Subject = "record"
    hash: str = ""


def append(
    session: Session,
    *,
    at: dt.datetime,
    person: str,
    batch: str,
    record_id: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    subject: Subject = "record",
) -> Change:
    """Write one entry in the caller's transaction and give it back with its number and its link in the chain.

    The writer's lock is taken first: SQLite's one writer, an advisory lock of PostgreSQL until the transaction ends.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOG_LOCK})
    batches.begin(session, batch, person=person, at=at)
    action: Action = "create" if before is None else "delete" if after is None else "update"
    here = (session.get_transaction(), session.get_nested_transaction())
    noted = session.info.get(_TIP)
    # What this transaction wrote last, nobody else can have followed: it holds the writer's lock.
    number, previous = noted[1:] if noted is not None and noted[0] == here else chain.tip(session)
    row: dict[str, Any] = {
        "seq": number + 1,
        "at": at,
        "person": person,
        "batch": batch,
        "record_id": record_id,
        "subject": subject,
        "action": action,
        "before": before,
        "after": after,
    }
    row["hash"] = chain.link(previous, row)
    session.connection().execute(_APPEND, row)
    session.info[_TIP] = (here, row["seq"], row["hash"])
    return Change(**row)


def since(session: Session, seq: int, *, limit: int = 500) -> list[Change]:
    """Entries after number `seq`, of records and stories alike, oldest first, at most `limit`."""
    rows = session.scalars(select(ChangeRow).where(ChangeRow.seq > seq).order_by(ChangeRow.seq).limit(limit))
    return [_change(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Step:
    """What an entry made of a record: the JSON as text, None where it was deleted; whether a later entry is of it."""

    seq: int
    record_id: str
    after: str | None
    is_last: bool


def steps(session: Session, seq: int, *, newest: int, limit: int) -> list[Step]:
    """Entries of records after number `seq`, up to `newest`, oldest first, at most `limit`; nothing is parsed."""
    later = _LOG.alias("later")
    is_last = ~exists().where(later.c.record_id == _LOG.c.record_id, later.c.seq > _LOG.c.seq, later.c.seq <= newest)
    query = (
        select(_LOG.c.seq, _LOG.c.record_id, cast(_LOG.c.after, Text), is_last)
        .where(_LOG.c.seq > seq, _LOG.c.seq <= newest, _LOG.c.subject == "record")
        .order_by(_LOG.c.seq)
        .limit(limit)
    )
    return [Step(*row) for row in session.execute(query)]


def history(session: Session, record_id: str) -> list[Change]:
    """All entries of one record or story, oldest first."""
    rows = session.scalars(select(ChangeRow).where(ChangeRow.record_id == record_id).order_by(ChangeRow.seq))
    return [_change(row) for row in rows]


def listing(
    session: Session,
    *,
    record_id: str = "",
    batch: str = "",
    since: dt.datetime | None = None,
    before_seq: int | None = None,
    limit: int = 100,
) -> list[Change]:
    """Entries newest first: of one record, of one batch, not older than `since`, before a number; at most `limit`."""
    query = select(ChangeRow).order_by(ChangeRow.seq.desc()).limit(limit)
    if record_id:
        query = query.where(ChangeRow.record_id == record_id)
    if batch:
        query = query.where(ChangeRow.batch == batch)
    if since is not None:
        query = query.where(ChangeRow.at >= since)
    if before_seq is not None:
        query = query.where(ChangeRow.seq < before_seq)
    return [_change(row) for row in session.scalars(query)]


def of_records(session: Session, record_ids: Sequence[str], *, after_seq: int = 0) -> list[Change]:
    """All entries of several records or stories after a number, oldest first; one statement."""
    query = select(ChangeRow).where(ChangeRow.record_id.in_(record_ids), ChangeRow.seq > after_seq)
    return [_change(row) for row in session.scalars(query.order_by(ChangeRow.seq))]


def touched(session: Session, record_ids: Sequence[str], *, after_seq: int) -> set[str]:
    """Which of these records were changed after a number; one statement, which looks each of them up in an index."""
    return set(session.scalars(_TOUCHED, {"ids": record_ids, "after_seq": after_seq}))


def count_of(session: Session, record_id: str) -> int:
    """How many entries one record or story has: also the number of its newest revision."""
    return session.connection().execute(_COUNT_OF, {"record_id": record_id}).scalar_one()


def last_seq(session: Session) -> int:
    """Number of the newest entry; 0 for an empty log."""
    return session.scalar(select(func.max(ChangeRow.seq))) or 0


def count(session: Session) -> int:
    """How many entries the log holds."""
    return session.scalar(select(func.count()).select_from(ChangeRow)) or 0


def field_differences(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Iterator[tuple[str, Any, Any]]:
    """(field, before, after) for each part of a record that differs; values by field name, the rest by part."""
    old, new = before or {}, after or {}
    old_values, new_values = old.get("values", {}), new.get("values", {})
    for name in sorted(old_values.keys() | new_values.keys()):
        if old_values.get(name) != new_values.get(name):
            yield name, old_values.get(name), new_values.get(name)
    for part in sorted((old.keys() | new.keys()) - {"values"}):
        if old.get(part) != new.get(part):
            yield part, old.get(part), new.get(part)


def _change(row: ChangeRow) -> Change:
    return Change(
        seq=row.seq,
        at=row.at,
        person=row.person,
        batch=row.batch,
        record_id=row.record_id,
        action=row.action,  # type: ignore[arg-type]  # the column holds only what append wrote
        before=row.before,
        after=row.after,
        subject=row.subject,  # type: ignore[arg-type]  # as above
        hash=row.hash,
    )
