"""What undoing a batch would do, record by record: computed from the log, nothing written.

What a batch made goes, what it changed becomes what it was, what it deleted comes back. Where somebody changed a record
after the batch, both differences are shown and a person chooses: leave the record, or undo in spite of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.catalog import batches, changes
from museum.catalog.batches import Batch
from museum.catalog.changes import Change, Subject
from museum.catalog.tables import ChangeRow, RecordRow

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Step:
    """One record or story of the batch.

    `target` is what it was before the batch, `made` what the batch left, `now` what it is (each a snapshot, or None
    where it doesn't stand). `since` are the changes by others after the batch's first; with any, it is a conflict.
    """

    record_id: str
    subject: Subject
    target: dict[str, Any] | None
    made: dict[str, Any] | None
    now: dict[str, Any] | None
    since: tuple[Change, ...] = ()

    @property
    def is_done(self) -> bool:
        """True when nothing is left to undo here."""
        return self.now == self.target

    @property
    def is_conflict(self) -> bool:
        """True when undoing would also take back what others did later."""
        return not self.is_done and (bool(self.since) or self.now != self.made)

    @property
    def effect(self) -> str:
        """What undoing does to it: "nothing", "delete", "update" or "create"."""
        if self.is_done:
            return "nothing"
        if self.target is None:
            return "delete"
        return "create" if self.now is None else "update"


@dataclass(frozen=True, kw_only=True)
class UndoPlan:
    """The batch and its steps, in the order in which its records were first changed."""

    batch: Batch
    steps: tuple[Step, ...]

    @property
    def conflicts(self) -> tuple[Step, ...]:
        """The steps that need a choice."""
        return tuple(step for step in self.steps if step.is_conflict)

    def counts(self) -> dict[str, int]:
        """How many records would be deleted, updated, created again, need nothing, or are in conflict."""
        told = {"delete": 0, "update": 0, "create": 0, "nothing": 0, "conflict": 0}
        for step in self.steps:
            told["conflict" if step.is_conflict else step.effect] += 1
        return told


def plan(session: Session, batch: str, *, stories: Mapping[str, dict[str, Any]] | None = None) -> UndoPlan:
    """What undoing `batch` would do. `stories` are the bodies of the stories that stand now, by id.

    Raises NotFound catalog.no_batch.
    """
    found = batches.get(session, batch)
    mine: dict[str, list[ChangeRow]] = {}
    for row in session.scalars(select(ChangeRow).where(ChangeRow.batch == batch).order_by(ChangeRow.seq)):
        mine.setdefault(row.record_id, []).append(row)
    bodies = _bodies(session, list(mine)) | dict(stories or {})
    later = _later(session, batch, {i: rows[0].seq for i, rows in mine.items()})
    steps = []
    for record_id, rows in mine.items():
        made, now, others = rows[-1].after, bodies.get(record_id), later.get(record_id, [])
        if now == made:  # what others did after it was taken back: only what they did in its midst would be lost
            others = [change for change in others if change.seq < rows[-1].seq]
        subject: Subject = "story" if rows[0].subject == "story" else "record"
        steps.append(
            Step(record_id=record_id, subject=subject, target=rows[0].before, made=made, now=now, since=tuple(others))
        )
    return UndoPlan(batch=found, steps=tuple(steps))


def _later(session: Session, batch: str, first: Mapping[str, int]) -> dict[str, list[Change]]:
    """The changes by other batches after a record's first by this one."""
    found: dict[str, list[Change]] = {}
    if not first:
        return found
    for some in _chunks(list(first)):
        for change in changes.of_records(session, some, after_seq=min(first.values())):
            if change.batch != batch and change.seq > first[change.record_id]:
                found.setdefault(change.record_id, []).append(change)
    return found


def _bodies(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for some in _chunks(ids):
        rows = session.execute(select(RecordRow.id, RecordRow.body).where(RecordRow.id.in_(some)))
        found |= {row.id: row.body for row in rows}
    return found


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Pieces of a list that a statement's IN takes on every database."""
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
