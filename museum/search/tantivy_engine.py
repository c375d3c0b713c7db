"""The default engine: tantivy 0.27, embedded. The only module that knows it."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

import orjson
import tantivy
from tantivy import FieldType, Filter, Occur, Order, TextAnalyzerBuilder, Tokenizer

from museum.errors import BackendError, Conflict
from museum.search.analysis import BREAK
from museum.search.document import SearchDoc
from museum.search.engine import Best, Found, Key, Tally, Writer, YearCounts, best_in_turn
from museum.search.nodes import (
    FIELDS,
    HEAD,
    And,
    Everything,
    Facet,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
    Whole,
    Widened,
    Years,
    all_of,
)
from museum.search.query import FACETS
from museum.search.stored import Stored
from museum.search.tantivy_reading import (
    MARK_SCOPES,
    MOST_VALUES,
    State,
    Values,
    best_at_once,
    fields_of,
    is_tied,
    terms,
    told_of,
    word_of,
)
from museum.search.tantivy_rows import NUMBERED, column, row_of, short, start_of

_HEAP_BYTES = 50_000_000  # more does not help batches of 500 records
_HEAP_OF_A_BUILD_BYTES = 200_000_000  # of each full heap a segment is made, and segments have to be merged
_BLOCK_BYTES = 65_536  # compressed together; of twice as many a page takes longer to read
_SETTINGS = "meta.json"
_INTEGER_KEYS = ("rank", "year", "year_down", "newest")
_VIETNAMESE, _ENGLISH = "title_vi", "title_en"
_WORDS = "words"  # our tokenizer of folded streams: what stands between two texts makes a gap, and no word
_COLUMN_ONLY = "column_only"  # our tokenizer of text that is sorted by and never looked up: it makes no words
# Records of which the level is asked at once; of more, level by level is quicker. All that match several words are
# far fewer than those of the rarest of them, which is all that is known before.
_MOST_SCORED, _MOST_SCORED_OF_ONE = 8_000, 1_000
_MOST_ON_A_PAGE = 101  # longer lists are exports, and nobody asks for one again


@cache
def _empty() -> tuple[Any, bytes]:
    """(the schema, the settings of an empty index): without the lengths of fields, as nothing is scored by them, and
    with larger blocks of what stands with records. The library's builder offers neither, its format does."""
    with TemporaryDirectory() as folder:
        tantivy.Index(_built(), path=folder)
        meta = Path(folder) / _SETTINGS
        told = orjson.loads(meta.read_bytes())
        for field in told["schema"]:
            if indexing := field["options"].get("indexing"):
                indexing["fieldnorms"] = False
        told["index_settings"]["docstore_blocksize"] = _BLOCK_BYTES
        meta.write_bytes(orjson.dumps(told))
        return tantivy.Index.open(folder).schema, meta.read_bytes()


