"""Where the indexes of a museum stand, which one is in use, and the lock of the one indexer.

In files: `current.json` names the folder in use and its generation. Another folder is put there in one rename, another
generation by writing its digits over the old ones. In PostgreSQL, for several hosts: a row of a table, an advisory
lock, and a schema for each index.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import orjson

from museum.errors import Conflict
from museum.search.opening import schema_name
from museum.search.postgres import Schema
from museum.search.rows import Row

POINTER = "current.json"
LOCK = "indexer.lock"
_RETIRED_S = 60  # readers on other hosts may still ask an index that was in use so long ago
_CATALOG = "museum_search"
_TABLE = f"""
CREATE SCHEMA IF NOT EXISTS {_CATALOG};
CREATE TABLE IF NOT EXISTS {_CATALOG}.pointer (
  shelf text PRIMARY KEY, folder text NOT NULL, engine text NOT NULL, generation bigint NOT NULL,
  format integer NOT NULL, levels text NOT NULL, retired text NOT NULL, moved timestamptz NOT NULL)
"""


@dataclass(frozen=True, kw_only=True)
class Current:
    """What is in use: the index's folder, its engine, its generation, what it was made from."""

    folder: str
    engine: str
    generation: int
    format: int = 0
    levels: str = ""


class Shelf(Protocol):
    """Indexes side by side, one of them in use."""

    def locked(self) -> AbstractContextManager[None]:
        """Be the one indexer; Conflict("search.second_writer") when another is."""

    def current(self) -> Current | None:
        """What is in use; None when that is unknown or gone."""

    def stamp(self) -> tuple[int, int]:
        """Changes with whatever `point` says; (0, 0) when there is nothing."""

    def point(self, current: Current) -> None:
        """Make an index the one in use, at once for everybody."""

    def folders(self) -> list[str]:
        """Names of all indexes."""

    def folder(self, name: str) -> Path:
        """The folder of that name."""

    def fresh(self) -> Path:
        """A new empty folder beside the one in use."""

    def drop_but(self, folder: str) -> None:
        """Delete every index but the one of that folder: older ones, and what a broken rebuild left."""


