"""A ZIP package that a scan format is made of (3MF): members by their names, sizes believed only as they are read."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from museum.errors import SourceError

_RATIO = 400  # text of coordinates packs 5 to 20 times; far more is a bomb
_RATIO_FROM = 64 << 20  # small members may pack as well as they like
_MEMBERS = 100_000


class Package:
    """Reads members of one ZIP file; raises SourceError `scan.bad_package` for what is damaged or absurdly packed."""

    def __init__(self, path: Path, *, shown: str, limit: int) -> None:
        self.shown = shown
        try:
            self._zip = zipfile.ZipFile(path)
            members = self._zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
            raise SourceError("scan.bad_package", file=shown, reason=str(error)[:120]) from error
        if len(members) > _MEMBERS:
            raise SourceError("scan.bad_package", file=shown, reason=f"{len(members)} members")
        self._members = {member.filename.replace("\\", "/").lstrip("/").casefold(): member for member in members}
        total = sum(member.file_size for member in members)
        if total > limit:
            raise SourceError("scan.too_large", file=shown, bytes=total, limit=limit)
        for member in members:
            packed = max(1, member.compress_size)
            if member.flag_bits & 1:
                raise SourceError("scan.bad_package", file=shown, reason=f"{member.filename}: password")
            if member.file_size > _RATIO_FROM and member.file_size > _RATIO * packed:
                raise SourceError("scan.bad_package", file=shown, reason=f"{member.filename}: {member.file_size} bytes")

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def names(self) -> list[str]:
        """The members' names, in lower case."""
        return list(self._members)

    def size(self, name: str) -> int:
        """How large a member says it is."""
        return self._member(name).file_size

    def read(self, name: str) -> bytes:
        """A whole member; for small ones."""
        with self.open(name) as stream:
            return stream.read()

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A member to be read piece by piece."""
        member = self._member(name)
        try:
            with self._zip.open(member) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            reason = f"{member.filename}: {error}"[:160]
            raise SourceError("scan.bad_package", file=self.shown, reason=reason) from error

    def resolve(self, target: str, *, base: str = "") -> str:
        """The member that `target` names, absolute or relative to the folder of `base`.

        Raises SourceError scan.part_outside, scan.part_missing.
        """
        plain = target.replace("\\", "/")
        pure = PurePosixPath(plain.lstrip("/")) if plain.startswith("/") else PurePosixPath(base).parent / plain
        if ".." in pure.parts or ":" in plain:
            raise SourceError("scan.part_outside", file=self.shown, reference=target[:200])
        name = pure.as_posix().casefold()
        if name not in self._members:
            raise SourceError("scan.part_missing", file=self.shown, reference=target[:200])
        return name

    def _member(self, name: str) -> zipfile.ZipInfo:
        found = self._members.get(name.casefold())
        if found is None:
            raise SourceError("scan.part_missing", file=self.shown, reference=name[:200])
        return found
