"""From what a table says of a file ("photos\\Ảnh 1.JPG") to the file on disk, inside the folder and nowhere else."""

import difflib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from museum.errors import SourceError
from museum.ingest.archives import Archives
from museum.text import nfc

_ABSOLUTE = re.compile(r"^(?:[/\\]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]+://|~)")
_WALK_LIMIT = 20_000  # entries looked at to find a file that moved
IGNORED = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "__macosx"})


@dataclass
class SourceFolder:
    """A folder somebody gave us. Names match in NFC and NFD alike; each directory is listed once.

    With `archives`, a ZIP file in it may be walked through like a folder.
    """

    root: Path
    archives: Archives | None = None
    _names: dict[Path, dict[str, list[str]]] = field(default_factory=dict, repr=False)

    def find(self, reference: str, *, beside: Path | None = None) -> Path:
        """The file that `reference` names, relative to the root (or to `beside`, tried second).

        Raises SourceError: ingest.path_outside (absolute, "..", a link that leaves the folder),
        ingest.file_missing / ingest.file_missing_near (with the nearest name), ingest.file_case, ingest.file_ambiguous.
        """
        parts = split_reference(reference)
        try:
            return self._inside(self._walk(self.root, parts, reference), reference)
        except SourceError:
            if beside is None or beside == self.root or not beside.is_relative_to(self.root):
                raise
            try:
                return self._inside(self._walk(beside, parts, reference), reference)
            except SourceError:
                pass
            raise

    def shown(self, path: Path) -> str:
        """The path as reports show it: relative to the root, NFC, "/" between, bytes that are no UTF-8 as "�"."""
        if self.archives is not None and (archive := self.archives.archive_of(path)):
            return f"{self.shown(archive[0])}/{path.relative_to(archive[1]).as_posix()}".removesuffix("/.")
        inside = path.is_relative_to(self.root)
        name = path.relative_to(self.root).as_posix() if inside else path.name
        return nfc(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))

    def opened(self, path: Path) -> Path:
        """The folder that an archive stands for; any other path as it is. Raises SourceError archive.*."""
        if self.archives is None or not self.archives.is_one(path):
            return path
        return self.archives.open(path, shown=self.shown(path))

    def files(self, folder: Path | None = None) -> Iterator[Path]:
        """Every visible file below `folder` (default: the root), names in natural order; links out are left out."""
        here = folder or self.root
        for name in sorted(_visible(here), key=natural_key):
            path = here / name
            if path.is_symlink() and not self._is_inside(path):
                continue
            if path.is_dir():
                if not path.is_symlink():
                    yield from self.files(path)
            elif path.is_file():
                yield path

    def _walk(self, start: Path, parts: tuple[str, ...], reference: str) -> Path:
        here = start
        for depth, part in enumerate(parts):
            here = self.opened(here)
            found = self._entries(here).get(nfc(part), [])
            if part in found:
                here = here / part
            elif len(found) == 1:
                here = here / found[0]
            elif found:
                raise SourceError("ingest.file_ambiguous", path=reference, found=" / ".join(found))
            else:
                raise self._missing(here, parts, depth, reference)
            if here.is_symlink() and not self._is_inside(here):
                raise SourceError("ingest.path_outside", path=reference)
        return here

    def _inside(self, path: Path, reference: str) -> Path:
        if not self._is_inside(path):
            raise SourceError("ingest.path_outside", path=reference)
        return path

    def _is_inside(self, path: Path) -> bool:
        real = path.resolve()
        if self.archives is not None and self.archives.archive_of(real):
            return True
        return real.is_relative_to(self.root.resolve())

    def _entries(self, folder: Path) -> dict[str, list[str]]:
        if folder not in self._names:
            found: dict[str, list[str]] = {}
            if folder.is_dir() and self._is_inside(folder):
                for name in os.listdir(folder):  # noqa: PTH208 (names only, undecodable ones kept as they are)
                    found.setdefault(nfc(name), []).append(name)
            self._names[folder] = found
        return self._names[folder]

    def _missing(self, here: Path, parts: tuple[str, ...], depth: int, reference: str) -> SourceError:
        wanted = nfc(parts[depth])
        names = list(self._entries(here))
        same = [name for name in names if name.casefold() == wanted.casefold()]
        if same:
            near = self.shown(here.joinpath(same[0], *parts[depth + 1 :]))
            return SourceError("ingest.file_case", path=reference, nearest=near)
        close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
        if close:
            near = self.shown(here.joinpath(close[0], *parts[depth + 1 :]))
            return SourceError("ingest.file_missing_near", path=reference, nearest=near)
        moved = self._moved(nfc(parts[-1]))
        if moved is not None:
            return SourceError("ingest.file_missing_near", path=reference, nearest=self.shown(moved))
        return SourceError("ingest.file_missing", path=reference)

    def _moved(self, name: str) -> Path | None:
        for seen, path in enumerate(self.files()):
            if seen > _WALK_LIMIT:
                return None
            if nfc(path.name).casefold() == name.casefold():
                return path
        return None


def split_reference(reference: str) -> tuple[str, ...]:
    """The parts of a relative path, "\\" counted as "/". Raises SourceError ingest.path_outside, ingest.path_odd."""
    text = reference.strip().strip('"')
    if _ABSOLUTE.match(text):
        raise SourceError("ingest.path_outside", path=reference)
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise SourceError("ingest.path_odd", path=ascii(reference))
    parts = tuple(part for part in re.split(r"[/\\]+", text) if part not in ("", "."))
    if ".." in parts:
        raise SourceError("ingest.path_outside", path=reference)
    if not parts:
        raise SourceError("ingest.file_missing", path=reference)
    return parts


def natural_key(name: str) -> tuple[object, ...]:
    """A key that puts "2.jpg" before "10.jpg"."""
    pieces = re.split(r"(\d+)", nfc(name).casefold())
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces if piece)


def safe_name(name: str) -> str:
    """A file name fit to be stored and shown: NFC, without controls, text-direction marks and path separators."""
    kept = "".join("_" if c in '/\\:*?"<>|' or unicodedata.category(c)[0] == "C" else c for c in nfc(name))
    return kept.strip(" .") or "file"


def _visible(folder: Path) -> list[str]:
    return [
        name
        for name in os.listdir(folder)  # noqa: PTH208 (names only)
        if not name.startswith((".", "~$")) and name.casefold() not in IGNORED
    ]
