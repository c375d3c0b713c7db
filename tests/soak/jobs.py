"""Ten thousand jobs under a hundred kills of their workers: ``python -m tests.soak.jobs [--postgresql]``.

Says how many were lost, how many ran twice, and how long after a kill the job in hand ran again, in leases. With
``--without-leases`` a job handed out is never taken again: the control, which must lose some.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from museum.db import Base, open_engine, writing
from museum.jobs import queue
from museum.jobs.tables import JobRow
from museum.jobs.worker import Worker
from tests.postgres import Cluster

_WORKERS = 4
_LEASE_S = 5.0
_FOREVER_S = 1e6
_LONGEST_S = 3600.0


@dataclass
class Outcome:
    """What a trial found. `again_s` holds, for each job that a kill cut off, the seconds until it began again."""

    jobs: int
    kills: int
    lost: int
    twice: int
    dead: int
    again_s: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def line(self) -> str:
        """The outcome in words."""
        slowest = max(self.again_s, default=0.0)
        return (
            f"{self.jobs} jobs, {self.kills} kills -9 of workers: {self.lost} lost, {self.dead} given up, {self.twice} "
            f"run twice; {len(self.again_s)} were cut off and began again, the slowest after "
            f"{slowest / _LEASE_S:.2f} leases; {self.seconds:.0f} s"
        )


def worker(url: str, log: Path, lease_s: float) -> None:
    """One worker's life: each job says when it began and when it ended, each in one write."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(word: str, key: str) -> None:
        os.write(descriptor, f"{word} {key} {time.time():.3f}\n".encode())

    def handler(payload: dict[str, str]) -> None:
        say("began", payload["key"])
        time.sleep(random.random() * 0.02)
        say("ended", payload["key"])

    Worker(open_engine(url), {"soak": handler}, lease_s=lease_s, poll_s=0.05).run_until_idle()


def trial(url: str, folder: Path, *, jobs: int, kills: int, lease_s: float = _LEASE_S, seed: int = 1) -> Outcome:
    """Ask for `jobs`, let four workers do them, kill one of them `kills` times at random moments."""
    engine = open_engine(url)
    Base.metadata.create_all(engine, tables=[JobRow.__table__])
    keys = [f"soak:{number}" for number in range(jobs)]
    for start in range(0, jobs, 500):
        with writing(engine) as session:
            for key in keys[start : start + 500]:
                queue.enqueue(session, "soak", {"key": key}, key=key, max_tries=100)
    log, began = folder / "log", time.time()
    killed = _run(url, log, folder, kills=kills, lease_s=lease_s, seed=seed, jobs=jobs)
    counts = queue.counts(engine)
    engine.dispose()
    begun, ended = _read(log)
    return Outcome(
        jobs=jobs,
        kills=len(killed),
        lost=len(set(keys) - ended.keys()),
        twice=sum(number - 1 for number in ended.values()),
        dead=counts["dead"],
        again_s=[again for times in begun.values() for again in _pauses(times, killed)],
        seconds=time.time() - began,
    )


def _run(url: str, log: Path, folder: Path, *, kills: int, lease_s: float, seed: int, jobs: int) -> list[float]:
    """Start the workers, kill until `kills` is reached, start each anew; gives the moments of the kills."""
    chance = random.Random(seed)
    command = [sys.executable, "-m", "tests.soak.jobs", "--worker", url, str(log), str(lease_s)]
    crew = [subprocess.Popen(command) for _ in range(_WORKERS)]
    moments: list[float] = []
    until = time.time() + _LONGEST_S
    seen = 0
    while time.time() < until:
        time.sleep(chance.random() * 0.5)
        lines = log.read_bytes().count(b"\n") if log.exists() else 0
        if len(moments) < kills and lines > seen + _WORKERS:  # somebody works: not only starts
            seen = lines
            victim = chance.randrange(_WORKERS)
            if crew[victim].poll() is None:
                crew[victim].send_signal(signal.SIGKILL)
                moments.append(time.time())
                crew[victim].wait()
                crew[victim] = subprocess.Popen(command)
        elif len(moments) >= kills or lease_s > _LEASE_S:
            counts = _counts(url)
            if counts["queued"] == 0 and (counts["leased"] == 0 or lease_s > _LEASE_S):
                break
    for member in crew:
        member.terminate()
        member.wait()
    return moments


def _counts(url: str) -> dict[str, int]:
    engine = open_engine(url)
    try:
        return queue.counts(engine)
    finally:
        engine.dispose()


def _read(log: Path) -> tuple[dict[str, list[float]], Counter[str]]:
    begun: dict[str, list[float]] = {}
    ended: Counter[str] = Counter()
    for line in log.read_text().splitlines():
        word, key, at = line.split()
        if word == "began":
            begun.setdefault(key, []).append(float(at))
        else:
            ended[key] += 1
    return begun, ended


def _pauses(times: list[float], killed: list[float]) -> Iterator[float]:
    """From the kill that cut a run off to the next run's beginning."""
    for first, second in pairwise(times):
        cut = [moment for moment in killed if first <= moment <= second]
        if cut:
            yield second - cut[0]


@contextmanager
def _database(folder: Path, *, postgresql: bool) -> Iterator[str]:
    if not postgresql:
        yield f"sqlite:///{folder / 'museum.db'}"
        return
    cluster = Cluster(folder)
    cluster.start()
    try:
        yield cluster.url
    finally:
        cluster.stop()


def main() -> None:
    """Run one trial and say what it found; ends with 1 when a job was lost or came back too late."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--without-leases", action="store_true")
    given = parser.parse_args()
    if given.worker:
        worker(given.worker[0], Path(given.worker[1]), float(given.worker[2]))
        return
    with (
        tempfile.TemporaryDirectory() as name,
        _database(Path(name), postgresql=given.postgresql) as url,
    ):
        lease_s = _FOREVER_S if given.without_leases else _LEASE_S
        found = trial(url, Path(name), jobs=given.jobs, kills=given.kills, lease_s=lease_s)
    engine = "PostgreSQL" if given.postgresql else "SQLite"
    print(f"{engine}{', control without leases' if given.without_leases else ''}: {found.line()}")
    is_good = found.lost == found.dead == 0 and max(found.again_s, default=0.0) <= 2 * _LEASE_S
    sys.exit(0 if is_good and found.kills == given.kills else 1)


if __name__ == "__main__":
    main()
