"""People with accounts, and the roles they hold."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from museum import addresses
from museum.accounts import events, policy
from museum.accounts.events import Event
from museum.accounts.policy import ALL_INSTITUTIONS, Grant, Viewer
from museum.accounts.roles import Action, Role
from museum.accounts.tables import ApiKeyRow, GrantRow, InvitationRow, ResetRow, SecondFactorRow, SessionRow, UserRow
from museum.db import utc_now
from museum.errors import Conflict, Forbidden, Invalid, NotFound
from museum.text import tidy

_EMAIL = re.compile(r"[^@\s<>\"',;:\\]+@[^@\s<>\"',;:\\]+\.[^@\s<>\"',;:\\.]{2,}")
LANGUAGES = ("vi", "en")
WHOLE = Grant(role=Role.ADMINISTRATOR, institution=ALL_INSTITUTIONS)
_FACTORS = select(SecondFactorRow.user_id).where(SecondFactorRow.confirmed_at.is_not(None))


@dataclass(frozen=True, kw_only=True)
class User:
    """A person with an account: `id` is "u" and nine characters. Times are UTC."""

    id: str
    email: str
    name: str
    language: str
    is_active: bool
    has_password: bool
    has_second_factor: bool
    created_at: dt.datetime
    last_seen_at: dt.datetime | None
    reset_asked_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Person:
    """A user with those of their grants that the asker may see."""

    user: User
    grants: tuple[Grant, ...]


def clean_email(text: str) -> str:
    """An e-mail address as we keep it: NFC, without spaces around, casefolded. Raises Invalid for anything else."""
    email = tidy(text).casefold()
    if not _EMAIL.fullmatch(email) or not is_name(email):
        raise Invalid("accounts.bad_email", email=text)
    return email


def is_name(text: str) -> bool:
    """True for 1–256 characters in one line, none of which a database or terminal would choke on."""
    bare = tidy(text)
    return 0 < len(bare) <= 256 and not any(unicodedata.category(c) in ("Cc", "Cs") for c in bare)


def get(session: Session, user_id: str) -> User:
    """One user; NotFound when there is none of that id."""
    return _user(session, _row(session, user_id))


def by_email(session: Session, email: str) -> User | None:
    """The user of an e-mail address, in whatever case it is written."""
    try:
        row = session.scalar(select(UserRow).where(UserRow.email == clean_email(email)))
    except Invalid:
        return None
    return _user(session, row) if row else None


def grants_of(session: Session, user_id: str) -> tuple[Grant, ...]:
    """What a user holds, in order of institution, collection and role."""
    order = (GrantRow.institution, GrantRow.collection, GrantRow.role)
    rows = session.scalars(select(GrantRow).where(GrantRow.user_id == user_id).order_by(*order))
    return tuple(_grant(row) for row in rows)


def viewer_of(session: Session, user_id: str) -> Viewer:
    """What a user may do now; without grants when they are inactive. Raises NotFound."""
    row = _row(session, user_id)
    return Viewer(user_id=row.id, name=row.name, grants=grants_of(session, row.id) if row.is_active else ())


def names(session: Session, user_ids: Iterable[str]) -> Mapping[str, str]:
    """Names by user id, for logs and histories; unknown ids are left out."""
    found = session.execute(select(UserRow.id, UserRow.name).where(UserRow.id.in_(set(user_ids))))
    return {row.id: row.name for row in found}


def all_for(session: Session, by: Viewer) -> list[Person]:
    """The people whom `by` manages, by e-mail: those with a grant in their institutions, and only such grants.

    A whole-museum administrator has everybody. Raises Forbidden for who manages nobody.
    """
    if not policy.holds(by, Action.MANAGE_PEOPLE):
        raise Forbidden("accounts.not_manager")
    sees_all = policy.covers(by, WHOLE)
    held: dict[str, list[Grant]] = {}
    for row in session.scalars(select(GrantRow).order_by(GrantRow.institution, GrantRow.collection, GrantRow.role)):
        if policy.covers(by, _grant(row)):
            held.setdefault(row.user_id, []).append(_grant(row))
    rows = session.scalars(select(UserRow).order_by(UserRow.email)).all()
    with_factor = set(session.scalars(_FACTORS))
    return [
        Person(user=_of_row(row, row.id in with_factor), grants=tuple(held.get(row.id, ())))
        for row in rows
        if sees_all or row.id in held
    ]


def create(
    session: Session,
    email: str,
    *,
    name: str,
    by: Viewer,
    language: str = "vi",
    grants: Iterable[Grant] = (),
    password_hash: str | None = None,
    now: dt.datetime | None = None,
) -> User:
    """Add a person with the grants that `by` may give. Without a password they come in by a reset link or OIDC.

    Raises Invalid for a bad e-mail or name, Conflict where the e-mail has an account, Forbidden beyond one's own.
    """
    now = now or utc_now()
    email, name = clean_email(email), tidy(name)
    if not is_name(name):
        raise Invalid("accounts.bad_name", name=name)
    if language not in LANGUAGES:
        raise Invalid("accounts.bad_language", language=language)
    if by_email(session, email) is not None:
        raise Conflict("accounts.exists", email=email)
    row = UserRow(
        id=f"u{addresses.new_id()}",
        email=email,
        name=name,
        language=language,
        password_hash=password_hash,
        is_active=True,
        created_at=now,
    )
    session.add(row)
    session.flush()
    events.note(session, row.id, by=by.user_id, action="created", now=now)
    for each in grants:
        grant(session, row.id, each, by=by, now=now)
    return _user(session, row)


def has_administrator(session: Session) -> bool:
    """True when an active account administers the whole museum."""
    return session.scalar(_administrators().limit(1)) is not None


def describe(session: Session, user_id: str, *, name: str, language: str) -> User:
    """Change somebody's own name and language. Raises Invalid, NotFound."""
    row = _row(session, user_id)
    if not is_name(name):
        raise Invalid("accounts.bad_name", name=name)
    if language not in LANGUAGES:
        raise Invalid("accounts.bad_language", language=language)
    row.name, row.language = tidy(name), language
    session.flush()
    return _user(session, row)


