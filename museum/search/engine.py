"""The one protocol of all engines: filter by a node, order by a key, count. No engine analyses text or scores.

What a reader sees is one committed state; `reload` takes the newest. One writer at a time: a second is refused.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from museum.search.analysis import BREAK
from museum.search.document import SearchDoc
from museum.search.nodes import FIELDS, HEAD, Node, all_of
from museum.search.stored import Stored

Key = int | str

SORT_KEYS = ("rank", "year", "year_down", "newest", "title_vi", "title_en")
_MOST = 2**32 - 1
_YEAR_ORIGIN = 1_000_000
_NO_YEAR = 2**31 - 1


class Found(NamedTuple):
    """One record of a selection: its key in the asked order, and what stands with it."""

    key: Key
    stored: Stored


class Best(NamedTuple):
    """The first records by relevance, each with its level from 0, and how many there are in all."""

    total: int
    found: list[tuple[int, Found]]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Of all records that match: how many, how many for each value of each facet, first and last year."""

    total: int
    facets: Mapping[str, Mapping[str, int]]
    years: tuple[int, int] | None


@dataclass(frozen=True, kw_only=True)
class YearCounts:
    """Of all dated records that match: how many begin, and how many end, before the first edge, from each edge to the
    next, and from the last one on; both one longer than the edges."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]


class Writer(Protocol):
    """One set of changes: all of it becomes visible at `commit`, or nothing."""

    def put(self, doc: SearchDoc, *, newest: int, stored: bytes) -> None:
        """Add a record, in place of the one of the same id."""

    def delete(self, record_id: str) -> None:
        """Take a record out; one that is not there is no error."""

    def commit(self) -> None:
        """Make the changes durable and give the lock back."""

    def cancel(self) -> None:
        """Forget the changes and give the lock back."""


class Engine(Protocol):
    """An index in one folder."""

    def begin(self) -> Writer:
        """Take the writer's lock; Conflict("search.second_writer") when another holds it."""

    def reload(self) -> None:
        """See the newest committed state."""

    def close(self) -> None:
        """Give back what is open."""

    def tally(
        self, node: Node, *, facets: tuple[str, ...] = (), with_years: bool = True, most: int | None = None
    ) -> Tally:
        """Count what matches; its years, too, unless nobody asks for them. `most`: so many values of a facet will do,
        the most frequent ones and all that are as frequent as the last of them; more may be told."""

    def count_years(self, node: Node, *, edges: tuple[int, ...]) -> YearCounts:
        """Count the first and the last years of what matches between `edges` (years, ascending, at least one)."""

    def best(
        self, levels: Sequence[Node], *, filters: Sequence[Node] = (), limit: int, total: int | None = None
    ) -> Best:
        """The first `limit` records by relevance: those of the first level by their "rank", then those of the second
        that are not in it, and so on; `filters` hold in each. The last level holds all there are, which with the
        filters is `total` where that is known."""

    def select(
        self, node: Node, *, sort: str, limit: int, after: Key | None = None, known: frozenset[Key] = frozenset()
    ) -> list[Found]:
        """Records that match in ascending order of a key of SORT_KEYS, those above `after` only, none whose key is
        `known`; at most `limit`."""

    def stored(self, record_id: str) -> Stored | None:
        """What stands with a record."""

    def count(self) -> int:
        """How many records there are."""

    def size_bytes(self) -> int:
        """Room that the index takes."""

    def steady(self) -> AbstractContextManager[None]:
        """All that this thread asks within is answered from one committed state."""


@runtime_checkable
class RowEngine(Protocol):
    """An engine that takes many records at once, each as one row that any process can make."""

    def fill(self, rows: Iterable[str]) -> None:
        """Add to an empty index; all of it becomes visible at the end, or nothing."""


def best_in_turn(
    engine: Engine, levels: Sequence[Node], *, filters: Sequence[Node], limit: int, total: int | None
) -> Best:
    """What `Engine.best` gives, by a question for each level."""
    levels = [all_of(level, *filters) for level in levels]
    total = engine.tally(levels[-1], with_years=False).total if total is None else total
    most = min(limit, total)
    found: list[tuple[int, Found]] = []
    for level, node in enumerate(levels):
        if len(found) >= most:
            break
        known = frozenset(item.key for _, item in found)
        found += [(level, i) for i in engine.select(node, sort="rank", limit=most - len(found), known=known)]
    return Best(total, found)


def sort_keys(doc: SearchDoc, *, newest: int) -> dict[str, Key]:
    """A record's key in each order; all ascend and none is shared, so that a key alone is a cursor."""
    recent = _MOST - newest
    first = _NO_YEAR if doc.year_from is None else doc.year_from + _YEAR_ORIGIN
    last = _NO_YEAR if doc.year_to is None else _YEAR_ORIGIN - doc.year_to
    plainness = (0 if doc.has_picture else 64) + min(doc.title_words, 63)
    titles = {f"title_{code}": f"{key or chr(0xFFFF)}\x02{recent:08x}" for code, key in doc.title_keys.items()}
    return {
        "rank": plainness << 32 | recent,
        "year": first << 32 | recent,
        "year_down": last << 32 | recent,
        "newest": recent,
        **titles,
    }


def scope_streams(doc: SearchDoc) -> Iterator[tuple[str, str]]:
    """(scope, folded tokens) of every scope that has any; "head" and "all" are put together here."""
    for name in FIELDS:
        if doc.streams.get(name):
            yield name, doc.streams[name]
    for scope, names in (("head", HEAD), ("all", FIELDS)):
        yield scope, f" {BREAK} ".join(doc.streams[name] for name in names if doc.streams.get(name))
