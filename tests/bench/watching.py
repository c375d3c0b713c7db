"""Commands watched while they run: how long they take, and how much memory they and all their children have."""

import contextlib
import subprocess
import tempfile
import time
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_LOOK_EVERY_S = 0.1


def watched(command: list[str]) -> tuple[float, float, float]:
    """(seconds, peak MiB of a command and everything below it, what they share counted once, the same without pages of
    files). Raises RuntimeError with what it complained of when it fails."""
    start = time.perf_counter()
    with (
        tempfile.TemporaryFile() as complaint,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=complaint, cwd=_ROOT) as process,
    ):
        peak = own = 0.0
        while process.poll() is None:
            together = [_memory(pid) for pid in _tree(process.pid)]
            peak = max(peak, sum(whole for whole, _ in together))
            own = max(own, sum(anonymous for _, anonymous in together))
            time.sleep(_LOOK_EVERY_S)
        if process.returncode:
            complaint.seek(0)
            raise RuntimeError(f"{command[:3]}: {process.returncode}: {complaint.read()[-400:].decode()}")
    return time.perf_counter() - start, peak, own


def _memory(pid: int) -> tuple[float, float]:
    """(proportional set, of which not pages of files) of a process, MiB; zeros when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0.0, 0.0
    found = {
        line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith(("Pss:", "Pss_Anon:"))
    }
    return found.get("Pss", 0.0), found.get("Pss_Anon", 0.0)


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    children: list[int] = []
    for told in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            children += [int(child) for child in told.read_text("ascii").split()]
    return [pid, *(one for child in children for one in _tree(child))]
