"""An opened index: pages of results, suggestions, similar records; and batches of changes. On any engine."""

import time
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from museum.search.analysis import Token
from museum.search.building import Prepared
from museum.search.chronology import Chronology, chronology
from museum.search.completion import half_typed, offered
from museum.search.document import SearchDoc
from museum.search.engine import Engine, Key, RowEngine, Tally, Writer
from museum.search.facets import MOST, FacetCount, facet_counts
from museum.search.hits import Hit, hits_of
from museum.search.nodes import (
    And,
    Everything,
    Facet,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Term,
    all_of,
    any_of,
)
from museum.search.opening import RIGHT_UP_TO, open_parts
from museum.search.query import Query, parse
from museum.search.ranking import positive
from museum.search.spelling import spellings
from museum.search.stored import Stored, pack
from museum.search.words import Completion, Counted, Label, WordCounts, Words, counted_of, mark, ranked
from museum.text import Text

_EXPORT_STEP = 500
_TITLES_READ = 60  # records that go on like what is typed


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of results. `total` is exact; `cursor` asks for the next page, "" on the last; `years` of all results
    before the year filter, told where facets are; `suggestions` are other spellings, only when nothing was found."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]
    years: tuple[int, int] | None
    cursor: str
    suggestions: tuple[str, ...]
    took_ms: float


@dataclass(frozen=True, kw_only=True)
class Stats:
    """What an index holds; `position` is the last change of the catalogue it knows."""

    engine: str
    records: int
    generation: int
    position: int
    size_bytes: int

    @property
    def is_too_large(self) -> bool:
        """True for more records than the engine answers quickly for: whoosh above 20,000."""
        return self.records > RIGHT_UP_TO.get(self.engine, self.records)


