"""Cards of what a search found, as its index tells of it: no record is read but those that were changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog import changes
from museum.catalog.covers import pictures
from museum.catalog.store import Derivative
from museum.catalog.summary import LEADS, SEPARATOR, Summary
from museum.search.hits import Hit
from museum.text import Text, unmarked
from museum.web.cards import CARD_PX, Card, cards_of, dated, line_of, marks_for
from museum.web.compounds import bind
from museum.web.context import museum
from museum.web.labels import synthetic_badge
from museum.web.language import words, words_language
from museum.web.pictures import listed_picture, title_or
from museum.web.public import shown_records


@dataclass(frozen=True, kw_only=True)
class Told:
    """A record found: its card, its title by language, its present numbers, and the EDTF of all its dates."""

    id: str
    title: Text
    numbers: tuple[str, ...]
    card: Card
    dates: tuple[str, ...]


def told_of(session: Session, hits: Sequence[Hit], *, known: int, up_to_px: int = CARD_PX) -> list[Told]:
    """Those of these hits that everybody may see at present, in the order given; two statements.

    Whichever were changed after number `known`, which the index is sure to hold, are read from the catalogue, and so
    are those whose first media have no picture while others may: at most three statements more (decision 0034).
    """
    ids = [hit.id for hit in hits]
    if not ids:
        return []
    touched = changes.touched(session, ids, after_seq=known)
    said = [hit.summary for hit in hits if hit.id not in touched]
    made = pictures(session, [media_id for one in said for media_id in one.leads])
    told = {one.id: _of_summary(one, made, up_to_px) for one in said}
    lacking = {one.id for one in said if len(one.leads) == LEADS and told[one.id].card.picture is None}
    told |= _of_records(session, [i for i in ids if i in touched or i in lacking], up_to_px)
    return [told[i] for i in ids if i in told]


def line_for(said: Summary) -> str:
    """The line of a card: the record's type, else its kind, and its date."""
    kinds = Text({code: several.partition(SEPARATOR)[0] for code, several in said.object_type.items()})
    return line_of(kinds or museum().types.of(said.kind).label, dated(said.date, said.date_as_written))


def _of_summary(said: Summary, made: Mapping[str, Sequence[Derivative]], up_to_px: int) -> Told:
    title = title_or(said.title, said.numbers)
    shown = (listed_picture(i, made.get(i, ()), up_to_px=up_to_px, title=title) for i in said.leads)
    card = Card(
        address=addresses.object_page(said.id),
        title=bind(words(title)),
        title_language=words_language(title),
        line=line_for(said),
        picture=next((picture for picture in shown if picture), None),
        marks=marks_for(said.has),
        made=synthetic_badge(said.synthetic),
    )
    dates = tuple(filter(None, (said.date, *said.other_dates)))
    return Told(id=said.id, title=said.title, numbers=said.numbers, card=card, dates=dates)


def _of_records(session: Session, record_ids: Sequence[str], up_to_px: int) -> dict[str, Told]:
    if not record_ids:
        return {}
    records = list(shown_records(session, record_ids).values())
    cards = cards_of(session, records, up_to_px=up_to_px)
    return {
        record.id: Told(
            id=record.id,
            title=Text({code: unmarked(said) for code, said in record.title.items()}),
            numbers=tuple(i.value for i in record.identifiers if not i.former),
            card=card,
            dates=tuple(str(value.value) for value in record.values.get("date", ())),
        )
        for record, card in zip(records, cards, strict=True)
    }
