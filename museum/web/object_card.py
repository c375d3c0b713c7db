"""What an object card (phiếu hiện vật) and display labels say: the record's statements in the order of the legal form.

The order is that of the object list of a monument (form 2, 11 columns), as the record type numbers it; then what the
form does not ask for. A column nobody filled stands there empty, as on paper.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from museum.catalog.arrangement import arrange
from museum.catalog.record import Media, Record
from museum.catalog.record_types import FieldType, RecordType
from museum.catalog.vocabulary import Vocabulary
from museum.errors import LANGUAGES
from museum.text import Text
from museum.web import language
from museum.web.cards import date_words
from museum.web.details import designation_fact, designations_of
from museum.web.facts import SCHEMES, Fact, SourceLine, Statement, sources_of, statements_of
from museum.web.formats import capitalize_first
from museum.web.labels import synthetic_label
from museum.web.language import say, words
from museum.web.pictures import Picture, picture_of, title_text
from museum.web.showing import Shelf

_NUMBERS_ORDER, _CLASS_ORDER, _LAST = 3, 6, 99  # columns of form 2
_PICTURE_PX = 1600
_LONG, _VERY_LONG = 42, 80  # characters of a title above which labels set it smaller


@dataclass(frozen=True, kw_only=True)
class Row:
    """One column of the form: its number (0 outside the form), its words, what stands in it."""

    number: int
    label: str
    lines: tuple[Fact, ...]  # a line's label is "" where it repeats the row's


@dataclass(frozen=True, kw_only=True)
class ObjectCard:
    """A whole card: the form's columns, what else is known, and the sources by their words."""

    rows: tuple[Row, ...]
    more: tuple[Row, ...]
    sources: dict[str, SourceLine]


@dataclass(frozen=True, kw_only=True)
class LabelWords:
    """A label in one language: title, date and material on one line, the badge of generated things."""

    language: str
    title: str
    title_language: str
    line: str
    made: str


def card_for(record: Record, record_type: RecordType, vocabulary: Vocabulary) -> ObjectCard:
    """The card of a record in the page's language."""
    groups: dict[tuple[int, str], list[Fact]] = {}
    more: list[Row] = []
    for field in record_type.fields:
        fact = Fact(name=field.name, label=words(field.label), statements=statements_of(record, field, vocabulary))
        column = words(field.legal_column)
        if column:
            groups.setdefault((field.legal_order or _LAST, column), []).append(fact)
        elif fact.statements:
            more.append(Row(number=0, label=fact.label, lines=(_unnamed(fact),)))
    groups[(_NUMBERS_ORDER, say("Registration and inventory numbers"))] = list(_numbers(record))
    _add_designations(groups, record)
    rows = tuple(_row(number, label, facts) for (number, label), facts in sorted(groups.items(), key=_order))
    said = [line for row in (*rows, *more) for line in row.lines]
    return ObjectCard(rows=rows, more=tuple(more), sources=sources_of(said))


def picture_for(record: Record, shelf: Shelf) -> tuple[Media, Picture] | None:
    """The medium whose picture stands on the card: a photograph before anything else."""
    for media in (*arrange(record).photographs, *record.media):
        picture = picture_of(media, record, shelf, up_to_px=_PICTURE_PX)
        if picture is not None:
            return media, picture
    return None


def label_words(record: Record, record_type: RecordType, vocabulary: Vocabulary) -> tuple[LabelWords, ...]:
    """The label in each of the languages in which the record has a title, Vietnamese first."""
    page_language, made = language.current(), []
    for code in [c for c in LANGUAGES if c in record.title] or [page_language]:
        language.speak(code)
        line = " · ".join(p for p in (date_words(record), _material(record, record_type, vocabulary)) if p)
        title, title_language = title_text(record).pick(code)
        made.append(
            LabelWords(
                language=code,
                title=title,
                title_language=title_language,
                line=capitalize_first(line),
                made=words(synthetic_label(record)),
            )
        )
    language.speak(page_language)
    return tuple(made)


def title_size(title: str) -> str:
    """The class of a label's title: "", "is-long" or "is-very-long"."""
    return "is-very-long" if len(title) > _VERY_LONG else "is-long" if len(title) > _LONG else ""


def numbers_of(record: Record) -> tuple[str, ...]:
    """The record's present numbers: registration, inventory, else the catalogue's code."""
    legal = [i.value for i in record.identifiers if i.scheme in ("accession_number", "inventory_number")]
    current = [i.value for i in record.identifiers if not i.former]
    return tuple(dict.fromkeys(v for v in legal if v in current)) or tuple(current[:1])


def _material(record: Record, record_type: RecordType, vocabulary: Vocabulary) -> str:
    field: FieldType | None = record_type.field("material")
    found = statements_of(record, field, vocabulary) if field else ()
    return ", ".join(s.words for s in found if s.is_preferred)


def _numbers(record: Record) -> Iterable[Fact]:
    for identifier in sorted(record.identifiers, key=lambda i: i.former):
        label = say(SCHEMES[identifier.scheme]) if identifier.scheme in SCHEMES else identifier.scheme
        doubt = say("former number") if identifier.former else ""
        yield Fact(name="number", label=label, statements=(Statement(words=identifier.value, certainty=doubt),))


def _add_designations(groups: dict[tuple[int, str], list[Fact]], record: Record) -> None:
    found = list(designation_fact(designations_of(record)))
    place = next((key for key in groups if key[0] == _CLASS_ORDER), None)
    if place is not None:
        groups[place] += found
    elif found:
        groups[(_CLASS_ORDER, found[0].label)] = found


def _order(item: tuple[tuple[int, str], list[Fact]]) -> int:
    return item[0][0]


def _row(number: int, label: str, facts: list[Fact]) -> Row:
    said = [fact for fact in facts if fact.statements]
    is_alone = len(facts) == 1
    lines = tuple(_unnamed(f) if is_alone or f.label == label else f for f in said)
    if not lines:
        lines = (Fact(name="", label="", statements=(Statement(words=say("not recorded"), is_missing=True),)),)
    return Row(number=number if number != _LAST else 0, label=label, lines=lines)


def _unnamed(fact: Fact) -> Fact:
    return Fact(name=fact.name, label="", statements=fact.statements)


def made_in_both(texts: Mapping[str, str] | Text) -> str:
    """A text in every language it has, Vietnamese first: for prints that both kinds of readers hold."""
    return " / ".join(texts[code] for code in LANGUAGES if code in texts)
