"""Kill an ingest before every change it makes, one after another, and look at the museum that is left.

Runs as a program of its own (it forks, so it must have no threads): ``python -m tests.flows.killing FOLDER SCENARIO
[--without-recovery]`` writes one JSON line for each point, the last for the ingest that came to its end. A point is
the n-th of: open for writing, write (half of it is written first), mkdir, rename, link, truncate, remove, rmdir below
the museum's folder, and commit of the database.
"""

import argparse
import gc
import json
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyvips
from sqlalchemy import Engine, event

from museum import db
from museum.catalog import record_types, store
from museum.config import Settings, load
from museum.ingest import run, workroom, writing
from museum.ingest.lock import only_ingest
from museum.ingest.parts import Parts, open_parts
from museum.ingest.publish import manifest_of
from museum.ingest.run import Options
from tests.flows.looking import Museum, look_around, look_inside, look_outside
from tests.founded import founded

BOTH = 2  # trials at the same time
_LIMIT = 2000  # no scenario comes near; a run that never ends is a bug
_SQL_FILES = ("museum.db", "museum.db-wal", "museum.db-shm", "museum.db-journal")
_PATHS = {"os.mkdir": (0, 2), "os.rename": (1, 3), "os.remove": (0, 1), "os.rmdir": (0, 1), "os.link": (1, 3)}


@dataclass(frozen=True)
class Scenario:
    """`before` makes the museum, `work` is what gets killed; then `recover` mends, and `again` goes on.

    Without `again` the folder `source` is ingested again.
    """

    before: Callable[[Path], None]
    work: Callable[[Path, bool], None]
    source: str = ""
    recover: Callable[[Path, bool], None] = lambda folder, recovery: recover(folder, recovery=recovery)
    again: Callable[[Path], None] | None = None


def settings_of(folder: Path) -> Settings:
    """The settings of the museum of one trial."""
    return load(folder / "home", {})


@contextmanager
def opened(folder: Path, *, recovery: bool) -> Iterator[tuple[Settings, Engine, Parts]]:
    """The museum of one trial."""
    settings = settings_of(folder)
    engine = db.open_engine(settings.database)
    yield settings, engine, open_parts(settings, engine, recovery_enabled=recovery)
    engine.dispose()


def take_in(folder: Path, source: str, *, recovery: bool = True) -> None:
    """The real ingest; this process makes the derivatives too."""
    with opened(folder, recovery=recovery) as (settings, engine, parts):
        options = Options(publish=True, workers=0)
        report = run.ingest(settings, engine, folder.parent / source, options=options, parts=parts)
        assert report.errors == [], report.lines("en")


def recover(folder: Path, *, recovery: bool = True) -> None:
    """What a start of the museum and `museum check --repair` do."""
    with opened(folder, recovery=recovery) as (settings, _, parts), only_ingest(settings):
        writing.recover(parts)
        if recovery:
            workroom.sweep(settings)


