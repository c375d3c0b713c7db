"""Kill a writer before every change it makes to the file system, one after another, and look what is left.

Runs as a program of its own (it forks, so it must have no threads): ``python -m tests.storage.killing FOLDER
[--without-recovery]`` writes one JSON line for each point. A point is the n-th of: open for writing, mkdir, rename,
remove, rmdir (all seen through audit events), write (half of it is written first) and fsync (of a file: half of it is
lost first, as by a loss of power).
"""

import argparse
import datetime as dt
import json
import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from museum.errors import MuseumError
from museum.storage.ocfl import Masters

URN = "urn:museum:hue:4kx0q2mb7"
OTHER = "urn:museum:hue:9vx3m1tc2"
MERGED = {"tombstone.json": b'{"merged_into":"4kx0q2mb7"}'}
FIRST = {"record.json": b'{"title":"Nhan dinh"}', "ảnh/mặt trước.jpg": b"front" * 50}
SECOND = {"record.json": b'{"title":"Nh\xc3\xa2n \xc4\x91\xe1\xbb\x89nh"}', "ảnh/mặt sau.jpg": b"back" * 50}
_EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.truncate"}


def masters_at(folder: Path, *, recovery_enabled: bool = True) -> Masters:
    """The storage root of one trial."""
    return Masters(folder / "masters", folder / "staging", recovery_enabled=recovery_enabled)


def publish(masters: Masters, files: dict[str, bytes], *, carry: tuple[str, ...] = (), object_id: str = URN) -> int:
    """Publish a version."""
    with masters.stage("ingest-1") as stage:
        for path, data in files.items():
            stage.add_bytes(path, data)
        for path in carry:
            stage.carry(path)
        return stage.publish(
            object_id,
            message="Nhập",
            user_name="An",
            user_address="mailto:an@example.vn",
            created=dt.datetime(2026, 4, 30, tzinfo=dt.UTC),
        )


def survives(work: Callable[[], Any], point: int) -> bool:
    """Run `work` in a child that is killed before its change number `point`; whether it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            _arm(point)
            work()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 (a forked child must never return into its parent's code)
            print(f"point {point}: {error!r}", file=sys.stderr)
            os._exit(3)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0, f"the child failed instead of being killed at point {point}"
    return True


def _arm(point: int) -> None:
    left = point

    def last() -> bool:
        nonlocal left
        left -= 1
        return left == 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (writes or event in _EVENTS) and last():
            die()

    def write(descriptor: int, data: bytes) -> int:
        if last():
            real_write(descriptor, data[: len(data) // 2])
            die()
        return real_write(descriptor, data)

    def fsync(descriptor: int) -> None:
        if last():
            found = os.fstat(descriptor)
            if stat.S_ISREG(found.st_mode):
                os.truncate(f"/proc/self/fd/{descriptor}", found.st_size // 2)
            die()
        real_fsync(descriptor)

    real_write, real_fsync = os.write, os.fsync
    os.write, os.fsync = write, fsync
    sys.addaudithook(hook)


def trials(base: Path, name: str, before: Callable[[Path], Any], work: Callable[[Path], Any]) -> Iterator[Path]:
    """A folder for each point at which `work` was killed, until it comes to its end."""
    template = base / f"{name}-template"
    template.mkdir()
    before(template)
    for point in range(1, 1000):
        folder = base / f"{name}-{point}"
        shutil.copytree(template, folder)
        if survives(lambda folder=folder: work(folder), point):
            return
        yield folder


def _with_first(folder: Path) -> None:
    masters = masters_at(folder)
    masters.initialize()
    publish(masters, FIRST)


def _add_second(folder: Path) -> None:
    publish(masters_at(folder), SECOND, carry=("ảnh/mặt trước.jpg",))


def _with_second(folder: Path) -> None:
    _with_first(folder)
    _add_second(folder)


def _restore_first(folder: Path) -> None:
    """A revision restored: a third version with the content of the first, which the object holds already."""
    publish(masters_at(folder), {"record.json": FIRST["record.json"]}, carry=("ảnh/mặt trước.jpg",))


def _with_other(folder: Path) -> None:
    _with_first(folder)
    publish(masters_at(folder), FIRST, object_id=OTHER)


def _merge(folder: Path) -> None:
    """Two records become one: first the one that stays gets what is joined, then the other its tombstone."""
    _add_second(folder)
    publish(masters_at(folder), MERGED, carry=("record.json", "ảnh/mặt trước.jpg"), object_id=OTHER)


def _purge(folder: Path) -> None:
    masters = masters_at(folder)
    if masters.exists(URN):
        masters.purge(URN, proof="record.json", allows=lambda _: True)


def _killed_in_second(folder: Path) -> None:
    """The worst place: the new version's folder is in its place and the root inventory is still the old."""
    _with_first(folder)
    template = folder / "trials"
    template.mkdir()
    for trial in trials(template, "second", _with_first, _add_second):
        place = masters_at(trial).places.of_object(URN)
        if (place / "v2").is_dir():
            for part in ("masters", "staging"):
                shutil.rmtree(folder / part)
                shutil.move(trial / part, folder / part)
            break
    shutil.rmtree(template)


