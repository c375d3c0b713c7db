"""The hits of one page: tier by tier, each with what a list tells of it and where it was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from museum.catalog.record import from_json
from museum.catalog.summary import Summary
from museum.search import cursor
from museum.search.engine import Engine, Found, Key
from museum.search.nodes import FIELDS, Node, Not, Phrase, Prefix, Term, Whole, all_of
from museum.search.query import Query
from museum.search.ranking import positive, tiers

_SORTS = {"year": "year", "year_down": "year_down", "newest": "newest"}
_Needle = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One record found. `score` is its tier, greater is better, 0 when not sorted by relevance; `fields` say why.

    `told` is its summary as JSON, as it stands in the index: a list needs no row of the catalogue.
    """

    id: str
    score: float
    fields: tuple[str, ...]
    told: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def summary(self) -> Summary:
        """What a list tells of the record."""
        return from_json(Summary, self.told)


def hits_of(
    engine: Engine, query: Query, filters: Sequence[Node], *, total: int | None = None
) -> tuple[list[Hit], str]:
    """Hits of one page and the cursor of the next; `filters` hold in each tier. `total`, where it is known, saves
    looking for more than there are."""
    title = "title_en" if query.language == "en" else "title_vi"
    sort = title if query.sort == "title" else _SORTS.get(query.sort, "rank")
    is_ranked = query.sort == "relevance"
    # Each tier matches nothing that the query doesn't: the filters alone have to be added.
    better = tiers(query) if is_ranked else [query.root]
    levels = [all_of(tier, *filters) for tier in better]
    level, after = cursor.read(query.cursor, sort=query.sort, levels=len(levels), is_text=sort.startswith("title_"))
    is_first = not level and after is None
    most = query.limit + 1 if total is None or not is_first else min(query.limit + 1, total)
    found: list[tuple[int, Found]] = []
    while level < len(levels) and len(found) < most:
        node, known = levels[level], frozenset[Key]()
        if is_first:  # all that the better tiers hold has been taken
            known = frozenset(item.key for _, item in found)
        elif level:
            node = all_of(node, *map(Not, better[:level]))
        wanted = query.limit + 1 - len(found)
        found += [(level, i) for i in engine.select(node, sort=sort, limit=wanted, after=after, known=known)]
        level, after = level + 1, None
    needles = _needles(query.root)
    hits = [
        _hit(item.stored, needles, score=float(len(levels) - place) if is_ranked else 0.0)
        for place, item in found[: query.limit]
    ]
    if len(found) <= query.limit:
        return hits, ""
    place, last = found[query.limit - 1]
    return hits, cursor.write(query.sort, place, last.key)


def _hit(given: bytes, needles: Sequence[_Needle], *, score: float) -> Hit:
    stored: dict[str, Any] = orjson.loads(given)
    streams: dict[str, str] = stored["streams"]
    fields = []
    for name, stream in streams.items():
        padded = f" {stream} "
        for scope, words in needles:
            if (scope == "all" or scope == name) and words in padded:
                fields.append(name)
                break
    return Hit(id=stored["id"], score=score, fields=tuple(fields), told=stored.get("summary", {}))


def _needles(root: Node) -> list[_Needle]:
    """(scope, words with spaces about them) of everything sought, to be looked for in folded streams."""
    found: list[_Needle] = []
    for leaf in positive(root):
        if isinstance(leaf, Term):
            found.append((leaf.scope, f" {leaf.token.folded} "))
        elif isinstance(leaf, Phrase):
            found.append((leaf.scope, f" {' '.join(token.folded for token in leaf.tokens)} "))
        elif isinstance(leaf, Prefix):
            found.append((leaf.scope, f" {leaf.folded}"))
        elif isinstance(leaf, Whole):
            found.append(("identifier", f" {leaf.text} "))
    return list(dict.fromkeys(found))


def in_order(streams: Mapping[str, str]) -> dict[str, str]:
    """The streams that hold something, in the order in which fields are told."""
    return {name: streams[name] for name in FIELDS if streams.get(name)}
