"""Monuments and sites by name, with rank and place; a map only when a museum supplies an outline."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from museum import addresses
from museum.catalog import store
from museum.catalog.record import Record
from museum.db import reading
from museum.web.cards import Card, card_of
from museum.web.context import museum
from museum.web.details import Mark, designations_of
from museum.web.finding import Asked, find
from museum.web.language import address, words, words_language
from museum.web.public import shown_records

blueprint = Blueprint("monuments", __name__)


@dataclass(frozen=True, kw_only=True)
class Monument:
    """One line: the card, its recognitions, where it stands."""

    card: Card
    marks: tuple[Mark, ...]
    place: str
    place_language: str


@blueprint.get("/monuments")
def monuments() -> str:
    """The monuments of the museum by name; two statements."""
    after = request.args.get("after", "")[:500]
    found = find(Asked(filters={"kind": ("monument",)}, sort="title", cursor=after))
    with reading(museum().engine) as session:
        records = shown_records(session, [hit.id for hit in found.hits])
        shelf = store.derivatives(session, (m.sha256 for r in records.values() for m in r.media))
    path = addresses.monuments_page()
    return render_template(
        "pages/monuments.html",
        monuments=[
            _monument(records[hit.id], card_of(records[hit.id], shelf)) for hit in found.hits if hit.id in records
        ],
        total=found.total,
        next_address=address(f"{path}?after={found.cursor}") if found.cursor else "",
        first_address=address(path) if after else "",
    )


def _monument(record: Record, card: Card) -> Monument:
    place = record.text("place")
    return Monument(card=card, marks=designations_of(record), place=words(place), place_language=words_language(place))
