"""The history of one record: its revisions as the change log tells them, numbered from 1."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from museum.catalog import changes
from museum.catalog.changes import Change
from museum.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One revision: its number, the change that made it, and the parts in which it differs from the one before."""

    number: int
    change: Change
    parts: tuple[str, ...]

    @property
    def snapshot(self) -> dict[str, Any] | None:
        """The whole record as JSON; None where this revision is its deletion."""
        return self.change.after


def revisions(session: Session, record_id: str) -> list[Revision]:
    """All revisions of a record or story, oldest first; NotFound catalog.no_record when there never was one."""
    log = changes.history(session, record_id)
    if not log:
        raise NotFound("catalog.no_record", id=record_id)
    return [
        Revision(
            number=number,
            change=change,
            parts=tuple(name for name, _, _ in changes.field_differences(change.before, change.after)),
        )
        for number, change in enumerate(log, start=1)
    ]


def revision(session: Session, record_id: str, number: int) -> Revision:
    """One revision; NotFound catalog.no_revision when there is none of that number."""
    found = [one for one in revisions(session, record_id) if one.number == number]
    if not found:
        raise NotFound("catalog.no_revision", id=record_id, revision=number)
    return found[0]


def last_whole(session: Session, record_id: str) -> Revision:
    """The newest revision in which the record stands: what an un-delete brings back. Raises NotFound."""
    whole = [one for one in revisions(session, record_id) if one.snapshot is not None]
    if not whole:
        raise NotFound("catalog.no_revision", id=record_id, revision="–")
    return whole[-1]
