"""The place of a stop without a map: what it is and was called, since when, where it lies. Never its coordinates."""

from dataclasses import dataclass

from museum import addresses
from museum.catalog.record import Record
from museum.text import Text
from museum.viewer.story import Gallery
from museum.web.cards import type_label
from museum.web.compounds import bind
from museum.web.context import museum
from museum.web.details import Mark, designations_of
from museum.web.facts import Fact, statements_of
from museum.web.labels import synthetic_label
from museum.web.language import current, words, words_language
from museum.web.pictures import Picture, title_text
from museum.web.showing import first_picture

_TOLD = ("other_names", "date", "place")
_WIDEST_PX = 1600


@dataclass(frozen=True, kw_only=True)
class PlaceShown:
    """A place as a panel: its kind, its name, the name in the other language (`second`, "" where it is the same), what
    is said of it, its ranks, its page; `made`: the label of what software made, else empty. `number`: the place of the
    view in its stop."""

    number: int
    kind: str
    name: str
    name_language: str
    second: str
    second_language: str
    facts: tuple[Fact, ...]
    marks: tuple[Mark, ...]
    address: str
    picture: Picture | None
    made: Text


def place_of(record: Record, gallery: Gallery, *, number: int = 0) -> PlaceShown:
    """The panel of a record, of what the public sees of it."""
    title = title_text(record)
    name = words(title)
    other = {language: said for language, said in record.title.items() if language != current() and said != name}
    second_language, second = next(iter(sorted(other.items(), key=lambda said: said[0] not in ("vi", "en"))), ("", ""))
    return PlaceShown(
        number=number,
        kind=words(type_label(record)),
        name=bind(name),
        name_language=words_language(title),
        second=second,
        second_language="" if second_language == "und" else second_language,
        facts=_facts(record),
        marks=designations_of(record),
        address=addresses.object_page(record.id),
        picture=first_picture(record, gallery.derivatives, up_to_px=_WIDEST_PX),
        made=synthetic_label(record),
    )


def _facts(record: Record) -> tuple[Fact, ...]:
    types, vocabulary = museum().types, museum().vocabulary
    told = []
    for name in _TOLD:
        field = types.of(record.kind).field(name)
        statements = statements_of(record, field, vocabulary) if field else ()
        if field and statements:
            told.append(Fact(name=name, label=words(field.label), statements=statements))
    return tuple(told)
