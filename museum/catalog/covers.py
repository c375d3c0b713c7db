"""The pictures by which lists show records, read without the records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from museum.catalog.record import Media
from museum.catalog.store import Derivative
from museum.catalog.tables import DerivativeRow, MediaRow

KINDS = ("photo", "scan", "film", "document")
"""Kinds of media that have a picture, the best first."""
TRIED = 2
"""How many media of a record are looked at for one."""
FORMATS = ("image/avif", "image/webp", "image/jpeg", "image/png")
"""Media types of the pictures that pages show, the best first."""
_NAMES = ("pyramid", "poster", "page")  # what derivatives that are pictures begin with


@dataclass(frozen=True, kw_only=True)
class Covers:
    """`media` by record, the best first, each with no more than its id, kind and digest; `derivatives` by digest."""

    media: dict[str, list[Media]]
    derivatives: dict[str, list[Derivative]]


def covers(session: Session, record_ids: Sequence[str]) -> Covers:
    """The first media of these records that everybody may see, of KINDS, with their pictures; one statement.

    Whether the records may be seen is another question.
    """
    media: dict[str, dict[str, Media]] = {}
    derivatives: dict[str, dict[str, Derivative]] = {}
    for record_id, media_id, kind, sha256, name, *made in session.execute(_QUERY, {"ids": record_ids}):
        own, shelf = media.setdefault(record_id, {}), derivatives.setdefault(sha256, {})
        if media_id not in own:
            own[media_id] = Media(
                id=media_id, kind=kind, sha256=sha256, size_bytes=0, path="", file_name="", media_type=""
            )
        if name not in shelf:
            media_type, size_bytes, digest, facts = made
            shelf[name] = Derivative(
                sha256=sha256, name=name, media_type=media_type, size_bytes=size_bytes, digest=digest, facts=facts
            )
    return Covers(
        media={record_id: list(own.values()) for record_id, own in media.items()},
        derivatives={sha256: list(made.values()) for sha256, made in derivatives.items()},
    )


def pictures(session: Session, media_ids: Sequence[str]) -> dict[str, list[Derivative]]:
    """The pictures of these media, of those that everybody may see, in every format, by the medium's id; one statement,
    none without ids. Whether their records may be seen is another question."""
    found: dict[str, list[Derivative]] = {}
    if not media_ids:
        return found
    for media_id, sha256, name, media_type, size_bytes, digest, facts in session.execute(_PICTURES, {"ids": media_ids}):
        made = Derivative(
            sha256=sha256, name=name, media_type=media_type, size_bytes=size_bytes, digest=digest, facts=facts
        )
        found.setdefault(media_id, []).append(made)
    return found


def _pictures() -> Select[Any]:
    made = DerivativeRow
    return (
        select(MediaRow.id, made.sha256, made.name, made.media_type, made.size_bytes, made.digest, made.facts)
        .join(made, made.sha256 == MediaRow.sha256)
        .where(MediaRow.id.in_(bindparam("ids", expanding=True)), MediaRow.level == 0)
        .where(made.media_type.in_(FORMATS))
        .order_by(made.name)
    )


def _query() -> Select[Any]:
    """Made once: putting it together takes as long as its answer."""
    order = (case({kind: place for place, kind in enumerate(KINDS)}, value=MediaRow.kind), MediaRow.position)
    place = func.row_number().over(partition_by=MediaRow.record_id, order_by=(*order, MediaRow.id)).label("place")
    one = (
        select(MediaRow.record_id, MediaRow.id, MediaRow.kind, MediaRow.sha256, place)
        .where(MediaRow.record_id.in_(bindparam("ids", expanding=True)))
        .where(MediaRow.level == 0, MediaRow.kind.in_(KINDS))
        .subquery()
    )
    made = DerivativeRow
    return (
        select(
            *(one.c.record_id, one.c.id, one.c.kind, one.c.sha256),
            *(made.name, made.media_type, made.size_bytes, made.digest, made.facts),
        )
        .join(made, made.sha256 == one.c.sha256)
        .where(one.c.place <= TRIED, or_(*(made.name.startswith(name) for name in _NAMES)))
        .where(made.media_type != "image/avif")  # a third of them, each beside a picture that every program reads
        .order_by(one.c.record_id, one.c.place, made.name)
    )


_QUERY = _query()
_PICTURES = _pictures()
