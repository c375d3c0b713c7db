"""Killed before any change to the file system, the masters lose nothing and hold nothing half (trust.md §1)."""

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

from tests.conformance.ocfl_judge import HOUSE, OcflJudge

ALLOWED = {  # scenario → (state, number of versions) that may be found; nothing between
    "make the root": {("nothing", 0)},
    "new object": {("nothing", 0), ("first", 1)},
    "new version": {("first", 1), ("second", 2)},
    "delete": {("first", 1), ("nothing", 0)},
    "restore": {("second", 2), ("first", 3)},
    "merge": {("first", 1), ("second", 2)},
    "recovery itself": {("second", 2)},
}
WHOLE, MERGED = ["record.json", "ảnh/mặt trước.jpg"], ["record.json", "tombstone.json", "ảnh/mặt trước.jpg"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is such: what is killed where doesn't depend on the disk, only the time does."""
    memory = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path))
    yield made
    shutil.rmtree(made)


def _tried(folder: Path, *options: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage.killing", folder, *options],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _verdicts(judge: OcflJudge, found: list[dict[str, Any]]) -> dict[str, bool]:
    roots = {trial["folder"]: Path(trial["folder"]) / "as recovered" for trial in found}
    verdicts = judge.judge(root for root in roots.values() if root.is_dir())
    return {folder: root in verdicts and verdicts[root].valid for folder, root in roots.items()}


def test_no_kill_point_loses_or_halves_anything(
    folder: Path, ocfl_judge: OcflJudge, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _tried(folder)
    points = Counter(trial["scenario"] for trial in found)
    with capsys.disabled():
        print(f"\n{sum(points.values())} kill points tried: {dict(points)}")
    verdicts = _verdicts(ocfl_judge, found)
    for trial in found:
        assert "error" not in trial, trial
        assert (trial["state"], trial["versions"]) in ALLOWED[trial["scenario"]], trial
        if trial["scenario"] == "merge":  # no tombstone before the other holds what was joined
            assert trial["other"] == WHOLE or (trial["other"], trial["state"]) == (MERGED, "second"), trial
        assert trial["problems"] == [], trial
        assert trial["left"] == [], trial
        assert not trial["quarantined"], trial
        assert trial["again"] == "second", trial
        assert trial["problems again"] == [], trial
        assert verdicts[trial["folder"]], trial
    assert set(points) == set(ALLOWED)
    assert all(points[name] > 30 for name in ("new object", "new version", "restore", "merge"))
    assert points["delete"] > 5


def test_without_recovery_the_same_points_leave_broken_objects(
    folder: Path, ocfl_judge: OcflJudge, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("new version", "delete", "restore", "merge")
    found = _tried(folder, "--without-recovery", *(option for name in names for option in ("--only", name)))
    verdicts = _verdicts(ocfl_judge, found)
    ours = [trial for trial in found if trial.get("problems") or "error" in trial]
    theirs = [trial for trial in found if not verdicts[trial["folder"]]]
    rests = [trial for trial in found if trial.get("left")]
    with capsys.disabled():
        print(
            f"\ncontrol without recovery: of {len(found)} points {len(ours)} leave what can't be used "
            f"({len(theirs)} invalid by ocfl-py), {len(rests)} leave rests"
        )
    for name in ("new version", "restore", "merge"):
        some = [trial for trial in found if trial["scenario"] == name]
        assert any("E046" in trial.get("problems", ()) for trial in some), name
        assert any("E060" in trial.get("problems", ()) for trial in some), name
    assert any(trial["scenario"] == "delete" for trial in theirs)  # an empty folder in the hierarchy: E073
    assert len(theirs) >= 7
    assert len(rests) > 80
