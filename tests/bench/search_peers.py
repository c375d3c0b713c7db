"""The raw engines that search is measured beside: whoosh 2.7.4, SQLite's FTS5, PostgreSQL's ts_rank, tantivy.

Each gets the words that our own analysis made (so all find the same), keeps the summary that a list shows, and answers
with the first twenty by its own score, the exact total, and the facets that are asked for. Nothing is parsed, nothing
rendered. A peer made where there is one already opens it, to answer.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import orjson
import psycopg
import tantivy
import whoosh.index
from tantivy import Occur
from whoosh import fields, query, sorting
from whoosh.analysis import SpaceSeparatedTokenizer

from museum.search.document import SearchDoc

FACETS = ("kind", "object_type", "material", "institution", "display")
TOP = 20
_MANY = 65_000
_FIRST, _LAST = -9999, 9999  # years
_SEVERAL = "material"  # the facet with several values of one record


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One query as a raw engine gets it: folded words, all of which must stand, and their forms with marks."""

    text: str
    words: tuple[str, ...]
    marked: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    years: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an engine found: the exact total, what it keeps of the first ones, how many values each facet has."""

    total: int
    first: Sequence[str]
    facets: Mapping[str, Mapping[str, int]]


class Peer(Protocol):
    """One raw engine."""

    name: str

    def add(self, docs: Sequence[SearchDoc]) -> None:
        """Take documents in; `finish` ends it."""

    def finish(self) -> None:
        """Commit; what answers is opened anew."""

    def ask(self, ask: Ask) -> Answer:
        """Answer one query."""

    def close(self) -> None:
        """Give back what is open."""


def body_of(doc: SearchDoc) -> str:
    """All words of a document, folded."""
    return " ".join(stream for stream in doc.streams.values() if stream)


def kept(doc: SearchDoc) -> str:
    """What a list shows of a document, as JSON."""
    return orjson.dumps(doc.summary).decode()


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Whoosh:
    """whoosh 2.7.4: BM25F, facets by its own grouping, years by its own numeric range."""

    name = "whoosh"

    def __init__(self, folder: Path) -> None:
        self._searcher: Any = None
        if folder.exists():
            self._searcher = whoosh.index.open_dir(str(folder)).searcher()
            return
        folder.mkdir()
        text = {n: fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True) for n in ("title", "body", "marked")}
        # Facets of one value are counted from a column, which is whoosh's quickest way; only materials are several.
        facets: dict[str, Any] = {f"facet_{n}": fields.ID(sortable=True) for n in FACETS if n != _SEVERAL}
        facets[f"facet_{_SEVERAL}"] = fields.KEYWORD(commas=True)
        years = {n: fields.NUMERIC(int, bits=32, signed=True, sortable=True) for n in ("year_from", "year_to")}
        schema = fields.Schema(id=fields.ID(unique=True), kept=fields.STORED(), **text, **facets, **years)
        self._index = whoosh.index.create_in(str(folder), schema)
        self._writer = self._index.writer(limitmb=256)

    def add(self, docs: Sequence[SearchDoc]) -> None:
        for doc in docs:
            row: dict[str, Any] = {"id": doc.id, "kept": kept(doc), "title": doc.streams["title"], "body": body_of(doc)}
            row["marked"] = doc.marked["all"]
            row.update({f"facet_{n}": _listed(doc, n) for n in FACETS if doc.facets.get(n)})
            if doc.year_from is not None:
                row.update(year_from=doc.year_from, year_to=doc.year_to)
            self._writer.add_document(**row)

    def finish(self) -> None:
        self._writer.commit()

    def ask(self, ask: Ask) -> Answer:
        terms = [query.Term("body", word) for word in ask.words]
        wanted = terms[0] if len(terms) == 1 else query.And(terms)
        if ask.years is not None:
            wanted = query.And([wanted, *_whoosh_years(ask.years)])
        wanted = (
            query.AndMaybe(wanted, query.Or([query.Term("marked", w) for w in ask.marked])) if ask.marked else wanted
        )
        maps = {
            n: sorting.FieldFacet(f"facet_{n}", allow_overlap=n == _SEVERAL, maptype=sorting.Count) for n in ask.facets
        }
        found = self._searcher.search(wanted, limit=TOP, groupedby=maps or None)
        return Answer(
            total=len(found),
            first=[hit["kept"] for hit in islice(found, TOP)],
            facets={name: found.groups(name) for name in ask.facets},
        )

    def close(self) -> None:
        if self._searcher is not None:
            self._searcher.close()


def _listed(doc: SearchDoc, name: str) -> str:
    return ",".join(item.value.replace(",", " ") for item in doc.facets[name])


def _whoosh_years(years: tuple[int, int]) -> list[Any]:
    # Both sides bounded, which is a little quicker than open ones.
    return [query.NumericRange("year_to", years[0], _LAST), query.NumericRange("year_from", _FIRST, years[1])]


class Fts5:
    """SQLite's FTS5: bm25, facets in one statement over a table of values, years by a join."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        is_made = folder.exists()
        folder.mkdir(exist_ok=True)
        self._db = sqlite3.connect(folder / "fts.db", isolation_level=None)
        self._next = 0
        if is_made:
            return
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "CREATE TABLE record (number INTEGER PRIMARY KEY, kept TEXT, year_from INTEGER, year_to INTEGER);"
            "CREATE TABLE facet (number INTEGER, name TEXT, value TEXT, PRIMARY KEY (number, name, value))"
            " WITHOUT ROWID;"
            "CREATE VIRTUAL TABLE words USING fts5(title, body, marked, content='',"
            " tokenize='unicode61 remove_diacritics 0');"
            "BEGIN"
        )

    def add(self, docs: Sequence[SearchDoc]) -> None:
        numbered = list(enumerate(docs, start=self._next + 1))
        self._next += len(docs)
        self._db.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?)", [(n, kept(d), d.year_from, d.year_to) for n, d in numbered]
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO facet VALUES (?, ?, ?)",
            [(n, name, item.value) for n, d in numbered for name in FACETS for item in d.facets.get(name, ())],
        )
        self._db.executemany(
            "INSERT INTO words (rowid, title, body, marked) VALUES (?, ?, ?, ?)",
            [(n, d.streams["title"], body_of(d), d.marked["all"]) for n, d in numbered],
        )

    def finish(self) -> None:
        self._db.execute("COMMIT")

    def ask(self, ask: Ask) -> Answer:
        match = " ".join(f'"{word}"' for word in ask.words)
        match = f"body : ({' AND '.join(match.split(' '))})"
        where, values = "words MATCH ?", [match]
        source = "words"
        if ask.years is not None:
            source = "words JOIN record ON number = words.rowid"
            where += f" AND year_to >= {ask.years[0]} AND year_from <= {ask.years[1]}"
        numbers = self._db.execute(
            f"SELECT words.rowid FROM {source} WHERE {where} ORDER BY rank LIMIT {TOP}", values
        ).fetchall()
        ((total,),) = self._db.execute(f"SELECT count(*) FROM {source} WHERE {where}", values).fetchall()
        marks = ",".join(str(number) for (number,) in numbers)
        first = [row[0] for row in self._db.execute(f"SELECT kept FROM record WHERE number IN ({marks})")]
        facets: dict[str, dict[str, int]] = {name: {} for name in ask.facets}
        if ask.facets:
            for name, value, count in self._db.execute(
                "SELECT name, value, count(*) FROM facet WHERE number IN"
                f" (SELECT words.rowid FROM {source} WHERE {where}) GROUP BY name, value",
                values,
            ):
                facets[name][value] = count
        return Answer(total=total, first=first, facets=facets)

    def close(self) -> None:
        self._db.close()


