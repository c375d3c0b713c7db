"""A thousand ingests under two hundred kills of web, worker and ingest itself: ``python -m tests.soak.ingests``.

A museum is served; one small folder after another is taken in by a process of its own, and again after a kill, as a
person would do. At the end every folder must be one public record with its picture, whole, and none twice. With
``--without-recovery`` nothing that a crash left is mended: the control, which must find something.

It forks, so this process must have no threads.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyvips

from museum import config, db
from museum.errors import Conflict
from museum.ingest import founding, run
from museum.ingest.mirroring import institutions_object
from museum.ingest.parts import open_parts
from museum.ingest.run import Options
from museum.migrations import schema
from tests.flows.killing import done_in_child
from tests.flows.looking import Museum, look_around, look_inside, look_outside
from tests.museums import members, serving

_BUSY = 9  # a child's exit code: another process holds the ingest lock
_VICTIMS = ("ingest", "worker", "web")
_SETTLE_S = 120.0


@dataclass
class Tally:
    """What was done to the museum."""

    kills: Counter[str] = field(default_factory=Counter)
    tries: int = 0
    busy: int = 0
    longest_s: float = 0.0


def write_sources(base: Path, count: int) -> None:
    """One folder for each ingest: a table of one row, and its photograph."""
    for number in range(count):
        folder = base / f"{number:04}"
        folder.mkdir(parents=True)
        picture = pyvips.Image.xyz(20 + number % 7, 16).linear([3, 5], [number % 251, number // 251]).cast("uchar")
        picture.bandjoin(number % 199).copy(interpretation="srgb").write_to_file(str(folder / "anh.png"))
        row = f"Mã hiện vật,Tên hiện vật,Tệp\nS-{number:04},Hiện vật {number},anh.png\n"
        (folder / "danh-muc.csv").write_text(row)


def take_in(home: Path, folder: Path, *, recovery: bool) -> None:
    """One ingest; ends this process."""
    settings = config.load(home, {})
    engine = db.open_engine(settings.database)
    parts = open_parts(settings, engine, recovery_enabled=recovery)
    try:
        report = run.ingest(settings, engine, folder, options=Options(publish=True, workers=0), parts=parts)
    except Conflict:
        os._exit(_BUSY)
    os._exit(0 if report.errors == [] else 1)


def trial(home: Path, base: Path, *, server: int, ingests: int, kills: int, recovery: bool, seed: int = 1) -> Tally:
    """Take in all folders while killing; a folder counts as done when its process said so."""
    chance, tally = random.Random(seed), Tally()
    usual_s = 0.5
    for number in range(ingests):
        left = kills - tally.kills.total()
        dues = left // (ingests - number) + (chance.random() < (left % (ingests - number)) / (ingests - number))
        while True:
            tally.tries += 1
            began = time.monotonic()
            child = os.fork()
            if child == 0:
                take_in(home, base / f"{number:04}", recovery=recovery)
            if dues:
                time.sleep(chance.random() * usual_s)
                order = chance.sample(_VICTIMS, k=len(_VICTIMS))
                dues -= any(kill(victim, child, server, tally) for victim in order)  # who has ended can't be killed
            _, status = os.waitpid(child, 0)
            if os.WIFEXITED(status):
                if os.WEXITSTATUS(status) == 0:
                    usual_s = 0.8 * usual_s + 0.2 * (time.monotonic() - began)
                    break
                assert os.WEXITSTATUS(status) == _BUSY, f"ingest {number} failed"
                tally.busy += 1
                time.sleep(0.1)
        tally.longest_s = max(tally.longest_s, time.monotonic() - began)
    return tally


def kill(victim: str, child: int, server: int, tally: Tally) -> bool:
    """SIGKILL to the ingest, to `museum work` or to one web process; False when there is none at this moment."""
    pids = [child] if victim == "ingest" else members(server, worker=victim == "worker")
    if victim == "ingest" and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
        return False  # it has ended already
    for pid in pids[:1]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        tally.kills[victim] += 1
        return True
    return False


def judge(home: Path, ingests: int) -> list[str]:
    """Everything that is lost, doubled, half shown or lies about."""
    museum = Museum(config.load(home, {}))
    until = time.monotonic() + _SETTLE_S
    while museum.unfinished() and time.monotonic() < until:
        time.sleep(1)
    numbers = Counter(record.identifier("object_id") for record in museum.records())
    wrong = [f"lost: S-{n:04}" for n in range(ingests) if f"S-{n:04}" not in numbers]
    wrong += [f"doubled: {number}" for number, count in numbers.items() if count > 1]
    for record in museum.records():
        if record.state != "published" or len(record.media) != 1:
            wrong.append(f"{record.id}: {record.state} with {len(record.media)} files")
        if (versions := museum.parts.masters.versions(museum.parts.object_id(record.id))) != 1:
            wrong.append(f"doubled: {record.id} has {versions} versions in the masters")
    kept = sum(1 for name in museum.parts.masters.object_ids() if name != institutions_object(museum.parts))
    wrong += [f"masters hold {kept} objects"] if kept != ingests else []
    wrong += [*look_outside(museum), *look_inside(museum), *look_around(museum), *museum.unfinished()]
    museum.close()
    return wrong


def _found(home: Path) -> None:
    settings = founding.write_settings(home, name_vi="Bảo tàng", name_en="Museum", language="vi")
    text = (home / config.FILE_NAME).read_text()
    (home / config.FILE_NAME).write_text(f"{text}lease_seconds = 3\nverify_masters = false\n")
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    engine.dispose()


def main() -> None:
    """Run the trial and say what was found; ends with 1 when something was lost or doubled."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ingests", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--without-recovery", action="store_true")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        done_in_child(lambda: write_sources(base / "sources", given.ingests))
        done_in_child(lambda: _found(base / "home"))
        arguments = ["--no-work"] if given.without_recovery else []  # a worker's start mends too
        with serving(base / "home", *arguments) as served:
            tally = trial(
                base / "home", base / "sources", server=served.process_id, ingests=given.ingests, kills=given.kills,
                recovery=not given.without_recovery,
            )  # fmt: skip
            answer = base / "wrong.txt"
            done_in_child(lambda: answer.write_text("\n".join(judge(base / "home", given.ingests))) and None)
        wrong = [line for line in answer.read_text().splitlines() if line]
    kills = ", ".join(f"{count} of {victim}" for victim, count in sorted(tally.kills.items()))
    print(
        f"{given.ingests} ingests in {tally.tries} tries, {tally.kills.total()} kills -9 ({kills}), "
        f"{tally.busy} told to wait: {len(wrong)} lost, doubled or half; {time.monotonic() - began:.0f} s"
    )
    print("\n".join(wrong[:20]))
    victims = [victim for victim in _VICTIMS if victim != "worker" or not given.without_recovery]
    spared = [victim for victim in victims if tally.kills[victim] * 2 * len(victims) < given.kills]
    if spared:
        print(f"too few kills of {', '.join(spared)}: did the museum end?")
    sys.exit(1 if wrong or spared or tally.kills.total() != given.kills else 0)


if __name__ == "__main__":
    main()
