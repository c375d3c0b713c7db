"""A record as a searchable document: words by field, facets with their labels, years, keys to sort by."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import orjson

from museum.catalog import vocabulary
from museum.catalog.collation import sort_key
from museum.catalog.dates import span
from museum.catalog.looks import StoredLook
from museum.catalog.record import Record, Value
from museum.catalog.summary import Summary, summarize
from museum.catalog.vocabulary import Concept, Vocabulary
from museum.search.analysis import BREAK, exact, fold, joined, streams
from museum.search.nodes import FIELDS, HEAD
from museum.search.periods import may_name_reign, reign_years
from museum.text import Text, unmarked

# Which fields of a record are searched, and as what. Ownership, acquisition, condition and sources are not public.
_FIELD_OF = {
    "title": "title",
    "other_names": "title",
    "maker": "maker",
    "object_type": "type",
    "object_class": "type",
    "place": "place",
    "material": "material",
    "description": "text",
    "culture": "text",
    "technique": "text",
    "inscription": "text",
    "collection": "text",
    "credit_line": "text",
    "bibliography": "text",
}
_SCHEMES = {"object_type": "object_types", "object_class": "object_classes", "material": "materials"}
_FACET_FIELDS = ("object_type", "material", "place")
_SUGGESTED = {"maker": "maker", "object_type": "type", "place": "place", "material": "material"}
_HAS = {"photo": "image", "scan": "scan", "sound": "sound", "film": "film"}
_LEAST_SHARE = 12  # per cent of the picture's subject, for the record to be found by that colour
_TITLE_KEY_LENGTH = 96  # characters: of titles that are the same so far, the newest comes first


@dataclass(frozen=True, kw_only=True)
class FacetValue:
    """One value of a facet: `value` is what is filtered by, `label` what is shown, by language (may be empty)."""

    value: str
    label: Text = field(default_factory=Text)


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A name a visitor may be offered while typing: the words as shown and the field they come from."""

    display: str
    field: str


