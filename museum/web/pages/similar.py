"""Records like one: those whose pictures look alike, and those that share its type, material, place or maker."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog import looks
from museum.catalog.record import Record
from museum.db import reading
from museum.search.hits import Hit
from museum.web.cards import Card, cards_of
from museum.web.context import museum
from museum.web.hues import hues
from museum.web.language import later, say, words, words_language
from museum.web.pictures import title_text
from museum.web.public import public_record, shown_records

blueprint = Blueprint("similar", __name__)
_MOST = 12
_ASKED = 60  # pictures looked at for _MOST that everybody may see
_SHARED = {
    "maker": later("Maker"),
    "object_type": later("Object type"),
    "material": later("Material"),
    "place": later("Place"),
    "designation": later("Designation"),
}


@blueprint.get("/o/<record_id>/similar")
def show(record_id: str) -> str:
    """What is like a public record; at most five statements and one that looks for new pictures."""
    index = museum().reader.index()
    shared: Sequence[Hit] = index.similar(record_id, _MOST) if index else ()
    with reading(museum().engine) as session:
        record = public_record(session, record_id)
        look = looks.look_of(record, looks.of_records(session, [record]))
        alike = museum().likeness.alike(look.code, without=record.id, limit=_ASKED) if look else []
        known = shown_records(session, list(dict.fromkeys([*(o.record_id for o in alike), *(h.id for h in shared)])))
        looking = [known[o.record_id] for o in alike if _shows(known.get(o.record_id), o.sha256)][:_MOST]
        sharing = [(known[hit.id], hit) for hit in shared if hit.id in known]
        cards = _cards(session, [*looking, *(other for other, _ in sharing)])
    title = title_text(record)
    return render_template(
        "pages/similar.html",
        record=record,
        title=words(title),
        title_language=words_language(title),
        colors=hues(shade.name for shade in look.colors) if look else [],
        looking=[cards[other.id] for other in looking],
        sharing=[replace(cards[other.id], line=_reason(hit)) for other, hit in sharing],
        addresses=addresses,
    )


def _shows(record: Record | None, sha256: str) -> bool:
    """Whether everybody may see that picture of a record."""
    return record is not None and any(media.sha256 == sha256 for media in record.media)


def _cards(session: Session, records: Sequence[Record]) -> dict[str, Card]:
    unique = list({record.id: record for record in records}.values())
    return {record.id: card for record, card in zip(unique, cards_of(session, unique), strict=True)}


def _reason(hit: Hit) -> str:
    """What two records share: "Object type, material"."""
    return ", ".join(say(_SHARED[name]) for name in hit.fields if name in _SHARED).capitalize()
