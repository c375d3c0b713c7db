"""The hits of one page: tier by tier, each with what a list tells of it and where it was found."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import orjson

from museum.catalog.record import from_json
from museum.catalog.summary import Summary
from museum.search import cursor
from museum.search.engine import Engine, Found, Key
from museum.search.nodes import Node, Not, Phrase, Prefix, Term, Whole, all_of
from museum.search.query import Query
from museum.search.ranking import positive, tiers
from museum.search.stored import Needle, needle

_SORTS = {"year": "year", "year_down": "year_down", "newest": "newest"}


class Hit(NamedTuple):
    """One record found. `score` is its tier, greater is better, 0 when not sorted by relevance; `fields` say why.

    `told` is its summary as JSON, as it stands in the index: a list needs no row of the catalogue.
    """

    id: str
    score: float
    fields: tuple[str, ...]
    told: bytes = b"{}"

    @property
    def summary(self) -> Summary:
        """What a list tells of the record."""
        return from_json(Summary, orjson.loads(self.told))

    @property
    def item(self) -> orjson.Fragment:
        """The summary and the fields ("matched") as one JSON object, put together from what is JSON already."""
        comma = b"," if len(self.told) > len(b"{}") else b""
        return orjson.Fragment(self.told[:-1] + comma + _matched(self.fields))


@lru_cache(maxsize=1024)
def _matched(fields: tuple[str, ...]) -> bytes:
    return b'"matched":' + orjson.dumps(fields) + b"}"


def hits_of(
    engine: Engine, query: Query, filters: Sequence[Node], *, total: int | None = None
) -> tuple[int | None, list[Hit], str]:
    """(how many there are, the hits of one page, the cursor of the next); `filters` hold in each tier.

    The number is `total`; where that is None, it is told of a first page by relevance, for which nobody has to count
    before.
    """
    title = "title_en" if query.language == "en" else "title_vi"
    sort = title if query.sort == "title" else _SORTS.get(query.sort, "rank")
    is_ranked = query.sort == "relevance"
    # Each tier matches nothing that the query doesn't: the filters alone have to be added.
    levels = tiers(query) if is_ranked else [query.root]
    level, after = cursor.read(query.cursor, sort=query.sort, levels=len(levels), is_text=sort.startswith("title_"))
    if is_ranked and not level and after is None:
        total, found = engine.best(levels, filters=filters, limit=query.limit + 1, total=total)
    else:
        found = _following(engine, levels, filters, sort=sort, limit=query.limit + 1, level=level, after=after)
    anywhere, within = _needles(query.root)
    hits = []
    for place, (_, stored) in found[: query.limit]:
        score = float(len(levels) - place) if is_ranked else 0.0
        hits.append(Hit(stored.id, score, stored.where(anywhere, within), stored.told))
    if len(found) <= query.limit:
        return total, hits, ""
    place, last = found[query.limit - 1]
    return total, hits, cursor.write(query.sort, place, last.key)


def _following(
    engine: Engine,
    levels: Sequence[Node],
    filters: Sequence[Node],
    *,
    sort: str,
    limit: int,
    level: int,
    after: Key | None,
) -> list[tuple[int, Found]]:
    """The records from a cursor on."""
    found: list[tuple[int, Found]] = []
    while level < len(levels) and len(found) < limit:
        node = all_of(levels[level], *filters, *map(Not, levels[:level]))
        found += [(level, i) for i in engine.select(node, sort=sort, limit=limit - len(found), after=after)]
        level, after = level + 1, None
    return found


def _needles(root: Node) -> tuple[list[str], list[Needle]]:
    """All that was sought, to be looked for in folded words: (anywhere, within one field)."""
    found: list[Needle] = []
    for leaf in positive(root):
        if isinstance(leaf, Term):
            found.append((leaf.scope, needle(leaf.token.folded)))
        elif isinstance(leaf, Phrase):
            found.append((leaf.scope, needle(" ".join(token.folded for token in leaf.tokens))))
        elif isinstance(leaf, Prefix):
            found.append((leaf.scope, needle(leaf.folded, is_whole=False)))
        elif isinstance(leaf, Whole):
            found.append(("identifier", needle(leaf.text)))
    found = list(dict.fromkeys(found))
    return [words for scope, words in found if scope == "all"], [pair for pair in found if pair[0] != "all"]
