"""The engine for several hosts: PostgreSQL's full text over tokens that are ours. See `engine.Engine`.

Every word stands in one `tsvector` under a letter for its scope ("avac": vac, anywhere), put there as it is: no
dictionary of PostgreSQL's sees it. So a whole query is mostly one `tsquery`, answered from one index. Positions are not
used (they end at 16,383): a phrase is its words, and then looked for in the text itself.
"""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from museum.errors import BackendError
from museum.search.document import SearchDoc
from museum.search.engine import Best, Found, Key, Tally, Writer, YearCounts, best_in_turn, scope_streams, sort_keys
from museum.search.nodes import (
    FIELDS,
    HEAD,
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
from museum.search.postgres import Lock, Schema
from museum.search.stored import Stored

_LETTERS = dict(zip(SCOPES, "timyplcdxha", strict=True))
_MARKED = {"title": "T", "head": "H", "all": "A"}  # others share the marks of the whole record
_WHOLE, _FACET = "w", "f"
_LONGEST_LEXEME = 1000  # bytes; PostgreSQL takes 2,046
_BEGINNING = 200  # characters of a longer one that a prefix still finds
_MOST_LEXEMES_BYTES = 900_000  # PostgreSQL takes 1 MiB for one record
_TABLES = """
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.entry (
  id text COLLATE "C" PRIMARY KEY, stored bytea NOT NULL, words tsvector NOT NULL, streams text[] NOT NULL,
  facets text[] NOT NULL, year_from integer, year_to integer, key_rank bigint NOT NULL, key_year bigint NOT NULL,
  key_year_down bigint NOT NULL, key_newest bigint NOT NULL, key_title_vi bytea NOT NULL, key_title_en bytea NOT NULL)
  WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX IF NOT EXISTS entry_words ON {schema}.entry USING gin (words) WITH (fastupdate = off);
CREATE INDEX IF NOT EXISTS entry_rank ON {schema}.entry (key_rank);
CREATE INDEX IF NOT EXISTS entry_year ON {schema}.entry (key_year);
CREATE INDEX IF NOT EXISTS entry_year_down ON {schema}.entry (key_year_down);
CREATE INDEX IF NOT EXISTS entry_newest ON {schema}.entry (key_newest);
CREATE INDEX IF NOT EXISTS entry_title_vi ON {schema}.entry (key_title_vi);
CREATE INDEX IF NOT EXISTS entry_title_en ON {schema}.entry (key_title_en);
"""
_PUT = (
    "INSERT INTO entry VALUES (%s, %s, array_to_tsvector(%s::text[]), %s::text[], %s::text[],"
    " %s, %s, %s, %s, %s, %s, %s, %s)"
)
_LARGE_BATCH = 100  # so many new records and the planner should look again


@dataclass(frozen=True)
class _Words:
    """A condition as a tsquery."""

    text: str


@dataclass(frozen=True)
class _Sql:
    """A condition as SQL; never NULL where it is negated (see `_not`)."""

    text: str
    values: tuple[Any, ...] = ()


_Condition = _Words | _Sql


class PostgresEngine:
    """The index in one schema, made when it is not there unless `is_made` says that it must be."""

    def __init__(self, schema: Schema, *, is_made: bool = False) -> None:
        self._schema = schema
        if schema.has("entry"):
            return
        if is_made:
            raise BackendError("search.unreadable", folder=schema.name, reason="–")
        schema.make(_TABLES.format(schema=schema.name))

    def begin(self) -> Writer:
        return _PostgresWriter(self._schema, self._schema.lock())

    def reload(self) -> None:
        """Each question sees the newest committed state by itself."""

    def close(self) -> None:
        self._schema.close()

    def steady(self) -> AbstractContextManager[None]:
        return self._schema.steady()

    def count(self) -> int:
        return int(self._rows("SELECT count(*) FROM entry")[0][0])

    def size_bytes(self) -> int:
        return self._schema.size_bytes()

    def tally(
        self, node: Node, *, facets: tuple[str, ...] = (), with_years: bool = True, most: int | None = None
    ) -> Tally:
        where = _where(node)
        with self.steady():
            sql = f"SELECT count(*), min(year_from), max(year_to) FROM entry WHERE {where.text}"
            ((total, first, last),) = self._rows(sql, where.values)
            # Counted first and left out then: so each name is looked at once, not once a record.
            sql = (
                f"SELECT facet, n FROM (SELECT unnest(facets) AS facet, count(*) AS n FROM entry WHERE {where.text}"
                " GROUP BY 1) AS counted WHERE split_part(facet, '=', 1) = ANY(%s::text[])"
            )
            rows = self._rows(sql, (*where.values, list(facets))) if facets and total else []
        counts: dict[str, dict[str, int]] = {name: {} for name in facets}
        for facet, count in rows:
            name, _, value = facet.partition("=")
            counts[name][value] = int(count)
        years = (first, last) if with_years and first is not None and last is not None else None
        return Tally(total=int(total), facets=counts, years=years)

    def count_years(self, node: Node, *, edges: tuple[int, ...]) -> YearCounts:
        where = _where(node)
        rows = self._rows(
            "WITH found AS MATERIALIZED (SELECT year_from, year_to FROM entry"
            f" WHERE year_from IS NOT NULL AND ({where.text}))"
            " SELECT 0, width_bucket(year_from, %s::integer[]), count(*) FROM found GROUP BY 2"
            " UNION ALL SELECT 1, width_bucket(year_to, %s::integer[]), count(*) FROM found GROUP BY 2",
            (*where.values, list(edges), list(edges)),
        )
        counted = [[0] * (len(edges) + 1) for _ in range(2)]
        for side, place, count in rows:
            counted[side][place] = int(count)
        return YearCounts(starts=tuple(counted[0]), ends=tuple(counted[1]))

    def best(
        self, levels: Sequence[Node], *, filters: Sequence[Node] = (), limit: int, total: int | None = None
    ) -> Best:
        return best_in_turn(self, levels, filters=filters, limit=limit, total=total)

    def select(
        self, node: Node, *, sort: str, limit: int, after: Key | None = None, known: frozenset[Key] = frozenset()
    ) -> list[Found]:
        where = _where(node)
        condition, values = where.text, list(where.values)
        if after is not None:
            condition, values = f"({condition}) AND key_{sort} > %s", [*values, _stored_key(after)]
        rows = self._rows(
            f"SELECT key_{sort}, stored FROM entry WHERE {condition} ORDER BY key_{sort} LIMIT %s",
            (*values, limit + len(known)),
        )
        found = [Found(key=_key(key), stored=Stored(bytes(stored))) for key, stored in rows]
        return [item for item in found if item.key not in known][:limit]

    def stored(self, record_id: str) -> Stored | None:
        rows = self._rows("SELECT stored FROM entry WHERE id = %s", (record_id.replace("\x00", ""),))
        return Stored(bytes(rows[0][0])) if rows else None

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._schema.connected() as connection:
                return [tuple(row) for row in connection.exec_driver_sql(sql, tuple(values))]
        except SQLAlchemyError as error:
            reason = error.__cause__ or error
            raise BackendError("search.unreadable", folder=self._schema.name, reason=reason) from error


class _PostgresWriter:
    """Changes kept here until `commit` writes them in one transaction."""

    def __init__(self, schema: Schema, lock: Lock) -> None:
        self._schema = schema
        self._lock = lock
        self._rows: dict[str, tuple[Any, ...]] = {}
        self._gone: set[str] = set()

    def put(self, doc: SearchDoc, *, newest: int, stored: bytes) -> None:
        keys = sort_keys(doc, newest=newest)
        facets = [f"{name}={_clean(v.value)}" for name, values in doc.facets.items() for v in values]
        self._rows[doc.id] = (
            doc.id,
            stored,
            _lexemes(doc, facets),
            [f" {doc.streams.get(name, '')} " for name in FIELDS],
            facets,
            doc.year_from if doc.year_to is not None else None,
            doc.year_to if doc.year_from is not None else None,
            keys["rank"],
            keys["year"],
            keys["year_down"],
            keys["newest"],
            _stored_key(keys["title_vi"]),
            _stored_key(keys["title_en"]),
        )
        self._gone.add(doc.id)

    def delete(self, record_id: str) -> None:
        self._rows.pop(record_id, None)
        self._gone.add(record_id)

    def commit(self) -> None:
        try:
            with self._schema.writing() as connection:
                self._write(connection)
            if len(self._rows) >= _LARGE_BATCH:
                with self._schema.connected() as connection:
                    connection.exec_driver_sql("ANALYZE entry")
        except SQLAlchemyError as error:
            raise BackendError("search.not_written", reason=error.__cause__ or error) from error
        finally:
            self._lock.release()

    def _write(self, connection: Connection) -> None:
        if self._gone:
            connection.exec_driver_sql("DELETE FROM entry WHERE id = ANY(%s::text[])", (sorted(self._gone),))
        if self._rows:
            connection.exec_driver_sql(_PUT, list(self._rows.values()))

    def cancel(self) -> None:
        self._rows.clear()
        self._gone.clear()
        self._lock.release()


def _lexemes(doc: SearchDoc, facets: list[str]) -> list[str]:
    """Every word of a record under the letters of its scopes, each once. A book of more different words than PostgreSQL
    takes loses the last of those that `text:` would find, never one of the others."""
    found: dict[str, None] = {}
    for whole in doc.wholes:
        found[_lexeme(_WHOLE, whole)] = None
    for facet in facets:
        found[_lexeme(_FACET, facet)] = None
    for scope, stream in doc.marked.items():
        found.update(dict.fromkeys(_lexeme(_MARKED[scope], word) for word in stream.split()))
    for scope, stream in sorted(scope_streams(doc), key=lambda pair: pair[0] == "text"):
        found.update(dict.fromkeys(_lexeme(_LETTERS[scope], word) for word in set(stream.split())))
    room = _MOST_LEXEMES_BYTES
    kept = []
    for lexeme in found:
        room -= len(lexeme.encode()) + 8
        if room < 0:
            break
        kept.append(lexeme)
    return kept


def _lexeme(letter: str, word: str) -> str:
    """The word as it stands in the index; of a very long one its beginning and a digest of the whole."""
    lexeme = letter + _clean(word)
    data = lexeme.encode("utf-8", "replace")
    if len(data) <= _LONGEST_LEXEME:
        return lexeme
    return lexeme[: _BEGINNING + 1] + hashlib.blake2b(data, digest_size=12).hexdigest()


def _clean(text: str) -> str:
    """PostgreSQL keeps no character 0 in a text."""
    return text.replace("\x00", "")


def _stored_key(key: Key) -> Any:
    return key if isinstance(key, int) else key.encode("utf-8", "replace")


def _key(stored: Any) -> Key:
    return stored if isinstance(stored, int) else bytes(stored).decode("utf-8")


def _where(node: Node) -> _Sql:
    return _sql(_condition(node))


def _sql(condition: _Condition) -> _Sql:
    return condition if isinstance(condition, _Sql) else _Sql("words @@ %s::tsquery", (condition.text,))


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _word(letter: str, word: str) -> _Words:
    return _Words(_quoted(_lexeme(letter, word)))


def _condition(node: Node) -> _Condition:
    """The node as a tsquery where it can be one, else as SQL around tsqueries."""
    match node:
        case Everything():
            return _Sql("TRUE")
        case Term():
            return _term(node)
        case Phrase():
            return _phrase(node)
        case Prefix():
            return _Words(f"{_quoted(_LETTERS[node.scope] + node.folded[:_BEGINNING])}:*")
        case Fuzzy():
            return _word(_LETTERS[node.scope], node.token.folded)
        case Whole():
            return _word(_WHOLE, f"={node.text}" if node.is_exact else node.text)
        case Facet():
            return _either([_word(_FACET, f"{node.name}={value}") for value in node.values])
        case Years():
            return _years(node)
        case Or():
            return _either([_condition(child) for child in node.children])
        case Widened():
            return _either([_condition(child) for child in (node.literal, *node.others)])
        case Not():
            return _not(_condition(node.child))
        case And():
            return _both([_condition(child) for child in node.children])


def _both(parts: list[_Condition]) -> _Condition:
    return _joined(parts, "&", "AND", "TRUE")


def _either(parts: list[_Condition]) -> _Condition:
    return _joined(parts, "|", "OR", "FALSE")


def _joined(parts: list[_Condition], sign: str, word: str, empty: str) -> _Condition:
    texts = [part.text for part in parts if isinstance(part, _Words)]
    together = _Words(texts[0] if len(texts) == 1 else f"({f' {sign} '.join(texts)})") if texts else None
    others = [part for part in parts if isinstance(part, _Sql)]
    if together is not None and not others:
        return together
    sides = [_sql(together)] if together is not None else []
    sides += others
    if not sides:
        return _Sql(empty)
    text = f" {word} ".join(f"({side.text})" for side in sides)
    return _Sql(text, tuple(value for side in sides for value in side.values))


def _not(part: _Condition) -> _Condition:
    if isinstance(part, _Words):
        return _Words(f"!({part.text})")
    return _Sql(f"({part.text}) IS NOT TRUE", part.values)


def _term(node: Term) -> _Condition:
    folded = _word(_LETTERS[node.scope], node.token.folded)
    if not (node.is_exact and node.token.exact):
        return folded
    if node.scope in _MARKED:
        return _word(_MARKED[node.scope], node.token.exact)
    return _both([folded, _word(_MARKED["all"], node.token.exact)])


def _phrase(node: Phrase) -> _Condition:
    words = [token.folded for token in node.tokens]
    letter = _LETTERS[node.scope]
    together = _both([_word(letter, word) for word in dict.fromkeys(words)])
    if len(words) == 1:
        return together
    if node.scope == "all":
        text = "array_to_string(streams, '¶')"
    elif node.scope == "head":
        text = f"array_to_string(streams[1:{len(HEAD)}], '¶')"
    else:
        text = f"streams[{FIELDS.index(node.scope) + 1}]"
    return _both([together, _Sql(f"strpos({text}, %s) > 0", (f" {' '.join(words)} ",))])


def _years(node: Years) -> _Condition:
    parts: list[_Condition] = []
    for name, sign, year in (("year_to", ">=", node.first), ("year_from", "<=", node.last)):
        if year is not None:
            parts.append(_Sql(f"{name} {sign} %s", (max(-(2**31), min(year, 2**31 - 1)),)))
    return _both(parts)
