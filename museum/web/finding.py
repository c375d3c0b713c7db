"""Asking the search index on behalf of pages; a museum that has no index yet finds nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from museum.search.facets import FacetCount
from museum.search.hits import Hit
from museum.search.index import Page, SearchIndex
from museum.search.query import FACETS, Query, parse
from museum.web.context import museum
from museum.web.language import current

PAGE_SIZE = 24
_STEP = 500  # hits read at once of all
_NOTHING = Page(total=0, hits=(), facets={}, years=None, cursor="", suggestions=(), took_ms=0.0)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search as the address states it: words, filters (OR inside one, AND across), years (-350 is 350 BC)."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    sort: str = "relevance"
    cursor: str = ""

    @property
    def has_filters(self) -> bool:
        """True when more than words narrows the search."""
        return any(self.filters.values()) or self.year_from is not None or self.year_to is not None


def find(asked: Asked, *, limit: int = PAGE_SIZE, counted: tuple[str, ...] = FACETS) -> Page:
    """The page of results that `asked` names, with counts of the facets `counted`; nothing typed is an error."""
    index = museum().reader.index()
    if index is None:
        return _NOTHING
    return index.search(replace(query_for(asked), limit=limit, counted=counted))


def every(asked: Asked) -> Iterator[str]:
    """Ids of all records that `asked` names, in its order, however many; in constant memory."""
    index = museum().reader.index()
    return index.every(query_for(asked)) if index else iter(())


def every_hit(asked: Asked) -> Iterator[Hit]:
    """The same with what the index tells of each; all of it is of one moment, whenever it is read."""
    index = museum().reader.index()
    return _hits(index, replace(query_for(asked), limit=_STEP, counted=())) if index else iter(())


def _hits(index: SearchIndex, query: Query) -> Iterator[Hit]:
    while True:
        page = index.search(query)
        yield from page.hits
        if not page.cursor:
            return
        query = replace(query, cursor=page.cursor)


def query_for(asked: Asked) -> Query:
    """What an index is asked for `asked`."""
    return parse(
        asked.text,
        facets=asked.filters,
        year_from=asked.year_from,
        year_to=asked.year_to,
        sort=asked.sort,
        cursor=asked.cursor,
        language=current(),
        synonyms=museum().synonyms.get() if asked.text else None,
    )


def see_next(record_id: str, *, limit: int) -> tuple[str, ...]:
    """Ids of records like this one, the most alike first; where there are too few, the newest of the museum follow."""
    index = museum().reader.index()
    hits: list[Hit] = index.similar(record_id, limit) if index else []
    if len(hits) < limit:
        hits = [*hits, *find(Asked(sort="newest"), limit=limit + 1 + len(hits)).hits]
    return tuple(dict.fromkeys(hit.id for hit in hits if hit.id != record_id))[:limit]


def counts(page: Page, name: str) -> tuple[FacetCount, ...]:
    """The values of one facet of a result that find something or are chosen."""
    return tuple(c for c in page.facets.get(name, ()) if c.count or c.is_chosen)
