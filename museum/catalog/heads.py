"""Saved heads of the change log: one line a day in a file outside the database, against which a cut log shows.

`audit/heads.jsonl` in the museum's folder: {"at", "hash", "seq"} a line, only ever appended. Whoever can write the
database can write this file too; so the same line goes to the program's log, and operators copy it elsewhere.
"""

import datetime as dt
import os
from pathlib import Path

import orjson

from museum.catalog.chain import Head
from museum.errors import BackendError

NAME = Path("audit") / "heads.jsonl"


def read(home: Path) -> list[Head]:
    """All saved heads, oldest first; a last line that a crash cut is left out.

    Raises BackendError catalog.heads_unreadable for any other line that is not a head.
    """
    path = home / NAME
    if not path.is_file():
        return []
    lines = path.read_bytes().split(b"\n")
    found = []
    for number, line in enumerate(lines[:-1], start=1):
        try:
            said = orjson.loads(line)
            at = dt.datetime.fromisoformat(said["at"])
            found.append(Head(seq=int(said["seq"]), hash=str(said["hash"]), at=at))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise BackendError("catalog.heads_unreadable", path=path, line=number) from error
    return found


def save(home: Path, head: Head, *, now: dt.datetime) -> Path:
    """Append a head and make it durable; the same head as the last one is not repeated. Raises BackendError."""
    path = home / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            size = os.fstat(descriptor).st_size
            line = orjson.dumps({"at": now.isoformat(timespec="seconds"), "hash": head.hash, "seq": head.seq})
            if size and os.pread(descriptor, 1, size - 1) != b"\n":  # a crash cut the line before: end it
                os.ftruncate(descriptor, path.read_bytes().rfind(b"\n") + 1)
            os.write(descriptor, line + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise BackendError("catalog.heads_unwritable", path=path, reason=error.strerror or str(error)) from error
    return path


def is_due(home: Path, head: Head, *, now: dt.datetime) -> bool:
    """True when this head is not the last one saved and none was saved on this day (UTC)."""
    saved = read(home)
    return not saved or (saved[-1].hash != head.hash and saved[-1].at.date() < now.date())