class FileShelf:
    """Indexes in folders below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __str__(self) -> str:
        return str(self.root)

    @contextmanager
    def locked(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / LOCK).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict("search.second_writer", folder=self.root) from error
            yield

    def current(self) -> Current | None:
        try:
            found = Current(**orjson.loads((self.root / POINTER).read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            return None  # an unreadable pointer is one of a format we don't know
        return found if (self.root / found.folder).is_dir() else None

    def stamp(self) -> tuple[int, int]:
        try:
            status = (self.root / POINTER).stat()
        except FileNotFoundError:
            return 0, 0
        return status.st_ino, status.st_mtime_ns

    def point(self, current: Current) -> None:
        if self._count_on(current):
            return
        temporary = self.root / f"{POINTER}.{os.getpid()}"
        with temporary.open("wb") as out:
            out.write(orjson.dumps(current))
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(self.root / POINTER)

    def _count_on(self, current: Current) -> bool:
        """Tell a new generation of the index in use, where it has as many digits: whoever reads meanwhile reads a
        pointer still. Nobody waits for the disk: of a number that a power cut takes back, the indexer tells again."""
        held, told = self.current(), orjson.dumps(current)
        if held is None or replace(held, generation=current.generation) != current:
            return False
        with (self.root / POINTER).open("r+b") as pointer:
            if pointer.seek(0, os.SEEK_END) != len(told):
                return False
            pointer.seek(0)
            pointer.write(told)
        now = max(time.time_ns(), self.stamp()[1] + 1)  # the clock of files has steps, that of readers must not
        os.utime(self.root / POINTER, ns=(now, now))
        return True

    def folder(self, name: str) -> Path:
        return self.root / name

    def fresh(self) -> Path:
        self.root.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(name.split("-")[-1]) for name in self.folders()), default=0)
        folder = self.root / f"index-{number}"
        folder.mkdir()
        return folder

    def drop_but(self, folder: str) -> None:
        for name in self.folders():
            if name != folder:
                shutil.rmtree(self.root / name, ignore_errors=True)

    def folders(self) -> list[str]:
        return [p.name for p in self.root.glob("index-*") if p.is_dir() and p.name.split("-")[-1].isdigit()]


class DatabaseShelf:
    """Indexes in schemas of a PostgreSQL database, told apart from other shelves there by `name`."""

    def __init__(self, url: str, name: str = "index") -> None:
        self._name = name
        self._schema = Schema(url, _CATALOG)

    def __str__(self) -> str:
        return f"{self._schema.name}.{self._name}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        lock = self._schema.lock(self._name)
        try:
            yield
        finally:
            lock.release()

    def current(self) -> Current | None:
        rows = self._read("SELECT folder, engine, generation, format, levels FROM pointer WHERE shelf = %s")
        if not rows:
            return None
        folder, engine, generation, form, levels = rows[0]
        found = Current(folder=folder, engine=engine, generation=generation, format=form, levels=levels)
        return found if folder in self.folders() else None

    def stamp(self) -> tuple[int, int]:
        rows = self._read(
            "SELECT generation, (extract(epoch FROM moved) * 1000000)::bigint FROM pointer WHERE shelf = %s"
        )
        return (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)

    def point(self, current: Current) -> None:
        self._prepare()
        with self._schema.writing() as connection:
            connection.exec_driver_sql(
                "INSERT INTO pointer VALUES (%(shelf)s, %(folder)s, %(engine)s, %(generation)s, %(format)s, %(levels)s,"
                " '', clock_timestamp()) ON CONFLICT (shelf) DO UPDATE SET engine = excluded.engine,"
                " generation = excluded.generation, format = excluded.format, levels = excluded.levels,"
                " retired = CASE WHEN pointer.folder = excluded.folder THEN pointer.retired ELSE pointer.folder END,"
                " moved = CASE WHEN pointer.folder = excluded.folder THEN pointer.moved ELSE excluded.moved END,"
                " folder = excluded.folder",
                {"shelf": self._name, **asdict(current)},
            )

    def folder(self, name: str) -> Path:
        return Path(name)

    def fresh(self) -> Path:
        self._prepare()
        with self._schema.writing() as connection:
            taken = connection.exec_driver_sql("SELECT nspname FROM pg_namespace").scalars()
            numbers = [int(name.rsplit("_", 1)[-1]) for name in taken if name.startswith(self._stem)]
            folder = Path(f"{self._name}-{1 + max(numbers, default=0)}")
            connection.exec_driver_sql(f"CREATE SCHEMA {schema_name(folder)}")
        return folder

    def drop_but(self, folder: str) -> None:
        kept = {folder}
        for (retired,) in self._read(
            f"SELECT retired FROM pointer WHERE shelf = %s AND moved > now() - interval '{_RETIRED_S} seconds'"
        ):
            kept.add(retired)
        gone = [schema_name(Path(name)) for name in self.folders() if name not in kept]
        if gone:
            self._schema.make(f"DROP SCHEMA IF EXISTS {', '.join(gone)} CASCADE")

    @property
    def _stem(self) -> str:
        return schema_name(Path(f"{self._name}-"))

    def folders(self) -> list[str]:
        with self._schema.connected() as connection:
            names = connection.exec_driver_sql("SELECT nspname FROM pg_namespace").scalars().all()
        stem = self._stem
        return [f"{self._name}-{name[len(stem) :]}" for name in names if name.startswith(stem)]

    def _prepare(self) -> None:
        if not self._schema.has("pointer"):
            self._schema.make(_TABLE)

    def _read(self, sql: str) -> list[Row]:
        if not self._schema.has("pointer"):
            return []
        with self._schema.connected() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql, (self._name,))]
