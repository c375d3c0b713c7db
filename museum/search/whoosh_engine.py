"""The pure-Python engine: whoosh 2.7.4, right to about 20,000 records. The only module that knows it.

Never `Searcher.refresh()`: forks of whoosh then show old versions of updated records (search.md §3). Every reload
opens a new searcher.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from whoosh import columns, fields, index, query
from whoosh.analysis import SpaceSeparatedTokenizer

from museum.errors import BackendError, Conflict
from museum.search.document import SearchDoc
from museum.search.engine import (
    SORT_KEYS,
    Best,
    Found,
    Key,
    Tally,
    Writer,
    YearCounts,
    best_in_turn,
    scope_streams,
    sort_keys,
)
from museum.search.nodes import (
    SCOPES,
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
)
from museum.search.stored import Stored

_MARK_SCOPES = ("title", "head")
_NO_YEAR = 2**31 - 1
_MIDDLE = 2**63  # added to keys: the bytes of negative ones (a fossil's years) stand in order, too
_MOST_REMEMBERED = 1_000_000  # document numbers kept for words asked before, about 60 MB


def _schema() -> Any:
    words = {scope: fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True) for scope in SCOPES}
    marks = {f"marked_{scope}": fields.KEYWORD(scorable=False) for scope in (*_MARK_SCOPES, "all")}
    # Text keys and integer keys alike: eight bytes for the integers keep one column kind, ordered as bytes.
    keys = {f"key_{name}": fields.COLUMN(columns.VarBytesColumn()) for name in SORT_KEYS}
    return fields.Schema(
        id=fields.ID(unique=True),
        stored=fields.STORED(),
        whole=fields.KEYWORD(commas=True, scorable=False),
        facets=fields.KEYWORD(scorable=False),
        facet_values=fields.COLUMN(columns.VarBytesColumn()),
        year_from=fields.NUMERIC(int, bits=32, signed=True),
        year_to=fields.NUMERIC(int, bits=32, signed=True),
        first=fields.COLUMN(columns.NumericColumn("i", default=_NO_YEAR)),
        last=fields.COLUMN(columns.NumericColumn("i", default=_NO_YEAR)),
        **words,
        **marks,
        **keys,
    )


class WhooshEngine:
    """A whoosh index in `folder`, made when it is not there; see `engine.Engine`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._leaves: dict[Any, frozenset[int]] = {}
        self._remembered = 0
        try:
            if not index.exists_in(str(folder)):
                index.create_in(str(folder), _schema()).close()
            self._searcher = self._open_searcher()
        except (index.IndexError, OSError) as error:
            raise BackendError("search.unreadable", folder=folder, reason=error) from error

    def _open_searcher(self) -> Any:
        return index.open_dir(str(self._folder)).searcher()

    def begin(self) -> Writer:
        try:
            return _WhooshWriter(index.open_dir(str(self._folder)).writer(limitmb=64))
        except index.LockError as error:
            raise Conflict("search.second_writer", folder=self._folder) from error

    def reload(self) -> None:
        old, self._searcher = self._searcher, self._open_searcher()
        self._leaves, self._remembered = {}, 0
        old.close()

    def close(self) -> None:
        self._searcher.close()

    def count(self) -> int:
        return int(self._searcher.doc_count())

    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def steady(self) -> AbstractContextManager[None]:
        return nullcontext()

    def tally(
        self, node: Node, *, facets: tuple[str, ...] = (), with_years: bool = True, most: int | None = None
    ) -> Tally:
        found = self._matching(node)
        if not found:
            return Tally(total=0, facets={name: {} for name in facets}, years=None)
        reader = self._searcher.reader()
        counts: dict[str, Counter[str]] = {name: Counter() for name in facets}
        if facets:
            values = reader.column_reader("facet_values")
            for number in found:
                given = orjson.loads(values[number])
                for name in facets:
                    counts[name].update(given.get(name, ()))
        if not with_years:
            return Tally(total=len(found), facets={n: dict(counter) for n, counter in counts.items()}, years=None)
        first, last = reader.column_reader("first"), reader.column_reader("last")
        firsts = [year for year in (first[number] for number in found) if year != _NO_YEAR]
        lasts = [year for year in (last[number] for number in found) if year != _NO_YEAR]
        return Tally(
            total=len(found),
            facets={name: dict(counter) for name, counter in counts.items()},
            years=(min(firsts), max(lasts)) if firsts and lasts else None,
        )

    def count_years(self, node: Node, *, edges: tuple[int, ...]) -> YearCounts:
        found = self._matching(node)
        counted: list[tuple[int, ...]] = []
        for name in ("first", "last"):
            column = self._searcher.reader().column_reader(name) if found else ()
            years = (column[number] for number in found)
            places = Counter(bisect_right(edges, year) for year in years if year != _NO_YEAR)
            counted.append(tuple(places[place] for place in range(len(edges) + 1)))
        return YearCounts(starts=counted[0], ends=counted[1])

    def best(
        self, levels: Sequence[Node], *, filters: Sequence[Node] = (), limit: int, total: int | None = None
    ) -> Best:
        return best_in_turn(self, levels, filters=filters, limit=limit, total=total)

    def select(
        self, node: Node, *, sort: str, limit: int, after: Key | None = None, known: frozenset[Key] = frozenset()
    ) -> list[Found]:
        found = self._matching(node)
        if not found:
            return []
        column = self._searcher.reader().column_reader(f"key_{sort}")
        keyed = [(bytes(column[number]), number) for number in found]
        if after is not None:
            bound = _key_bytes(after)
            keyed = [pair for pair in keyed if pair[0] > bound]
        if known:
            there = {_key_bytes(key) for key in known}
            keyed = [pair for pair in keyed if pair[0] not in there]
        keyed.sort()
        return [
            Found(key=_key(key, sort), stored=Stored(self._searcher.stored_fields(number)["stored"]))
            for key, number in keyed[:limit]
        ]

    def stored(self, record_id: str) -> Stored | None:
        for number in self._searcher.docs_for_query(query.Term("id", record_id)):
            return Stored(self._searcher.stored_fields(number)["stored"])
        return None

    def _matching(self, node: Node) -> frozenset[int]:
        """Numbers of the documents that match. Sets are joined here: whoosh's own nested matchers lose documents of
        later segments (found by the contract suite), and one query asks for the same words many times."""
        match node:
            case Everything():
                return self._leaf(query.Every())
            case And():
                wanted = [self._matching(child) for child in node.children if not isinstance(child, Not)]
                unwanted = [self._matching(child.child) for child in node.children if isinstance(child, Not)]
                kept = frozenset.intersection(*wanted) if wanted else self._matching(Everything())
                return kept.difference(*unwanted)
            case Or():
                return frozenset().union(*map(self._matching, node.children))
            case Widened():
                return self._matching(node.literal).union(*map(self._matching, node.others))
            case Not():
                return self._matching(Everything()) - self._matching(node.child)
            case Years():
                return self._years(node)
            case Facet():
                terms = [self._leaf(query.Term("facets", _facet(node.name, value))) for value in node.values]
                return frozenset().union(*terms)
            case Term():
                return self._term(node)
            case Fuzzy():
                return self._leaf(query.Term(node.scope, node.token.folded))
            case Phrase():
                words = [token.folded for token in node.tokens]
                return self._leaf(query.Phrase(node.scope, words) if len(words) > 1 else query.Term(node.scope, *words))
            case Prefix():
                return self._leaf(query.Prefix(node.scope, node.folded))
            case Whole():
                return self._leaf(query.Term("whole", f"={node.text}" if node.is_exact else node.text))

    def _leaf(self, leaf: Any) -> frozenset[int]:
        found = self._leaves.get(leaf)
        if found is None:
            found = frozenset(self._searcher.docs_for_query(leaf))
            self._remembered += len(found)
            if self._remembered > _MOST_REMEMBERED:
                self._leaves, self._remembered = {}, len(found)
            self._leaves[leaf] = found
        return found

    def _term(self, node: Term) -> frozenset[int]:
        if not (node.is_exact and node.token.exact):
            return self._leaf(query.Term(node.scope, node.token.folded))
        if node.scope in (*_MARK_SCOPES, "all"):
            return self._leaf(query.Term(f"marked_{node.scope}", node.token.exact))
        folded = self._leaf(query.Term(node.scope, node.token.folded))
        return folded & self._leaf(query.Term("marked_all", node.token.exact))

    def _years(self, node: Years) -> frozenset[int]:
        found = self._leaf(query.Every("year_from")) if node.first is None and node.last is None else None
        for name, low, high in (("year_to", node.first, None), ("year_from", None, node.last)):
            if low is not None or high is not None:
                side = self._leaf(query.NumericRange(name, _bounded(low), _bounded(high)))
                found = side if found is None else found & side
        return found or frozenset()