class SearchIndex:
    """The index in one folder, read through one engine: see `opening.open_parts`."""

    def __init__(self, folder: Path, *, engine: str = "tantivy", database: str = "", is_made: bool = False) -> None:
        self._engine, self._words = open_parts(folder, engine=engine, database=database, is_made=is_made)
        self.folder = folder
        self.engine_name = engine

    def close(self) -> None:
        """Close files and connections."""
        self._words.close()
        self._engine.close()

    def reload(self) -> None:
        """See the newest committed state."""
        self._engine.reload()
        self._words.forget()

    @property
    def position(self) -> int:
        """Number of the last change of the catalogue that the index holds."""
        return self._words.position

    @property
    def generation(self) -> int:
        """Grows by one with each commit."""
        return self._words.generation

    def begin(self) -> "Batch":
        """A batch of changes; Conflict("search.second_writer") when another process or thread writes."""
        return Batch(self._engine, self._words)

    def fill(self, parts: Iterable[Prepared], *, position: int) -> int:
        """Write all records of a fresh index at once, in memory that hardly grows with them; gives their number.

        For engines of `takes_rows`. `position` is the last change they include.
        """
        if not isinstance(self._engine, RowEngine):
            raise AssertionError("only asked of an engine that takes rows")
        docs, tally, labels = tuple(array("q") for _ in range(3)), WordCounts(), set[Label]()
        numbers, newest, marks = docs
        kept: list[Future[None]] = []

        def keep() -> None:
            order = sorted(range(len(numbers)), key=numbers.__getitem__)
            self._words.fill(((numbers[n], newest[n], marks[n]) for n in order), tally, labels, position=position)

        def rows() -> Iterator[str]:
            for part in parts:
                for column, values in zip(docs, zip(*part.docs, strict=True), strict=False):
                    column.extend(values)
                tally.add(part.tally)
                labels.update(part.labels)
                yield from part.rows
            kept.append(beside.submit(keep))  # while the engine commits: nobody reads either before the end of both

        with ThreadPoolExecutor(1) as beside:
            self._engine.fill(rows())
        kept[0].result()
        self._engine.reload()
        return len(numbers)

    @property
    def takes_rows(self) -> bool:
        """Whether a fresh index is filled at once."""
        return isinstance(self._engine, RowEngine)

    def published_at(self, ids: Sequence[str]) -> dict[str, int]:
        """Number of the change that published each of these records, of those in the index."""
        return self._words.newest(ids)

    def search(self, query: Query) -> Page:
        """The page a query asks for; all of it is of one committed state."""
        with self._engine.steady():
            return self._search(query)

    def _search(self, query: Query) -> Page:
        started = time.perf_counter()
        query = replace(query, root=self._spelled_out(query.root))
        filters = {name: Facet(name, values) for name, values in query.facets.items()}
        narrowed = _narrowed(query)
        plain = tuple(name for name in query.counted if name not in filters)
        tally = None
        # A first page by relevance tells how many there are; else they are counted, with their facets and years.
        if query.counted or query.cursor or query.sort != "relevance":
            tally = self._engine.tally(
                all_of(query.root, *narrowed),
                facets=plain,
                with_years=bool(query.counted) and query.years is None,
                most=MOST,
            )
        hits: list[Hit] = []
        total, following = tally.total if tally else None, ""
        if total is None or total:
            total, hits, following = hits_of(self._engine, query, narrowed, total=total)
        return Page(
            total=total or 0,
            hits=tuple(hits),
            facets=self._facets(query, filters, tally) if tally else {},
            years=self._years(query, filters, tally) if tally else None,
            cursor=following,
            suggestions=() if total else self._suggestions(query),
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def _facets(self, query: Query, filters: Mapping[str, Facet], tally: Tally) -> dict[str, tuple[FacetCount, ...]]:
        """The facets asked for; one that is filtered by shows what there is without its own filter."""
        found = {}
        for name in query.counted:
            if name in filters:
                own = self._engine.tally(self._filtered(query, filters, without=name), facets=(name,))
                found[name] = self._facet(name, own, query.facets[name])
            else:
                found[name] = self._facet(name, tally, ())
        return found

    def _years(self, query: Query, filters: Mapping[str, Facet], tally: Tally) -> tuple[int, int] | None:
        if query.years is None or not query.counted:
            return tally.years if query.counted else None
        return self._engine.tally(self._filtered(replace(query, years=None), filters)).years

    def every(self, query: Query) -> Iterator[str]:
        """Ids of all results in order, as many as there are, in constant memory: for exports."""
        query = replace(query, root=self._spelled_out(query.root), limit=_EXPORT_STEP, cursor="")
        narrowed = _narrowed(query)
        while True:
            _, found, following = hits_of(self._engine, query, narrowed)
            yield from (hit.id for hit in found)
            if not following:
                return
            query = replace(query, cursor=following)

    def chronology(self, query: Query, span: tuple[int, int]) -> Chronology:
        """The records of a query along the years, the year filter left out; `span` is what its page says of years."""
        query = replace(query, root=self._spelled_out(query.root), years=None)
        base = self._filtered(query, {name: Facet(name, values) for name, values in query.facets.items()})
        return chronology(lambda edges: self._engine.count_years(base, edges=edges), span)

    def complete(self, prefix: str, n: int = 8) -> list[Completion]:
        """Offers for what is being typed, as they are written in the records: names, and titles of some records."""
        query = half_typed(prefix, limit=_TITLES_READ)
        hits = self.search(query).hits if query else ()
        titles = offered([title for hit in hits for title in hit.summary.title.values()], prefix)
        return ranked(prefix, [*self._words.complete(prefix, n), *titles])[:n]

    def facet_value(self, facet: str, label: str) -> FacetCount | None:
        """The value of a facet that is called so in any language; None where no record has it."""
        for value in (label, *self._words.values_of(facet, label)):
            if total := self._engine.tally(Facet(facet, (value,))).total:
                labels = self._words.labels(facet, [value])
                return FacetCount(value=value, count=total, label=labels.get(value, Text()))
        return None

    def similar(self, record_id: str, n: int = 6) -> list[Hit]:
        """Records that share maker, type, material, place or designation with this one, the most alike first."""
        own = self._engine.stored(record_id)
        if own is None:
            return []
        found: dict[str, Hit] = {}
        likenesses = _likenesses(own)
        for place, node in enumerate(likenesses):
            if len(found) > n:
                break
            for item in self._engine.select(node, sort="rank", limit=n + 1 + len(found)):
                stored = item.stored
                hit = Hit(id=stored.id, score=float(len(likenesses) - place), fields=_shared(node), told=stored.told)
                found.setdefault(hit.id, hit)
        found.pop(record_id, None)
        return list(found.values())[:n]

    def facets_of(self, record_id: str) -> Mapping[str, tuple[str, ...]]:
        """The values by which a record is filtered, by facet; none where it is not in the index."""
        own = self._engine.stored(record_id)
        return {name: tuple(values) for name, values in own.rest.facets.items()} if own else {}

    def contents(self) -> Iterator[tuple[str, str]]:
        """(id, digest of its document) of everything in the index."""
        after: Key | None = None
        while True:
            found = self._engine.select(Everything(), sort="newest", limit=_EXPORT_STEP, after=after)
            for item in found:
                stored = item.stored
                yield stored.id, stored.rest.digest
            if len(found) < _EXPORT_STEP:
                return
            after = found[-1].key

    def stats(self) -> Stats:
        """What the index holds."""
        return Stats(
            engine=self.engine_name,
            records=self._engine.count(),
            generation=self.generation,
            position=self.position,
            size_bytes=self._engine.size_bytes() + self._words.size_bytes(),
        )

    def _filtered(self, query: Query, filters: Mapping[str, Facet], *, without: str = "") -> Node:
        chosen = [node for name, node in filters.items() if name != without]
        return all_of(query.root, *chosen, *([query.years] if query.years else []))

    def _facet(self, name: str, tally: Tally, chosen: tuple[str, ...]) -> tuple[FacetCount, ...]:
        return facet_counts(name, tally.facets.get(name, {}), chosen, labels=self._words.labels)

    def _spelled_out(self, node: Node) -> Node:
        """Fuzzy words as the index's own words one slip away."""
        if isinstance(node, Fuzzy):
            near = (Term(Token(word), node.scope) for word in self._words.near(node.token.folded, 12))
            return any_of(Term(node.token, node.scope), *near)
        if isinstance(node, And):
            return all_of(*map(self._spelled_out, node.children))
        if isinstance(node, Or):
            return any_of(*map(self._spelled_out, node.children))
        return Not(self._spelled_out(node.child)) if isinstance(node, Not) else node

    def _suggestions(self, query: Query) -> tuple[str, ...]:
        """Other spellings, each of which finds something with the same filters and years."""
        filters = {name: Facet(name, values) for name, values in query.facets.items()}

        def finds(text: str) -> int:
            return self._engine.tally(self._filtered(replace(query, root=parse(text).root), filters)).total

        return spellings(query.words, self._words, finds=finds)


class Batch:
    """Changes that become visible together. Also a context manager: what is not committed is forgotten."""

    def __init__(self, engine: Engine, words: Words) -> None:
        self._engine = engine
        self._writer: Writer = engine.begin()
        self._words = words
        self._puts: dict[str, tuple[Counted, int]] = {}
        self._docs: list[SearchDoc] = []
        self._deletes: set[str] = set()
        self._is_open = True

    def __enter__(self) -> "Batch":
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()

    def put(self, doc: SearchDoc, *, newest: int) -> None:
        """Add or replace a record; `newest` is the number of the change that published it (unique)."""
        counted = counted_of(doc)
        self._writer.put(doc, newest=newest, stored=pack(doc, digest=counted.digest, phrases=counted.phrases))
        self._puts[doc.id] = (counted, newest)
        self._docs.append(doc)
        self._deletes.discard(doc.id)

    def delete(self, record_id: str) -> None:
        """Take a record out; one that is not there is no error."""
        self._writer.delete(record_id)
        self._puts.pop(record_id, None)
        self._deletes.add(record_id)

    def commit(self, *, position: int) -> int:
        """Make the changes visible; gives the new generation. `position` is the last change they include."""
        known = self._words.held([*self._puts, *self._deletes])
        held = {record_id: self._engine.stored(record_id) for record_id in known}
        before = {record_id: _counted(stored) for record_id, stored in held.items() if stored is not None}
        self._is_open = False  # from here on the writer gives its lock back itself
        self._writer.commit()
        self._engine.reload()
        generation = self._words.generation + 1
        self._words.label(self._docs)
        self._words.commit(self._puts, self._deletes, before=before.values(), position=position, generation=generation)
        if {record_id: mark(counted.digest) for record_id, counted in before.items()} != known:
            self._words.recount(_everything(self._engine))  # a crash came between the engine's commit and this one
        return generation

    def cancel(self) -> None:
        """Forget the changes, unless they are committed."""
        if self._is_open:
            self._is_open = False
            self._writer.cancel()


def _counted(stored: Stored) -> Counted:
    rest = stored.rest
    return Counted(digest=rest.digest, streams=stored.streams, phrases=rest.phrases, titles=stored.titles)


def _everything(engine: Engine) -> Iterator[list[Counted]]:
    after: Key | None = None
    while found := engine.select(Everything(), sort="newest", limit=_EXPORT_STEP, after=after):
        yield [_counted(item.stored) for item in found]
        after = found[-1].key


def _narrowed(query: Query) -> list[Node]:
    """The filters and years of a query."""
    filters: list[Node] = [Facet(name, values) for name, values in query.facets.items()]
    return [*filters, query.years] if query.years else filters


def _likenesses(stored: Stored) -> list[Node]:
    facets = {name: Facet(name, tuple(values)) for name, values in stored.rest.facets.items()}
    makers = stored.streams.get("maker", "").split(" ¶")[0].split()
    maker = Phrase(tuple(Token(word) for word in makers), "maker") if makers else None
    kind, material, place, designation = (facets.get(n) for n in ("object_type", "material", "place", "designation"))
    wanted = (
        (maker, kind),
        (kind, material, place),
        (maker,),
        (kind, material),
        (kind, place),
        (designation, kind),
        (material, place),
        (kind,),
        (designation,),
        (material,),
        (place,),
    )
    return [all_of(*(part for part in parts if part)) for parts in wanted if all(parts)]


def _shared(node: Node) -> tuple[str, ...]:
    return tuple(leaf.name if isinstance(leaf, Facet) else "maker" for leaf in positive(node))
