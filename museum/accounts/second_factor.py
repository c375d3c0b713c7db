"""The second factor: codes of a telephone's authenticator (TOTP, RFC 6238) and ten recovery codes.

The authenticator's secret lies sealed in the database (`sealing`), under the museum's keys that callers hand in. The
only module that imports pyotp.
"""

import datetime as dt
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from museum import addresses, db
from museum.accounts import events, people, sealing
from museum.accounts.policy import Viewer
from museum.accounts.roles import Role
from museum.accounts.signing_keys import SigningKey
from museum.accounts.tables import GrantRow, RecoveryCodeRow, SecondFactorRow, UserRow
from museum.accounts.tokens import digest
from museum.errors import BackendError, Conflict, Invalid

STEP_S = 30
RECOVERY_CODES = 10
_DRIFT = (0, -1, 1)  # steps by which a telephone's clock may be off


@dataclass(frozen=True, kw_only=True)
class Enrollment:
    """What an authenticator needs: `uri` ("otpauth://…", for a QR code) or `secret`, base 32, typed by hand."""

    secret: str
    uri: str


def required_roles(words: str) -> frozenset[Role]:
    """The setting `second_factor_roles` ("administrator, publisher") as roles. Raises Invalid for an unknown one."""
    found = set()
    for word in words.replace(",", " ").split():
        try:
            found.add(Role(word))
        except ValueError as error:
            known = ", ".join(role.value for role in Role)
            raise Invalid("config.wrong_value", key="second_factor_roles", value=word, expected=known) from error
    return frozenset(found)


def begin(session: Session, user_id: str, *, issuer: str, keys: Sequence[SigningKey]) -> Enrollment:
    """A new secret that doesn't count before `confirm`. Raises Conflict when a second factor stands already."""
    user = people.get(session, user_id)
    row = session.get(SecondFactorRow, user_id, with_for_update=True)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("accounts.second_factor_stands")
    secret = pyotp.random_base32()
    sealed = sealing.seal(secret, owner=user_id, keys=keys)
    if row is None:
        session.add(SecondFactorRow(user_id=user_id, secret=sealed, last_step=0))
    else:
        row.secret = sealed
    session.flush()
    return Enrollment(secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer))


def pending(session: Session, user_id: str, *, issuer: str, keys: Sequence[SigningKey]) -> Enrollment | None:
    """The enrollment that waits for its first code, to show it again; None when there is none, or none of `keys` opens
    it any more."""
    row = session.get(SecondFactorRow, user_id)
    if row is None or row.confirmed_at is not None:
        return None
    try:
        secret = sealing.unseal(row.secret, owner=user_id, keys=keys)
    except BackendError:
        return None
    uri = pyotp.TOTP(secret).provisioning_uri(name=people.get(session, user_id).email, issuer_name=issuer)
    return Enrollment(secret=secret, uri=uri)


def confirm(
    session: Session, user_id: str, code: str, *, keys: Sequence[SigningKey], now: dt.datetime | None = None
) -> tuple[str, ...]:
    """Switch the second factor on by its first code; the ten recovery codes, shown once.

    Raises Invalid for a wrong code, Conflict where nothing waits for one, BackendError accounts.sealed.
    """
    now = now or db.utc_now()
    row = session.get(SecondFactorRow, user_id, with_for_update=True)
    if row is None or row.confirmed_at is not None:
        raise Conflict("accounts.no_enrollment")
    if not _is_next(row, code, keys, now):
        raise Invalid("accounts.wrong_code")
    row.confirmed_at = now
    events.note(session, user_id, by=user_id, action="second_factor_on", now=now)
    return renew_recovery_codes(session, user_id)


def verify(
    session: Session, user_id: str, code: str, *, keys: Sequence[SigningKey], now: dt.datetime | None = None
) -> bool:
    """True for the authenticator's code of this moment (±30 s), or a recovery code; each works once.

    Guessing is the caller's to slow down (`throttle.code`). Raises BackendError accounts.sealed where the secret can't
    be read with `keys`, and the code is no recovery code.
    """
    now = now or db.utc_now()
    row = session.get(SecondFactorRow, user_id, with_for_update=True)
    if row is None or row.confirmed_at is None:
        return False
    return _use_recovery_code(session, user_id, code, now) or _is_next(row, code, keys, now)


