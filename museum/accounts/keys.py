"""Keys for programs: shown once ("mus_<prefix>_<secret>"), stored as a digest, with scopes, an end and an owner."""

import datetime as dt
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, bindparam, select, update
from sqlalchemy.orm import Session

from museum import addresses, db
from museum.accounts import events, people, policy, second_factor
from museum.accounts.policy import ALL_INSTITUTIONS, Grant, Viewer
from museum.accounts.roles import Action, Role
from museum.accounts.tables import ApiKeyRow, GrantRow, SecondFactorRow, UserRow
from museum.accounts.tokens import digest, new_token
from museum.errors import Forbidden, Invalid, NotFound
from museum.text import tidy

MARK = "mus"
DEFAULT_DAYS = 90
MAX_DAYS = 365
_USED_EVERY = dt.timedelta(minutes=1)  # not every call writes to the database
# One row a grant, at least one; made once, since building it would cost as much as asking it.
_KNOWN = (
    select(
        ApiKeyRow.id,
        ApiKeyRow.user_id,
        ApiKeyRow.secret_hash,
        ApiKeyRow.scopes,
        ApiKeyRow.institution.label("confined_to"),
        ApiKeyRow.expires_at,
        ApiKeyRow.last_used_at,
        ApiKeyRow.revoked_at,
        UserRow.is_active,
        UserRow.name,
        GrantRow.role,
        GrantRow.institution,
        GrantRow.collection,
        SecondFactorRow.confirmed_at,
    )
    .join(UserRow, UserRow.id == ApiKeyRow.user_id)
    .outerjoin(SecondFactorRow, SecondFactorRow.user_id == ApiKeyRow.user_id)
    .outerjoin(GrantRow, GrantRow.user_id == ApiKeyRow.user_id)
    .where(ApiKeyRow.prefix == bindparam("prefix"))
)


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key as lists show it: never its secret. `institution` "*" leaves it all that its owner has."""

    id: int
    prefix: str
    user_id: str
    name: str
    scopes: frozenset[Action]
    institution: str
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key just made, with the only sight of its whole text."""

    text: str
    key: Key


def issue(
    session: Session,
    *,
    by: Viewer,
    name: str,
    scopes: Iterable[Action],
    institution: str = ALL_INSTITUTIONS,
    days: int = DEFAULT_DAYS,
    now: dt.datetime | None = None,
) -> NewKey:
    """A key of one's own, with scopes out of what one may do there now.

    Raises Invalid (no name, no scope, days not 1–365), Forbidden (a scope beyond one's own; a key makes no keys).
    """
    now, wanted = now or db.utc_now(), frozenset(scopes)
    if not people.is_name(name):
        raise Invalid("accounts.key_name")
    if not 1 <= days <= MAX_DAYS:
        raise Invalid("accounts.key_days", days=days, most=MAX_DAYS)
    if not wanted:
        raise Invalid("accounts.key_scopes")
    if by.allowed is not None or not by.user_id:
        raise Forbidden("accounts.key_by_key")
    people.get(session, by.user_id)
    beyond = wanted - policy.actions_of(by, institution)
    if beyond:
        raise Forbidden("accounts.key_beyond", scopes=", ".join(sorted(beyond)), institution=institution)
    prefix, secret = "".join(secrets.choice(addresses.ALPHABET) for _ in range(8)), new_token()
    row = ApiKeyRow(
        prefix=prefix,
        secret_hash=digest(secret),
        user_id=by.user_id,
        name=tidy(name),
        scopes=sorted(wanted),
        institution=institution,
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    session.add(row)
    events.note(session, by.user_id, by=by.user_id, action="key_issued", now=now, detail=f"{prefix} {row.name}")
    session.flush()
    return NewKey(text=f"{MARK}_{prefix}_{secret}", key=_key(row))


def viewer_of_key(
    engine: Engine, text: str, *, second_factor_roles: frozenset[Role] = frozenset(), now: dt.datetime | None = None
) -> Viewer | None:
    """Who calls with this key: its owner as they are now, within scopes and institution.

    None when it is unknown, run out, revoked, the account is shut, or its owner holds one of `second_factor_roles` and
    has no second factor: who may do nothing by hand (`sessions.viewer_of`) does nothing by program.
    """
    now = now or db.utc_now()
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != MARK or not set(parts[1]) <= set(addresses.ALPHABET):
        return None
    with engine.connect() as connection:
        rows = connection.execute(_KNOWN, {"prefix": parts[1]}).all()
    if not rows:
        return None
    row = rows[0]
    is_right = hmac.compare_digest(row.secret_hash, digest(parts[2]))
    if not is_right or not row.is_active or row.revoked_at is not None or now >= row.expires_at:
        return None
    grants = tuple(
        Grant(role=Role(each.role), institution=each.institution, collection=each.collection)
        for each in rows
        if each.role is not None
    )
    if row.confirmed_at is None and second_factor.is_required(second_factor_roles, (g.role for g in grants)):
        return None
    if row.last_used_at is None or now - row.last_used_at >= _USED_EVERY:
        with db.writing(engine) as session:
            session.execute(update(ApiKeyRow).where(ApiKeyRow.id == row.id).values(last_used_at=now))
    allowed = frozenset(Action(scope) for scope in row.scopes if scope in set(Action))
    whole = Viewer(user_id=row.user_id, name=row.name, grants=grants, allowed=allowed)
    return policy.confined(whole, row.confined_to)


def list_for(session: Session, user_id: str, *, by: Viewer) -> list[Key]:
    """The keys of oneself or of whom one manages wholly; none of others, for keys tell of other institutions."""
    if user_id != by.user_id and not people.manages(session, user_id, by=by):
        return []
    return list_of(session, user_id)


def list_of(session: Session, user_id: str) -> list[Key]:
    """All keys of a user, the newest first, the ended among them."""
    rows = session.scalars(select(ApiKeyRow).where(ApiKeyRow.user_id == user_id).order_by(ApiKeyRow.id.desc()))
    return [_key(row) for row in rows]


def revoke(session: Session, key_id: int, *, by: Viewer, now: dt.datetime | None = None) -> None:
    """End a key at once: one's own, or of somebody whose every grant `by` manages.

    Raises NotFound, also for keys that aren't theirs to know of.
    """
    now = now or db.utc_now()
    row = session.get(ApiKeyRow, key_id)
    if row is None:
        raise NotFound("accounts.no_key")
    if row.user_id != by.user_id and not people.manages(session, row.user_id, by=by):
        raise NotFound("accounts.no_key")
    if row.revoked_at is None:
        row.revoked_at = now
        events.note(session, row.user_id, by=by.user_id, action="key_revoked", now=now, detail=row.prefix)
    session.flush()


def _key(row: ApiKeyRow) -> Key:
    return Key(
        id=row.id,
        prefix=row.prefix,
        user_id=row.user_id,
        name=row.name,
        scopes=frozenset(Action(scope) for scope in row.scopes if scope in set(Action)),
        institution=row.institution,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
