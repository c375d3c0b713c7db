"""Files fetched for one manifest, kept until the manifest is taken in whole: what has come need not come again."""

import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from museum.config import Settings
from museum.ingest.manifests.document import canonical
from museum.storage import disk
from museum.text import fold

_FOLDER = "fetched"
_INDEX = "index.json"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file in the larder, and what is known of it."""

    path: Path
    facts: Mapping[str, Any]


class Larder:
    """The folder of one manifest below media/fetched. Writing raises BackendError storage.* where the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: dict[str, dict[str, Any]] = {}
        try:
            self._index = orjson.loads((folder / _INDEX).read_bytes())
        except (OSError, ValueError):
            self._index = {}  # nothing kept yet, or half an index: fetched anew

    def get(self, address: str) -> Kept | None:
        """What was fetched from an address; None when it was not, or not whole."""
        entry = self._index.get(canonical(address))
        path = self.folder / str(entry["name"]) if entry else None
        if entry is None or path is None or not path.is_file() or path.stat().st_size != entry["size"]:
            return None
        return Kept(path=path, facts=entry["facts"])

    def part(self, address: str) -> Path:
        """Where a file comes to lie while it is being fetched."""
        with disk.errors_named(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{_stem(address)}.part"

    def keep(self, address: str, part: Path, *, suffix: str, facts: Mapping[str, Any]) -> Kept:
        """A file that has come whole, under a name that speaks of where it is from."""
        path = self.folder / f"{_stem(address)}{suffix}"
        with disk.errors_named(self.folder):
            part.replace(path)
            self._index[canonical(address)] = {"name": path.name, "size": path.stat().st_size, "facts": dict(facts)}
            self._write()
        return Kept(path=path, facts=facts)

    def put(self, name: str, data: bytes) -> Path:
        """A file of given content and name."""
        path = self.folder / name
        with disk.errors_named(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return path

    def drop(self, addresses: Iterable[str]) -> None:
        """Let go of files that the museum holds by now; of the folder, when nothing is left to fetch."""
        for address in addresses:
            entry = self._index.pop(canonical(address), None)
            if entry is not None:
                (self.folder / str(entry["name"])).unlink(missing_ok=True)
        if self._index or any(self.folder.glob("*.part")):
            self._write()
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self) -> None:
        new = self.folder / f"{_INDEX}.new"
        new.write_bytes(orjson.dumps(self._index))
        new.replace(self.folder / _INDEX)


def larder_of(settings: Settings, key: str) -> Larder:
    """The larder of the manifest with that key (`Document.key`)."""
    return Larder(settings.media / _FOLDER / hashlib.sha256(key.encode()).hexdigest()[:24])


def _stem(address: str) -> str:
    """A file name for an address: its last part that says something, and eight characters that tell it from others."""
    parts = [unquote(part) for part in urlsplit(address).path.split("/") if part]
    last = parts[-1] if parts else "file"
    words = re.sub(r"[^a-z0-9]+", "-", fold(last.rpartition(".")[0] or last)).strip("-")[:60]
    return f"{words or 'file'}-{hashlib.sha256(canonical(address).encode()).hexdigest()[:8]}"
