"""Invitations by link: somebody with the right to invites an e-mail address, who sets their own password."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from museum import db
from museum.accounts import people, policy
from museum.accounts.passwords import STRONG, Passwords, check
from museum.accounts.people import User
from museum.accounts.policy import Grant, Viewer
from museum.accounts.roles import Action, Role
from museum.accounts.tables import InvitationRow
from museum.accounts.tokens import digest, new_token
from museum.errors import Conflict, Forbidden, Invalid, NotFound
from museum.text import tidy

LASTS = dt.timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """An open invitation."""

    id: int
    email: str
    name: str
    language: str
    grants: tuple[Grant, ...]
    invited_by: str
    created_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Invited:
    """A new invitation with its token, which goes into the link now and isn't kept."""

    token: str
    invitation: Invitation


def invite(
    session: Session,
    email: str,
    *,
    by: Viewer,
    grants: Iterable[Grant],
    name: str = "",
    language: str = "vi",
    now: dt.datetime | None = None,
) -> Invited:
    """Invite somebody; an earlier open invitation of the same e-mail by the same person ends.

    Raises Invalid (bad e-mail, no grant), Conflict where the e-mail has an account (give it the role instead),
    Forbidden beyond one's own rights.
    """
    now, given = now or db.utc_now(), tuple(grants)
    email = people.clean_email(email)
    if not given:
        raise Invalid("accounts.no_grant", email=email)
    if language not in people.LANGUAGES:
        raise Invalid("accounts.bad_language", language=language)
    if name and not people.is_name(name):
        raise Invalid("accounts.bad_name", name=name)
    people.check_grants(given, by=by)
    if people.by_email(session, email) is not None:
        raise Conflict("accounts.exists", email=email)
    for old in session.scalars(_open(now).where(InvitationRow.email == email, InvitationRow.invited_by == by.user_id)):
        old.withdrawn_at = now
    token = new_token()
    row = InvitationRow(
        token_hash=digest(token),
        email=email,
        name=tidy(name),
        language=language,
        grants=[{"role": g.role.value, "institution": g.institution, "collection": g.collection} for g in given],
        invited_by=by.user_id,
        created_at=now,
        expires_at=now + LASTS,
    )
    session.add(row)
    session.flush()
    return Invited(token=token, invitation=_invitation(row))


def look(session: Session, token: str, *, now: dt.datetime | None = None) -> Invitation:
    """The open invitation of a token. Raises NotFound when it is used, withdrawn, run out or never was."""
    row = session.scalar(_open(now or db.utc_now()).where(InvitationRow.token_hash == digest(token)))
    if row is None:
        raise NotFound("accounts.invitation_gone")
    return _invitation(row)


def accept(
    engine: Engine,
    token: str,
    *,
    password: str,
    name: str = "",
    language: str = "",
    passwords: Passwords = STRONG,
    now: dt.datetime | None = None,
) -> User:
    """Make the account: once. The inviter's rights are judged anew, with what they hold now.

    Raises NotFound (gone), Invalid (password, name), Conflict (the e-mail got an account meanwhile), Forbidden.
    """
    now = now or db.utc_now()
    with db.reading(engine) as session:
        asked = look(session, token, now=now)
    check(password, email=asked.email, name=name or asked.name)
    hashed = passwords.hash(password)
    with db.writing(engine) as session:
        return _accept(session, asked.id, name=name, language=language, password_hash=hashed, now=now)


def accept_known(session: Session, email: str, *, name: str, now: dt.datetime | None = None) -> User | None:
    """Accept the newest open invitation of an e-mail that another service has verified (OIDC); None without one."""
    now = now or db.utc_now()
    row = session.scalar(
        _open(now).where(InvitationRow.email == people.clean_email(email)).order_by(InvitationRow.id.desc()).limit(1)
    )
    return _accept(session, row.id, name=name, language="", password_hash=None, now=now) if row else None


def open_for(session: Session, by: Viewer, *, now: dt.datetime | None = None) -> list[Invitation]:
    """The open invitations all of whose grants `by` manages, newest first."""
    if not policy.holds(by, Action.MANAGE_PEOPLE):
        raise Forbidden("accounts.not_manager")
    rows = session.scalars(_open(now or db.utc_now()).order_by(InvitationRow.id.desc()))
    found = (_invitation(row) for row in rows)
    return [each for each in found if all(policy.covers(by, grant) for grant in each.grants)]


def withdraw(session: Session, invitation_id: int, *, by: Viewer, now: dt.datetime | None = None) -> None:
    """End an open invitation. Raises NotFound when it isn't open, or isn't theirs to know of."""
    now = now or db.utc_now()
    row = session.scalar(_open(now).where(InvitationRow.id == invitation_id))
    if row is None or not all(policy.covers(by, grant) for grant in _invitation(row).grants):
        raise NotFound("accounts.invitation_gone")
    row.withdrawn_at = now
    session.flush()


def _accept(
    session: Session, invitation_id: int, *, name: str, language: str, password_hash: str | None, now: dt.datetime
) -> User:
    row = session.scalar(_open(now).where(InvitationRow.id == invitation_id).with_for_update())
    if row is None:
        raise NotFound("accounts.invitation_gone")
    asked = _invitation(row)
    row.used_at = now
    return people.create(
        session,
        asked.email,
        name=name or asked.name or asked.email.partition("@")[0],
        by=_inviter(session, asked.invited_by),
        language=language or asked.language,
        grants=asked.grants,
        password_hash=password_hash,
        now=now,
    )


def _inviter(session: Session, user_id: str) -> Viewer:
    if user_id.startswith("cli:"):
        return policy.operator(user_id.removeprefix("cli:"))
    return people.viewer_of(session, user_id)


def _open(now: dt.datetime) -> Select[InvitationRow]:
    return select(InvitationRow).where(
        InvitationRow.used_at.is_(None), InvitationRow.withdrawn_at.is_(None), InvitationRow.expires_at > now
    )


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        id=row.id,
        email=row.email,
        name=row.name,
        language=row.language,
        grants=tuple(
            Grant(role=Role(given["role"]), institution=given["institution"], collection=given["collection"])
            for given in row.grants
        ),
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
