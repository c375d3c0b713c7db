"""One record as it stands in a list: picture, title, one line."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog import store
from museum.catalog.record import Record
from museum.text import Text
from museum.web.compounds import bind
from museum.web.context import museum
from museum.web.formats import capitalize_first, edtf_words
from museum.web.labels import synthetic_label
from museum.web.language import say, words, words_language
from museum.web.pictures import Picture, title_text
from museum.web.showing import Shelf, first_picture, leading

CARD_PX = 640
_TRIED = 2  # media of a record whose derivatives are read at once for its card


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a list shows of a record; languages are "" where they are the page's."""

    address: str
    title: str
    title_language: str
    line: str
    picture: Picture | None
    marks: tuple[str, ...]
    made: Text = field(default_factory=Text)  # that software made what the card shows; empty where none did


def cards_of(session: Session, records: Sequence[Record], *, up_to_px: int = CARD_PX) -> tuple[Card, ...]:
    """Cards of records in their order; one statement, and another where the first media of some have no picture.

    A record may have dozens of photographs with seven derivatives each; all but one picture of it were read in vain.
    """
    shelf = store.derivatives(session, (m.sha256 for r in records for m in leading(r)[:_TRIED]))
    cards = [card_of(r, shelf, up_to_px=up_to_px) for r in records]
    further = {place: leading(records[place])[_TRIED:] for place, card in enumerate(cards) if card.picture is None}
    if any(further.values()):
        rest = store.derivatives(session, (m.sha256 for media in further.values() for m in media))
        for place in further:
            cards[place] = card_of(records[place], rest, up_to_px=up_to_px)
    return tuple(cards)


def card_of(record: Record, shelf: Shelf, *, up_to_px: int = CARD_PX) -> Card:
    """One card from derivatives that are at hand."""
    title = title_text(record)
    return Card(
        address=addresses.object_page(record.id),
        title=bind(words(title)),
        title_language=words_language(title),
        line=summary_line(record),
        picture=first_picture(record, shelf, up_to_px=up_to_px),
        marks=marks_of(record),
        made=synthetic_label(record),
    )


def summary_line(record: Record) -> str:
    """Type and date: "Tranh khảm · 115–150"."""
    parts = [words(type_label(record)), date_words(record)]
    line = " · ".join(p for p in parts if p)
    return capitalize_first(line)


def type_label(record: Record) -> Text:
    """The label of the record's object type, else of its kind."""
    value = record.first("object_type")
    if value is None:
        return museum().types.of(record.kind).label
    field = museum().types.of(record.kind).field("object_type")
    concept = museum().vocabulary.find(field.vocabulary if field else "object_types", str(value.value))
    return concept.label if concept else record.text("object_type")


def date_words(record: Record) -> str:
    """The preferred date in words, "" when there is none."""
    value = record.first("date")
    if value is None:
        return ""
    return edtf_words(str(value.value)) if value.value else value.as_written


def marks_of(record: Record) -> tuple[str, ...]:
    """What a visitor can do beyond looking at photographs: words for small badges."""
    kinds = {m.kind for m in record.media}
    found = []
    if "scan" in kinds:
        found.append(say("3D"))
    if "film" in kinds:
        found.append(say("Film"))
    if "sound" in kinds:
        found.append(say("Sound"))
    return tuple(found)