def in_child(work: Callable[[], Any]) -> int:
    """Run `work` in a child process and wait; its status as of waitpid."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 (a forked child must never return into its parent's code)
            traceback.print_exception(error)
            os._exit(3)
    return os.waitpid(child, 0)[1]


def done_in_child(work: Callable[[], Any]) -> None:
    """As `in_child`, and the child must succeed."""
    status = in_child(work)
    assert status == 0, f"a child failed: {status}"


def write_sources(base: Path) -> None:
    """Three tiny photographs; the first folder has two objects, the second changes one of them and adds a file."""
    for name in ("first", "second"):
        folder = base / name
        folder.mkdir()
        for number in (1, 2, 3):
            picture = pyvips.Image.xyz(24 + number, 16).linear([3, 5], [number * 20, 9]).cast("uchar")
            picture.bandjoin(99).copy(interpretation="srgb").write_to_file(str(folder / f"anh-{number}.png"))
    table = "Mã hiện vật,Tên hiện vật,Niên đại,Tệp\n"
    (base / "first" / "danh-muc.csv").write_text(f"{table}T-1,Cao đỉnh,1835,anh-1.png\nT-2,Nhân đỉnh,1836,anh-2.png\n")
    (base / "second" / "danh-muc.csv").write_text(
        f"{table}T-1,Cao đỉnh (vạc cao),1835,anh-1.png;anh-3.png\nT-2,Nhân đỉnh,1836,anh-2.png\n"
    )


def _empty(folder: Path) -> None:
    _, engine = founded(folder / "home")
    engine.dispose()


def with_first(folder: Path) -> None:
    _empty(folder)
    take_in(folder, "first")


def _killed_before_its_transaction(folder: Path) -> None:
    """The second version of a public object stands in the masters, and the catalogue knows nothing of it."""
    done_in_child(lambda: with_first(folder))  # whoever forks must have no threads: libvips makes some

    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        writing.complete = die  # type: ignore[assignment]  # this child's death
        take_in(folder, "second")

    assert os.WTERMSIG(in_child(work)) == signal.SIGKILL


SCENARIOS = {
    "two new objects": Scenario(_empty, lambda f, r: take_in(f, "first", recovery=r), "first"),
    "an object changed": Scenario(with_first, lambda f, r: take_in(f, "second", recovery=r), "second"),
    "recovery itself": Scenario(_killed_before_its_transaction, lambda f, r: recover(f, recovery=r), "second"),
}


def arm(home: Path, point: int, tell: int) -> None:
    """Kill this process before change number `point` below `home`, and tell descriptor `tell` what that was."""
    left = point

    def reached() -> bool:
        nonlocal left
        left -= 1
        return left == 0

    def die(what: str) -> None:
        write_through(tell, what.encode())
        os.kill(os.getpid(), signal.SIGKILL)

    def below(path: Any, descriptor: Any = -1) -> str:
        if isinstance(path, int):
            path = Path(f"/proc/self/fd/{path}").readlink()
        elif isinstance(descriptor, int) and descriptor >= 0:
            path = Path(f"/proc/self/fd/{descriptor}").readlink() / os.fsdecode(path)
        found = str(Path.cwd() / os.fsdecode(path))
        return found if found.startswith(f"{home}/") and not found.endswith(_SQL_FILES) else ""

    def hook(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open":
            flags = arguments[2]
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
            place = below(arguments[0]) if writes and isinstance(arguments[0], str | bytes) else ""
        elif name in _PATHS:
            path, descriptor = _PATHS[name]
            place = below(arguments[path], arguments[descriptor])
        elif name == "os.truncate":
            place = below(arguments[0])
        else:
            return
        if place and reached():
            die(f"{name} {place[len(str(home)) :]}")

    def write(descriptor: int, data: Any) -> int:
        place = below(descriptor)
        if place and reached():
            write_through(descriptor, bytes(data)[: len(data) // 2])
            die(f"write {place[len(str(home)) :]}")
        return write_through(descriptor, data)

    def commit(_: Any) -> None:
        if reached():
            die("commit")

    write_through = os.write
    os.write = write
    event.listen(Engine, "commit", commit)
    sys.addaudithook(hook)


def trial(base: Path, template: Path, scenario: Scenario, point: int, *, recovery: bool) -> dict[str, Any]:
    """Kill at one point, then look: at once, after recovery, and after the same ingest ran again."""
    folder = base / f"point-{point}"
    shutil.copytree(template, folder)
    told, tell = os.pipe()

    def work() -> None:
        arm(folder / "home", point, tell)
        scenario.work(folder, recovery)

    status = in_child(work)
    os.close(tell)
    with os.fdopen(told, "rb") as stream:
        before = stream.read().decode()
    found: dict[str, Any] = {"point": point, "before": before, "folder": str(folder)}
    if status == 0:
        found["ended"] = True
    else:
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"point {point}: status {status}"
    answer = folder / "found.json"
    done_in_child(lambda: answer.write_text(json.dumps(_look(folder, scenario, recovery=recovery))))
    found |= json.loads(answer.read_text())
    shutil.rmtree(folder / "home")  # "as recovered" stays for the judge
    return found


def _look(folder: Path, scenario: Scenario, *, recovery: bool) -> dict[str, Any]:
    museum = Museum(settings_of(folder))
    found: dict[str, Any] = {"at once": look_outside(museum)}
    scenario.recover(folder, recovery)
    shutil.copytree(museum.settings.masters_root, folder / "as recovered")
    found["recovered"] = [*look_outside(museum), *look_inside(museum)]
    found["left"] = look_around(museum)
    if recovery:
        museum.let_leases_end()
        if scenario.again is None:
            take_in(folder, scenario.source)
        else:
            scenario.again(folder)
        museum.work()
        found["again"] = [*look_outside(museum), *look_inside(museum), *look_around(museum), *museum.unfinished()]
        found["dump"] = museum.dump()
    museum.close()
    return found


def all_trials(base: Path, scenario: Scenario, *, recovery: bool, every: int = 1) -> Iterator[dict[str, Any]]:
    """Every point of a scenario in order (or each of `every` points), the last being the work that came to its end."""
    done_in_child(lambda: write_sources(base))
    template, warm = base / "template", base / "warm"
    for folder, before in ((template, scenario.before), (warm, with_first)):
        folder.mkdir()
        done_in_child(partial(before, folder))
    _warm(warm)
    running: dict[int, int] = {}
    began = shown = 1 - every
    ended = False
    while running or not ended:
        while not ended and len(running) < BOTH and began < _LIMIT:
            began += every
            running[_start(base, template, scenario, began, recovery=recovery)] = began
        child, status = os.wait()
        running.pop(child)
        assert status == 0, f"a trial failed: {status}"
        while (result := base / f"result-{shown + every}.json").exists():
            shown += every
            found = json.loads(result.read_text())
            if not ended:
                yield found
            ended = ended or "ended" in found


def _start(base: Path, template: Path, scenario: Scenario, point: int, *, recovery: bool) -> int:
    child = os.fork()
    if child:
        return child
    try:
        found = trial(base, template, scenario, point, recovery=recovery)
        partial = base / f"result-{point}.part"
        partial.write_text(json.dumps(found))
        partial.rename(base / f"result-{point}.json")
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 (a forked child must never return into its parent's code)
        traceback.print_exception(error)
        os._exit(3)


def _warm(folder: Path) -> None:
    """Fill this process's caches, so that its children needn't; nothing here may start a thread."""
    museum = Museum(settings_of(folder))
    take_in(folder, "first")  # nothing is left to do
    with db.reading(museum.engine) as session:
        for record in store.published(session):
            manifest_of(session, record, settings=museum.settings, types=record_types.load())
    assert look_outside(museum) == []
    museum.close()
    assert threading.active_count() == 1
    gc.freeze()


def main(scenarios: Mapping[str, Scenario] = SCENARIOS) -> None:
    """Try every point of one scenario, or each of `--every`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("scenario", choices=scenarios)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--without-recovery", action="store_true")
    arguments = parser.parse_args()
    scenario, recovery = scenarios[arguments.scenario], not arguments.without_recovery
    for found in all_trials(arguments.folder.resolve(), scenario, recovery=recovery, every=arguments.every):
        print(json.dumps(found, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
