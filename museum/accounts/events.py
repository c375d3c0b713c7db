"""What was done to an account, and by whom: only added to, in the transaction that does it."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.accounts.tables import EventRow


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of an account's history. `by` is a user's id, "cli:<name>" or "" for the person themself, unknown yet.

    `action` is "created", "invited", "accepted", "granted", "revoked", "password_changed", "reset_issued",
    "deactivated", "reactivated", "key_issued", "key_revoked", "second_factor_on", "second_factor_off", "signed_in",
    "service_linked", "service_unlinked".
    """

    at: dt.datetime
    user_id: str
    by: str
    action: str
    detail: str


def note(session: Session, user_id: str, *, by: str, action: str, now: dt.datetime, detail: str = "") -> None:
    """Add a line in the caller's transaction."""
    session.add(EventRow(at=now, user_id=user_id, by=by, action=action, detail=detail[:512]))


def of(session: Session, user_id: str, *, limit: int = 100) -> list[Event]:
    """The newest lines about one account, newest first."""
    query = select(EventRow).where(EventRow.user_id == user_id).order_by(EventRow.id.desc()).limit(limit)
    return [
        Event(at=row.at, user_id=row.user_id, by=row.by, action=row.action, detail=row.detail)
        for row in session.scalars(query)
    ]