SCENARIOS: dict[str, tuple[Callable[[Path], Any], Callable[[Path], Any]]] = {
    "make the root": (lambda _: None, lambda folder: masters_at(folder).initialize()),
    "new object": (
        lambda folder: masters_at(folder).initialize(),
        lambda folder: publish(masters_at(folder), FIRST),
    ),
    "new version": (_with_first, _add_second),
    "delete": (_with_first, _purge),
    "restore": (_with_second, _restore_first),
    "merge": (_with_other, _merge),
    "recovery itself": (_killed_in_second, lambda folder: masters_at(folder).recover()),
}


def look(folder: Path, scenario: str, *, recovery_enabled: bool) -> dict[str, Any]:
    """Recover as a start does, then say in what state things are, and try again what was interrupted."""
    masters = masters_at(folder, recovery_enabled=recovery_enabled)
    found: dict[str, Any] = {"scenario": scenario, "folder": str(folder)}
    try:
        masters.initialize()
        masters.recover()
        found["state"] = _state(masters)
        found["versions"] = masters.versions(URN) if masters.exists(URN) else 0
        if scenario == "merge":
            found["other"] = sorted(masters.logical_paths(OTHER))
        found["problems"] = [problem.code for problem in _problems(masters)]
        found["left"] = sorted(path.name for path in masters.places.staging.iterdir())
        found["quarantined"] = masters.places.quarantine.exists()
        shutil.copytree(masters.places.root, folder / "as recovered")
        if not masters.exists(URN):
            publish(masters, FIRST)
        if scenario == "merge":
            _merge(folder)
        elif scenario == "delete":
            _purge(folder)
            publish(masters, FIRST)
        publish(masters, SECOND, carry=("ảnh/mặt trước.jpg",))
        found["again"] = _state(masters)
        found["problems again"] = [problem.code for problem in _problems(masters)]
    except MuseumError as error:
        found["error"] = repr(error)
    return found


def _problems(masters: Masters) -> list[Any]:
    return [problem for object_id in masters.object_ids() for problem in masters.validate(object_id)]


def _state(masters: Masters) -> str:
    if not masters.exists(URN):
        return "nothing"
    held = {path: masters.read(URN, path) for path in masters.logical_paths(URN)}
    if held == FIRST:
        return "first"
    whole = SECOND | {"ảnh/mặt trước.jpg": FIRST["ảnh/mặt trước.jpg"]}
    return "second" if held == whole else f"neither: {sorted(held)}"


def main() -> None:
    """Try every point of every scenario."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without-recovery", action="store_true")
    parser.add_argument("--only", choices=SCENARIOS, action="append")
    arguments = parser.parse_args()
    for scenario in arguments.only or SCENARIOS:
        before, work = SCENARIOS[scenario]
        for trial in trials(arguments.folder, scenario.replace(" ", "-"), before, work):
            print(json.dumps(look(trial, scenario, recovery_enabled=not arguments.without_recovery)), flush=True)


if __name__ == "__main__":
    main()
