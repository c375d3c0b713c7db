"""Processes forked from one that is prepared: they come prepared, and none outlives the process that asked for it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from museum.jobs import processes

_ASKS = """
import sys, time
from museum.jobs import processes
from tests.jobs.test_processes import says_who, waits

if __name__ == "__main__":
    process = processes.context().Process(target=waits if sys.argv[1] == "stay" else says_who, args=(sys.argv[2],))
    process.start()
    process.join()
    processes.close()
    print("closed", flush=True)
"""


def says_who(path: str) -> None:
    """In the child: its own and its parent's number, and whether it came with the libraries loaded."""
    Path(path).write_text(f"{os.getpid()} {os.getppid()} {'sqlalchemy' in sys.modules}", encoding="ascii")


def waits(path: str) -> None:
    """In the child: say who, then stay for ever."""
    processes.end_with_parent()
    says_who(path)
    while True:
        time.sleep(1)


def _asks(tmp_path: Path, how: str) -> subprocess.Popen[str]:
    script = tmp_path / "asks.py"
    script.write_text(_ASKS, encoding="utf-8")
    command = [sys.executable, str(script), how, str(tmp_path / "who")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def _who(tmp_path: Path, *, within_s: float = 60) -> tuple[int, int, bool]:
    end = time.monotonic() + within_s
    while not (tmp_path / "who").is_file() or not (tmp_path / "who").read_text("ascii").endswith(("True", "False")):
        assert time.monotonic() < end
        time.sleep(0.05)
    own, parent, is_loaded = (tmp_path / "who").read_text("ascii").split()
    return int(own), int(parent), is_loaded == "True"


def _is_gone(number: int, *, within_s: float = 20) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            status = Path(f"/proc/{number}/status").read_text("ascii")
        except (FileNotFoundError, ProcessLookupError):
            return True
        if "State:\tZ" in status:
            return True
        time.sleep(0.05)
    return False


def test_a_process_comes_with_the_libraries_and_the_server_goes_when_closed(tmp_path: Path) -> None:
    asking = _asks(tmp_path, "leave")
    said, _ = asking.communicate(timeout=120)
    own, server, is_loaded = _who(tmp_path)
    assert said.strip() == "closed"
    assert asking.returncode == 0
    assert is_loaded
    assert server != asking.pid
    assert _is_gone(own)
    assert _is_gone(server)


def test_nothing_stays_when_the_one_who_asked_is_killed(tmp_path: Path) -> None:
    asking = _asks(tmp_path, "stay")
    own, server, _ = _who(tmp_path)
    assert not _is_gone(own, within_s=0.3)
    asking.send_signal(signal.SIGKILL)
    asking.communicate(timeout=60)
    assert _is_gone(own)
    assert _is_gone(server)


def test_closing_what_was_never_begun_does_nothing() -> None:
    code = "from museum.jobs import processes; processes.close()"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
