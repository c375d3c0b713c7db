"""What is like a public record: pictures that look alike, and records that share its type, material, place or maker."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from museum.catalog import looks
from museum.catalog.looks import StoredLook
from museum.catalog.record import Record
from museum.search.hits import Hit
from museum.web.context import museum
from museum.web.public import public_record, shown_records

MOST = 12
_ASKED = 60  # pictures looked at for MOST that everybody may see


@dataclass(frozen=True, kw_only=True)
class Resembling:
    """`looking` are records with by how many of 256 bits their pictures differ, `sharing` those with what they share;
    the most alike first, all as the public sees them."""

    record: Record
    look: StoredLook | None
    looking: tuple[tuple[Record, int], ...]
    sharing: tuple[tuple[Record, tuple[str, ...]], ...]


def resembling(session: Session, record_id: str) -> Resembling:
    """What is like a record; at most four statements and one that looks for new pictures.

    Raises as `public_record` does.
    """
    index = museum().reader.index()
    shared: Sequence[Hit] = index.similar(record_id, MOST) if index else ()
    record = public_record(session, record_id)
    look = looks.look_of(record, looks.of_records(session, [record]))
    alike = museum().likeness.alike(look.code, without=record.id, limit=_ASKED) if look else []
    known = shown_records(session, list(dict.fromkeys([*(o.record_id for o in alike), *(h.id for h in shared)])))
    looking = [(known[o.record_id], o.bits) for o in alike if _shows(known.get(o.record_id), o.sha256)][:MOST]
    return Resembling(
        record=record,
        look=look,
        looking=tuple(looking),
        sharing=tuple((known[hit.id], hit.fields) for hit in shared if hit.id in known),
    )


def _shows(record: Record | None, sha256: str) -> bool:
    """Whether everybody may see that picture of a record."""
    return record is not None and any(media.sha256 == sha256 for media in record.media)
