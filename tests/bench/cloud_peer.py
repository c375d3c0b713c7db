"""py3dtiles, the one program from pip that makes tilesets of point clouds: in a Python of its own, beside ours."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.watching import watched

REQUIREMENT = "py3dtiles[ply]==12.1.1"
FOLDER = Path(__file__).resolve().parents[2] / ".venv-py3dtiles"


def tiled(path: Path, out: Path) -> tuple[float, float]:
    """(seconds, peak MiB) of the whole process that makes a tileset 1.1 of the cloud at `path` in the folder `out`."""
    program = _installed()
    command = [str(program), "convert", str(path), "--out", str(out), "--overwrite", "--spec-version", "1.1"]
    seconds, mib, _ = watched([*command, "--jobs", "2"])
    shutil.rmtree(out)
    return seconds, mib


def _installed() -> Path:
    program, stamp = FOLDER / "bin" / "py3dtiles", FOLDER / REQUIREMENT
    lock = os.open(__file__, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True)
            pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, REQUIREMENT], check=True)
            stamp.touch()
    finally:
        os.close(lock)
    return program
