"""The records of a result as programs get them: a summary each, with absolute addresses."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from museum import addresses
from museum.addresses import PLACEHOLDER
from museum.catalog import changes, store
from museum.catalog.covers import KINDS, TRIED, covers
from museum.catalog.record import Media, Record, to_json
from museum.catalog.summary import Summary, summarize
from museum.catalog.visibility import is_behind, is_of_request
from museum.iiif import bodies
from museum.iiif.source import Json, Shelf
from museum.search.hits import Hit
from museum.web.context import museum
from museum.web.public import as_seen

_OF_PAGES = ("leads", "other_dates")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a list tells of one record as everybody sees it. Addresses are absolute, "" where there is no such thing;
    `small` is the thumbnail as IIIF says it, with the placeholder."""

    summary: Summary
    page: str
    data: str
    manifest: str
    thumbnail: str
    small: Json | None


@dataclass(frozen=True, kw_only=True)
class Result(Listed):
    """The same with the record."""

    record: Record


def listed(session: Session, hits: Sequence[Hit], *, known: int, base: str) -> list[Listed]:
    """Those of these hits that everybody may see at present, in the order given; three statements.

    The index tells of them, but it may be behind the catalogue by a moment. Whichever were changed after number `known`
    (which the index is sure to hold) are read from the catalogue instead, three more statements (decision 0034).
    """
    ids = [hit.id for hit in hits]
    if not ids:
        return []
    touched = changes.touched(session, ids, after_seq=known)
    anew: list[Listed] = [*results(session, [i for i in ids if i in touched], base=base)] if touched else []
    told = {one.summary.id: one for one in anew}
    told |= {one.summary.id: one for one in _of_hits(session, [hit for hit in hits if hit.id not in touched], base)}
    return [told[i] for i in ids if i in told]


def _of_hits(session: Session, hits: Sequence[Hit], base: str) -> Iterator[Listed]:
    ids = [hit.id for hit in hits]
    found = covers(session, ids)
    fences = store.manifest_fences(session, ids)
    shelf, tells = Shelf(derivatives=found.derivatives), museum().settings.images_on_request
    for hit in hits:
        small = _small(found.media.get(hit.id, ()), shelf)
        fence = fences.get(hit.id)
        yield Listed(
            summary=hit.summary,
            page=base + addresses.object_page(hit.id),
            data=base + addresses.record_json(hit.id),
            manifest=base + addresses.manifest(hit.id)
            if fence is not None and (tells or not is_of_request(fence))
            else "",
            thumbnail=_address(small, base),
            small=small,
        )


def results(session: Session, record_ids: Sequence[str], *, base: str) -> list[Result]:
    """Those of these records that everybody may see at present, in the order given; three statements.

    `base` is the museum's public address. The index may be behind the catalogue by a moment: what was withdrawn
    meanwhile is left out.
    """
    held = store.get_many(session, record_ids)
    records = as_seen(held[i] for i in record_ids if i in held)
    made = store.derivatives(session, (m.sha256 for r in records for m in _pictures(r.media)))
    fences = store.manifest_fences(session, [record.id for record in records])
    shelf, told = Shelf(derivatives=made), []
    for record in records:
        small = _small(record.media, shelf)
        is_told = _is_told(fences.get(record.id), held[record.id])
        told.append(
            Result(
                record=record,
                summary=summarize(record, museum().vocabulary),
                page=base + addresses.object_page(record.id),
                data=base + addresses.record_json(record.id),
                manifest=base + addresses.manifest(record.id) if is_told else "",
                thumbnail=_address(small, base),
                small=small,
            )
        )
    return told


def described(result: Listed) -> dict[str, Any]:
    """A result as JSON: every field of the summary but those for pages, empty or not, and where the record is found."""
    said = result.summary
    body: dict[str, Any] = {name: to_json(value) for name, value in vars(said).items() if name not in _OF_PAGES}
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


def _pictures(media: Iterable[Media]) -> Iterable[Media]:
    shown = [m for m in media if m.kind in KINDS]
    return sorted(shown, key=lambda m: (KINDS.index(m.kind), m.order))[:TRIED]


def _small(media: Iterable[Media], shelf: Shelf) -> Json | None:
    return next((small[0] for m in _pictures(media) if (small := bodies.thumbnail(shelf, m))), None)


def _address(small: Json | None, base: str) -> str:
    return base + str(small["id"]).removeprefix(PLACEHOLDER) if small else ""