def seal_all(session: Session, *, keys: Sequence[SigningKey]) -> tuple[int, int]:
    """Seal every secret with the first of `keys`: those under older ones, and those from before secrets were sealed.

    Done at each start of the worker and after a rotation. (How many were sealed, how many none of `keys` opens.)
    """
    done = lost = 0
    for row in session.scalars(select(SecondFactorRow).with_for_update()):
        if sealing.is_sealed_by(row.secret, keys[0]):
            continue
        try:
            secret = sealing.unseal(row.secret, owner=row.user_id, keys=keys)
        except BackendError:
            lost += 1
            continue
        row.secret = sealing.seal(secret, owner=row.user_id, keys=keys)
        done += 1
    return done, lost


def unreadable(session: Session, *, keys: Sequence[SigningKey]) -> int:
    """How many people's secrets none of `keys` opens: they need a recovery code, or a new second factor."""
    lost = 0
    for row in session.scalars(select(SecondFactorRow).where(SecondFactorRow.confirmed_at.is_not(None))):
        try:
            sealing.unseal(row.secret, owner=row.user_id, keys=keys)
        except BackendError:
            lost += 1
    return lost


def renew_recovery_codes(session: Session, user_id: str) -> tuple[str, ...]:
    """Ten new recovery codes ("bcdf-ghjk-mnpq"); the old ones are gone."""
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user_id))
    codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    session.add_all(RecoveryCodeRow(code_hash=_hash(user_id, code), user_id=user_id) for code in codes)
    session.flush()
    return codes


def recovery_codes_left(session: Session, user_id: str) -> int:
    """How many recovery codes are unused."""
    unused = RecoveryCodeRow.user_id == user_id, RecoveryCodeRow.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCodeRow).where(*unused)) or 0


def remove(session: Session, user_id: str, *, by: Viewer, now: dt.datetime | None = None) -> None:
    """Take the second factor off: one's own, or of somebody whose every grant `by` manages (a telephone is lost)."""
    if by.user_id != user_id or by.allowed is not None:
        people.must_manage(session, user_id, by=by)
    session.execute(delete(SecondFactorRow).where(SecondFactorRow.user_id == user_id))
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user_id))
    people.end_access(session, user_id)
    events.note(session, user_id, by=by.user_id, action="second_factor_off", now=now or db.utc_now())


def without(session: Session, role: Role) -> int:
    """How many active people hold `role` somewhere and have no second factor."""
    proven = select(SecondFactorRow.user_id).where(SecondFactorRow.confirmed_at.is_not(None))
    held = select(func.count(GrantRow.user_id.distinct())).join(UserRow, UserRow.id == GrantRow.user_id)
    return session.scalar(held.where(GrantRow.role == role, UserRow.is_active, GrantRow.user_id.not_in(proven))) or 0


def is_required(roles: frozenset[Role], held: Iterable[Role]) -> bool:
    """True when one of the roles held needs a second factor."""
    return not roles.isdisjoint(held)


def _is_next(row: SecondFactorRow, code: str, keys: Sequence[SigningKey], now: dt.datetime) -> bool:
    """Whether `code` is that of a step after the last one used; if so, that step is used now (RFC 6238 §5.2)."""
    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return False
    step_now = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(sealing.unseal(row.secret, owner=row.user_id, keys=keys))
    for drift in _DRIFT:
        step = step_now + drift
        if hmac.compare_digest(totp.generate_otp(step), digits) and step > row.last_step:
            row.last_step = step
            return True
    return False


def _use_recovery_code(session: Session, user_id: str, code: str, now: dt.datetime) -> bool:
    row = session.get(RecoveryCodeRow, _hash(user_id, code), with_for_update=True)
    if row is None or row.user_id != user_id or row.used_at is not None:
        return False
    row.used_at = now
    session.flush()
    return True


def _recovery_code() -> str:
    letters = "".join(secrets.choice(addresses.ALPHABET) for _ in range(12))  # 58 bits
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def _hash(user_id: str, code: str) -> str:
    return digest(f"{user_id}:{''.join(c for c in code.casefold() if c in addresses.ALPHABET)}")
