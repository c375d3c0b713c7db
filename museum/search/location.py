"""Where the index of a museum lies, and readers that follow it.

`root/current.json` names the folder in use and its generation, and is replaced in one rename: by each commit, and by
a rebuild, which fills a folder of its own first. An upgrade or a rebuild never empties the index that is in use.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import orjson

from museum.accounts.roles import Level
from museum.catalog import record_types
from museum.catalog.record import Record
from museum.catalog.record_types import RecordTypes
from museum.catalog.visibility import is_open, seen
from museum.config import Settings
from museum.errors import BackendError
from museum.search.index import SearchIndex

POINTER = "current.json"
LOCK = "indexer.lock"
FORMAT = 3  # raised when documents or schemas change: an index of another format is rebuilt
_LOOK_AGAIN_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Current:
    """What `current.json` says."""

    folder: str
    engine: str
    generation: int
    format: int = FORMAT
    levels: str = ""


class Location:
    """The folder of one museum's index, for one engine. It holds what the public sees by the levels of `types`."""

    def __init__(
        self, root: Path, *, engine: str = "tantivy", with_samples: bool = True, types: RecordTypes | None = None
    ) -> None:
        self.root = root
        self.engine = engine
        self.with_samples = with_samples
        self.types = types or record_types.load()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The index that this museum uses. One without the samples is an index of its own: nothing of a hidden record
        stands in it, no word, count or suggestion; when the setting changes, the indexer builds what is lacking."""
        root = settings.index if settings.show_samples else settings.index / "without-samples"
        return cls(root, with_samples=settings.show_samples, types=record_types.load(settings.record_types))

    def takes(self, record: Mapping[str, Any] | None) -> bool:
        """Whether a record (its JSON; None: deleted) belongs into this index: public, and no hidden sample."""
        if record is None or not is_open(str(record.get("state", ""))):
            return False
        return self.with_samples or not record.get("is_sample")

    def shown(self, record: Record) -> Record:
        """The record as the public sees it: nothing else enters the index."""
        return seen(record, self.types, Level.PUBLIC, linked=())

    @property
    def lock_path(self) -> Path:
        """The file whose lock makes a process the one indexer."""
        return self.root / LOCK

    def current(self) -> Current | None:
        """What is in use, or None when there is no index of this engine, format and these levels yet."""
        try:
            given = orjson.loads((self.root / POINTER).read_bytes())
            found = Current(**given)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            return None  # an unreadable pointer is one of a format we don't know
        is_ours = (found.engine, found.format, found.levels) == (self.engine, FORMAT, self.types.levels_digest)
        return found if is_ours and (self.root / found.folder).is_dir() else None

    def stamp(self) -> tuple[int, int]:
        """Changes whenever `current.json` is replaced; one `stat`."""
        try:
            status = (self.root / POINTER).stat()
        except FileNotFoundError:
            return 0, 0
        return status.st_ino, status.st_mtime_ns

    def point(self, folder: Path, *, generation: int) -> None:
        """Make `folder` the one in use, in one rename."""
        current = Current(
            folder=folder.name, engine=self.engine, generation=generation, levels=self.types.levels_digest
        )
        temporary = self.root / f"{POINTER}.{os.getpid()}"
        with temporary.open("wb") as out:
            out.write(orjson.dumps(current))
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(self.root / POINTER)

    def fresh_folder(self) -> Path:
        """A new empty folder beside the one in use."""
        self.root.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(p.name.split("-")[-1]) for p in self._folders()), default=0)
        folder = self.root / f"index-{number}"
        folder.mkdir()
        return folder

    def drop_others(self) -> None:
        """Delete every index folder that is not in use: older ones, and what a broken rebuild left."""
        current = self.current()
        for folder in self._folders():
            if current is None or folder.name != current.folder:
                shutil.rmtree(folder, ignore_errors=True)

    def open(self) -> SearchIndex | None:
        """The index in use, opened anew; None where there is none."""
        current = self.current()
        return SearchIndex(self.root / current.folder, engine=self.engine) if current else None

    def _folders(self) -> list[Path]:
        return [p for p in self.root.glob("index-*") if p.is_dir() and p.name.split("-")[-1].isdigit()]


class Reader:
    """The index for readers: reopened when its generation has changed, looked at no more than once a second.

    Safe to share between threads: an index that is replaced stays open until its last user lets it go.
    """

    def __init__(self, location: Location, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._location = location
        self._clock = clock
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._stamp = (0, 0)
        self._index: SearchIndex | None = None

    def index(self, *, is_forced: bool = False) -> SearchIndex | None:
        """The newest index, None as long as there is none. `is_forced` looks without waiting for the second."""
        with self._lock:
            now = self._clock()
            if is_forced or now - self._looked_at >= _LOOK_AGAIN_S:
                self._looked_at = now
                stamp = self._location.stamp()
                if stamp != self._stamp:
                    self._index = self._reopened()
                    self._stamp = stamp
            return self._index

    def _reopened(self) -> SearchIndex | None:
        for _ in range(3):
            try:
                return self._location.open()
            except (BackendError, OSError) as error:
                # A rebuild may have replaced the folder between the look and the opening: look again.
                last = error
        raise last
