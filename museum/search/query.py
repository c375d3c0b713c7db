"""What a visitor asks: the frozen Query, and our own lenient parser of the search box. Nothing typed is an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from museum.search.analysis import Token, joined, tokens
from museum.search.expansion import expand_run, han_with_years, respelled
from museum.search.nodes import (
    Everything,
    Facet,
    Fuzzy,
    Node,
    Not,
    Phrase,
    Prefix,
    Term,
    Whole,
    Widened,
    Years,
    all_of,
    any_of,
)
from museum.search.synonyms import Table
from museum.search.typed import (
    FACET_OF,
    LONGEST,
    NOTS,
    ORS,
    SCOPE_OF,
    YEAR_NAMES,
    Item,
    filter_of,
    items_of,
    range_of,
    readable,
    years_of,
)

SORTS = ("relevance", "title", "year", "year_down", "newest")
FACETS = (
    "kind",
    "object_type",
    "material",
    "place",
    "institution",
    "designation",
    "has",
    "licence",
    "display",
    "color",
)

_SPAN = re.compile(r"([1-9]\d{2,3})[-–—]([1-9]\d{2,3})")
# Centuries as they are written: "thế kỷ XVIII–XIX", "18th–19th century".
_CENTURIES = re.compile(r"(?:[ivx]+|\d{1,2}(?:st|nd|rd|th)?)[-–—](?:[ivx]+|\d{1,2}(?:st|nd|rd|th)?)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Query:
    """A search: `root` is what must match; `facets` are OR inside one and AND across; `cursor` is a page's own word.

    `words` are the plain words in order (empty when the query is more than plain words): for titles that equal the
    query and for spelling. Years count like historians do (-300 is 300 BC).
    """

    text: str = ""
    root: Node = field(default_factory=Everything)
    words: tuple[Token, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    years: Years | None = None
    sort: str = "relevance"
    limit: int = 24
    cursor: str = ""
    language: str = "vi"
    counted: tuple[str, ...] = FACETS


@dataclass
class _Reading:
    """What the parser has gathered so far."""

    parts: list[Node] = field(default_factory=list)
    run: list[Token] = field(default_factory=list)
    plain: list[Token] = field(default_factory=list)
    facets: dict[str, list[str]] = field(default_factory=dict)
    years: Years | None = None
    is_plain: bool = True
    joins: bool = False
    run_joins: bool = False
    synonyms: Table | None = None
    negates: bool = False

    def add(self, node: Node) -> None:
        self.close_run()
        if self.joins and self.parts:
            self.parts.append(any_of(self.parts.pop(), node))
        else:
            self.parts.append(node)
        self.joins = False

    def close_run(self) -> None:
        if self.run:
            nodes = expand_run(tuple(self.run), self.synonyms)
            if self.run_joins and self.parts:
                nodes = [any_of(self.parts.pop(), nodes[0]), *nodes[1:]]
            self.parts.extend(nodes)
        self.run, self.run_joins = [], False


def parse(
    text: str,
    *,
    facets: Mapping[str, tuple[str, ...]] | None = None,
    year_from: int | None = None,
    year_to: int | None = None,
    sort: str = "relevance",
    limit: int = 24,
    cursor: str = "",
    language: str = "vi",
    counted: tuple[str, ...] = FACETS,
    synonyms: Table | None = None,
) -> Query:
    """Read a search box: words, "a phrase", prefix*, slip~, -without, NOT without, one OR other, title:"vạc đồng",
    1802..1945, year:1800..1850, năm:"Minh Mạng 16", has:image; field names in English or Vietnamese. `facets` and years
    of the form are added.

    An unknown sort or facet is left out, a limit is kept within 1 to 100. `synonyms` is the museum's own table (see
    `synonym_edits.Current`); without one the shipped table counts.
    """
    text = readable(text)[:LONGEST]
    reading = _Reading(synonyms=synonyms)
    for item in items_of(text):
        _read_item(reading, item)
    reading.close_run()
    chosen = {name: tuple(values) for name, values in reading.facets.items()}
    for name, values in (facets or {}).items():
        if name in FACETS and values:
            chosen[name] = tuple(dict.fromkeys((*chosen.get(name, ()), *map(readable, values))))
    years = reading.years
    if year_from is not None or year_to is not None:
        years = Years(year_from, year_to)
    words = tuple(reading.plain) if reading.is_plain else ()
    return Query(
        text=text.strip(),
        root=all_of(*reading.parts),
        words=words,
        facets=chosen,
        years=years,
        sort=sort if sort in SORTS else "relevance",
        limit=min(max(limit, 1), 100),
        cursor=cursor,
        language=language,
        counted=tuple(name for name in counted if name in FACETS),
    )


def _read_item(reading: _Reading, item: Item) -> None:
    is_negative, reading.negates = bool(item.minus) or reading.negates, False
    if not item.name and not item.is_quoted and _read_operator(reading, item, is_negative):
        return
    if item.name and _read_filter(reading, item, is_negative=is_negative):
        return
    value, scope = item.value, SCOPE_OF.get(item.name, "all")
    if item.name and scope == "all":
        value = f"{item.written}:{value}"  # not a field of ours: then it is what it says
    is_simple = _is_simple(value) or _is_of_centuries(value, reading.run)
    if is_simple and not (item.is_quoted or item.name or is_negative):
        found = tokens(value)
        if not reading.run:
            reading.run_joins, reading.joins = reading.joins, False
        reading.run.extend(found)
        reading.plain.extend(found)
        return
    node = _node_of(value, scope, is_quoted=item.is_quoted)
    if node is None:
        return
    if is_negative or item.name or item.is_quoted or value[-1:] in "*~":
        reading.is_plain = False
    else:
        reading.plain.extend(tokens(value))
    reading.add(Not(node) if is_negative else node)


def _read_operator(reading: _Reading, item: Item, is_negative: bool) -> bool:
    """OR, NOT and bare ranges of years."""
    if item.value in ORS and not is_negative:
        reading.close_run()
        reading.joins, reading.is_plain = bool(reading.parts), False
        return True
    if item.value in NOTS and not is_negative:
        reading.negates, reading.is_plain = True, False
        return True
    years, is_left_out = range_of(item)
    if years is None:
        return False
    _read_years(reading, years, is_left_out=is_left_out or (is_negative and not item.minus))
    return True


def _read_filter(reading: _Reading, item: Item, *, is_negative: bool) -> bool:
    if item.name in YEAR_NAMES:
        years = years_of(item.value)
        if years is None:
            return False
        _read_years(reading, years, is_left_out=is_negative)
        return True
    if item.name not in FACET_OF:
        return False
    name, value = filter_of(item.name, item.value)
    if is_negative:
        reading.add(Not(Facet(name, (value,))))
    else:
        reading.facets.setdefault(name, []).append(value)
    reading.is_plain = False
    return True


def _read_years(reading: _Reading, years: Years, *, is_left_out: bool) -> None:
    if is_left_out:
        reading.add(Not(years))
    else:
        reading.years = years
    reading.is_plain = False


def _is_of_centuries(word: str, before: list[Token]) -> bool:
    """Whether a word is the "XVIII–XIX" of "thế kỷ XVIII–XIX", or "18th–19th"."""
    if not _CENTURIES.fullmatch(word):
        return False
    return word[-1:] in "htd" or (bool(before) and before[-1].folded in ("ky", "ki", "thu"))


def _is_simple(word: str) -> bool:
    return len(tokens(word)) == 1 and word[-1:] not in "*~"


def _node_of(value: str, scope: str, *, is_quoted: bool) -> Node | None:
    """The node of a quoted text or of one written word; None when it holds no letter or digit."""
    found = tuple(tokens(value))
    if not found:
        return None
    last = value.rstrip()[-1:] if not is_quoted else ""
    if last == "*":
        return all_of(*(Term(token, scope) for token in found[:-1]), Prefix(found[-1].folded, scope))
    if last == "~":
        return all_of(*(Fuzzy(token, scope) for token in found))
    if len(found) == 1:
        return Term(found[0], scope)
    phrase = Phrase(found, scope)
    if is_quoted:
        return han_with_years(value, phrase)
    if scope not in ("all", "identifier"):
        return phrase
    number = joined(value)
    others: list[Node] = [Whole(number)] if number.isascii() else []
    others += respelled(found) if scope == "all" else []
    span = _SPAN.fullmatch(value)
    if span and int(span[1]) <= int(span[2]) and scope == "all":
        others.append(Years(int(span[1]), int(span[2])))
    written = han_with_years(value, phrase)
    return Widened(written, tuple(others)) if others else written
