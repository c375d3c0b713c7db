"""Fixtures for all tests: the real data, and what happens where it is absent."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where ../shared/data is absent, deselect its tests and say how many; in CI their absence is a failure."""
    if SHARED.is_dir():
        return
    wanting = [item for item in items if item.get_closest_marker("shared")]
    if not wanting:
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(f"{SHARED} is missing: {len(wanting)} tests need the shared data, and CI must run them")
    items[:] = [item for item in items if not item.get_closest_marker("shared")]
    config.hook.pytest_deselected(items=wanting)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photographs, scans, sound and tables."""
    return SHARED
