"""What stands with each record in an index, as bytes: what a list tells of it, its words, and what a change needs.

Four parts between NUL bytes, none of which holds one: the identifier; the summary as JSON; the folded words of each
field of `nodes.FIELDS`, in that order, between unit separators; and the rest, the digest and JSON. What the summary
tells already is written once. A list parses none of it, but where words of the summary are told as found.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import orjson

from museum.catalog.summary import SEPARATOR
from museum.search.analysis import streams
from museum.search.document import SearchDoc, number_forms
from museum.search.nodes import FIELDS

Needle = tuple[str, str]
_Listed = Mapping[str, list[str]]
_PART = b"\0"
_FIELD = "\x1f"
_DIGEST_BYTES = 6
_AS_TOLD = "\x01"  # in place of words that are those of the summary, folded: they take a quarter of an index
_SHOWN = {"maker": "maker", "type": "object_type", "place": "place", "material": "material"}


@dataclass(frozen=True, kw_only=True)
class Rest:
    """What a change of the record needs of what it was, and likeness of what it is."""

    digest: str
    phrases: Sequence[tuple[str, str]]
    facets: Mapping[str, Sequence[str]]


class Stored:
    """One record as an index holds it, read part by part; `told` is its summary as JSON."""

    def __init__(self, given: bytes) -> None:
        record_id, self.told, self._words, self._rest = given.split(_PART, 3)
        self.id = record_id.decode()

    @cached_property
    def streams(self) -> dict[str, str]:
        """Folded words by field, of those that have any, in the order in which fields are told."""
        parts = zip(FIELDS, self._line.split(_FIELD), strict=True)
        return {name: part[1:-1] for name, part in parts if part}

    @cached_property
    def rest(self) -> Rest:
        """What lists don't tell."""
        digest, others = self._rest[:_DIGEST_BYTES].hex(), self._rest[_DIGEST_BYTES:]
        phrases, facets = orjson.loads(others) if others else (None, {})
        told = orjson.loads(self.told)
        listed = _listed(told)
        names = _names(listed) if phrases is None else [(words, name) for words, name in phrases]
        return Rest(
            digest=digest, phrases=names, facets={n: v for n, v in (_facets(told, listed) | facets).items() if v}
        )

    @property
    def titles(self) -> Collection[str]:
        """The titles, in each language, as a list tells them."""
        titles: Mapping[str, str] = orjson.loads(self.told).get("title", {})
        return titles.values()

    def where(self, anywhere: Sequence[str], within: Sequence[Needle] = ()) -> tuple[str, ...]:
        """The fields that hold one of the words sought `anywhere`, or those sought `within` a scope."""
        line, places = self._line, 0
        for words in anywhere:
            at = line.find(words)
            while at >= 0:
                places |= 1 << line.count(_FIELD, 0, at)
                end = line.find(_FIELD, at)
                at = line.find(words, end) if end >= 0 else -1
        if within:
            parts = line.split(_FIELD)
            for scope, words in within:
                place = FIELDS.index(scope) if scope in FIELDS else -1
                if place >= 0 and words in parts[place]:
                    places |= 1 << place
        return _fields_at(places)

    @cached_property
    def _line(self) -> str:
        """The words of all fields: text finds text in a third of the time that bytes take, and one text is small."""
        line = self._words.decode()
        if _AS_TOLD not in line:
            return line
        told = orjson.loads(self.told)
        listed = _listed(told)
        parts = zip(FIELDS, line.split(_FIELD), strict=True)
        return _FIELD.join([f" {_as_told(told, listed, name)} " if p == _AS_TOLD else p for name, p in parts])


@cache
def _fields_at(places: int) -> tuple[str, ...]:
    """The fields whose bits are set; there are few of them, so all sets may be remembered."""
    return tuple(name for place, name in enumerate(FIELDS) if places >> place & 1)


def needle(words: str, *, is_whole: bool = True) -> str:
    """What is looked for in fields: whole words side by side, or the beginning of one."""
    return f" {words} " if is_whole else f" {words}"


def pack(doc: SearchDoc, *, digest: str, phrases: Sequence[tuple[str, str]]) -> bytes:
    """The bytes of a document; `digest` is its own, `phrases` are those it counts for."""
    listed = _listed(doc.summary)
    words = _FIELD.join([_kept(doc, listed, name) for name in FIELDS])
    names = None if phrases == _names(listed) else phrases
    told = _facets(doc.summary, listed)
    facets = {name: [item.value for item in values] for name, values in doc.facets.items()}
    others = {name: facets.get(name, []) for name in facets | told if facets.get(name) != told.get(name)}
    rest = bytes.fromhex(digest) + (orjson.dumps((names, others)) if names is not None or others else b"")
    return _PART.join((doc.id.encode(), orjson.dumps(doc.summary), words.encode(), rest))


def _listed(told: Mapping[str, Any]) -> _Listed:
    """The statements of those fields of a summary that may have several, each once."""
    found = {}
    for name, field in _SHOWN.items():
        if by_language := told.get(field):
            found[name] = list(
                dict.fromkeys([words for several in by_language.values() for words in several.split(SEPARATOR)])
            )
    return found


def _names(listed: _Listed) -> list[tuple[str, str]]:
    """The names of most records, as their summaries tell them."""
    return sorted([(words, name) for name, several in listed.items() for words in several])


def _facets(told: Mapping[str, Any], listed: _Listed) -> dict[str, list[str]]:
    """The facets of most records, as their summaries tell them."""
    found = {name: [told[name]] for name in ("kind", "institution", "display") if name in told}
    found["designation"] = list(told.get("designations", ()))
    found["has"] = [what for what in told.get("has", ()) if what != "document"]
    found |= {_SHOWN[name]: several for name, several in listed.items() if name != "maker"}
    return {name: values for name, values in found.items() if values}


def _kept(doc: SearchDoc, listed: _Listed, name: str) -> str:
    stream = doc.streams.get(name)
    if not stream:
        return ""
    return _AS_TOLD if stream == _as_told(doc.summary, listed, name) else f" {stream} "


def _as_told(told: Mapping[str, Any], listed: _Listed, name: str) -> str:
    """The folded words of what a summary tells of a field; "" of a field that no summary tells of."""
    texts: Iterable[str] = listed.get(name, ())
    if name == "identifier":
        texts = dict.fromkeys([form for number in told.get("numbers", ()) for form in number_forms(number)])
    elif name == "title":
        texts = dict.fromkeys(told.get("title", {}).values())
    return " ".join([stream for text in texts if (stream := streams(text)[0])])
