"""Which files make up the masters at this moment, so that their copy is a valid OCFL root though others write on.

Objects only grow, and a root inventory is replaced in one rename: whoever takes the inventory first, and then the
versions that it names, has a whole object. What goes on after that belongs to the next backup.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

from museum.errors import BackendError
from museum.keeping.copying import Wanted, listed
from museum.storage.inventory import NAME, SIDECAR, parse, sidecar_of
from museum.storage.recovery import object_places

_VERSION = re.compile(r"v[1-9][0-9]*")
_TRIES, _PAUSE_S = 40, 0.05  # the two renames of inventory and sidecar lie milliseconds apart


def masters(root: Path, prefix: str) -> Iterator[Wanted]:
    """All files of the storage root `root`, to be copied below `prefix`. An object that a crash or a fault left
    half is taken as it lies: recovery and validation have their say where it is restored."""
    for item in sorted(root.iterdir()):
        if item.is_file():
            yield _plain(item, f"{prefix}/{item.name}")
    if (root / "extensions").is_dir():
        yield from listed(root / "extensions", f"{prefix}/extensions")
    for place in object_places(root):
        yield from _object(place, f"{prefix}/{place.relative_to(root).as_posix()}")


def _object(place: Path, prefix: str) -> Iterator[Wanted]:
    pair = _inventory_and_sidecar(place)
    head = _head(pair[NAME].data if pair else None, place)
    if pair is None or head == 0:
        yield from listed(place, prefix)
        return
    for name, item in pair.items():
        yield Wanted(item.source, f"{prefix}/{name}", item.size_bytes, item.modified_ns, data=item.data)
    for inside in sorted(place.iterdir()):
        if inside.name in (NAME, SIDECAR):
            continue
        if inside.is_file():
            yield _plain(inside, f"{prefix}/{inside.name}")
        elif not _VERSION.fullmatch(inside.name) or int(inside.name[1:]) <= head:
            yield from listed(inside, f"{prefix}/{inside.name}")


def _inventory_and_sidecar(place: Path) -> dict[str, Wanted] | None:
    """Root inventory and sidecar that belong together, as bytes; None where they never do."""
    for _ in range(_TRIES):
        try:
            found = {name: _read(place / name) for name in (NAME, SIDECAR)}
        except OSError:
            return None
        if found[SIDECAR].data == sidecar_of(found[NAME].data or b""):
            return found
        time.sleep(_PAUSE_S)
    return None


def _head(data: bytes | None, place: Path) -> int:
    try:
        return parse(data or b"", where=place).head
    except BackendError:
        return 0


def _read(path: Path) -> Wanted:
    with path.open("rb") as file:
        data = file.read()
        found = path.stat()
    return Wanted(path, path.name, len(data), found.st_mtime_ns, data=data)


def _plain(path: Path, target: str) -> Wanted:
    found = path.stat()
    return Wanted(path, target, found.st_size, found.st_mtime_ns)
