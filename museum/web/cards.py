"""One record as it stands in a list: picture, title, one line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog import store
from museum.catalog.arrangement import leading
from museum.catalog.record import Record
from museum.catalog.summary import LEADS
from museum.text import Text, unmarked
from museum.web.compounds import bind
from museum.web.context import museum
from museum.web.formats import capitalize_first, edtf_words
from museum.web.labels import synthetic_label
from museum.web.language import say, words, words_language
from museum.web.pictures import Picture, title_text
from museum.web.showing import Shelf, first_picture

CARD_PX = 640


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
    shelf = store.derivatives(session, (m.sha256 for r in records for m in leading(r)[:LEADS]))
    cards = [card_of(r, shelf, up_to_px=up_to_px) for r in records]
    further = {place: leading(records[place])[LEADS:] for place, card in enumerate(cards) if card.picture is None}
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
        title=bind(unmarked(words(title))),
        title_language=words_language(title),
        line=summary_line(record),
        picture=first_picture(record, shelf, up_to_px=up_to_px),
        marks=marks_of(record),
        made=synthetic_label(record),
    )


def summary_line(record: Record) -> str:
    """Type and date: "Tranh khảm · 115–150"."""
    return line_of(type_label(record), date_words(record))


def line_of(kind: Text, date: str) -> str:
    """The same of a type and of a date in words."""
    return capitalize_first(" · ".join(p for p in (words(kind), date) if p))


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
    return dated(str(value.value), value.as_written) if value else ""


def dated(edtf: str, as_written: str) -> str:
    """A date in words, as its source has it where nobody put it into EDTF."""
    return edtf_words(edtf) if edtf else as_written


def marks_of(record: Record) -> tuple[str, ...]:
    """What a visitor can do beyond looking at photographs: words for small badges."""
    return marks_for({m.kind for m in record.media})


def marks_for(kinds: Collection[str]) -> tuple[str, ...]:
    """The same of the kinds of media there are."""
    found = []
    if "scan" in kinds:
        found.append(say("3D"))
    if "film" in kinds:
        found.append(say("Film"))
    if "sound" in kinds:
        found.append(say("Sound"))
    return tuple(found)
