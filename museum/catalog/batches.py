"""Batches: the changes that belong together (one ingest, one saved form, one undo), with who made them and why."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from museum.catalog.tables import BatchRow, ChangeRow
from museum.db import utc_now
from museum.errors import NotFound

OTHER = "other"
KINDS = ("ingest", "form", "restore", "delete", "undelete", "merge", "undo", "rebuild", OTHER)

_NOTED = "museum.batches"  # in a session's info: batch → the transaction and savepoint in which it was noted
_BEGIN = {  # made once: every entry of the log begins with it
    name: dialect.insert(BatchRow.__table__).on_conflict_do_nothing(index_elements=["id"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One batch. `counts` tells how many entries created, updated and deleted something; `undoes` is the batch that
    this one took back, `undone_by` the one that took it back and still holds ("" for none)."""

    id: str
    person: str
    kind: str
    title: str
    at: dt.datetime
    undoes: str = ""
    undone_by: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many entries the batch has."""
        return sum(self.counts.values())


def new_id() -> str:
    """The identifier of a new batch."""
    return str(uuid.uuid4())


def begin(
    session: Session,
    batch: str,
    *,
    person: str,
    kind: str = OTHER,
    title: str = "",
    undoes: str = "",
    at: dt.datetime | None = None,
) -> None:
    """Note a batch in the caller's transaction; one that is known already stays as it was first noted."""
    noted, here = session.info.setdefault(_NOTED, {}), (session.get_transaction(), session.get_nested_transaction())
    if noted.get(batch) in (here, (here[0], None)):  # in this transaction, and not in a savepoint rolled back since
        return
    connection = session.connection()
    values = {"id": batch, "person": person, "kind": kind, "title": title, "at": at or utc_now(), "undoes": undoes}
    connection.execute(_BEGIN[connection.dialect.name], values)
    noted[batch] = here


def get(session: Session, batch: str) -> Batch:
    """The batch; NotFound catalog.no_batch when there is none."""
    row = session.get(BatchRow, batch)
    if row is None:
        raise NotFound("catalog.no_batch", batch=batch)
    return _told(session, [row])[0]


def recent(
    session: Session, *, limit: int = 50, skip: int = 0, kind: str = "", institutions: Collection[str] | None = None
) -> list[Batch]:
    """Batches that changed something, newest first: of one kind; those that changed something of `institutions`."""
    changed = select(ChangeRow.seq).where(ChangeRow.batch == BatchRow.id)
    if institutions is not None:
        owner = func.coalesce(ChangeRow.after["institution"].as_string(), ChangeRow.before["institution"].as_string())
        changed = changed.where(owner.in_(institutions))
    query = select(BatchRow).where(changed.exists()).order_by(BatchRow.at.desc(), BatchRow.id)
    if kind:
        query = query.where(BatchRow.kind == kind)
    return _told(session, list(session.scalars(query.limit(limit).offset(skip))))


def named(session: Session, batches: Sequence[str]) -> dict[str, Batch]:
    """Several batches by id, those that exist, without their counts; two statements."""
    rows = list(session.scalars(select(BatchRow).where(BatchRow.id.in_(set(batches)))))
    return {batch.id: batch for batch in _told(session, rows, with_counts=False)}


def _told(session: Session, rows: Sequence[BatchRow], *, with_counts: bool = True) -> list[Batch]:
    ids = [row.id for row in rows]
    counts: dict[str, dict[str, int]] = {}
    if with_counts:
        query = (
            select(ChangeRow.batch, ChangeRow.action, func.count())
            .where(ChangeRow.batch.in_(ids))
            .group_by(ChangeRow.batch, ChangeRow.action)
        )
        for batch, action, count in session.execute(query):
            counts.setdefault(batch, {})[action] = count
    undone = _undone_by(session, ids)
    return [
        Batch(
            id=row.id,
            person=row.person,
            kind=row.kind,
            title=row.title,
            at=row.at,
            undoes=row.undoes,
            undone_by=undone.get(row.id, ""),
            counts=counts.get(row.id, {}),
        )
        for row in rows
    ]


def _undone_by(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Which batches are undone at present: an undo that was itself undone counts no more."""
    found: dict[str, str] = {}
    if not ids:
        return found
    query = select(BatchRow).where(BatchRow.undoes.in_(ids)).order_by(BatchRow.at)
    undos = list(session.scalars(query))
    back = _undone_by(session, [row.id for row in undos])
    for row in undos:
        if row.id not in back:
            found[row.undoes] = row.id
    return found
