"""Signed links to originals: made by who may fetch them, kept in a table, ended at will, each use noted."""

import datetime as dt
import ipaddress
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from museum import addresses
from museum.accounts import people
from museum.accounts.policy import Viewer, may
from museum.accounts.roles import Action
from museum.accounts.signing_keys import SigningKey
from museum.catalog import store
from museum.catalog.record import Media, Record
from museum.catalog.visibility import levels_of_media, target_of
from museum.db import utc_now
from museum.errors import Forbidden, Invalid, NotFound
from museum.text import tidy
from museum.web.link_tables import LinkRow, LinkUseRow
from museum.web.signing import Claim, Presented, Refused, check, query_of

DEFAULT_HOURS = 24
LONGEST_HOURS = 24 * 30
_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link as lists show it: never its signature."""

    id: str
    record_id: str
    media_id: str
    file_name: str
    size_bytes: int
    purpose: str
    issued_by: str
    issued_at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None
    uses: int
    last_used_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class NewLink:
    """A link just made. `path` is its address without the museum's origin; it is shown now and not kept."""

    path: str
    file_name: str
    expires_at: dt.datetime


def may_fetch(who: Viewer, record: Record, media: Media) -> bool:
    """True when `who` may have this file's original."""
    return may(who, Action.DOWNLOAD_MASTER, target_of(record, level=levels_of_media(record)[media.id]))


def find(session: Session, wanted: str) -> list[tuple[Record, Media]]:
    """What an id of a file or record, or a number, means: the file, or all files of the record. Raises NotFound."""
    wanted = tidy(wanted)
    if store.exists(session, wanted):
        record = store.get(session, wanted)
        return [(record, media) for media in record.media]
    numbered = store.find_number(session, wanted) if wanted else []
    if numbered:
        return [(record, media) for record in store.get_many(session, numbered).values() for media in record.media]
    record = store.get(session, store.find_media(session, wanted).record_id)
    return [(record, media) for media in record.media if media.id == wanted]


def issue(
    session: Session,
    record: Record,
    media: Media,
    *,
    by: Viewer,
    key: SigningKey,
    hours: int = DEFAULT_HOURS,
    purpose: str = "",
    now: dt.datetime | None = None,
) -> NewLink:
    """A link to one original.

    Raises Forbidden without the right to fetch it, Invalid for hours not 1–720.
    """
    if not may_fetch(by, record, media):
        raise Forbidden("link.not_yours", media=media.id)
    if not 1 <= hours <= LONGEST_HOURS:
        raise Invalid("link.hours", hours=hours, most=LONGEST_HOURS)
    now = (now or utc_now()).replace(microsecond=0)
    row = LinkRow(
        id=secrets.token_hex(12),
        record_id=record.id,
        media_id=media.id,
        path=media.path,
        file_name=media.file_name,
        sha256=media.sha256,
        size_bytes=media.size_bytes,
        key_id=key.id,
        purpose=tidy(purpose)[:256],
        issued_by=by.user_id,
        issued_at=now,
        expires_at=now + dt.timedelta(hours=hours),
    )
    session.add(row)
    session.flush()
    path = f"{addresses.master(media.id)}?{query_of(_claim(row), key)}"
    return NewLink(path=path, file_name=media.file_name, expires_at=row.expires_at)


def opened(
    session: Session, media_id: str, shown: Presented, *, keys: Sequence[SigningKey], now: dt.datetime | None = None
) -> tuple[Record, Media]:
    """The file that a presented link opens, judged in full.

    Raises Refused when the link was altered, has run out, was ended, belongs to another file, or to a file that has
    been replaced; also when whoever made it may not fetch the file any more.
    """
    row = session.get(LinkRow, shown.link_id)
    if row is None or row.media_id != media_id:
        raise Refused("link.refused")
    check(shown, _claim(row), keys, now=(now or utc_now()).timestamp())
    if row.ended_at is not None:
        raise Refused("link.expired")
    try:
        record = store.get(session, row.record_id)
    except NotFound as error:
        raise Refused("link.refused") from error
    media = next((m for m in record.media if (m.id, m.sha256) == (media_id, row.sha256)), None)
    if media is None or not _still_may(session, row.issued_by, record, media):
        raise Refused("link.refused")
    return record, media


def note_use(session: Session, link_id: str, *, address: str, now: dt.datetime | None = None) -> None:
    """Write down that the link was opened, from which network."""
    session.add(LinkUseRow(link_id=link_id, at=now or utc_now(), network=network_of(address)))


def end(session: Session, link_id: str, *, by: Viewer, now: dt.datetime | None = None) -> None:
    """End a link at once: one's own, or of a record whose originals one may fetch. Raises NotFound."""
    row = session.get(LinkRow, link_id)
    if row is None or (row.issued_by != by.user_id and not _reaches(session, by, row)):
        raise NotFound("link.none")
    row.ended_at = row.ended_at or now or utc_now()


def links_of(session: Session, who: Viewer) -> list[Link]:
    """The newest links: one's own, and those to records whose originals one may fetch."""
    uses = (
        select(LinkUseRow.link_id, func.count().label("uses"), func.max(LinkUseRow.at).label("last"))
        .group_by(LinkUseRow.link_id)
        .subquery()
    )
    query = select(LinkRow, uses.c.uses, uses.c.last).outerjoin(uses, uses.c.link_id == LinkRow.id)
    rows = session.execute(query.order_by(LinkRow.issued_at.desc(), LinkRow.id).limit(_SHOWN)).all()
    records = store.get_many(session, list({row.LinkRow.record_id for row in rows}))
    return [
        _link(row.LinkRow, row.uses or 0, row.last)
        for row in rows
        if row.LinkRow.issued_by == who.user_id or _may_fetch_of(who, records, row.LinkRow)
    ]


def network_of(address: str) -> str:
    """The network of an address, coarse enough to be nobody's: /24 of IPv4, /48 of IPv6; "" for neither."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def _claim(row: LinkRow) -> Claim:
    return Claim(
        link_id=row.id,
        record_id=row.record_id,
        media_id=row.media_id,
        path=row.path,
        sha256=row.sha256,
        issued_by=row.issued_by,
        until=int(row.expires_at.timestamp()),
    )


def _still_may(session: Session, issued_by: str, record: Record, media: Media) -> bool:
    if issued_by.startswith("cli:"):
        return True
    try:
        return may_fetch(people.viewer_of(session, issued_by), record, media)
    except NotFound:
        return False


def _reaches(session: Session, who: Viewer, row: LinkRow) -> bool:
    return _may_fetch_of(who, store.get_many(session, [row.record_id]), row)


def _may_fetch_of(who: Viewer, records: Mapping[str, Record], row: LinkRow) -> bool:
    record = records.get(row.record_id)
    media = next((m for m in record.media if m.id == row.media_id), None) if record else None
    return record is not None and media is not None and may_fetch(who, record, media)


def _link(row: LinkRow, uses: int, last: dt.datetime | None) -> Link:
    return Link(
        id=row.id,
        record_id=row.record_id,
        media_id=row.media_id,
        file_name=row.file_name,
        size_bytes=row.size_bytes,
        purpose=row.purpose,
        issued_by=row.issued_by,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        uses=uses,
        last_used_at=last,
    )