def check_grants(grants: Iterable[Grant], *, by: Viewer) -> None:
    """Raise Forbidden unless `by` may give every one of these."""
    for each in grants:
        if not policy.covers(by, each):
            raise Forbidden("accounts.wider_than_own", role=each.role.value, institution=each.institution)


def grant(session: Session, user_id: str, given: Grant, *, by: Viewer, now: dt.datetime | None = None) -> bool:
    """Give a role; False when they hold it already. Their sessions rotate. Raises Forbidden beyond one's own."""
    check_grants([given], by=by)
    now = now or utc_now()
    _row(session, user_id)
    if session.scalar(_held(user_id, given)) is not None:
        return False
    session.add(
        GrantRow(
            user_id=user_id,
            role=given.role.value,
            institution=given.institution,
            collection=given.collection,
            granted_by=by.user_id,
            granted_at=now,
        )
    )
    _privilege_changed(session, user_id)
    events.note(session, user_id, by=by.user_id, action="granted", now=now, detail=in_words(given))
    session.flush()
    return True


def revoke(session: Session, user_id: str, taken: Grant, *, by: Viewer, now: dt.datetime | None = None) -> bool:
    """Take a role away, at once; False when they don't hold it.

    Raises Forbidden beyond one's own, Conflict for the last administrator of the whole museum.
    """
    check_grants([taken], by=by)
    row = session.scalar(_held(user_id, taken))
    if row is None:
        return False
    if taken == WHOLE:
        _another_administrator(session, user_id)
    session.delete(row)
    _privilege_changed(session, user_id)
    events.note(session, user_id, by=by.user_id, action="revoked", now=now or utc_now(), detail=in_words(taken))
    session.flush()
    return True


def deactivate(session: Session, user_id: str, *, by: Viewer, now: dt.datetime | None = None) -> None:
    """Shut an account: sessions, keys, reset links and open invitations of theirs end at once; grants stay noted.

    Raises Forbidden unless `by` manages all that they hold, Conflict for the last administrator.
    """
    now = now or utc_now()
    row = _row(session, user_id)
    must_manage(session, user_id, by=by)
    _another_administrator(session, user_id)
    row.is_active = False
    end_access(session, user_id)
    keys = ApiKeyRow.user_id == user_id, ApiKeyRow.revoked_at.is_(None)
    for key in session.scalars(select(ApiKeyRow).where(*keys)):
        key.revoked_at = now
    open_ones = InvitationRow.invited_by == user_id, InvitationRow.used_at.is_(None)
    for invitation in session.scalars(select(InvitationRow).where(*open_ones)):
        invitation.withdrawn_at = now
    events.note(session, user_id, by=by.user_id, action="deactivated", now=now)
    session.flush()


