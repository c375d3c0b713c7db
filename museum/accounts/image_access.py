"""Restricted images in viewers: a browser's access, begun by somebody signed in and living as long as their session.

The access cookie is the authorizing aspect of IIIF Authorization Flow 2.0 (§1.1), apart from the workbench's cookie:
it opens images and nothing else, and only for the sites that the person allowed. An access token stands for it with
the probe service (§4); it opens nothing.
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Engine, delete, select
from sqlalchemy.orm import Session

from museum import db
from museum.accounts import sessions
from museum.accounts.policy import Viewer
from museum.accounts.roles import Role
from museum.accounts.signing_keys import SigningKey
from museum.accounts.tables import ImageAccessRow
from museum.accounts.tokens import digest, new_token

LASTS = dt.timedelta(hours=8)
TOKEN_LASTS_S = 300  # as in the examples of Authorization Flow 2.0 §4.4
KIOSK = "kiosk"  # what a token of a machine inside the museum stands for
_MOST_SITES = 16
_KEPT = dt.timedelta(days=1)  # what ended is known so long, to be told from what never was
_PURPOSE = "image access token"


class Lack(StrEnum):
    """Why there is no access, in the words of Authorization Flow 2.0 §4.5."""

    MISSING = "missingAspect"
    INVALID = "invalidAspect"
    EXPIRED = "expiredAspect"


@dataclass(frozen=True, kw_only=True)
class Access:
    """A living access: `id` names it in tokens, `viewer` has the person's rights as they are at this moment."""

    id: str
    viewer: Viewer
    origins: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An access just begun or widened; `cookie` goes to the browser and is not kept."""

    cookie: str
    expires_at: dt.datetime


def begin(
    session: Session, *, user_id: str, session_token: str, origin: str, cookie: str = "", now: dt.datetime | None = None
) -> Begun:
    """Let this browser show restricted images at `origin` for eight hours, as long as its session lives.

    `cookie` is what the browser shows of an earlier access: where it is the same person's, it is widened.
    """
    now = now or db.utc_now()
    _sweep(session, now)
    until = now + LASTS
    row = session.get(ImageAccessRow, digest(cookie)) if cookie else None
    if row is not None and row.user_id == user_id and row.ended_at is None and now < row.expires_at:
        row.origins = [*(each for each in row.origins if each != origin), origin][-_MOST_SITES:]
        row.session_hash, row.expires_at = digest(session_token), until
        return Begun(cookie=cookie, expires_at=until)
    if row is not None:
        row.ended_at = row.ended_at or now
    cookie = new_token()
    session.add(
        ImageAccessRow(
            cookie_hash=digest(cookie),
            id=secrets.token_hex(12),
            user_id=user_id,
            session_hash=digest(session_token),
            origins=[origin],
            created_at=now,
            expires_at=until,
            ended_at=None,
        )
    )
    session.flush()
    return Begun(cookie=cookie, expires_at=until)


def of_cookie(
    engine: Engine, cookie: str, *, second_factor_roles: frozenset[Role] = frozenset(), now: dt.datetime | None = None
) -> Access | Lack:
    """The access behind a cookie, judged anew: its session lives, the account is open. At most two statements."""
    if not cookie:
        return Lack.MISSING
    return _judged(engine, ImageAccessRow.cookie_hash == digest(cookie), second_factor_roles, now or db.utc_now())


def of_token(
    engine: Engine,
    token: str,
    *,
    keys: Sequence[SigningKey],
    origin: str = "",
    second_factor_roles: frozenset[Role] = frozenset(),
    now: dt.datetime | None = None,
) -> Access | Lack:
    """The access that a token stands for; `origin`: the site that shows it, which must be the one it was given to."""
    now = now or db.utc_now()
    access_id, until, mac = _parts(token)
    if not access_id:
        return Lack.INVALID
    found = _judged(engine, ImageAccessRow.id == access_id, second_factor_roles, now)
    if isinstance(found, Lack):
        return found
    sites = found.origins & {origin} if origin else found.origins
    signed = any(hmac.compare_digest(mac, _mac(key, access_id, until, site)) for key in keys for site in sites)
    if not signed:
        return Lack.INVALID
    return found if now.timestamp() < until else Lack.EXPIRED


def token_for(access_id: str, *, origin: str, key: SigningKey, now: dt.datetime | None = None) -> str:
    """An access token of five minutes, for the probe service only (`access_id` KIOSK, `origin` "": of a machine)."""
    until = int((now or db.utc_now()).timestamp()) + TOKEN_LASTS_S
    return f"{access_id}.{until}.{_mac(key, access_id, until, origin)}"


def end(session: Session, cookie: str, *, now: dt.datetime | None = None) -> None:
    """End this browser's access, and every token that stands for it."""
    row = session.get(ImageAccessRow, digest(cookie)) if cookie else None
    if row is not None:
        row.ended_at = row.ended_at or now or db.utc_now()


def _judged(
    engine: Engine, named: ColumnElement[bool], second_factor_roles: frozenset[Role], now: dt.datetime
) -> Access | Lack:
    with engine.connect() as connection:
        row = connection.execute(_ROW.where(named)).first()
    if row is None:
        return Lack.INVALID
    if row.ended_at is not None or now >= row.expires_at:
        return Lack.EXPIRED
    viewer = sessions.viewer_behind(engine, row.session_hash, second_factor_roles=second_factor_roles, now=now)
    if viewer is None or viewer.user_id != row.user_id:
        return Lack.EXPIRED
    return Access(id=row.id, viewer=viewer, origins=frozenset(row.origins))


_ROW = select(
    ImageAccessRow.id,
    ImageAccessRow.user_id,
    ImageAccessRow.session_hash,
    ImageAccessRow.origins,
    ImageAccessRow.expires_at,
    ImageAccessRow.ended_at,
)


def _sweep(session: Session, now: dt.datetime) -> None:
    session.execute(delete(ImageAccessRow).where(ImageAccessRow.expires_at <= now - _KEPT))


def _parts(token: str) -> tuple[str, int, str]:
    """(access id, until, signature) of a token; "" first where it has another form."""
    access_id, _, rest = token.partition(".")
    until, _, mac = rest.partition(".")
    if not (token.isascii() and len(token) < 200 and until.isdecimal() and access_id.isalnum() and mac):
        return "", 0, ""
    return access_id, int(until), mac


def _mac(key: SigningKey, access_id: str, until: int, origin: str) -> str:
    said = f"{access_id}\0{until}\0{origin}".encode()
    made = hmac.new(key.derived(_PURPOSE), said, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode("ascii").rstrip("=")
