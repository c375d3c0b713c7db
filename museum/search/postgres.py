"""One schema of a PostgreSQL database that holds a search index: its connections, its writer's lock, its words.

The only module of search that opens connections. A process keeps one small pool for each schema, however many
indexes are opened on it, and gives it up with the last of them.
"""

import os
import re
import threading
import weakref
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import SQLAlchemyError

from museum.errors import BackendError, Conflict
from museum.search.rows import Row

_LOCK_CLASS = 7_220_512  # of advisory locks: whoever writes a schema holds (this, its name's checksum)
_MAKING = 7_220_513  # held while schemas and tables are made: IF NOT EXISTS alone is not safe for two at once
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# A plan must fit the words asked for, not the average word; compiling a query would take longer than answering it.
_OPTIONS = "-csearch_path={schema} -cplan_cache_mode=force_custom_plan -cjit=off"
# The lock of a host that lost its power is free after a minute, not after the two hours of TCP's own patience.
_OPTIONS += " -ctcp_keepalives_idle=30 -ctcp_keepalives_interval=10 -ctcp_keepalives_count=3"

_pools: dict[tuple[int, str, str], tuple[Engine, int]] = {}
_guard = threading.RLock()  # Python may collect a schema, and so give it back, within any line of `_take`


def _take(key: tuple[int, str, str]) -> Engine:
    with _guard:
        if key not in _pools:
            _pools[key] = _made(*key[1:]), 0  # connects to nothing yet
        engine, users = _pools[key]
        _pools[key] = engine, users + 1
        return engine


def _give_back(key: tuple[int, str, str]) -> None:
    with _guard:
        engine, users = _pools.pop(key)
        if users > 1:
            _pools[key] = engine, users - 1
        elif key[0] == os.getpid():  # the connections of a process that was forked are not ours to close
            engine.dispose()


def _made(url: str, schema: str) -> Engine:
    options = {"options": _OPTIONS.format(schema=schema)}
    return create_engine(url, pool_pre_ping=True, connect_args=options, isolation_level="AUTOCOMMIT")


class Schema:
    """The schema `name` of the database at `url`; thread-safe."""

    def __init__(self, url: str, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        self.name = name
        key = (os.getpid(), url, name)
        self._engine = _take(key)
        self._own = threading.local()
        self.close = weakref.finalize(self, _give_back, key)
        """Give back what is open; done by itself when nobody uses the schema any more."""

    def __repr__(self) -> str:
        return self.name

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection that commits each statement; within `steady` and `writing` theirs."""
        own: Connection | None = getattr(self._own, "connection", None)
        if own is not None:
            yield own
            return
        try:
            connection = self._engine.connect()
        except SQLAlchemyError as error:
            raise BackendError("search.unreadable", folder=self.name, reason=error.__cause__ or error) from error
        with connection:
            yield connection

    @contextmanager
    def _transaction(self, isolation: IsolationLevel) -> Iterator[Connection]:
        with self.connected() as connection:
            if connection is getattr(self._own, "connection", None):
                yield connection
                return
            settled = connection.execution_options(isolation_level=isolation)
            with settled.begin():
                self._own.connection = settled
                try:
                    yield settled
                finally:
                    del self._own.connection

    @contextmanager
    def steady(self) -> Iterator[None]:
        """All that this thread reads within is of one state of the database, whoever commits meanwhile."""
        with self._transaction("REPEATABLE READ"):
            yield

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, of this thread."""
        with self._transaction("READ COMMITTED") as connection:
            yield connection

    def make(self, script: str) -> None:
        """Do statements (set apart by semicolons) that make or drop, in one transaction and one process at a time."""
        with self.writing() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_MAKING,))
            for statement in script.split(";"):
                if statement.strip():
                    connection.exec_driver_sql(statement)

    def has(self, table: str) -> bool:
        """Whether a table is there."""
        with self.connected() as connection:
            return connection.exec_driver_sql("SELECT to_regclass(%s)", (f"{self.name}.{table}",)).scalar() is not None

    def size_bytes(self) -> int:
        """Room that the tables take with their indexes."""
        sql = (
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind = 'r'"
        )
        with self.connected() as connection:
            return int(connection.exec_driver_sql(sql, (self.name,)).scalar_one())

    def lock(self, name: str = "") -> "Lock":
        """Be the schema's one writer (or hold another lock of it, `name`); Conflict("search.second_writer") when
        somebody does. The lock goes with the process that holds it, as soon as the server misses its connection."""
        return Lock(self._engine, f"{self.name}.{name}" if name else self.name)


class Lock:
    """An advisory lock on a connection of its own, until `release`."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._key = (_LOCK_CLASS, zlib.crc32(name.encode()) - 2**31)
        self._connection = engine.connect()
        taken = self._connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s, %s)", self._key).scalar()
        if not taken:
            self._connection.close()
            raise Conflict("search.second_writer", folder=name)

    def release(self) -> None:
        """Let the next one write; a second call does nothing."""
        if self._connection.closed:
            return
        with suppress(SQLAlchemyError):  # a connection that broke has lost its lock already
            self._connection.exec_driver_sql("SELECT pg_advisory_unlock(%s, %s)", self._key)
        self._connection.close()


class PostgresRows:
    """The store of an index's words in a schema; see `rows.Rows`."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def prepare(self, schema: str) -> None:
        tables = re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", schema)
        if not all(self._schema.has(table) for table in tables):
            self._schema.make(_in_postgres(schema))

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        with self._schema.connected() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(_marked(sql), _sendable(values))]

    def write(self, sql: str, values: Sequence[object] = ()) -> None:
        with self._schema.connected() as connection:
            connection.exec_driver_sql(_marked(sql), _sendable(values))

    def write_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        given = [_sendable(row) for row in rows]
        if given:
            with self._schema.connected() as connection:
                connection.exec_driver_sql(_marked(sql), given)

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._schema.writing():
            yield

    def size_bytes(self) -> int:
        return 0

    def close(self) -> None:
        """The schema is closed by the engine that shares it."""


def _in_postgres(schema: str) -> str:
    """The same tables in PostgreSQL's words; text compares by its bytes, as in SQLite."""
    for ours, theirs in (
        ("INTEGER PRIMARY KEY", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        (" WITHOUT ROWID", ""),
        (" BLOB", " bytea"),
        (" INTEGER", " bigint"),
        (" TEXT", ' text COLLATE "C"'),
    ):
        schema = schema.replace(ours, theirs)
    return schema


def _marked(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")


def _sendable(values: Sequence[object]) -> tuple[Any, ...]:
    """PostgreSQL keeps no character 0 in a text."""
    return tuple(value.replace("\x00", "") if isinstance(value, str) else value for value in values)