class Postgres:
    """PostgreSQL: a tsvector with weights under GIN, ts_rank, facets in one statement, years by columns."""

    name = "PostgreSQL ts_rank"

    def __init__(self, url: str) -> None:
        self._db = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self._next = 0
        if self._db.execute("SELECT to_regclass('record')").fetchall() != [(None,)]:
            return
        self._db.execute(
            "CREATE TABLE record"
            " (number integer PRIMARY KEY, kept text, year_from integer, year_to integer, words tsvector)"
        )
        self._db.execute("CREATE TABLE facet (number integer, name text, value text)")

    def add(self, docs: Sequence[SearchDoc]) -> None:
        numbered = list(enumerate(docs, start=self._next + 1))
        self._next += len(docs)
        with self._db.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE IF NOT EXISTS given"
                " (n integer, kept text, f integer, t integer, a text, b text)"
            )
            with cursor.copy("COPY given FROM STDIN") as copy:
                for n, doc in numbered:
                    copy.write_row((n, kept(doc), doc.year_from, doc.year_to, doc.streams["title"], body_of(doc)))
            cursor.execute(
                "INSERT INTO record SELECT n, kept, f, t,"
                " setweight(to_tsvector('simple', a), 'A') || to_tsvector('simple', b) FROM given"
            )
            cursor.execute("TRUNCATE given")
            with cursor.copy("COPY facet FROM STDIN") as copy:
                for n, doc in numbered:
                    for name in FACETS:
                        for item in doc.facets.get(name, ()):
                            copy.write_row((n, name, item.value))

    def finish(self) -> None:
        self._db.execute("CREATE INDEX ON record USING gin (words) WITH (fastupdate = off)")
        self._db.execute("CREATE INDEX ON facet (number)")
        self._db.execute("ANALYZE")

    def ask(self, ask: Ask) -> Answer:
        wanted = " & ".join(ask.words)
        where = "words @@ wanted"
        if ask.years is not None:
            where += f" AND year_to >= {ask.years[0]} AND year_from <= {ask.years[1]}"
        source = "record, to_tsquery('simple', %s) wanted"
        rows = self._db.execute(
            f"SELECT kept, ts_rank(words, wanted) AS score, count(*) OVER () FROM {source} WHERE {where}"
            f" ORDER BY score DESC LIMIT {TOP}",
            (wanted,),
        ).fetchall()
        facets: dict[str, dict[str, int]] = {name: {} for name in ask.facets}
        if ask.facets:
            for name, value, count in self._db.execute(
                "SELECT name, value, count(*) FROM to_tsquery('simple', %s) wanted, record JOIN facet USING (number)"
                f" WHERE {where} GROUP BY name, value",
                (wanted,),
            ):
                facets[name][value] = count
        return Answer(total=rows[0][2] if rows else 0, first=[row[0] for row in rows], facets=facets)

    def close(self) -> None:
        self._db.close()


