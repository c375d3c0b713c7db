"""IIIF's own validator runs against our image service over HTTP: every test of 2.1 and 3.0 at level 2."""

import fcntl
import json
import os
import re
import subprocess
import threading
import venv
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from PIL import Image

from museum.iiif.service import ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from museum.web.tiles import ImageRoute

REQUIREMENT = "iiif-validator==1.0.5"
ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-iiif"
IDENTIFIER = "67352ccc-d1b0-11e1-89ae-279075081939"  # the validator's own
_READ_COLORS = "import json; from iiif_validator.validator import ValidationInfo as V; print(json.dumps(V().colorInfo))"


@pytest.fixture(scope="module")
def judge() -> Path:
    """The folder of executables of the validator's own environment, made if absent. It needs Debian's libmagic1."""
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


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port(judge: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server of the validator's test picture: 10 × 10 squares of 100 px in the colours it looks for."""
    folder = tmp_path_factory.mktemp("validator")
    said = subprocess.check_output([judge / "python", "-W", "ignore", "-c", _READ_COLORS], text=True)
    colors = json.loads(said.splitlines()[-1])  # it chats on import
    picture = Image.new("RGB", (1000, 1000))
    for column, squares in enumerate(colors):
        for row, color in enumerate(squares):
            picture.paste(tuple(color), (column * 100, row * 100, column * 100 + 100, row * 100 + 100))
    picture.save(folder / "squares.png")
    facts = pyramid.build(folder / "squares.png", folder / "pyramid")
    located = Located("0" * 64, LocalFolder(folder / "pyramid"), facts.width_px, facts.height_px, "", True)
    service = ImageService(lambda identifier: located if identifier == IDENTIFIER else None)

    def nothing_else(environ: object, start_response: object) -> list[bytes]:
        raise AssertionError("every request of the validator is ours")

    server = make_server("127.0.0.1", 0, ImageRoute(nothing_else, service), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("path", "version", "tests"), [("iiif/image/2", "2.0", 30), ("iiif/image/3", "3.0", 33)])
def test_the_validator_finds_no_fault(judge: Path, port: int, path: str, version: str, tests: int) -> None:
    command = [judge / "python", judge / "iiif-validate.py", "-s", f"127.0.0.1:{port}", "-p", path, "-i", IDENTIFIER]
    command += ["--version", version, "--level", "2", "-v"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = done.stdout + done.stderr
    # A version it doesn't know runs no test and exits 0, so the count must be read.
    assert re.search(rf"Done \({tests} tests", report), report
    assert done.returncode == 0, report


def test_the_validator_does_find_faults(judge: Path, port: int) -> None:
    """Control: the same judge on an identifier we don't have fails."""
    command = [judge / "python", judge / "iiif-validate.py", "-s", f"127.0.0.1:{port}", "-p", "iiif/image/3"]
    command += ["-i", "unknown", "--version", "3.0", "--level", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode > 0
