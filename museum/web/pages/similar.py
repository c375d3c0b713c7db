"""Records like one: those whose pictures look alike, and those that share its type, material, place or maker."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog.record import Record
from museum.db import reading
from museum.web.cards import Card, cards_of
from museum.web.context import museum
from museum.web.hues import hues
from museum.web.language import later, say, words, words_language
from museum.web.pictures import title_text
from museum.web.resembling import resembling

blueprint = Blueprint("similar", __name__)
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
    with reading(museum().engine) as session:
        found = resembling(session, record_id)
        records = [record for record, _ in (*found.looking, *found.sharing)]
        cards = _cards(session, records)
    record = found.record
    title = title_text(record)
    return render_template(
        "pages/similar.html",
        record=record,
        title=words(title),
        title_language=words_language(title),
        colors=hues(shade.name for shade in found.look.colors) if found.look else [],
        looking=[cards[other.id] for other, _ in found.looking],
        sharing=[replace(cards[other.id], line=_reason(shared)) for other, shared in found.sharing],
        addresses=addresses,
    )


def _cards(session: Session, records: Sequence[Record]) -> dict[str, Card]:
    unique = list({record.id: record for record in records}.values())
    return {record.id: card for record, card in zip(unique, cards_of(session, unique), strict=True)}


def _reason(shared: Sequence[str]) -> str:
    """What two records share: "Object type, material"."""
    return ", ".join(say(_SHARED[name]) for name in shared if name in _SHARED).capitalize()
