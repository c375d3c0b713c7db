"""The list of a backup: one JSON line about it, one line a file with its BLAKE3, one line that closes it.

It is written last. A folder without a closed list is no backup, whatever lies in it.
"""

import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from blake3 import blake3

from museum.errors import SourceError

NAME = "manifest.jsonl"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a backup: path below it (posix), size, BLAKE3 (hexadecimal), time of its source's last change."""

    path: str
    size_bytes: int
    blake3: str
    modified_ns: int


@dataclass(frozen=True, kw_only=True)
class About:
    """What a backup says of itself: whose it is, when its database was copied (UTC), and what it holds."""

    made_at: dt.datetime
    name: str
    institution_code: str
    software: str
    revision: str  # of the database's schema
    database: str  # "sqlite" or "postgresql"
    with_derivatives: bool
    records: int
    format: int = FORMAT


def write(folder: Path, about: About, files: Iterable[Kept]) -> None:
    """Write the list of a backup, durably; its closing line holds the digest of all before it."""
    digest = blake3()
    count = size = 0
    with (folder / NAME).open("wb") as out:
        line = orjson.dumps(asdict(about), option=orjson.OPT_APPEND_NEWLINE)
        digest.update(line)
        out.write(line)
        for file in sorted(files, key=lambda kept: kept.path):
            line = orjson.dumps(
                {"path": file.path, "size": file.size_bytes, "blake3": file.blake3, "modified_ns": file.modified_ns},
                option=orjson.OPT_APPEND_NEWLINE,
            )
            digest.update(line)
            out.write(line)
            count, size = count + 1, size + file.size_bytes
        end = {"files": count, "bytes": size, "blake3": digest.hexdigest()}
        out.write(orjson.dumps(end, option=orjson.OPT_APPEND_NEWLINE))
        out.flush()
        os.fsync(out.fileno())


def read(folder: Path) -> tuple[About, dict[str, Kept]]:
    """(about, files by path). Raises SourceError keeping.no_backup or keeping.list_broken."""
    path = folder / NAME
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError as error:
        raise SourceError("keeping.no_backup", path=folder) from error
    except OSError as error:
        raise SourceError("storage.source_unreadable", path=path, reason=error.strerror) from error
    try:
        digest = blake3()
        for line in lines[:-1]:
            digest.update(line)
        end = orjson.loads(lines[-1])
        if end["blake3"] != digest.hexdigest() or end["files"] != len(lines) - 2:
            raise ValueError("the closing line says otherwise")
        about = _about(orjson.loads(lines[0]))
        files = {file.path: file for file in map(_kept, lines[1:-1])}
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SourceError("keeping.list_broken", path=path, reason=repr(error)) from error
    return about, files


def read_about(folder: Path) -> About | None:
    """What a backup says of itself, or None where no readable list lies; reads one line only."""
    try:
        with (folder / NAME).open("rb") as file:
            return _about(orjson.loads(file.readline()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _about(found: dict[str, Any]) -> About:
    if found["format"] != FORMAT:
        raise ValueError(f"format {found['format']}")
    return About(**{**found, "made_at": dt.datetime.fromisoformat(found["made_at"])})


def _kept(line: bytes) -> Kept:
    found = orjson.loads(line)
    path = str(found["path"])
    if path.startswith("/") or ".." in path.split("/") or not path:
        raise ValueError(f"path {path}")
    return Kept(path, int(found["size"]), str(found["blake3"]), int(found["modified_ns"]))
