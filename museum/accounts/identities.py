"""Who somebody is at the sign-in service: its issuer and their subject there, which stay when an e-mail changes hands.

OpenID Connect Core 1.0 §5.7: issuer and subject together are the only claim to know a person by. The e-mail counts
once, at the first sign-in, where it finds the account or the invitation; from then on the subject does.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from museum.accounts import events, people
from museum.accounts.policy import Viewer
from museum.accounts.tables import IdentityRow
from museum.db import utc_now
from museum.errors import Forbidden

LONGEST_SUBJECT = 255  # characters, OpenID Connect Core 1.0 §2


@dataclass(frozen=True, kw_only=True)
class Linked:
    """An account at a sign-in service that opens an account here."""

    issuer: str
    subject: str
    linked_at: dt.datetime


def find(session: Session, *, issuer: str, subject: str) -> str | None:
    """Id of the user who signs in as this subject of the service; None for nobody."""
    row = session.get(IdentityRow, (issuer, subject))
    return row.user_id if row else None


def of_user(session: Session, user_id: str) -> list[Linked]:
    """What opens an account, by issuer."""
    rows = session.scalars(select(IdentityRow).where(IdentityRow.user_id == user_id).order_by(IdentityRow.issuer))
    return [Linked(issuer=row.issuer, subject=row.subject, linked_at=row.linked_at) for row in rows]


def link(session: Session, user_id: str, *, issuer: str, subject: str, now: dt.datetime) -> None:
    """From now on this subject opens the account.

    Raises Forbidden accounts.oidc_other_person where another subject of the service does: the e-mail has gone to
    somebody else there, or the person got a new account; an administrator decides with `forget`.
    """
    try:
        with session.begin_nested():
            session.add(IdentityRow(issuer=issuer, subject=subject, user_id=user_id, linked_at=now))
    except IntegrityError as error:
        if find(session, issuer=issuer, subject=subject) == user_id:  # two browsers at once
            return
        raise Forbidden("accounts.oidc_other_person", issuer=issuer) from error
    events.note(session, user_id, by=user_id, action="service_linked", now=now, detail=issuer)


def forget(session: Session, user_id: str, *, by: Viewer, now: dt.datetime | None = None) -> bool:
    """Let the next sign-in through a service link anew by e-mail; False where nothing was linked. Sessions end.

    Raises Forbidden unless `by` manages all that the person holds.
    """
    people.must_manage(session, user_id, by=by)
    if not of_user(session, user_id):
        return False
    session.execute(delete(IdentityRow).where(IdentityRow.user_id == user_id))
    people.end_access(session, user_id)
    events.note(session, user_id, by=by.user_id, action="service_unlinked", now=now or utc_now())
    return True
