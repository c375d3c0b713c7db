"""The backups that lie in one folder: each a folder of its own named by its moment, whole or not there."""

import datetime as dt
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from museum.errors import Conflict, SourceError
from museum.keeping import contents
from museum.keeping.contents import About
from museum.storage import disk
from museum.storage.writer import lock_folder

_NAME = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True, kw_only=True)
class Generation:
    """One whole backup: its folder and what it says of itself."""

    folder: Path
    about: About


def all_of(destination: Path) -> list[Generation]:
    """The whole backups in a folder, newest first."""
    found = []
    for folder in sorted(destination.iterdir() if destination.is_dir() else (), reverse=True):
        about = contents.read_about(folder) if _NAME.fullmatch(folder.name) else None
        if about is not None:
            found.append(Generation(folder=folder, about=about))
    return sorted(found, key=lambda generation: generation.about.made_at, reverse=True)


def chosen(source: Path) -> Path:
    """The backup that `source` means: itself, or the newest in it. Raises SourceError keeping.no_backup."""
    if (source / contents.NAME).is_file():
        return source
    found = all_of(source)
    if not found:
        raise SourceError("keeping.no_backup", path=source)
    return found[0].folder


@contextmanager
def only_backup(destination: Path) -> Iterator[None]:
    """Be the only one that writes backups into this folder; sweeps what a killed one left there.

    Raises Conflict keeping.backup_running.
    """
    with disk.errors_named(destination):
        destination.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = lock_folder(destination)
    if lock is None:
        raise Conflict("keeping.backup_running", path=destination)
    try:
        with disk.errors_named(destination):
            for left in destination.glob(f"{_UNFINISHED}*"):
                disk.remove_tree(left)
        yield
    finally:
        os.close(lock)


def unfinished(destination: Path) -> Path:
    """A new folder in which a backup is made; it has no name of a backup until `finish`."""
    folder = destination / f"{_UNFINISHED}{uuid.uuid4().hex}"
    with disk.errors_named(folder):
        folder.mkdir(mode=0o700)
    return folder


def finish(made: Path, at: dt.datetime) -> Path:
    """Give a made backup its name, in one durable rename; its new folder."""
    base = f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    target, count = made.parent / base, 1
    while target.exists():
        count += 1
        target = made.parent / f"{base}-{count}"
    with disk.errors_named(target):
        disk.sync_folder(made)
        made.rename(target)
        disk.sync_folder(target.parent)
    return target


def of_museum(destination: Path, *, institution_code: str, name: str) -> list[Generation]:
    """The whole backups of one museum in a folder, newest first.

    By its code and its name: two museums that both kept the code they were founded with may share a folder. One that
    is renamed keeps its earlier backups until somebody removes them.
    """
    whose = (institution_code, name)
    return [g for g in all_of(destination) if (g.about.institution_code, g.about.name) == whose]


def drop_old(destination: Path, *, keep: int, institution_code: str, name: str) -> tuple[str, ...]:
    """Remove this museum's backups beyond the newest `keep`; their names. Others' are left alone.

    Each loses its name first, so that one half removed is never taken for a whole.
    """
    mine = of_museum(destination, institution_code=institution_code, name=name)
    gone = []
    for generation in mine[max(1, keep) :]:
        with disk.errors_named(generation.folder):
            doomed = destination / f"{_UNFINISHED}{uuid.uuid4().hex}"
            generation.folder.rename(doomed)
            disk.remove_tree(doomed)
        gone.append(generation.folder.name)
    return tuple(gone)
