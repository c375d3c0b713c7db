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

Needle = tuple[str, str]
_PART = b"\0"
_FIELD = "\x1f"


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
        return {name: part[1:-1] for name, part in self._fields}

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

    def where(self, anywhere: Sequence[str], within: Sequence[Needle] = ()) -> tuple[str, ...]:
        """The fields that hold one of the words sought `anywhere`, or those sought `within` a scope."""
        if len(anywhere) == 1 and not within:
            words = anywhere[0]
            return tuple([name for name, part in self._fields if words in part])
        found = []
        for name, part in self._fields:
            for words in anywhere:
                if words in part:
                    found.append(name)
                    break
            else:
                if any(scope == name and words in part for scope, words in within):
                    found.append(name)
        return tuple(found)

    @cached_property
    def _fields(self) -> list[tuple[str, str]]:
        parts = self._words.decode().split(_FIELD)  # text finds text in a third of the time that bytes take
        return [(name, part) for name, part in zip(FIELDS, parts, strict=True) if part]


def needle(words: str, *, is_whole: bool = True) -> str:
    """What is looked for in fields: whole words side by side, or the beginning of one."""
    return f" {words} " if is_whole else f" {words}"


def pack(doc: SearchDoc, *, digest: str, phrases: Sequence[tuple[str, str]]) -> bytes:
    """The bytes of a document; `digest` is its own, `phrases` are those it counts for."""
    words = _FIELD.join(f" {doc.streams[name]} " if doc.streams.get(name) else "" for name in FIELDS)
    rest = (
        digest,
        phrases,
        {name: [item.value for item in values] for name, values in doc.facets.items()},
    )
    return _PART.join((doc.id.encode(), orjson.dumps(doc.summary), words.encode(), orjson.dumps(rest)))
