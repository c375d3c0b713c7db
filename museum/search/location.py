"""Where the index of a museum lies, and readers that follow it.

A shelf says which index is in use and of which generation: each commit tells it, and a rebuild, which fills an index of
its own first. An upgrade or a rebuild never empties the index that is in use.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Self

from museum.accounts.roles import Level
from museum.catalog import record_types
from museum.catalog.record import Record
from museum.catalog.record_types import RecordTypes
from museum.catalog.visibility import seen
from museum.config import Settings
from museum.errors import BackendError, Invalid
from museum.search.building import Rules
from museum.search.index import SearchIndex
from museum.search.opening import POSTGRESQL
from museum.search.shelves import Current, DatabaseShelf, FileShelf, Shelf

FORMAT = 14  # raised when documents or schemas change: an index of another format is rebuilt
_LOOK_AGAIN_S = {POSTGRESQL: 0.2}  # a row to read; the others look at each request: one stat


class Location:
    """The index of one museum, on one engine: in the folder `root`, or for PostgreSQL in the catalogue's `database`. It
    holds what the public sees by the levels of `types`."""

    def __init__(
        self,
        root: Path,
        *,
        engine: str = "tantivy",
        database: str = "",
        with_samples: bool = True,
        types: RecordTypes | None = None,
    ) -> None:
        self.root = root
        self.engine = engine
        self.database = database
        self.with_samples = with_samples
        self.types = types or record_types.load()
        self.shelf: Shelf = FileShelf(root)
        if engine == POSTGRESQL:
            if not database.startswith(POSTGRESQL):
                raise Invalid("search.needs_postgresql")
            self.shelf = DatabaseShelf(database, "index" if with_samples else "plain")

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The index that this museum uses. One without the samples is an index of its own: nothing of a hidden record
        stands in it, no word, count or suggestion; when the setting changes, the indexer builds what is lacking."""
        return cls(
            settings.index if settings.show_samples else settings.index / "without-samples",
            engine=settings.search_engine,
            database=settings.database,
            with_samples=settings.show_samples,
            types=record_types.load(settings.record_types),
        )

    def takes(self, record: Mapping[str, Any] | None) -> bool:
        """Whether a record (its JSON; None: deleted) belongs into this index: public, and no hidden sample."""
        return self.rules.takes(record)

    @property
    def rules(self) -> Rules:
        """What of the catalogue stands in this index."""
        return Rules(types=self.types, with_samples=self.with_samples)

    def shown(self, record: Record) -> Record:
        """The record as the public sees it: nothing else enters the index."""
        return seen(record, self.types, Level.PUBLIC, linked=())

    def locked(self) -> AbstractContextManager[None]:
        """Be the one indexer; Conflict("search.second_writer") when another is. The lock goes with the process."""
        return self.shelf.locked()

    def current(self) -> Current | None:
        """What is in use, or None when there is no index of this engine, format and these levels yet."""
        found = self.shelf.current()
        ours = (self.engine, FORMAT, self.types.levels_digest)
        return found if found and (found.engine, found.format, found.levels) == ours else None

    def stamp(self) -> tuple[int, int]:
        """Changes with each commit and rebuild; for files one `stat`."""
        return self.shelf.stamp()

    def point(self, folder: Path, *, generation: int) -> None:
        """Make the index in `folder` the one in use."""
        levels = self.types.levels_digest
        self.shelf.point(
            Current(folder=folder.name, engine=self.engine, generation=generation, format=FORMAT, levels=levels)
        )

    def fresh_index(self) -> SearchIndex:
        """A new empty index beside the one in use."""
        return SearchIndex(self.shelf.fresh(), engine=self.engine, database=self.database)

    def drop_others(self) -> None:
        """Delete every index that is not in use: older ones, and what a broken rebuild left."""
        current = self.current()
        self.shelf.drop_but(current.folder if current else "")

    def open(self) -> SearchIndex | None:
        """The index in use, opened anew; None where there is none."""
        current = self.current()
        if current is None:
            return None
        folder = self.shelf.folder(current.folder)
        return SearchIndex(folder, engine=self.engine, database=self.database, is_made=True)


class Reader:
    """The index for readers: reopened when its generation has changed, looked at in each request.

    Safe to share between threads: an index that is replaced stays open until its last user lets it go.
    """

    def __init__(self, location: Location, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._location = location
        self._clock = clock
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._stamp = (0, 0)
        self._index: SearchIndex | None = None
        self._position = 0

    def index(self, *, is_forced: bool = False) -> SearchIndex | None:
        """The newest index, None as long as there is none. `is_forced` looks without waiting."""
        with self._lock:
            now = self._clock()
            if is_forced or now - self._looked_at >= _LOOK_AGAIN_S.get(self._location.engine, 0.0):
                self._looked_at = now
                stamp = self._location.stamp()
                if stamp != self._stamp:
                    self._index = self._reopened()
                    self._stamp = stamp
            return self._index

    def position(self) -> int:
        """Number of a change of the catalogue: what `index` gives from now on knows it and all before it."""
        self.index()
        with self._lock:
            return self._position

    def _reopened(self) -> SearchIndex | None:
        for _ in range(3):
            try:
                index = self._location.open()
                if index is not None:
                    # Read first and looked at anew then: a commit between the two makes the index newer, never older.
                    self._position = index.position
                    index.reload()
                return index
            except (BackendError, OSError) as error:
                # A rebuild may have replaced the folder between the look and the opening: look again.
                last = error
        raise last
