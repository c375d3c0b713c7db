"""A museum killed before any change of the file system or any commit loses nothing and shows nothing half.

MUSEUM_KILL_TRIALS says how many of the points to try, evenly spread; 100000 tries each.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.shared
HOUSE = Path(__file__).resolve().parents[2]


def _trials(tmp_path: Path, shared_data: Path, *, count: int, recovery: bool) -> dict[str, Any]:
    source = tmp_path / "nguon"
    source.mkdir()
    (source / "coins.png").write_bytes((shared_data / "photos" / "misc" / "coins.png").read_bytes())
    (source / "loi.txt").write_text("Tiền cổ tìm thấy ở Huế", encoding="utf-8")
    (source / "danh-muc.csv").write_text(
        "Mã hiện vật,Tên hiện vật,Tệp\nT-1,Tiền cổ,coins.png;loi.txt\nT-2,Ấn,\n", encoding="utf-8"
    )
    arguments = [str(tmp_path), str(source), str(count), "yes" if recovery else "no"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.ingest.kill_trials", *arguments],
        capture_output=True, text=True, check=False, cwd=HOUSE, timeout=60 + 30 * count,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_killed_anywhere_nothing_is_lost_or_half_shown(
    tmp_path: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _trials(tmp_path, shared_data, count=int(os.environ.get("MUSEUM_KILL_TRIALS", "8")), recovery=True)
    with capsys.disabled():
        print(f"\nkill points of ingest: {told['points']}, tried {told['tried']}")
    assert told["wrong"] == {}
    assert told["tried"] >= 8


def test_without_recovery_the_same_trials_fail(tmp_path: Path, shared_data: Path) -> None:
    assert _trials(tmp_path, shared_data, count=5, recovery=False)["wrong"]