def _built() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("stored", stored=True)
    # No phrase runs from one field into the next: one anywhere is one in some field. What is in the head is in one of
    # its fields, too; all of them together are a field, since most is sought there.
    for scope in (*FIELDS, "all"):
        option = "position" if scope in FIELDS else "basic"
        builder.add_text_field(scope, tokenizer_name=_WORDS, index_option=option)
    for scope in (*MARK_SCOPES, "all"):
        builder.add_text_field(f"marked_{scope}", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("whole", tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        is_column = column(name) == f"facet_{name}"
        builder.add_text_field(f"facet_{name}", tokenizer_name="raw", index_option="basic", fast=is_column)
    # Columns only: ranges are read from them, and nobody looks a key up.
    for name in ("year_from", "year_to", *(f"key_{name}" for name in _INTEGER_KEYS), *map(column, NUMBERED)):
        builder.add_integer_field(name, fast=True)
    for name in (_VIETNAMESE, _ENGLISH):
        builder.add_text_field(f"key_{name}", tokenizer_name=_COLUMN_ONLY, index_option="basic", fast=True)
        # tantivy has no ranges over text: the key's first bytes as a number cut off what lies before a cursor.
        builder.add_integer_field(f"start_{name}", fast=True)
    return builder.build()


class TantivyEngine:
    """A tantivy index in `folder`, made when it is not there. Reading is thread-safe; see `engine.Engine`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._schema, settings = _empty()
        if not (folder / _SETTINGS).exists():
            (folder / _SETTINGS).write_bytes(settings)
        self._index = self._open()
        self._state = State(self._index.searcher())
        self._values = Values(self._schema)

    def _open(self) -> Any:
        try:
            opened = tantivy.Index(self._schema, path=str(self._folder))
            nothing = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.remove_long(1)).build()
            opened.register_tokenizer(_COLUMN_ONLY, nothing)
            gaps = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.custom_stopword([BREAK])).build()
            opened.register_tokenizer(_WORDS, gaps)
            opened.register_fast_field_tokenizer(_COLUMN_ONLY, TextAnalyzerBuilder(Tokenizer.raw()).build())
            return opened
        except ValueError as error:
            raise BackendError("search.unreadable", folder=self._folder, reason=error) from error

    def begin(self) -> Writer:
        # A fresh Index for every batch: long-lived ones never collect each other's segments (reference: search.md §5).
        try:
            return _TantivyWriter(self._open(), heap_size=_HEAP_BYTES)
        except ValueError as error:
            raise Conflict("search.second_writer", folder=self._folder) from error

    def fill(self, rows: Iterable[str]) -> None:
        """Take what `row_of` made of many records that are not there; all of them are committed at the end."""
        with _Named():
            writer = _TantivyWriter(self._open(), heap_size=_HEAP_OF_A_BUILD_BYTES)
        try:
            for row in rows:
                writer.add(row)
            writer.commit()
        except BaseException:
            writer.cancel()
            raise

    def reload(self) -> None:
        self._index.reload()
        self._state = State(self._index.searcher())

    def close(self) -> None:
        """Nothing stays open but memory maps, which go with the object."""

    def count(self) -> int:
        return int(self._state.searcher.num_docs)

    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def steady(self) -> AbstractContextManager[None]:
        return nullcontext()

    def tally(
        self, node: Node, *, facets: tuple[str, ...] = (), with_years: bool = True, most: int | None = None
    ) -> Tally:
        searcher, query = self._state.searcher, self._query(node)
        asked: dict[str, Any] = {"total": {"value_count": {"field": "key_rank"}}}  # every record has one
        if with_years:
            asked |= {"first": {"min": {"field": "year_from"}}, "last": {"max": {"field": "year_to"}}}
        size = MOST_VALUES if most is None else most * 2
        answer = searcher.aggregate(query, asked | terms(facets, size))
        counts, cut = {}, []
        for name in facets:
            found = told_of(answer, name)
            counts[name] = self._values.counts(searcher, query, name, found)
            if most and len(found) == size and is_tied(counts[name], most, least=found[-1][1]):
                cut.append(name)
        if cut:
            again = searcher.aggregate(query, terms(cut, MOST_VALUES))
            counts |= {name: self._values.counts(searcher, query, name, told_of(again, name)) for name in cut}
        first, last = (answer[name]["value"] if with_years else None for name in ("first", "last"))
        return Tally(
            total=int(answer["total"]["value"]),
            facets=counts,
            years=None if first is None or last is None else (int(first), int(last)),
        )

    def count_years(self, node: Node, *, edges: tuple[int, ...]) -> YearCounts:
        pairs = zip((None, *edges), (*edges, None), strict=True)
        ranges = [
            {name: year for name, year in (("from", low), ("to", high)) if year is not None} for low, high in pairs
        ]
        asked = {name: {"range": {"field": name, "ranges": ranges}} for name in ("year_from", "year_to")}
        answer = self._state.searcher.aggregate(self._query(node), asked)
        starts, ends = (
            tuple(int(bucket["doc_count"]) for bucket in answer[name]["buckets"]) for name in ("year_from", "year_to")
        )
        return YearCounts(starts=starts, ends=ends)

    def select(
        self, node: Node, *, sort: str, limit: int, after: Key | None = None, known: frozenset[Key] = frozenset()
    ) -> list[Found]:
        state, query = self._state, self._query(node)
        if sort == _ENGLISH:  # the keys that are the Vietnamese ones stand there alone
            apart = tantivy.Query.exists_query(f"start_{_ENGLISH}")
            own = tantivy.Query.boolean_query([(Occur.Must, query), (Occur.Must, apart)])
            same = tantivy.Query.boolean_query([(Occur.Must, query), (Occur.MustNot, apart)])
            keyed = [*self._ordered(own, _ENGLISH, limit, after), *self._ordered(same, _VIETNAMESE, limit, after)]
            found = sorted(keyed, key=lambda hit: hit[0])[:limit]
        else:
            found = self._ordered(query, sort, limit, after, known)
        is_page = sort == "rank" and limit <= _MOST_ON_A_PAGE
        return [Found(key, state.stored(address, key if is_page else None)) for key, address in found]

    def _ordered(
        self, query: Any, sort: str, limit: int, after: Key | None, known: frozenset[Key] = frozenset()
    ) -> list[tuple[Key, Any]]:
        """(key, address) of the first records by that key."""
        searcher, name = self._state.searcher, f"key_{sort}"
        if after is None:
            hits = searcher.search(query, limit + len(known), count=False, order_by_field=name, order=Order.Asc).hits
            return [hit for hit in hits if hit[0] not in known][:limit] if known else list(hits)
        if isinstance(after, int):
            rest = self._above(query, name, after, is_included=False)
            return list(searcher.search(rest, limit, count=False, order_by_field=name, order=Order.Asc).hits)
        rest = self._above(query, f"start_{sort}", start_of(after), is_included=True)
        reach = limit * 2
        while True:
            hits = searcher.search(rest, reach, count=False, order_by_field=name, order=Order.Asc).hits
            found = [hit for hit in hits if hit[0] > after][:limit]
            if len(found) == limit or len(hits) < reach:
                return found
            reach *= 4

    def best(
        self, levels: Sequence[Node], *, filters: Sequence[Node] = (), limit: int, total: int | None = None
    ) -> Best:
        state, last = self._state, len(levels) - 1
        is_page = limit <= _MOST_ON_A_PAGE
        held = [place for place, node in enumerate(levels) if place == last or state.bound.of(node)]
        whole = all_of(levels[last], *filters)
        if state.bound.of(whole) > (_MOST_SCORED if isinstance(whole, And) else _MOST_SCORED_OF_ONE):
            told = best_in_turn(self, [levels[place] for place in held], filters=filters, limit=limit, total=total)
            return Best(told.total, [(held[level], item) for level, item in told.found])
        queries = {place: self._query(levels[place] if place < last else whole) for place in held}
        if held == [last]:
            answer = state.first(queries[last], limit)
            hits = [(last, key, address) for key, address in answer.hits]
            return Best(int(answer.count), state.found(hits, is_page=is_page))
        return best_at_once(state, queries, limit=limit, is_page=is_page)

    def stored(self, record_id: str) -> Stored | None:
        state = self._state
        query = tantivy.Query.term_query(self._schema, "id", record_id, index_option="basic")
        hits = state.searcher.search(query, 1, count=False).hits
        return state.stored(hits[0][1]) if hits else None

    def _above(self, query: Any, name: str, bound: int, *, is_included: bool) -> Any:
        above = tantivy.Query.range_query(
            self._schema, name, FieldType.Integer, lower_bound=bound, include_lower=is_included
        )
        return tantivy.Query.boolean_query([(Occur.Must, query), (Occur.Must, above)])

    def _query(self, node: Node) -> Any:
        """The node in tantivy's own queries."""
        match node:
            case Everything():
                return tantivy.Query.all_query()
            case Term():
                return self._term(node)
            case Phrase():
                words = [token.folded for token in node.tokens]
                if len(words) == 1:
                    return self._words(node.scope, words[0])
                scopes = {"head": HEAD, "all": FIELDS}.get(node.scope, (node.scope,))
                return self._either([tantivy.Query.phrase_query(self._schema, scope, list(words)) for scope in scopes])
            case Prefix():
                begun = f"{node.folded}.*"
                return self._either(
                    [tantivy.Query.regex_query(self._schema, scope, begun) for scope in fields_of(node.scope)]
                )
            case Fuzzy():
                return self._words(node.scope, node.token.folded)
            case Whole():
                text = short(f"={node.text}" if node.is_exact else node.text)
                return tantivy.Query.term_query(self._schema, "whole", text, index_option="basic")
            case Facet():
                return self._either(
                    [
                        tantivy.Query.term_query(self._schema, f"facet_{node.name}", value, index_option="basic")
                        for value in node.values
                    ]
                )
            case Years():
                return self._years(node)
            case Or():
                return self._either([self._query(child) for child in node.children])
            case Widened():
                return self._either([self._query(child) for child in (node.literal, *node.others)])
            case Not():
                return self._query(And((node,)))
            case And():
                wanted = [child for child in node.children if not isinstance(child, Not)] or [Everything()]
                unwanted = [child.child for child in node.children if isinstance(child, Not)]
                return tantivy.Query.boolean_query(
                    [(Occur.Must, self._query(child)) for child in wanted]
                    + [(Occur.MustNot, self._query(child)) for child in unwanted]
                )

    def _either(self, queries: list[Any]) -> Any:
        if len(queries) == 1:
            return queries[0]
        return tantivy.Query.boolean_query([(Occur.Should, query) for query in queries])

    def _words(self, scope: str, word: str) -> Any:
        return self._either(
            [tantivy.Query.term_query(self._schema, name, word, index_option="basic") for name in fields_of(scope)]
        )

    def _term(self, node: Term) -> Any:
        if not (node.is_exact and node.token.exact) or node.scope in (*MARK_SCOPES, "all"):
            return self._words(*word_of(node))
        both = [self._words(node.scope, node.token.folded), self._words("marked_all", node.token.exact)]
        return tantivy.Query.boolean_query([(Occur.Must, query) for query in both])

    def _years(self, node: Years) -> Any:
        parts = []
        for name, low, high in (("year_to", node.first, None), ("year_from", None, node.last)):
            if low is not None or high is not None:
                side = tantivy.Query.range_query(
                    self._schema, name, FieldType.Integer, lower_bound=low, upper_bound=high
                )
                parts.append((Occur.Must, side))
        return tantivy.Query.boolean_query(parts) if parts else tantivy.Query.all_query()


class _TantivyWriter:
    """One writer of the library; what it refuses, of a full disk for one, is BackendError("search.not_written")."""

    def __init__(self, index: Any, *, heap_size: int) -> None:
        self._writer = index.writer(heap_size=heap_size, num_threads=1)

    def put(self, doc: SearchDoc, *, newest: int, stored: bytes) -> None:
        self.delete(doc.id)
        self.add(row_of(doc, newest=newest, stored=stored))

    def add(self, row: str) -> None:
        """Add what `row_of` made of a record that is not there."""
        with _Named():
            self._writer.add_json(row)

    def delete(self, record_id: str) -> None:
        with _Named():
            self._writer.delete_documents_by_term("id", record_id)

    def commit(self) -> None:
        with _Named():
            self._writer.commit()
            self._writer.garbage_collect_files()
            self._writer.wait_merging_threads()

    def cancel(self) -> None:
        with suppress(ValueError):
            self._writer.rollback()
            self._writer.wait_merging_threads()


class _Named(AbstractContextManager[None]):
    """The library's errors under our name; no generator, since it stands around each record."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if isinstance(error, ValueError | TypeError | OSError):
            raise BackendError("search.not_written", reason=error) from error
