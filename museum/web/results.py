"""The records of a result as programs get them: a summary each, with absolute addresses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from museum import addresses
from museum.addresses import PLACEHOLDER
from museum.catalog import store
from museum.catalog.record import Media, Record, to_json
from museum.catalog.summary import Summary, summarize
from museum.catalog.visibility import is_behind
from museum.iiif import bodies
from museum.iiif.source import Json, Shelf
from museum.web.context import museum
from museum.web.public import as_seen

_SHOWN = ("photo", "scan", "film", "document")  # what a thumbnail can be of, the best first
_TRIED = 2  # media of a record that are looked at for one


@dataclass(frozen=True, kw_only=True)
class Result:
    """One record of a result as everybody sees it. Addresses are absolute, "" where there is no such thing; `small` is
    the thumbnail as IIIF says it, with the placeholder."""

    record: Record
    summary: Summary
    page: str
    data: str
    manifest: str
    thumbnail: str
    small: Json | None


def results(session: Session, record_ids: Sequence[str], *, base: str) -> list[Result]:
    """Those of these records that everybody may see at present, in the order given; three statements.

    `base` is the museum's public address. The index may be behind the catalogue by a moment: what was withdrawn
    meanwhile is left out.
    """
    held = store.get_many(session, record_ids)
    records = as_seen(held[i] for i in record_ids if i in held)
    made = store.derivatives(session, (m.sha256 for r in records for m in _pictures(r)))
    fences = store.manifest_fences(session, [record.id for record in records])
    shelf, told = Shelf(derivatives=made), []
    for record in records:
        small = _small(record, shelf)
        is_told = _is_told(fences.get(record.id), held[record.id])
        told.append(
            Result(
                record=record,
                summary=summarize(record, museum().vocabulary),
                page=base + addresses.object_page(record.id),
                data=base + addresses.record_json(record.id),
                manifest=base + addresses.manifest(record.id) if is_told else "",
                thumbnail=base + str(small["id"]).removeprefix(PLACEHOLDER) if small else "",
                small=small,
            )
        )
    return told


def described(result: Result) -> dict[str, Any]:
    """A result as JSON: every field of the summary, empty or not, and where the record is found."""
    said = result.summary
    body: dict[str, Any] = {name: to_json(value) for name, value in vars(said).items()}
    return body | {
        "page": result.page,
        "data": result.data,
        "manifest": result.manifest or None,
        "thumbnail": result.thumbnail or None,
    }


def _is_told(fence: str | None, whole: Record) -> bool:
    """True where the record's manifest would be given out now (see `public.public_manifest`)."""
    if fence is None:
        return False
    return is_behind(fence, whole, museum().types, tells=museum().settings.images_on_request)


def _pictures(record: Record) -> Iterable[Media]:
    shown = [m for m in record.media if m.kind in _SHOWN]
    return sorted(shown, key=lambda m: (_SHOWN.index(m.kind), m.order))[:_TRIED]


def _small(record: Record, shelf: Shelf) -> Json | None:
    return next((small[0] for m in _pictures(record) if (small := bodies.thumbnail(shelf, m))), None)
