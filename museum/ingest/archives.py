"""ZIP archives that stand for the folder they were made of: unpacked into a room of their own, nothing outside it."""

import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from types import TracebackType

from museum.config import Settings
from museum.errors import SourceError
from museum.ingest import workroom
from museum.text import nfc

SUFFIXES = (".zip",)
_NESTED = (".zip", ".7z", ".rar", ".tar", ".gz", ".bz2", ".xz")
_MEMBERS = 20_000
_RATIO = 100  # text of coordinates packs 5 to 20 times
_ALWAYS_BYTES = 256 << 20  # so much may come of the smallest archive
_PIECE = 1 << 20
_UTF8_FLAG = 0x800
_IGNORED = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")


class Archives:
    """Archives of one ingest, each unpacked once, on first need; everything is gone when the ingest ends.

    With `settings` the room lies on the disk of the derivatives, without in the system's temporary folder.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._stack = ExitStack()
        self._room: Path | None = None
        self._opened: dict[Path, Path] = {}

    def __enter__(self) -> "Archives":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @staticmethod
    def is_one(path: Path) -> bool:
        """Whether a file is to be opened like a folder."""
        return path.suffix.lower() in SUFFIXES and path.is_file()

    def open(self, path: Path, *, shown: str) -> Path:
        """The folder with what an archive holds. Raises SourceError archive.*."""
        if path not in self._opened:
            into = self._empty_folder()
            try:
                unpack(path, into, shown=shown)
            except BaseException:
                shutil.rmtree(into, ignore_errors=True)
                raise
            self._opened[path] = into
        return self._opened[path]

    def archive_of(self, path: Path) -> tuple[Path, Path] | None:
        """(the archive, the folder it was unpacked to) that a path lies in; None when it lies in none."""
        return next(((zipped, into) for zipped, into in self._opened.items() if path.is_relative_to(into)), None)

    def _empty_folder(self) -> Path:
        if self._room is None:
            if self._settings is not None and self._settings.media.is_dir():
                self._room = self._stack.enter_context(workroom.workroom(self._settings))
            else:
                self._room = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="archive-")))
        return Path(tempfile.mkdtemp(dir=self._room)).resolve()


def unpack(path: Path, into: Path, *, shown: str) -> None:
    """Unpack the ZIP file at `path` into the empty folder `into`, names in NFC, times and rights left behind.

    Raises SourceError: archive.damaged, archive.bomb, archive.outside, archive.twice, archive.password,
    archive.nested, archive.no_room.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, path, shown)
            need = sum(member.file_size for _, member in members)
            if shutil.disk_usage(into).free < need + _ALWAYS_BYTES:
                raise SourceError("archive.no_room", path=shown, need_mib=need >> 20)
            for name, member in members:
                target = into / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("xb") as out:
                    shutil.copyfileobj(source, out, _PIECE)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise SourceError("archive.damaged", path=shown, reason=str(error)[:160]) from error


def _members(archive: zipfile.ZipFile, path: Path, shown: str) -> list[tuple[str, zipfile.ZipInfo]]:
    """(safe relative name, member) of each file, after every check that needs no unpacking."""
    found: dict[str, tuple[str, zipfile.ZipInfo]] = {}
    everything = archive.infolist()
    total = sum(member.file_size for member in everything)
    if len(everything) > _MEMBERS or total > max(_ALWAYS_BYTES, _RATIO * path.stat().st_size):
        raise SourceError("archive.bomb", path=shown, files=len(everything), mib=total >> 20)
    for member in everything:
        name = _name(member, shown)
        if not name or member.is_dir():
            continue
        if member.flag_bits & 1:
            raise SourceError("archive.password", path=shown, member=name)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise SourceError("archive.outside", path=shown, member=name)
        if name.lower().endswith(_NESTED):
            raise SourceError("archive.nested", path=shown, member=name)
        if name.casefold() in found:
            raise SourceError("archive.twice", path=shown, member=name)
        found[name.casefold()] = (name, member)
    return list(found.values())


def _name(member: zipfile.ZipInfo, shown: str) -> str:
    """The member's name, NFC, "/" between; "" for what systems leave behind. Raises SourceError archive.outside."""
    text = nfc(_decoded(member)).replace("\\", "/")
    pure = PurePosixPath(text)
    odd = any(unicodedata.category(c) in ("Cc", "Cs") for c in text)
    if pure.is_absolute() or ".." in pure.parts or ":" in text or odd:
        raise SourceError("archive.outside", path=shown, member=ascii(text) if odd else text[:200])
    if any(part.casefold() in _IGNORED or part.startswith("._") for part in pure.parts):
        return ""
    return os.fspath(pure) if pure.parts else ""


def _decoded(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: macOS and many others write UTF-8 without saying so (APPNOTE 6.3.10, appendix D)."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename
