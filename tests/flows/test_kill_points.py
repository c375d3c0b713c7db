"""Killed before any change it makes, an ingest loses nothing, shows nothing half, and goes on (trust.md §1)."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.ocfl_judge import HOUSE, OcflJudge, ocfl_judge

__all__ = ["ocfl_judge"]  # a fixture: found by name


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is such: what is killed where doesn't depend on the disk, only the time does."""
    memory = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path))
    yield made
    shutil.rmtree(made)


def tried(folder: Path, scenario: str, *options: str, program: str = "tests.flows.killing") -> list[dict[str, Any]]:
    """Every point of a scenario that a program tries, the last being the work that came to its end."""
    done = subprocess.run(
        [sys.executable, "-m", program, folder, scenario, *options],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def invalid(judge: OcflJudge, found: list[dict[str, Any]]) -> list[int]:
    """The points that leave masters which ocfl-py calls invalid."""
    roots = {Path(trial["folder"]) / "as recovered": trial["point"] for trial in found}
    verdicts = judge.judge(roots)
    return [point for root, point in roots.items() if root not in verdicts or not verdicts[root].valid]


@pytest.mark.parametrize(
    ("scenario", "least"), [("two new objects", 100), ("an object changed", 50), ("recovery itself", 30)]
)
def test_no_kill_point_loses_or_halves_anything(
    folder: Path, ocfl_judge: OcflJudge, capsys: pytest.CaptureFixture[str], scenario: str, least: int
) -> None:
    *killed, ended = tried(folder, scenario)
    kinds = Counter(trial["before"].split()[0] for trial in killed)
    with capsys.disabled():
        print(f"\n{scenario}: killed before each of {len(killed)} changes: {dict(kinds)}")
    assert ended["ended"]
    assert len(killed) >= least
    assert kinds["commit"] >= 1
    for trial in [*killed, ended]:
        at = (trial["point"], trial["before"])
        assert trial["at once"] == [], at
        assert trial["recovered"] == [], at
        assert trial["left"] == [], at
        assert trial["again"] == [], at
        assert trial["dump"] == ended["dump"], at
    assert invalid(ocfl_judge, [*killed, ended]) == []


def test_without_recovery_the_same_points_leave_damage(
    folder: Path, ocfl_judge: OcflJudge, capsys: pytest.CaptureFixture[str]
) -> None:
    *killed, ended = tried(folder, "an object changed", "--without-recovery")
    damaged = [trial["point"] for trial in killed if trial["recovered"]]
    rests = [trial["point"] for trial in killed if trial["left"]]
    unsound = invalid(ocfl_judge, killed)
    with capsys.disabled():
        print(
            f"\ncontrol without recovery: of {len(killed)} points {len(damaged)} leave masters and catalogue at odds "
            f"({len(unsound)} unsound by ocfl-py), {len(rests)} leave rests"
        )
    assert len(damaged) >= 3
    assert len(unsound) >= 2
    assert len(rests) >= 20
    assert ended["recovered"] == ended["left"] == []
