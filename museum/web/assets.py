"""Addresses of the built style sheet and scripts: content-hashed names from the build's manifest."""

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
DIST = STATIC / "dist"
SOURCES = Path(__file__).parent / "frontend" / "css"


@dataclass(frozen=True, kw_only=True)
class Assets:
    """What a page links to: entry name ("site.css", "site.js") → its address below /static/."""

    names: dict[str, str]
    is_built: bool

    def address(self, name: str) -> str:
        """Address of an entry, "" when the build does not have it."""
        file_name = self.names.get(name, "")
        return f"/static/{file_name}" if file_name else ""


def read_assets(dist: Path = DIST) -> Assets:
    """The build's manifest.json; without a build, the style sheets as they stand in the source tree.

    The fallback lets pages be read (plainly, without scripts) before `make` has built the front end.
    """
    manifest = dist / "manifest.json"
    if manifest.is_file():
        return Assets(names=json.loads(manifest.read_text(encoding="utf-8")), is_built=True)
    if (SOURCES / "site.css").is_file():
        return Assets(names={"site.css": "source/site.css"}, is_built=False)
    return Assets(names={}, is_built=False)


def locate(name: str) -> Path | None:
    """The file behind /static/<name>, None when there is none or the name climbs out of its folder."""
    root, rest = (SOURCES, name.removeprefix("source/")) if name.startswith("source/") else (DIST, name)
    for folder in (root, STATIC) if root is DIST else (root,):
        try:
            path = (folder / rest).resolve()
            if path.is_relative_to(folder.resolve()) and path.is_file():
                return path
        except (OSError, ValueError):  # no name of a file: too long, or with a zero byte in it
            return None
    return None


@lru_cache(maxsize=128)
def zipped(path: Path, modified_ns: int) -> bytes:
    """A static file compressed once; `modified_ns` is part of the cache's key."""
    del modified_ns
    return gzip.compress(path.read_bytes(), 9, mtime=0)
