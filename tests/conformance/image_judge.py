"""IIIF's own validator of image services, in an environment of its own, and the picture that it looks for."""

import fcntl
import json
import os
import subprocess
import venv
from pathlib import Path

from PIL import Image

REQUIREMENT = "iiif-validator==1.0.5"
ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-iiif"
_READ_COLORS = "import json; from iiif_validator.validator import ValidationInfo as V; print(json.dumps(V().colorInfo))"


def installed() -> Path:
    """The folder of executables of the validator's environment, made if absent. It needs Debian's libmagic1."""
    bin_folder, stamp = ENVIRONMENT / "bin", ENVIRONMENT / REQUIREMENT
    lock = os.open(__file__, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes one makes it
        if not stamp.exists():
            venv.create(ENVIRONMENT, with_pip=True, clear=True)
            command = [bin_folder / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", REQUIREMENT]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{REQUIREMENT} can't be installed into {ENVIRONMENT}:\n{done.stderr}"
            stamp.touch()
    finally:
        os.close(lock)
    return bin_folder


def write_squares(path: Path) -> None:
    """The validator's test picture: 10 × 10 squares of 100 px in the colours it looks for."""
    said = subprocess.check_output([installed() / "python", "-W", "ignore", "-c", _READ_COLORS], text=True)
    colors = json.loads(said.splitlines()[-1])  # it chats on import
    picture = Image.new("RGB", (1000, 1000))
    for column, squares in enumerate(colors):
        for row, color in enumerate(squares):
            picture.paste(tuple(color), (column * 100, row * 100, column * 100 + 100, row * 100 + 100))
    picture.save(path)


def judged(address: str, prefix: str, identifier: str, *, version: str, level: int) -> tuple[int, str]:
    """(exit code, report) of the validator on a service at ``http://address/prefix/identifier``.

    A version that it doesn't know runs no test and exits 0, so whoever asks reads how many ran.
    """
    python = installed() / "python"
    command = [python, python.with_name("iiif-validate.py"), "-s", address, "-p", prefix, "-i", identifier]
    command += ["--version", version, "--level", str(level), "-v"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