@dataclass(frozen=True, kw_only=True)
class SearchDoc:
    """What an engine is given. Years count like historians do; None where there is no date.

    `streams` are folded tokens by field ready for a white-space analyzer, `marked` the exact tokens of "title",
    "head" and "all"; `wholes` whole titles and numbers; `title_keys` collation keys by language; `summary` is what a
    list tells of the record, as JSON (`catalog.summary`).
    """

    id: str
    streams: Mapping[str, str]
    marked: Mapping[str, str]
    wholes: tuple[str, ...]
    title_keys: Mapping[str, str]
    facets: Mapping[str, tuple[FacetValue, ...]]
    year_from: int | None
    year_to: int | None
    has_picture: bool
    title_words: int
    phrases: tuple[Phrase, ...]
    summary: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Tells whether the index holds this very content."""
        body = orjson.dumps(
            [
                self.streams,
                self.marked,
                self.wholes,
                self.title_keys,
                {name: [v.value for v in values] for name, values in self.facets.items()},
                self.year_from,
                self.year_to,
                self.summary,
            ],
            option=orjson.OPT_SORT_KEYS,
        )
        return hashlib.blake2b(body, digest_size=6).hexdigest()


def exact_whole(text: str) -> str:
    """How a whole title with its marks stands among `wholes`, apart from folded ones."""
    return "=" + exact(text)


def document(record: Record, *, look: StoredLook | None = None) -> SearchDoc:
    """The document of a record (whatever its state and parts: the indexer decides who and what is let in); `look` says
    how its picture looks."""
    texts, year_from, year_to = texts_of(record)
    title = record.title
    numbers = [joined(i.value) for i in record.identifiers]
    folded, marked = _streams(texts)
    return SearchDoc(
        id=record.id,
        streams=folded,
        marked=marked,
        wholes=tuple(dict.fromkeys([*_whole_titles(title), *numbers])),
        title_keys=_title_keys(title),
        facets=_facets(record, look),
        year_from=year_from,
        year_to=year_to,
        has_picture=any(media.kind in ("photo", "scan", "film") for media in record.media),
        title_words=len(title.say("vi").split()),
        phrases=tuple(
            phrase
            for name, shown in _SUGGESTED.items()
            for value in record.values.get(name, ())
            for phrase in _phrases(name, shown, str(value.value))
        ),
        summary=_told(summarize(record, terms())),
    )


def _streams(texts: Mapping[str, Iterable[str]]) -> tuple[dict[str, str], dict[str, str]]:
    """(folded tokens by field, exact tokens of "title", "head" and "all")."""
    folded: dict[str, str] = {}
    marks: dict[str, list[str]] = {}
    for name, parts in texts.items():
        found = [streams(part) for part in dict.fromkeys(parts)]
        folded[name] = " ".join([words for words, _ in found if words])
        marked = [word for _, exact_words in found for word in exact_words]
        if marked:
            marks[name] = marked
    if not marks:
        return folded, {"title": "", "head": "", "all": ""}
    scopes = {"title": ("title",), "head": HEAD, "all": FIELDS}
    return folded, {
        scope: " ".join(dict.fromkeys(word for name in names for word in marks.get(name, ())))
        for scope, names in scopes.items()
    }


def _whole_titles(title: Text) -> Iterable[str]:
    """Each title folded, and with its marks where it has any."""
    for words in title.values():
        folded = fold(words)
        yield folded
        if not words.isascii() and (marked := exact_whole(words)) != f"={folded}":
            yield marked


def texts_of(record: Record) -> tuple[dict[str, list[str]], int | None, int | None]:
    """(the texts of a record by the field they are searched as, its first year, its last)."""
    texts: dict[str, list[str]] = {name: [] for name in FIELDS}
    for name, values in record.values.items():
        if name in _FIELD_OF:
            texts[_FIELD_OF[name]] += [words for v in values for words in _all_words(name, str(v.value))]
    texts["identifier"] = [form for i in record.identifiers for form in number_forms(i.value)]
    texts["designation"] = [d.scheme.replace("_", " ") for d in record.designations]
    texts["designation"] += [d.decision_number for d in record.designations if d.decision_number]
    texts["text"] += [words for media in record.media for words in (*media.label.values(), *media.alt.values())]
    texts["place"] += list(record.display_place.values())
    year_from, year_to, texts["date"] = _dates(record.values.get("date", ()), texts)
    return texts, year_from, year_to


def number_forms(number: str) -> tuple[str, ...]:
    """A number as it is written, and in one word where it is several."""
    whole = joined(number)
    return (number,) if streams(number)[0] == f"{whole} {BREAK}" else (number, whole)


def _told(summary: Summary) -> dict[str, Any]:
    """The JSON of a summary, without what is empty."""
    return {name: value.by_language if type(value) is Text else value for name, value in vars(summary).items() if value}


def _title_keys(title: Text) -> dict[str, str]:
    vietnamese, english = title.say("vi"), title.say("en")
    key = sort_key(vietnamese)[:_TITLE_KEY_LENGTH]
    return {"vi": key, "en": key if english == vietnamese else sort_key(english)[:_TITLE_KEY_LENGTH]}


@lru_cache(maxsize=16384)
def _bounds(edtf: str) -> tuple[int, int] | None:
    """Reading one EDTF string takes 5 ms; a collection has few different dates."""
    return span(edtf)


@lru_cache(maxsize=32768)
def _reign_years(text: str) -> list[int]:
    """Makers, types and materials come again and again, and so do the words of their dates."""
    return reign_years(text)


def _dates(values: Iterable[Value], texts: Mapping[str, list[str]]) -> tuple[int | None, int | None, list[str]]:
    """First and last year of all statements together, and the words and single years a query may name."""
    firsts: list[int] = []
    lasts: list[int] = []
    words: list[str] = []
    for value in values:
        words.append(value.as_written or str(value.value))
        span = _bounds(str(value.value))
        if span is not None:
            firsts.append(span[0])
            lasts.append(span[1])
            if span[0] == span[1]:
                words.append(str(span[0]))
    written = (*words, *texts["title"], *texts["text"])
    if may_name_reign("".join(written), " ".join([streams(text)[0] for text in written]).split(" ")):
        years = [year for text in written for year in _reign_years(text)]
        words += map(str, dict.fromkeys(years))
    return (min(firsts), max(lasts), words) if firsts else (None, None, words)


def _facets(record: Record, look: StoredLook | None) -> dict[str, tuple[FacetValue, ...]]:
    found: dict[str, tuple[FacetValue, ...]] = {
        "kind": (_plain(record.kind),),
        "institution": (_plain(record.institution),),
        "display": (_plain(record.display),),
    }
    if record.designations:
        found["designation"] = _all_plain(d.scheme for d in record.designations)
    if record.media:
        found["has"] = _all_plain(_HAS[media.kind] for media in record.media if media.kind in _HAS)
        found["licence"] = _all_plain(media.licence for media in record.media if media.licence)
    if look:
        found["color"] = _all_plain(shade.name for shade in look.colors if shade.share >= _LEAST_SHARE)
    for name in _FACET_FIELDS:
        if given := record.values.get(name):
            found[name] = _concepts(name, tuple([(str(v.value), v.language) for v in given]))
    return {name: values for name, values in found.items() if values}


@lru_cache(maxsize=1024)
def _plain(value: str) -> FacetValue:
    return FacetValue(value=value)


def _all_plain(values: Iterable[str]) -> tuple[FacetValue, ...]:
    return tuple(map(_plain, dict.fromkeys(values)))


@cache
def terms() -> Vocabulary:
    """The vocabulary whose terms are found by their labels in every language."""
    return vocabulary.shipped()


@lru_cache(maxsize=16384)
def _term(name: str, words: str) -> Concept | None:
    return terms().find(_SCHEMES[name], words)


@lru_cache(maxsize=16384)
def _labels(name: str, words: str) -> tuple[str, ...]:
    """The labels, in all languages, of the term that words name; nothing where the vocabulary doesn't know it."""
    concept = _term(name, words) if name in _SCHEMES else None
    return tuple(dict.fromkeys(concept.label.values())) if concept else ()


