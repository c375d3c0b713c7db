"""Workers do all that is asked, whatever handlers raise and however workers die."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from museum.db import Base, open_engine, reading, writing
from museum.errors import BackendError, SourceError
from museum.jobs import queue
from museum.jobs.tables import JobRow
from museum.jobs.worker import Worker
from tests.conformance.ocfl_judge import HOUSE


def ask(engine: Engine, *keys: str, kind: str = "pyramid", max_tries: int = 5) -> None:
    """Enqueue jobs."""
    with writing(engine) as session:
        for key in keys:
            queue.enqueue(session, kind, {"key": key}, key=key, max_tries=max_tries)


def test_everything_asked_is_done_and_reported(engine: Engine) -> None:
    ask(engine, "a", "b", "c")
    ask(engine, "other", kind="unknown")
    done: list[str] = []
    heard: list[tuple[str, object]] = []
    worker = Worker(engine, {"pyramid": lambda payload: done.append(payload["key"])})
    assert worker.run_until_idle(on_done=lambda job, error: heard.append((job.key, error))) == 3
    assert done == ["a", "b", "c"]
    assert heard == [("a", None), ("b", None), ("c", None)]
    assert queue.counts(engine) == {"queued": 1, "leased": 0, "done": 3, "dead": 0}


def test_bad_file_is_not_tried_again_and_says_why(engine: Engine) -> None:
    ask(engine, "a")

    def handler(payload: dict[str, Any]) -> None:
        raise SourceError("storage.source_missing", path="vạc đồng.jpg")

    assert Worker(engine, {"pyramid": handler}).run_until_idle() == 1
    with reading(engine) as session:
        (job,) = queue.dead(session)
        assert job.error is not None
        assert job.error["code"] == "storage.source_missing"
        assert "vạc đồng.jpg" in job.error["vi"]
        assert "missing" in job.error["en"]


@pytest.mark.parametrize("error", [ValueError("nghẽn"), BackendError("storage.disk_full", path="x")])
def test_passing_trouble_is_tried_again(engine: Engine, error: Exception) -> None:
    ask(engine, "a")
    tries = 0

    def handler(payload: dict[str, Any]) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise error

    assert Worker(engine, {"pyramid": handler}, backoff_s=0.02).run_until_idle() == 3
    assert queue.counts(engine)["done"] == 1


def test_lasting_trouble_ends_dead_with_words(engine: Engine) -> None:
    ask(engine, "a", max_tries=3)

    def handler(payload: dict[str, Any]) -> None:
        raise ValueError("nghẽn")

    assert Worker(engine, {"pyramid": handler}, backoff_s=0.02).run_until_idle() == 3
    with reading(engine) as session:
        (job,) = queue.dead(session)
        assert job.error is not None
        assert "ValueError" in job.error["en"]
        assert "nghẽn" in job.error["vi"]


def test_long_work_outlives_its_lease(engine: Engine) -> None:
    ask(engine, "a")
    runs: list[float] = []

    def handler(payload: dict[str, Any]) -> None:
        runs.append(time.monotonic())
        time.sleep(4.5)

    def make() -> Worker:
        return Worker(engine, {"pyramid": handler}, lease_s=2.0, poll_s=0.05)

    threads = [threading.Thread(target=make().run_until_idle) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 1
    assert queue.counts(engine)["done"] == 1


def test_stop_ends_after_the_job_in_hand(engine: Engine) -> None:
    ask(engine, "a", "b")
    stop = threading.Event()

    def handler(payload: dict[str, Any]) -> None:
        stop.set()
        time.sleep(0.05)

    Worker(engine, {"pyramid": handler}).run_forever(stop)
    assert queue.counts(engine) == {"queued": 1, "leased": 0, "done": 1, "dead": 0}


def test_interrupted_worker_gives_its_job_back(engine: Engine) -> None:
    ask(engine, "a")

    def handler(payload: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Worker(engine, {"pyramid": handler}).run_until_idle()
    assert queue.counts(engine)["queued"] == 1


PROGRAM = """
import os, sys, time
from pathlib import Path
from museum.db import open_engine
from museum.jobs.worker import Worker

def handler(payload):
    print("started", flush=True)
    time.sleep(0.1)
    with open(sys.argv[2], "a") as log:
        log.write(payload["key"] + "\\n")

Worker(open_engine(sys.argv[1]), {"pyramid": handler}, lease_s=0.6, poll_s=0.05).run_until_idle()
"""


def _start(engine: Engine, log: Path) -> "subprocess.Popen[str]":
    url = engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, log], cwd=HOUSE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def _kill_at_work(engine: Engine, log: Path) -> None:
    """Start a worker and kill its whole group while it does its second job."""
    worker = _start(engine, log)
    assert worker.stdout is not None
    for _ in range(2):
        assert worker.stdout.readline() == "started\n"
    os.killpg(worker.pid, signal.SIGKILL)
    worker.communicate()


def _run_through_kills(engine: Engine, log: Path, *, kills: int) -> int:
    """Start worker after worker, kill each with SIGKILL while it works; gives how many kills there were."""
    for _ in range(kills):
        _kill_at_work(engine, log)
    last = [_start(engine, log) for _ in range(2)]
    for worker in last:
        worker.communicate()
        assert worker.returncode == 0
    return kills


def test_killed_workers_lose_nothing(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    keys = [f"pyramid:{number}" for number in range(16)]
    ask(engine, *keys, max_tries=20)
    log = tmp_path / "log"
    kills = _run_through_kills(engine, log, kills=4)
    done = log.read_text().split()
    with capsys.disabled():
        print(
            f"\n{request.node.name}: {kills} kills -9, {len(keys)} jobs, 0 lost, {len(done) - len(set(done))} run twice"
        )
    assert set(done) == set(keys)
    assert queue.counts(engine) == {"queued": 0, "leased": 0, "done": len(keys), "dead": 0}


def test_a_queue_without_leases_would_lose_some(tmp_path: Path, forget_leases: Callable[[Engine], None]) -> None:
    """The control: with expired leases never taken again, the same kills lose jobs."""
    engine = open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    Base.metadata.create_all(engine, tables=[JobRow.__table__])
    keys = [f"pyramid:{number}" for number in range(10)]
    ask(engine, *keys, max_tries=20)
    log = tmp_path / "log"
    for _ in range(2):
        _kill_at_work(engine, log)
        forget_leases(engine)
    _start(engine, log).communicate()
    assert set(log.read_text().split()) < set(keys)
    engine.dispose()


@pytest.fixture
def forget_leases() -> Callable[[Engine], None]:
    """What an at-most-once queue does: a job handed out counts as done."""

    def run(engine: Engine) -> None:
        with writing(engine) as session:
            session.query(JobRow).filter(JobRow.state == "leased").update({"state": "done"})

    return run
