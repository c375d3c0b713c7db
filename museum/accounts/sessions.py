"""Who is signed in: sessions kept by the server, known to a browser only by a random token."""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine, bindparam, delete, select, update
from sqlalchemy.orm import Session

from museum import db
from museum.accounts.policy import Grant, Viewer
from museum.accounts.roles import Role
from museum.accounts.tables import GrantRow, ImageAccessRow, SecondFactorRow, SessionRow, UserRow
from museum.accounts.tokens import digest, new_token

IDLE = dt.timedelta(hours=12)
ABSOLUTE = dt.timedelta(days=14)
CODE_WITHIN = dt.timedelta(minutes=10)  # the second factor is asked for no longer than this
_SEEN_EVERY = dt.timedelta(minutes=5)  # not every page writes to the database
Stage = Literal["full", "code", "enroll"]
_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")  # in the order in which they pretend to be each other
# One row a grant, at least one; made once, since building it would cost as much as asking it.
_KNOWN = (
    select(
        SessionRow.user_id,
        SessionRow.stage,
        SessionRow.last_seen_at,
        SessionRow.expires_at,
        SessionRow.must_rotate,
        SessionRow.csrf_secret,
        UserRow.is_active,
        UserRow.name,
        UserRow.email,
        UserRow.language,
        SecondFactorRow.confirmed_at,
        GrantRow.role,
        GrantRow.institution,
        GrantRow.collection,
    )
    .join(UserRow, UserRow.id == SessionRow.user_id)
    .outerjoin(SecondFactorRow, SecondFactorRow.user_id == SessionRow.user_id)
    .outerjoin(GrantRow, GrantRow.user_id == SessionRow.user_id)
    .where(SessionRow.token_hash == bindparam("token_hash"))
)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A session's token, to be put into a cookie now: it is not kept. `stage` "code" wants the second factor first."""

    token: str
    csrf_secret: str
    stage: Stage
    expires_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A live session. `viewer` has no grants before `stage` is "full".

    Stage "code": the second factor is still asked for (`login.confirm_code`). Stage "enroll": a role of theirs needs
    a second factor and they have none yet. `must_rotate`: call `rotate` and set the new cookie (roles changed).
    """

    viewer: Viewer
    stage: Stage
    csrf_secret: str
    email: str
    language: str
    must_rotate: bool
    has_second_factor: bool


@dataclass(frozen=True, kw_only=True)
class OwnSession:
    """One line of somebody's list of sessions. `key` names it for `end_one` and signs nobody in."""

    key: str
    browser: str
    created_at: dt.datetime
    last_seen_at: dt.datetime
    is_this: bool


def begin(
    session: Session, user_id: str, *, stage: Stage = "full", user_agent: str = "", now: dt.datetime | None = None
) -> Issued:
    """A new session for a user, in the caller's transaction."""
    now = now or db.utc_now()
    until = now + (ABSOLUTE if stage == "full" else CODE_WITHIN)
    return _add(session, user_id, stage=stage, browser=browser_of(user_agent), created=now, until=until, now=now)


def viewer_of(
    engine: Engine, token: str, *, second_factor_roles: frozenset[Role] = frozenset(), now: dt.datetime | None = None
) -> SignedIn | None:
    """The live session of a token, or None: unknown, idle for 12 h, older than 14 days, or the account is shut.

    `second_factor_roles`: holders of these roles do nothing before they have a second factor. One statement; once in
    five minutes also a write of the time.
    """
    if not token:
        return None
    now = now or db.utc_now()
    return _alive(engine, digest(token), second_factor_roles=second_factor_roles, now=now, is_used=True)


def viewer_behind(
    engine: Engine,
    token_hash: str,
    *,
    second_factor_roles: frozenset[Role] = frozenset(),
    now: dt.datetime | None = None,
) -> Viewer | None:
    """Who is signed in by the session of this digest, with their rights as they are now; None as in `viewer_of`, and
    for a session that is not yet full. Asking doesn't keep the session alive. One statement."""
    now = now or db.utc_now()
    found = _alive(engine, token_hash, second_factor_roles=second_factor_roles, now=now, is_used=False)
    return found.viewer if found is not None and found.stage == "full" else None