def reactivate(session: Session, user_id: str, *, by: Viewer, now: dt.datetime | None = None) -> None:
    """Open an account again; keys stay revoked. Raises Forbidden unless `by` manages all that they hold."""
    row = _row(session, user_id)
    must_manage(session, user_id, by=by)
    row.is_active = True
    events.note(session, user_id, by=by.user_id, action="reactivated", now=now or utc_now())
    session.flush()


def must_manage(session: Session, user_id: str, *, by: Viewer) -> None:
    """Raise Forbidden unless `by` could have given everything that the user holds.

    Otherwise an institution's administrator could take over the account of a wider one, or of a peer's.
    """
    if not manages(session, user_id, by=by):
        raise Forbidden("accounts.not_yours")


def manages(session: Session, user_id: str, *, by: Viewer) -> bool:
    """True when `by` could have given everything that the user holds."""
    held = grants_of(session, user_id) or (WHOLE,)  # who holds nothing any more is the whole museum's
    return all(policy.covers(by, each) for each in held)


def history(session: Session, user_id: str, *, by: Viewer, limit: int = 100) -> list[Event]:
    """The newest lines about an account that `by` may know, newest first.

    All about oneself and about whom one manages wholly; about others only the roles that one may give.
    """
    told = events.of(session, user_id, limit=limit)
    if user_id == by.user_id or manages(session, user_id, by=by):
        return told
    roles = [event for event in told if event.action in ("granted", "revoked")]
    return [event for event in roles if policy.covers(by, _from_words(event.detail))]


def set_password_hash(session: Session, user_id: str, password_hash: str, *, by: str, now: dt.datetime) -> None:
    """Store a new password's hash; all sessions and reset links of the user end."""
    row = _row(session, user_id)
    row.password_hash, row.reset_asked_at = password_hash, None
    end_access(session, user_id)
    events.note(session, user_id, by=by, action="password_changed", now=now)
    session.flush()


def end_access(session: Session, user_id: str) -> None:
    """End all sessions and reset links of a user."""
    session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
    session.execute(delete(ResetRow).where(ResetRow.user_id == user_id))


def in_words(given: Grant) -> str:
    """A grant as one line: "curator hue" or "curator hue / Cửu Đỉnh"."""
    return f"{given.role.value} {given.institution}" + (f" / {given.collection}" if given.collection else "")


def _from_words(words: str) -> Grant:
    role, _, rest = words.partition(" ")
    institution, _, collection = rest.partition(" / ")
    return Grant(role=Role(role), institution=institution, collection=collection)


def _held(user_id: str, given: Grant) -> Select[GrantRow]:
    return select(GrantRow).where(
        GrantRow.user_id == user_id,
        GrantRow.role == given.role.value,
        GrantRow.institution == given.institution,
        GrantRow.collection == given.collection,
    )


def _privilege_changed(session: Session, user_id: str) -> None:
    session.execute(update(SessionRow).where(SessionRow.user_id == user_id).values(must_rotate=True))


def _another_administrator(session: Session, user_id: str) -> None:
    if set(session.scalars(_administrators().with_for_update())) == {user_id}:
        raise Conflict("accounts.last_administrator")


def _administrators() -> Select[str]:
    held = select(GrantRow.user_id).join(UserRow, UserRow.id == GrantRow.user_id).where(UserRow.is_active)
    return held.where(
        GrantRow.role == WHOLE.role.value, GrantRow.institution == WHOLE.institution, GrantRow.collection == ""
    )


def _row(session: Session, user_id: str) -> UserRow:
    row = session.get(UserRow, user_id)
    if row is None:
        raise NotFound("accounts.no_user", user=user_id)
    return row


def _user(session: Session, row: UserRow) -> User:
    return _of_row(row, session.scalar(_FACTORS.where(SecondFactorRow.user_id == row.id)) is not None)


def _of_row(row: UserRow, has_second_factor: bool) -> User:
    return User(
        id=row.id,
        email=row.email,
        name=row.name,
        language=row.language,
        is_active=row.is_active,
        has_password=row.password_hash is not None,
        has_second_factor=has_second_factor,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        reset_asked_at=row.reset_asked_at,
    )


def _grant(row: GrantRow) -> Grant:
    return Grant(role=Role(row.role), institution=row.institution, collection=row.collection)
