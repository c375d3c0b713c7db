"""A museum whose web processes die goes on answering."""

import os
import signal
import time
from pathlib import Path

from tests.museums import members, run, serving

_DEATHS = 4


def _process_other_than(known: set[int], server: int) -> int:
    """A web process that is not among `known`."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if fresh := set(members(server, worker=False)) - known:
            return fresh.pop()
        time.sleep(0.05)
    raise AssertionError("no process took the place of the dead one")


def test_a_web_process_that_dies_again_and_again_is_replaced_each_time(tmp_path: Path) -> None:
    home = tmp_path / "museum"
    assert run("init", home).returncode == 0
    with serving(home, "--no-work", "--workers", "1") as served:
        dead: set[int] = set()
        for _ in range(_DEATHS):
            process = _process_other_than(dead, served.process_id)
            os.kill(process, signal.SIGKILL)
            dead.add(process)
        _process_other_than(dead, served.process_id)
        until = time.monotonic() + 60
        while True:
            try:
                assert served.get("/healthz")[0] == 200
                break
            except OSError:
                assert time.monotonic() < until, "it never answered again"
                time.sleep(0.1)