class Tantivy:
    """tantivy 0.27 as it is: BM25, one count, facets by its aggregation."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        self._searcher: Any = None
        if folder.exists():
            opened = tantivy.Index.open(str(folder))
            self._schema, self._searcher = opened.schema, opened.searcher()
            return
        folder.mkdir()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
        builder.add_bytes_field("kept", stored=True)
        for name in ("title", "body"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        builder.add_text_field("marked", tokenizer_name="whitespace", index_option="basic")
        for name in FACETS:
            builder.add_text_field(f"facet_{name}", tokenizer_name="raw", index_option="basic", fast=True)
        for name in ("year_from", "year_to"):
            builder.add_integer_field(name, fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._writer = self._index.writer(heap_size=128_000_000, num_threads=1)

    def add(self, docs: Sequence[SearchDoc]) -> None:
        for doc in docs:
            row = tantivy.Document()
            row.add_text("id", doc.id)
            row.add_bytes("kept", kept(doc).encode())
            row.add_text("title", doc.streams["title"])
            row.add_text("body", body_of(doc))
            row.add_text("marked", doc.marked["all"])
            for name in FACETS:
                for item in doc.facets.get(name, ()):
                    row.add_text(f"facet_{name}", item.value)
            if doc.year_from is not None and doc.year_to is not None:
                row.add_integer("year_from", doc.year_from)
                row.add_integer("year_to", doc.year_to)
            self._writer.add_document(row)

    def finish(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()

    def ask(self, ask: Ask) -> Answer:
        parts = [(Occur.Must, self._term("body", word)) for word in ask.words]
        parts += [(Occur.Should, self._term("marked", word)) for word in ask.marked]
        if ask.years is not None:
            first, last = ask.years
            parts += [
                (Occur.Must, self._years("year_to", first, None)),
                (Occur.Must, self._years("year_from", None, last)),
            ]
        wanted = parts[0][1] if len(parts) == 1 else tantivy.Query.boolean_query(parts)
        found = self._searcher.search(wanted, TOP, count=True)
        first = [bytes(self._searcher.doc(address)["kept"][0]).decode() for _, address in found.hits]
        facets: dict[str, dict[str, int]] = {}
        if ask.facets:
            asked = {n: {"terms": {"field": f"facet_{n}", "size": _MANY, "segment_size": _MANY}} for n in ask.facets}
            answer = self._searcher.aggregate(wanted, asked)
            facets = {n: {b["key"]: int(b["doc_count"]) for b in answer[n]["buckets"]} for n in ask.facets}
        return Answer(total=int(found.count), first=first, facets=facets)

    def close(self) -> None:
        """Nothing stays open but memory maps."""

    def _term(self, name: str, word: str) -> Any:
        return tantivy.Query.term_query(self._schema, name, word, index_option="basic")

    def _years(self, name: str, low: int | None, high: int | None) -> Any:
        return tantivy.Query.range_query(
            self._schema, name, tantivy.FieldType.Integer, lower_bound=low, upper_bound=high
        )


def in_batches(docs: Sequence[SearchDoc], size: int) -> Iterator[Sequence[SearchDoc]]:
    """The documents in slices of at most `size`."""
    for start in range(0, len(docs), size):
        yield docs[start : start + size]
