"""A new password by link: issued by somebody who manages the person, good for an hour and once."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Engine, Select, delete, select, update
from sqlalchemy.orm import Session

from museum import db
from museum.accounts import events, people, throttle
from museum.accounts.passwords import STRONG, Passwords, check
from museum.accounts.people import User
from museum.accounts.policy import Viewer
from museum.accounts.tables import ResetRow, UserRow
from museum.accounts.tokens import digest, new_token
from museum.errors import NotFound

LASTS = dt.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Reset:
    """A new link's token, which isn't kept."""

    token: str
    expires_at: dt.datetime


def ask(engine: Engine, email: str, *, address: str, now: dt.datetime | None = None) -> None:
    """Note that somebody can't sign in, for those who manage them to see; says nothing about whether they exist.

    Raises throttle.TooMany.
    """
    now = now or db.utc_now()
    with db.writing(engine) as session:
        throttle.charge(session, [throttle.address(address), throttle.account(f"reset:{email}")], now=now)
        user = people.by_email(session, email)
        known = user.id if user and user.is_active else ""
        session.execute(update(UserRow).where(UserRow.id == known).values(reset_asked_at=now))


def issue(session: Session, user_id: str, *, by: Viewer, now: dt.datetime | None = None) -> Reset:
    """A link for somebody; earlier ones end. Raises NotFound, Forbidden unless `by` manages all that they hold."""
    now = now or db.utc_now()
    people.must_manage(session, user_id, by=by)
    session.execute(delete(ResetRow).where(ResetRow.user_id == people.get(session, user_id).id))
    token = new_token()
    session.add(
        ResetRow(
            token_hash=digest(token), user_id=user_id, issued_by=by.user_id, created_at=now, expires_at=now + LASTS
        )
    )
    events.note(session, user_id, by=by.user_id, action="reset_issued", now=now)
    session.flush()
    return Reset(token=token, expires_at=now + LASTS)


def look(session: Session, token: str, *, now: dt.datetime | None = None) -> User:
    """Whose password this link sets. Raises NotFound when it is used, run out, or never was."""
    user_id = session.scalar(_open(now or db.utc_now(), token).with_only_columns(ResetRow.user_id))
    if user_id is None or not people.get(session, user_id).is_active:
        raise NotFound("accounts.reset_gone")
    return people.get(session, user_id)


def use(
    engine: Engine, token: str, *, password: str, passwords: Passwords = STRONG, now: dt.datetime | None = None
) -> User:
    """Set the new password: once. All sessions of the person end; a second factor stays.

    Raises NotFound (gone), Invalid (password).
    """
    now = now or db.utc_now()
    with db.reading(engine) as session:
        user = look(session, token, now=now)
    check(password, email=user.email, name=user.name)
    hashed = passwords.hash(password)
    with db.writing(engine) as session:
        row = session.scalar(_open(now, token).with_for_update())
        if row is None:
            raise NotFound("accounts.reset_gone")
        by = row.issued_by
        people.set_password_hash(session, user.id, hashed, by=user.id, now=now)  # ends this link, too
        throttle.forgive(session, cleared=throttle.account(user.email))
        events.note(session, user.id, by=by, action="reset_used", now=now)
        return people.get(session, user.id)


def sweep(session: Session, *, now: dt.datetime) -> None:
    """Drop links that have run out."""
    session.execute(delete(ResetRow).where(ResetRow.expires_at <= now))


def _open(now: dt.datetime, token: str) -> Select[ResetRow]:
    return select(ResetRow).where(ResetRow.token_hash == digest(token), ResetRow.expires_at > now)
