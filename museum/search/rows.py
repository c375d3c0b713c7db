"""Where an index keeps its own words: a small SQL store with one writer, on SQLite or on PostgreSQL.

The SQL is what both understand: `?` for values, `ON CONFLICT`, no type but INTEGER, TEXT and BLOB.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from museum.errors import BackendError

Row = tuple[Any, ...]


class Rows(Protocol):
    """A store whose tables `prepare` has made. Readers and the one writer each open their own."""

    def prepare(self, schema: str) -> None:
        """Make the tables of `schema` (statements set apart by semicolons) that are not there."""

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query, or of a statement that returns some."""

    def write(self, sql: str, values: Sequence[object] = ()) -> None:
        """Do one statement, within `writing`."""

    def write_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Do one statement for each of `rows`, within `writing`."""

    def writing(self) -> AbstractContextManager[None]:
        """One transaction: all that is written in it stays, or nothing."""

    def size_bytes(self) -> int:
        """Room that the store takes; 0 where it stands in a database whose size the engine tells."""

    def close(self) -> None:
        """Give back what is open."""


class SqliteRows:
    """The store in one SQLite file; see `Rows`. Raises BackendError search.unreadable, search.not_written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            # The log is emptied early, and what it grew to in one large batch given back: else it, 4 MB, would be most
            # of a small index after some hundred commits.
            self._db.execute("PRAGMA wal_autocheckpoint=64")
            self._db.execute("PRAGMA journal_size_limit=262144")
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def prepare(self, schema: str) -> None:
        try:
            self._db.executescript(schema)
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        try:
            with closing(self._db.execute(sql, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def write(self, sql: str, values: Sequence[object] = ()) -> None:
        try:
            self._db.execute(sql, values)
        except sqlite3.Error as error:
            raise BackendError("search.not_written", reason=error) from error

    def write_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        try:
            self._db.executemany(sql, rows)
        except sqlite3.Error as error:
            raise BackendError("search.not_written", reason=error) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        self.write("BEGIN IMMEDIATE")
        try:
            yield
            self.write("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk ends it by itself
                self._db.execute("ROLLBACK")
            raise

    def _unreadable(self, error: sqlite3.Error) -> BackendError:
        return BackendError("search.unreadable", folder=self._path.parent, reason=error)

    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._path.parent.glob(f"{self._path.name}*"))

    def close(self) -> None:
        self._db.close()
