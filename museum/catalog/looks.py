"""How pictures look, kept by the digest of their master: colours by name and a code to compare. Rebuildable."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from museum.catalog.record import Record
from museum.catalog.tables import DerivativeRow, LookRow, MediaRow
from museum.db import utc_now

PICTURED = ("photo", "scan", "film")
"""Kinds of media whose picture says how the object looks."""
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Shade:
    """A colour of a picture: its name (see `museum.imaging.colors`), its share in per cent, its mean as "a1b2c3"."""

    name: str
    share: int
    hex: str


@dataclass(frozen=True, kw_only=True)
class StoredLook:
    """The look of one master's picture; without colours and code where it can't be read."""

    sha256: str
    colors: tuple[Shade, ...] = ()
    code: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Coded:
    """Where a picture with that code stands: a medium's master and the record that has it."""

    record_id: str
    sha256: str
    code: bytes


def put(session: Session, look: StoredLook, *, recipe: str) -> None:
    """Keep a look in place of an older one."""
    colors = [[shade.name, shade.share, shade.hex] for shade in look.colors]
    session.merge(LookRow(sha256=look.sha256, recipe=recipe, colors=colors, code=look.code, made_at=utc_now()))
    session.flush()


def of(session: Session, sha256s: Iterable[str]) -> dict[str, StoredLook]:
    """The looks of these masters, of those that have one; one statement for each 500."""
    wanted = sorted(set(sha256s))
    found: dict[str, StoredLook] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(LookRow).where(LookRow.sha256.in_(wanted[start : start + _AT_ONCE]))
        for row in session.scalars(query):
            shades = tuple(Shade(name=name, share=share, hex=mean) for name, share, mean in row.colors)
            found[row.sha256] = StoredLook(sha256=row.sha256, colors=shades, code=row.code)
    return found


def of_records(session: Session, records: Sequence[Record]) -> dict[str, StoredLook]:
    """The looks of all pictures of these records."""
    return of(session, (m.sha256 for record in records for m in record.media if m.kind in PICTURED))


def look_of(record: Record, looks: Mapping[str, StoredLook]) -> StoredLook | None:
    """The look a record is known by: of its first picture that has one."""
    found = (looks.get(media.sha256) for media in record.media if media.kind in PICTURED)
    return next((look for look in found if look is not None and look.colors), None)


def lacking(session: Session, *, poster: str, recipe: str, limit: int) -> list[str]:
    """Digests of masters that have the derivative `poster`, but no look by `recipe`; one statement."""
    query = (
        select(DerivativeRow.sha256)
        .join(MediaRow, MediaRow.sha256 == DerivativeRow.sha256)
        .outerjoin(LookRow, and_(LookRow.sha256 == DerivativeRow.sha256, LookRow.recipe == recipe))
        .where(DerivativeRow.name == poster, MediaRow.kind.in_(PICTURED), LookRow.sha256.is_(None))
        .distinct()
        .order_by(DerivativeRow.sha256)
        .limit(limit)
    )
    return list(session.scalars(query))


def coded(session: Session, *, since: dt.datetime | None = None) -> tuple[list[Coded], dt.datetime | None]:
    """(every picture with a code, of records in whatever state, when the newest of them was made); with `since` only
    those made then or later. One statement."""
    query = (
        select(MediaRow.record_id, LookRow.sha256, LookRow.code, LookRow.made_at)
        .join(LookRow, LookRow.sha256 == MediaRow.sha256)
        .where(MediaRow.kind.in_(PICTURED), MediaRow.level == 0)
    )
    if since is not None:
        query = query.where(LookRow.made_at >= since)
    rows = session.execute(query).all()
    newest = max((made_at for *_, made_at in rows), default=None)
    return [Coded(record_id=r, sha256=s, code=bytes(c)) for r, s, c, _ in rows if c], newest


def records_with(session: Session, sha256s: Sequence[str]) -> list[str]:
    """Ids of the records that have one of these masters among their media; one statement for each 500."""
    found: set[str] = set()
    for start in range(0, len(sha256s), _AT_ONCE):
        query = select(MediaRow.record_id).where(MediaRow.sha256.in_(sha256s[start : start + _AT_ONCE]))
        found.update(session.scalars(query))
    return sorted(found)