def _alive(
    engine: Engine, token_hash: str, *, second_factor_roles: frozenset[Role], now: dt.datetime, is_used: bool
) -> SignedIn | None:
    with engine.connect() as connection:
        rows = connection.execute(_KNOWN, {"token_hash": token_hash}).all()
    if not rows:
        return None
    row = rows[0]
    if not row.is_active or now >= row.expires_at or now - row.last_seen_at >= IDLE:
        return None
    if is_used and now - row.last_seen_at >= _SEEN_EVERY:
        _touch(engine, token_hash, row.user_id, now)
    grants = tuple(
        Grant(role=Role(each.role), institution=each.institution, collection=each.collection)
        for each in rows
        if each.role is not None
    )
    stage: Stage = "code" if row.stage == "code" else "full"
    if stage == "full" and row.confirmed_at is None and any(grant.role in second_factor_roles for grant in grants):
        stage = "enroll"
    return SignedIn(
        viewer=Viewer(user_id=row.user_id, name=row.name, grants=grants if stage == "full" else ()),
        stage=stage,
        csrf_secret=row.csrf_secret,
        email=row.email,
        language=row.language,
        must_rotate=row.must_rotate,
        has_second_factor=row.confirmed_at is not None,
    )


def rotate(session: Session, token: str, *, stage: Stage = "full", now: dt.datetime | None = None) -> Issued | None:
    """Put a new token in the place of `token`, which ends; the absolute end stays. None when there is no such session.

    At stage "code" → "full" the session gets its full 14 days.
    """
    now = now or db.utc_now()
    row = session.get(SessionRow, digest(token), with_for_update=True)
    if row is None:
        return None
    was_code = row.stage == "code"
    until = now + ABSOLUTE if was_code and stage == "full" else row.expires_at
    created = now if was_code else row.created_at
    old = row.token_hash
    session.delete(row)
    session.flush()
    issued = _add(
        session, row.user_id, stage=stage, browser=row.browser, created=created, until=until, now=now, rotated_from=old
    )
    moved = update(ImageAccessRow).where(ImageAccessRow.session_hash == old)
    session.execute(moved.values(session_hash=digest(issued.token)))
    return issued


def end(session: Session, token: str) -> None:
    """Sign out: the session of this token is gone."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == digest(token)))


def list_of(session: Session, user_id: str, *, this: str = "") -> list[OwnSession]:
    """A user's sessions, the last used first; `this` is the asking browser's token."""
    rows = session.scalars(
        select(SessionRow).where(SessionRow.user_id == user_id).order_by(SessionRow.last_seen_at.desc())
    )
    return [
        OwnSession(
            key=row.token_hash[:16],
            browser=row.browser,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_this=bool(this) and row.token_hash == digest(this),
        )
        for row in rows
    ]


def end_one(session: Session, user_id: str, key: str) -> None:
    """End one of the user's own sessions by the `key` of `list_of`."""
    if len(key) == 16:
        named = SessionRow.token_hash.startswith(key, autoescape=True)
        session.execute(delete(SessionRow).where(SessionRow.user_id == user_id, named))


def sweep(session: Session, *, now: dt.datetime) -> None:
    """Drop what has run out."""
    session.execute(delete(SessionRow).where((SessionRow.expires_at <= now) | (SessionRow.last_seen_at <= now - IDLE)))


def browser_of(user_agent: str) -> str:
    """Only the browser's family ("Firefox"), never the version or system: enough to tell one's sessions apart."""
    family = next((name for name in _BROWSERS if f"{name}/" in user_agent), "")
    return {"Edg": "Edge", "OPR": "Opera"}.get(family, family)


def _touch(engine: Engine, token_hash: str, user_id: str, now: dt.datetime) -> None:
    with db.writing(engine) as session:
        session.execute(update(SessionRow).where(SessionRow.token_hash == token_hash).values(last_seen_at=now))
        session.execute(update(UserRow).where(UserRow.id == user_id).values(last_seen_at=now))


def _add(
    session: Session,
    user_id: str,
    *,
    stage: Stage,
    browser: str,
    created: dt.datetime,
    until: dt.datetime,
    now: dt.datetime,
    rotated_from: str | None = None,
) -> Issued:
    token, csrf_secret = new_token(), secrets.token_hex(32)
    session.add(
        SessionRow(
            token_hash=digest(token),
            user_id=user_id,
            stage=stage,
            created_at=created,
            last_seen_at=now,
            expires_at=until,
            rotated_from=rotated_from,
            must_rotate=False,
            csrf_secret=csrf_secret,
            browser=browser,
        )
    )
    session.flush()
    return Issued(token=token, csrf_secret=csrf_secret, stage=stage, expires_at=until)
