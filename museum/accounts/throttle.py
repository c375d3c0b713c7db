"""Guessing is made slow: failed attempts are counted by account and by address, and each more costs twice the wait."""

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from museum.accounts.tables import AttemptRow
from museum.accounts.tokens import digest
from museum.errors import Forbidden

_FORGOTTEN_AFTER = dt.timedelta(hours=24)  # without another attempt, counting starts anew
_LONGEST_S = 15 * 60  # longer would let strangers lock somebody out of their own account
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class TooMany(Forbidden):
    """Too many failed attempts; `values["seconds"]` says how long to wait (answer 429 with Retry-After)."""


@dataclass(frozen=True)
class Counter:
    """What is counted. `free` attempts cost nothing; from then on the wait is 1 s, 2 s, 4 s, … up to 15 minutes."""

    key: str
    free: int


def account(name: str) -> Counter:
    """Attempts on one account, by what was typed as its e-mail, whether it exists or not."""
    return Counter(digest(f"account:{name.strip().casefold()}"), 5)


def address(remote: str) -> Counter:
    """Attempts from one network address (a whole /64 for IPv6). More are free: an office shares an address."""
    try:
        parsed = ipaddress.ip_address(remote)
    except ValueError:
        return Counter(digest(f"address:{remote}"), 20)
    if parsed.version == 6:
        parsed = ipaddress.IPv6Address(int(parsed) >> 64 << 64)
    return Counter(digest(f"address:{parsed}"), 20)


def code(user_id: str) -> Counter:
    """Attempts on one person's second factor."""
    return Counter(digest(f"code:{user_id}"), 5)


def wait_s(counter: Counter, failures: int) -> int:
    """Seconds to wait after `failures` attempts in a row: 0 while they are free."""
    over = failures - counter.free
    return 0 if over < 0 else min(_LONGEST_S, 2 ** min(over, 20))


def charge(session: Session, counters: Iterable[Counter], *, now: dt.datetime) -> None:
    """Count one attempt on each counter before it is judged, so that many at once gain nothing.

    The caller commits, judges, and takes the charge back with `forgive` when it was right.
    Raises TooMany while one of them has to wait; that attempt isn't counted.
    """
    counted = sorted(counters, key=lambda counter: counter.key)
    for counter in counted:
        _make(session, counter)
    keys = [counter.key for counter in counted]
    locked = select(AttemptRow).where(AttemptRow.key.in_(keys)).order_by(AttemptRow.key).with_for_update()
    rows = {row.key: row for row in session.scalars(locked.execution_options(populate_existing=True))}
    left = max((row.blocked_until - now).total_seconds() for row in rows.values())
    if left > 0:
        raise TooMany("accounts.too_many", seconds=int(left) + 1)
    for counter in counted:
        row = rows[counter.key]
        row.count = 1 if now - row.last_at > _FORGOTTEN_AFTER else row.count + 1
        row.last_at = now
        row.blocked_until = now + dt.timedelta(seconds=wait_s(counter, row.count))
    session.flush()


def forgive(session: Session, *, cleared: Counter, eased: Counter | None = None) -> None:
    """After a right attempt: the account's count is cleared, the address's goes back by the one that was charged."""
    session.execute(delete(AttemptRow).where(AttemptRow.key == cleared.key))
    if eased is None:
        return
    row = session.get(AttemptRow, eased.key, with_for_update=True)
    if row is not None:
        row.count = max(0, row.count - 1)
        row.blocked_until = row.last_at + dt.timedelta(seconds=wait_s(eased, row.count))


def sweep(session: Session, *, now: dt.datetime) -> None:
    """Forget what is old enough to be forgotten."""
    session.execute(delete(AttemptRow).where(AttemptRow.last_at < now - _FORGOTTEN_AFTER))


def _make(session: Session, counter: Counter) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(AttemptRow)
        .values(key=counter.key, count=0, last_at=_EPOCH, blocked_until=_EPOCH)
        .on_conflict_do_nothing(index_elements=["key"])
    )