class _WhooshWriter:
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def put(self, doc: SearchDoc, *, newest: int, stored: bytes) -> None:
        row: dict[str, Any] = {"id": doc.id, "stored": stored, **dict(scope_streams(doc))}
        row.update({f"marked_{scope}": stream for scope, stream in doc.marked.items()})
        row["whole"] = ",".join(doc.wholes)
        row["facets"] = " ".join(_facet(name, v.value) for name, values in doc.facets.items() for v in values)
        row["facet_values"] = orjson.dumps({n: [v.value for v in values] for n, values in doc.facets.items()})
        # Columns are always written: whoosh cannot read one that no segment has.
        row.update(first=_NO_YEAR, last=_NO_YEAR)
        if doc.year_from is not None and doc.year_to is not None:
            row.update(year_from=doc.year_from, year_to=doc.year_to, first=doc.year_from, last=doc.year_to)
        row.update({f"key_{n}": _key_bytes(key) for n, key in sort_keys(doc, newest=newest).items()})
        self._writer.update_document(**row)

    def delete(self, record_id: str) -> None:
        self._writer.delete_by_term("id", record_id)

    def commit(self) -> None:
        try:
            self._writer.commit()
        except OSError as error:
            raise BackendError("search.not_written", reason=error) from error

    def cancel(self) -> None:
        self._writer.cancel()


def _bounded(year: int | None) -> int | None:
    return None if year is None else max(-_NO_YEAR, min(year, _NO_YEAR))


def _facet(name: str, value: str) -> str:
    """One term without white space or commas."""
    return f"{name}={quote(value, safe='')}"


def _key_bytes(key: Key) -> bytes:
    return (key + _MIDDLE).to_bytes(8, "big") if isinstance(key, int) else key.encode("utf-8")


def _key(key: bytes, sort: str) -> Key:
    return key.decode("utf-8") if sort.startswith("title_") else int.from_bytes(key, "big") - _MIDDLE
