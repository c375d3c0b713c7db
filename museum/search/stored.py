"""What stands with each record in an index, as bytes: what a list tells of it, its words, and what a change needs.

Four parts between NUL bytes, none of which holds one: the identifier; the summary as JSON; the folded words of each
field of `nodes.FIELDS`, in that order, between unit separators; and the rest as JSON. A list parses none of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import orjson

from museum.search.document import SearchDoc
from museum.search.nodes import FIELDS

Needle = tuple[str, bytes]
_PART = b"\0"
_FIELD = b"\x1f"


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
        return {name: part[1:-1].decode() for name, part in self._fields}

    @cached_property
    def rest(self) -> Rest:
        """What lists don't tell."""
        digest, phrases, facets = orjson.loads(self._rest)
        return Rest(digest=digest, phrases=[(words, name) for words, name in phrases], facets=facets)

    @property
    def titles(self) -> Collection[str]:
        """The titles, in each language, as a list tells them."""
        titles: Mapping[str, str] = orjson.loads(self.told).get("title", {})
        return titles.values()

    def where(self, needles: Sequence[Needle]) -> tuple[str, ...]:
        """The fields that hold a needle: (scope, its folded words as `needle` makes them)."""
        found = []
        for name, part in self._fields:
            for scope, words in needles:
                if words in part and (scope == "all" or scope == name):
                    found.append(name)
                    break
        return tuple(found)

    @cached_property
    def _fields(self) -> list[tuple[str, bytes]]:
        return [(name, part) for name, part in zip(FIELDS, self._words.split(_FIELD), strict=True) if part]


def needle(scope: str, words: str, *, is_whole: bool = True) -> Needle:
    """What is looked for in fields: whole words side by side, or the beginning of one."""
    return scope, f" {words} ".encode() if is_whole else f" {words}".encode()


def pack(doc: SearchDoc, *, digest: str, phrases: Sequence[tuple[str, str]]) -> bytes:
    """The bytes of a document; `digest` is its own, `phrases` are those it counts for."""
    words = _FIELD.join(f" {doc.streams[name]} ".encode() if doc.streams.get(name) else b"" for name in FIELDS)
    rest = (
        digest,
        phrases,
        {name: [item.value for item in values] for name, values in doc.facets.items()},
    )
    return _PART.join((doc.id.encode(), orjson.dumps(doc.summary), words, orjson.dumps(rest)))
