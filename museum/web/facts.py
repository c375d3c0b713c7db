"""What a record says, as lines for the page: label, statements with unit, source, certainty. Nothing is invented."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from museum.catalog.record import Record, Value
from museum.catalog.record_types import FieldType, RecordType
from museum.catalog.vocabulary import Vocabulary
from museum.text import phrases
from museum.web.formats import decimal, edtf_words, quantity
from museum.web.language import current, later, say, words, words_language

_OUTSIDE_FACTS = ("title", "description", "credit_line", "bibliography", "source")
_DIMENSIONS = ("height", "width", "depth", "diameter")
_CERTAINTY = ("probable", "uncertain", "disputed", "unverified")
SCHEMES = {
    "accession_number": later("Registration no."),
    "inventory_number": later("Inventory no."),
    "object_id": later("Catalogue code"),
}
_NUMBER = re.compile(r"\d+")
_SHORT_SOURCE = 28
_LINK = re.compile(r"^https?://\S+$")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement: words, their language where it differs, the source's own wording, source, doubt."""

    words: str
    language: str = ""
    as_written: str = ""
    source: str = ""
    certainty: str = ""
    is_preferred: bool = True
    is_missing: bool = False


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """One source of the record: its number in the list, its words, its address where it is one."""

    number: int
    words: str
    link: str

    @property
    def is_short(self) -> bool:
        """True when the name itself fits behind a statement; a longer one is named by its number."""
        return len(self.words) <= _SHORT_SOURCE and not self.link


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of the definition list."""

    name: str
    label: str
    statements: tuple[Statement, ...]


def facts_of(record: Record, record_type: RecordType, vocabulary: Vocabulary) -> tuple[Fact, ...]:
    """The record's facts in the order of its type; number and date always stand there, even when missing."""
    lines = [_numbers(record)]
    shown_size = False
    for field in record_type.fields:
        if field.name in _OUTSIDE_FACTS:
            continue
        if field.name in _DIMENSIONS:
            size = None if shown_size else _size(record)
            shown_size = True
            if size is not None:
                lines.append(size)
                continue
            if _can_stand_together(record):
                continue
        statements = statements_of(record, field, vocabulary)
        if not statements and field.name == "date":
            statements = (Statement(words=say("date not established"), is_missing=True),)
        if statements:
            lines.append(Fact(name=field.name, label=words(field.label), statements=statements))
    return tuple(line for line in lines if line.statements)


def sources_of(facts: Sequence[Fact]) -> dict[str, SourceLine]:
    """The sources that the facts name, in order of first use, by their words."""
    names = dict.fromkeys(s.source for fact in facts for s in fact.statements if s.source)
    return {
        name: SourceLine(number=number, words=name, link=name if _LINK.match(name) else "")
        for number, name in enumerate(names, start=1)
    }


def _numbers(record: Record) -> Fact:
    known = [i for i in record.identifiers if i.scheme in ("accession_number", "inventory_number")]
    statements = tuple(
        Statement(words=i.value, certainty=say("former number") if i.former else "") for i in sorted(known, key=_former)
    )
    scheme = known[0].scheme if known else "inventory_number"
    if not statements:
        statements = (Statement(words=say("no number yet"), is_missing=True),)
    return Fact(name="number", label=say(SCHEMES[scheme]), statements=statements)


def _former(identifier: object) -> bool:
    return bool(getattr(identifier, "former", False))


def _can_stand_together(record: Record) -> bool:
    given = [record.values[n] for n in _DIMENSIONS[:3] if record.values.get(n)]
    alike = {(v[0].unit, v[0].source, v[0].certainty) for v in given}
    return len(given) > 1 and all(len(v) == 1 for v in given) and len(alike) == 1 and "diameter" not in record.values


def _size(record: Record) -> Fact | None:
    """Height × width × depth on one line, when one source gives them in one unit without contradiction."""
    if not _can_stand_together(record):
        return None
    names = {"height": say("h."), "width": say("w."), "depth": say("d.")}
    given = [(n, record.values[n][0]) for n in _DIMENSIONS[:3] if record.values.get(n)]
    if not all(isinstance(v.value, int | float) for _, v in given):
        return None
    unit = given[0][1].unit or say("(unit not stated)")
    numbers = " × ".join(f"{decimal(float(v.value))}\u00a0({names[n]})" for n, v in given)
    first = given[0][1]
    statement = Statement(
        words=f"{numbers}\u00a0{unit}",
        source=first.source,
        certainty=_doubt(first.certainty),
    )
    return Fact(name="size", label=say("Dimensions"), statements=(statement,))


def statements_of(record: Record, field: FieldType, vocabulary: Vocabulary) -> tuple[Statement, ...]:
    """Everything that is said of one field in the page's language, the preferred first."""
    values = _in_language(record.values.get(field.name, ()))
    ordered = sorted(values, key=lambda v: not v.preferred)
    made = tuple(_statement(v, field.kind, is_alone=len(values) == 1) for v in ordered)
    return tuple(_in_terms(s, field.vocabulary, vocabulary) for s in made) if field.vocabulary else made


def _in_terms(statement: Statement, scheme: str, vocabulary: Vocabulary) -> Statement:
    """The statement in the vocabulary's words, where the vocabulary knows its word."""
    concept = vocabulary.find(scheme, statement.words)
    if concept is None:
        return statement
    return replace(statement, words=words(concept.label), language=words_language(concept.label))


def _in_language(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Translations are one statement: of values that differ in language only, those in the page's language stay."""
    languages = {v.language for v in values if v.language}
    if len(languages) < 2 or current() not in languages:
        return values
    return tuple(v for v in values if v.language in ("", current()))


def _statement(value: Value, kind: str, *, is_alone: bool) -> Statement:
    say_it: Callable[[Value], str] = {"date": _date, "dimension": _number, "number": _count}.get(kind, _text)
    shown = say_it(value)
    return Statement(
        words=shown,
        language=value.language if value.language and value.language != current() and say_it is _text else "",
        as_written=value.as_written if _says_more(value, shown) else "",
        source=value.source,
        certainty=_doubt(value.certainty),
        is_preferred=value.preferred or is_alone,
    )


def _says_more(value: Value, shown: str) -> bool:
    """True when the source's wording holds more than the numbers that are shown anyway ("AD 115–150")."""
    if value.as_written in ("", shown, str(value.value)):
        return False
    numbers = _NUMBER.findall(value.as_written)
    return not numbers or numbers != _NUMBER.findall(shown) or len(value.as_written) > len(shown) + 8


def _text(value: Value) -> str:
    return str(value.value)


def _date(value: Value) -> str:
    return edtf_words(str(value.value)) if value.value else value.as_written


def _number(value: Value) -> str:
    if not isinstance(value.value, int | float):
        return _extent(value.value, value.unit)
    if not value.unit:
        return f"{decimal(float(value.value))} " + say("(unit not stated)")
    return quantity(float(value.value), value.unit)


def _count(value: Value) -> str:
    """A plain number: pieces have no unit."""
    return _number(value) if value.unit or not isinstance(value.value, int | float) else decimal(float(value.value))


def _extent(words: str, unit: str) -> str:
    """A range such as "231–250", as a source gives it for a whole set, in the language's numbers."""
    parts = words.split("–")
    if len(parts) == 2 and all(re.fullmatch(r"\d+(?:\.\d+)?", part) for part in parts):
        return f"{decimal(float(parts[0]))}–{quantity(float(parts[1]), unit)}"
    return f"{words} {unit}".strip()


def _doubt(certainty: str) -> str:
    return words(phrases("media")[certainty]) if certainty in _CERTAINTY else certainty
