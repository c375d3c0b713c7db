"""Killed before any change it makes, a restore, deletion, merge or undo happens whole or not at all (trust.md §1).

Here every fourth point is tried; `make soak` tries them all (``python -m tests.soak.amendments``).
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.ocfl_judge import OcflJudge, ocfl_judge
from tests.flows.test_kill_points import folder, invalid, tried

__all__ = ["folder", "ocfl_judge"]  # fixtures: found by name
PROGRAM = "tests.flows.amendments"
EVERY = 4


def wrong(trials: list[dict[str, Any]]) -> list[str]:
    """What is wrong at any point: shown half, lost, left behind, or not the same in the end."""
    ended = trials[-1]
    found = []
    for trial in trials:
        at = f"{trial['point']} {trial['before']}"
        found += [f"{at}: {what}" for key in ("at once", "recovered", "left", "again") for what in trial[key]]
        if trial["dump"] != ended["dump"]:
            found.append(f"{at}: another end")
    return found


@pytest.mark.parametrize("scenario", ["restore", "delete", "bring back", "merge", "undo", "undo of a merge"])
def test_no_kill_point_halves_or_loses_anything(
    folder: Path, ocfl_judge: OcflJudge, capsys: pytest.CaptureFixture[str], scenario: str
) -> None:
    trials = tried(folder, scenario, "--every", str(EVERY), program=PROGRAM)
    kinds = Counter(trial["before"].split()[0] for trial in trials[:-1])
    with capsys.disabled():
        print(f"\n{scenario}: killed before {len(trials) - 1} changes: {dict(kinds)}")
    assert trials[-1]["ended"]
    assert len(trials) > 6
    assert kinds["commit"] >= 1
    assert wrong(trials) == []
    assert invalid(ocfl_judge, trials) == []


def test_without_recovery_masters_and_catalog_stay_at_odds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    *killed, ended = tried(folder, "merge", "--every", str(EVERY), "--without-recovery", program=PROGRAM)
    damaged = [trial["point"] for trial in killed if trial["recovered"] or trial["left"]]
    with capsys.disabled():
        print(f"\ncontrol without recovery: {len(damaged)} of {len(killed)} points leave damage")
    assert len(damaged) >= 3
    assert ended["recovered"] == ended["left"] == []
