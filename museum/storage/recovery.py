"""Finishing or undoing what a crash interrupted: deterministic from what lies on the disk (trust.md §1)."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from museum.errors import BackendError
from museum.storage import disk
from museum.storage.digests import named_digests
from museum.storage.inventory import NAME, SIDECAR, parse, sidecar_of
from museum.storage.layout import Places
from museum.storage.writer import BEGUN, lock_folder

_VERSION = re.compile(r"v([1-9][0-9]*)")
PURGED = ".purged-"  # how the folder begins in which an object that is being destroyed leaves the root
_MENDING = ".mend-"  # how files being made by recovery begin; one recovery runs at a time


@dataclass(frozen=True)
class RecoveryReport:
    """What recovery did: ids of stages dropped, ids of objects rolled forward, and paths now in quarantine."""

    dropped_stages: tuple[str, ...] = ()
    rolled_forward: tuple[str, ...] = ()
    quarantined: tuple[Path, ...] = ()


def recover(places: Places, *, every_object: bool = False) -> RecoveryReport:
    """Mend after a crash; safe while others write (their stages are locked, and rolling forward is idempotent).

    Only objects that a left-over stage names are looked at, unless `every_object`: then all are, which costs a
    folder listing and a reading of the newest version each.
    """
    dropped: list[str] = []
    rolled: dict[str, None] = {}
    quarantined: list[Path] = []
    purged = False  # an object's destruction was cut off: it may have left an empty folder in the hierarchy

    def mend(place: Path) -> None:
        done, moved = mend_object(places, place)
        if done:
            rolled[done] = None
        quarantined.extend(moved)

    if not places.staging.is_dir():
        return RecoveryReport()
    with disk.errors_named(places.staging):
        one_at_a_time = lock_folder(places.staging, wait=True)
        try:
            for left in places.staging.glob(f"{_MENDING}*"):
                left.unlink()
            for stage in sorted(path for path in places.staging.iterdir() if path.is_dir()):
                lock = _lock_left(stage)
                if lock is None:
                    continue
                try:
                    for object_id in _begun(stage):
                        mend(places.of_object(object_id))
                    disk.remove_tree(stage)
                finally:
                    os.close(lock)
                purged = purged or stage.name.startswith(PURGED)
                if not stage.name.startswith("."):
                    dropped.append(stage.name)
            if every_object:
                for place in object_places(places.root):
                    mend(place)
            if every_object or purged:
                _prune_empty(places.root)
        finally:
            if one_at_a_time is not None:
                os.close(one_at_a_time)
    return RecoveryReport(tuple(dropped), tuple(rolled), tuple(quarantined))


def mend_object(places: Places, place: Path) -> tuple[str, list[Path]]:
    """Bring one object to a whole version: (its id if rolled forward or else "", paths moved to quarantine).

    The highest version folder wins if it is whole: then its inventory becomes the root's. A folder that isn't
    goes to quarantine and the version before it is tried.
    """
    moved: list[Path] = []
    if not place.is_dir():
        return "", moved
    numbers = sorted((int(f[1]) for path in place.iterdir() if (f := _VERSION.fullmatch(path.name))), reverse=True)
    for number in numbers:
        data = _whole(places, place, number)
        if data is None:
            if number == 1:
                break  # nothing whole is left: validation tells it, we move nothing more
            moved.append(_quarantine(places, place / f"v{number}"))
            continue
        if _same(place / NAME, data) and _same(place / SIDECAR, sidecar_of(data)):
            return "", moved
        _replace(places, place / NAME, data)
        _replace(places, place / SIDECAR, sidecar_of(data))
        return parse(data, where=place).object_id, moved
    return "", moved


def object_places(root: Path) -> Iterator[Path]:
    """Every object root below a storage root, in the order of their paths."""
    for folder, folders, files in os.walk(root):
        folders.sort()
        if folder == str(root):
            folders[:] = [name for name in folders if name != "extensions"]
        elif files:
            folders.clear()
            if any(name.startswith("0=ocfl_object_") for name in files) or NAME in files:
                yield Path(folder)


def _lock_left(stage: Path) -> int | None:
    """The lock of a stage that nobody works on; None where somebody does, or where it has become an object."""
    try:
        lock = lock_folder(stage)
        if lock is None or os.path.samestat(os.fstat(lock), stage.stat()):
            return lock
    except FileNotFoundError:
        return None
    os.close(lock)
    return None


def _begun(stage: Path) -> list[str]:
    """The id of the object to which a new version was being put in place from `stage`, if it came so far."""
    try:
        object_id = (stage / BEGUN).read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return []
    return [object_id] if object_id else []


def _whole(places: Places, place: Path, number: int) -> bytes | None:
    """The inventory file of version `number` if all that it brought is there and right, else None."""
    folder = place / f"v{number}"
    try:
        data = (folder / NAME).read_bytes()
        inventory = parse(data, where=folder)
        if (folder / SIDECAR).read_bytes() != sidecar_of(data):
            return None
    except (FileNotFoundError, NotADirectoryError, BackendError):
        return None
    if inventory.head != number or places.of_object(inventory.object_id) != place:
        return None
    own = {path: digest for digest, path in inventory.content.items() if path.startswith(f"v{number}/")}
    for path, digest in own.items():
        file = place / path
        if not file.is_file() or named_digests(file, ["sha512"])["sha512"] != digest:
            return None
    found = {str(path.relative_to(place)) for path in (folder / "content").rglob("*") if path.is_file()}
    earlier = all((place / path).is_file() for path in inventory.content.values())
    return data if earlier and found == set(own) else None


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except FileNotFoundError:
        return False


def _replace(places: Places, path: Path, data: bytes) -> None:
    """Put `data` at `path` by a file made in the staging folder: nothing foreign ever lies in the root."""
    made = places.staging / f"{_MENDING}{path.name}"
    disk.write_file(made, data, fsync=places.fsync)
    made.rename(path)
    if places.fsync:
        disk.sync_folder(path.parent)


def _quarantine(places: Places, folder: Path) -> Path:
    disk.make_folders(places.quarantine, fsync=places.fsync)
    base = f"{folder.parent.name}-{folder.name}"
    target = places.quarantine / base
    count = 1
    while target.exists():
        count += 1
        target = places.quarantine / f"{base}-{count}"
    shutil.move(folder, target)
    if places.fsync:
        disk.sync_folder(places.quarantine)
        disk.sync_folder(folder.parent)
    return target


def _prune_empty(root: Path) -> None:
    """Remove tuple folders that hold nothing: an empty one makes the root invalid (E073)."""
    for folder in root.glob("[0-9a-f][0-9a-f][0-9a-f]"):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
