"""A record's fields as metadata pairs: labels and values by language, contradictions side by side with sources."""

import re
from collections.abc import Sequence
from dataclasses import replace

from museum.catalog import digital_source
from museum.catalog.record import Designation, Record, Value
from museum.catalog.vocabulary import Vocabulary
from museum.iiif.source import FieldLabel, Json
from museum.iiif.words import LanguageMap, lines, pair, phrase, rich, untagged
from museum.text import phrases

_TOLD_ELSEWHERE = frozenset({"title", "description"})  # label and summary
_CERTAINTIES = ("probable", "uncertain", "disputed", "unverified")
_UNITS = {"can": "cân"}
_NO_TERMS = Vocabulary(())
_NUMBER = re.compile(r"[\d.,\s]+")
_NUMBERS = ("inventory_number", "accession_number")


def metadata(
    record: Record, labels: Sequence[FieldLabel], *, languages: Sequence[str], vocabulary: Vocabulary = _NO_TERMS
) -> list[Json]:
    """The pairs, in the order of `labels`; identifiers first, designations last; fields without values are left out.

    A word that its field's vocabulary knows is told in all languages of the term.
    """
    pairs = [pair(phrase(scheme), untagged(number)) for scheme in _NUMBERS if (number := record.identifier(scheme))]
    for field in labels:
        values = [v for v in record.values.get(field.name, ()) if str(v.value).strip()]
        if values and field.name not in _TOLD_ELSEWHERE:
            pairs.append(pair(field.label, _told(_in_terms(values, field.vocabulary, vocabulary), languages)))
    if (made := digital_source.share(record)) != "none":
        label = phrase("synthetic" if made == "all" else "synthetic_some")
        pairs.append(pair(phrase("digital_source"), rich(label)))
    if record.designations:
        told = {code: [_designation(d, code) for d in record.designations] for code in languages}
        pairs.append(pair(phrase("designation"), lines(told)))
    return pairs


def _in_terms(values: Sequence[Value], scheme: str, vocabulary: Vocabulary) -> list[Value]:
    """The values with each known term as one value a language; others as they are."""
    told = []
    for value in values:
        concept = vocabulary.find(scheme, str(value.value)) if scheme else None
        for code, words in concept.label.items() if concept else ():
            told.append(replace(value, value=words, language=code, as_written=""))
        if concept is None:
            told.append(value)
    return list(dict.fromkeys(told))


def _told(values: Sequence[Value], languages: Sequence[str]) -> LanguageMap:
    """Preferred first. Numbers and what has a unit or a doubt are worded in each language; the rest stays as it is."""
    ranked = sorted(values, key=lambda v: not v.preferred)
    several = len({(v.language, str(v.value)) for v in ranked}) > len({v.language for v in ranked})
    told: dict[str, list[str]] = {}
    for value in ranked:
        worded = not isinstance(value.value, str) or bool(value.unit or value.certainty)
        for code in languages if worded and not value.language else (value.language or "und",):
            told.setdefault(code, []).append(_worded(value, code, with_source=several))
    return lines(told)


def _worded(value: Value, language: str, *, with_source: bool) -> str:
    unit = _UNITS.get(value.unit, value.unit)
    words = value.as_written
    if not words or (unit and _NUMBER.fullmatch(words)):  # a cell below "Cao (cm)" holds the number only
        words = _number(value.value, language) + (f" {unit}" if unit else "")
    remarks = [phrase(value.certainty).say(language)] if value.certainty in _CERTAINTIES else []
    if with_source and value.source:
        remarks.append(value.source)
    return f"{words} ({'; '.join(remarks)})" if remarks else words


def _number(value: str | float | int, language: str) -> str:
    if isinstance(value, str):
        return value
    plain = f"{value:.10g}"
    return plain.replace(".", ",") if language == "vi" else plain


def _designation(given: Designation, language: str) -> str:
    known = phrases("media").get(given.scheme)
    name = known.say(language) if known else given.scheme
    details = [f"{phrase('decision').say(language)} {given.decision_number}"] if given.decision_number else []
    details += [given.date] if given.date else []
    return f"{name} ({', '.join(details)})" if details else name
