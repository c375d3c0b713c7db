"""ocfl-py as a judge of what we store: its own environment, made once, and proved on broken objects before use."""

import datetime as dt
import fcntl
import json
import os
import shutil
import subprocess
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from museum.storage.ocfl import Masters

REQUIREMENT = "ocfl-py==2.1.0"
HOUSE = Path(__file__).resolve().parents[2]
ENVIRONMENT = HOUSE / ".venv-ocfl"
SCRIPT = Path(__file__).with_name("ocfl_script.py")


@dataclass(frozen=True)
class Verdict:
    """What ocfl-py says of a storage root or object."""

    valid: bool
    objects: int
    errors: tuple[str, ...]


class OcflJudge:
    """Judges storage roots and objects with one start of ocfl-py for many."""

    def __init__(self, python: Path) -> None:
        self.python = python

    def judge(self, folders: Iterable[Path]) -> dict[Path, Verdict]:
        """The verdict on each storage root or object root, digests read."""
        done = subprocess.run(
            [self.python, SCRIPT],
            input=json.dumps([str(folder) for folder in folders]),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return {
            Path(folder): Verdict(found["valid"], found["objects"], tuple(found["errors"]))
            for folder, found in json.loads(done.stdout).items()
        }


def python_of_judge() -> Path:
    """The interpreter of ocfl-py's environment, made if absent (`make` makes the same)."""
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / REQUIREMENT
    lock = os.open(SCRIPT, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes one makes it
        if not stamp.exists():
            venv.create(ENVIRONMENT, with_pip=True, clear=True)
            done = subprocess.run(
                [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENT],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{REQUIREMENT} can't be installed into {ENVIRONMENT}:\n{done.stderr}"
            stamp.touch()
    finally:
        os.close(lock)
    return python


@pytest.fixture(scope="session")
def ocfl_judge(tmp_path_factory: pytest.TempPathFactory) -> OcflJudge:
    """The judge, after it has called a good root good and three broken ones broken."""
    judge = OcflJudge(python_of_judge())
    folder = tmp_path_factory.mktemp("judge")
    masters = Masters(folder / "good", folder / "staging", fsync=False)
    masters.initialize()
    with masters.stage("proof") as stage:
        stage.add_bytes("ảnh/vạc-đồng.txt", b"bronze")
        stage.publish("urn:museum:hue:proof", message="Proof", user_name="Judge", created=dt.datetime.now(dt.UTC))
    for name in ("flipped", "undeclared", "sidecar"):
        shutil.copytree(folder / "good", folder / name)
    next((folder / "flipped").rglob("vạc-đồng.txt")).write_bytes(b"bronzE")
    next((folder / "undeclared").rglob("vạc-đồng.txt")).with_name("extra").write_bytes(b"")
    next((folder / "sidecar").rglob("v1")).parent.joinpath("inventory.json.sha512").unlink()
    verdicts = judge.judge(folder / name for name in ("good", "flipped", "undeclared", "sidecar"))
    assert [verdict.valid for verdict in verdicts.values()] == [True, False, False, False], verdicts
    return judge