def _all_words(name: str, words: str) -> tuple[str, ...]:
    """The value as written, and the labels of its term: "mosaic" is found by "tranh khảm"."""
    plain = unmarked(words)
    return tuple(dict.fromkeys((plain, *_labels(name, words)))) if name in _SCHEMES else (plain,)


@lru_cache(maxsize=16384)
def _phrases(name: str, shown: str, words: str) -> tuple[Phrase, ...]:
    labels = _labels(name, words) or (words,)
    return tuple(Phrase(display=label, field=shown) for label in labels if label.strip())


@lru_cache(maxsize=16384)
def _concepts(name: str, given: tuple[tuple[str, str], ...]) -> tuple[FacetValue, ...]:
    """One facet value for each concept that (words, language) name. A term of the vocabulary stands under its code,
    however it was written; other words under the Vietnamese ones, those of other languages at the same place as
    labels."""
    found: list[FacetValue] = []
    by_language: dict[str, list[str]] = {}
    for words, language in given:
        concept = _term(name, words) if name in _SCHEMES else None
        if concept is not None:
            found.append(FacetValue(value=concept.code, label=concept.label))
        if not _labels(name, words) and words.strip():
            by_language.setdefault(language or "und", []).append(words)
    if by_language:
        main = next(code for code in ("vi", "und", "en", *by_language) if code in by_language)
        lead = by_language[main]
        for place, words in enumerate(lead):
            label = {main: words}
            label.update(
                {c: others[place] for c, others in by_language.items() if c != main and len(others) == len(lead)}
            )
            found.append(FacetValue(value=words, label=Text(label)))
    return tuple({item.value: item for item in found}.values())
