"""The other files of a scan (materials, textures, buffers): found by the name the scan gives, inside its own upload."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from museum.errors import SourceError
from museum.text import nfc


class PartsFolder:
    """Answers references of one scan file with files of the same upload, and with nothing else.

    With `parts` only those files answer; without, files beside or below the scan do. A reference that is absolute,
    climbs out of the folder, or names a URL raises SourceError `scan.part_outside`; an absent one `scan.part_missing`.
    """

    def __init__(self, path: Path, parts: Sequence[Path] = (), *, shown: str, salvage: bool = False) -> None:
        self.folder = path.parent.resolve()
        self.shown = shown
        self.salvage = salvage
        self.missing: list[str] = []
        self._given = [part.resolve() for part in parts]

    def pictures(self, named: Mapping[str, str], *, beside: Path | None = None) -> dict[str, Path]:
        """The file for each picture by the name under which it is asked for; `salvage` leaves out those that are
        missing and notes them in `missing`."""
        found: dict[str, Path] = {}
        for key, reference in named.items():
            try:
                found[key] = self.find(reference, beside=beside)
            except SourceError as error:
                if not self.salvage or error.code != "scan.part_missing":
                    raise
                self.missing.append(reference)
        return found

    def find(self, reference: str, *, is_uri: bool = False, beside: Path | None = None) -> Path:
        """The file that `reference` names; `is_uri` undoes percent escapes (glTF 2.0 §2.8)."""
        plain = nfc(unquote(reference) if is_uri else reference).replace("\\", "/").strip()
        pure = PurePosixPath(plain)
        outside = (
            not plain
            or "\x00" in plain
            or pure.is_absolute()
            or ".." in pure.parts
            or ":" in plain
            or plain.startswith("~")
        )
        if outside:
            raise SourceError("scan.part_outside", file=self.shown, reference=reference[:200])
        found = self._among_given(pure) if self._given else self._below(pure, beside)
        if found is None:
            raise SourceError("scan.part_missing", file=self.shown, reference=reference[:200])
        return found

    def _among_given(self, pure: PurePosixPath) -> Path | None:
        whole = [p for p in self._given if PurePosixPath(nfc(p.as_posix())).parts[-len(pure.parts) :] == pure.parts]
        named = [p for p in self._given if nfc(p.name).casefold() == pure.name.casefold()]
        chosen = whole or named
        return chosen[0] if chosen and chosen[0].is_file() else None

    def _below(self, pure: PurePosixPath, beside: Path | None) -> Path | None:
        base = self.folder if beside is None else beside.parent
        for candidate in (base / pure, self.folder / pure.name):
            real = candidate.resolve()
            if real.is_file() and real.is_relative_to(self.folder):
                return real
        return next(
            (p for p in self.folder.iterdir() if nfc(p.name).casefold() == pure.name.casefold() and self._is_ours(p)),
            None,
        )

    def _is_ours(self, path: Path) -> bool:
        return path.is_file() and path.resolve().is_relative_to(self.folder)
