"""Signing in: e-mail and password, then the second factor where there is one. Guessing is slow, answers are alike."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from museum import db
from museum.accounts import events, people, resets, second_factor, sessions, throttle
from museum.accounts.passwords import STRONG, Passwords, check
from museum.accounts.sessions import Issued, Stage
from museum.accounts.signing_keys import SigningKey
from museum.accounts.tables import SessionRow, UserRow
from museum.accounts.tokens import digest
from museum.errors import Forbidden


class WrongLogin(Forbidden):
    """E-mail, password or code is wrong, or the account is shut: the same words for all of them."""


def log_in(
    engine: Engine,
    *,
    email: str,
    password: str,
    address: str,
    user_agent: str = "",
    old_token: str = "",
    passwords: Passwords = STRONG,
    now: dt.datetime | None = None,
) -> Issued:
    """Sign somebody in; `old_token`, what the browser had before, ends (nobody plants a session on another).

    The password is judged between two transactions, so that its 0.1 s hold no lock. Unknown accounts take the same
    time. Raises WrongLogin, throttle.TooMany.
    """
    now = now or db.utc_now()
    by_account, by_address = throttle.account(email), throttle.address(address)
    with db.writing(engine) as session:
        throttle.charge(session, [by_account, by_address], now=now)
        user = people.by_email(session, email)
        known = _password_hash(session, user.id) if user and user.is_active else None
    verdict = passwords.verify(known, password)
    if user is None or not verdict.is_right:
        raise WrongLogin("accounts.wrong_login")
    renewed = passwords.hash(password) if verdict.needs_rehash else None
    with db.writing(engine) as session:
        if _password_hash(session, user.id) != known:  # changed while we judged
            raise WrongLogin("accounts.wrong_login")
        throttle.forgive(session, cleared=by_account, eased=by_address)
        if renewed is not None:
            session.execute(update(UserRow).where(UserRow.id == user.id).values(password_hash=renewed))
        return begin_known(session, user.id, user_agent=user_agent, old_token=old_token, now=now)


def begin_known(
    session: Session, user_id: str, *, user_agent: str = "", old_token: str = "", now: dt.datetime | None = None
) -> Issued:
    """A session for somebody whose identity is proven (password, OIDC); stage "code" where a second factor stands.

    Raises WrongLogin for a shut account.
    """
    now = now or db.utc_now()
    user = people.get(session, user_id)
    if not user.is_active:
        raise WrongLogin("accounts.wrong_login")
    if old_token:
        sessions.end(session, old_token)
    sweep(session, now=now)
    stage: Stage = "code" if user.has_second_factor else "full"
    if stage == "full":
        _arrived(session, user_id, now)
    return sessions.begin(session, user_id, stage=stage, user_agent=user_agent, now=now)


def confirm_code(
    engine: Engine, token: str, code: str, *, keys: Sequence[SigningKey], now: dt.datetime | None = None
) -> Issued:
    """Finish a sign-in of stage "code" by a TOTP or recovery code; the token is a new one.

    Raises WrongLogin (code wrong, used already, or the session has run out), throttle.TooMany, BackendError
    accounts.sealed where `keys`, the museum's, don't open the secret.
    """
    now = now or db.utc_now()
    with db.writing(engine) as session:
        row = session.get(SessionRow, digest(token))
        if row is None or row.stage != "code" or now >= row.expires_at:
            raise WrongLogin("accounts.sign_in_again")
        user_id = row.user_id
        counter = throttle.code(user_id)
        throttle.charge(session, [counter], now=now)
    with db.writing(engine) as session:
        is_active = people.get(session, user_id).is_active
        if not is_active or not second_factor.verify(session, user_id, code, keys=keys, now=now):
            raise WrongLogin("accounts.wrong_code")
        issued = sessions.rotate(session, token, now=now)
        if issued is None:
            raise WrongLogin("accounts.sign_in_again")
        throttle.forgive(session, cleared=counter)
        _arrived(session, user_id, now)
        return issued


def change_password(
    engine: Engine,
    user_id: str,
    *,
    current: str,
    new: str,
    user_agent: str = "",
    passwords: Passwords = STRONG,
    now: dt.datetime | None = None,
) -> Issued:
    """Set one's own new password. All sessions end; the one given back goes on here.

    Raises WrongLogin when `current` is wrong, Invalid when `new` can't be a password, throttle.TooMany.
    """
    now = now or db.utc_now()
    with db.writing(engine) as session:
        user = people.get(session, user_id)
        check(new, email=user.email, name=user.name)
        throttle.charge(session, [throttle.account(user.email)], now=now)
        known = _password_hash(session, user_id)
    if not passwords.verify(known, current).is_right:
        raise WrongLogin("accounts.wrong_current")
    hashed = passwords.hash(new)
    with db.writing(engine) as session:
        throttle.forgive(session, cleared=throttle.account(user.email))
        people.set_password_hash(session, user_id, hashed, by=user_id, now=now)
        return sessions.begin(session, user_id, user_agent=user_agent, now=now)


def sweep(session: Session, *, now: dt.datetime) -> None:
    """Drop sessions, links and counts that have run out; done at each sign-in."""
    sessions.sweep(session, now=now)
    resets.sweep(session, now=now)
    throttle.sweep(session, now=now)


def _arrived(session: Session, user_id: str, now: dt.datetime) -> None:
    session.execute(update(UserRow).where(UserRow.id == user_id).values(last_seen_at=now))
    events.note(session, user_id, by=user_id, action="signed_in", now=now)


def _password_hash(session: Session, user_id: str) -> str | None:
    return session.scalar(select(UserRow.password_hash).where(UserRow.id == user_id))
