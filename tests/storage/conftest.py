"""A storage root, and ocfl-py as its judge."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from museum.storage.ocfl import Masters
from tests.conformance.ocfl_judge import ocfl_judge

__all__ = ["ocfl_judge"]

CREATED = dt.datetime(2026, 4, 30, 8, 0, tzinfo=dt.UTC)
URN = "urn:museum:hue:4kx0q2mb7"
Publish = Callable[..., int]


@pytest.fixture
def masters(tmp_path: Path) -> Masters:
    """An empty storage root, every write synced and read back."""
    made = Masters(tmp_path / "masters", tmp_path / "staging")
    made.initialize()
    return made


@pytest.fixture
def publish(masters: Masters) -> Publish:
    """Publish a version from texts by logical path, carrying some paths; gives its number."""
    count = 0

    def run(texts: dict[str, bytes], *, carry: tuple[str, ...] = (), object_id: str = URN) -> int:
        nonlocal count
        count += 1
        with masters.stage(f"stage-{count}") as stage:
            for path, data in texts.items():
                stage.add_bytes(path, data)
            for path in carry:
                stage.carry(path)
            return stage.publish(
                object_id,
                message="Nhập từ bảng kê",
                user_name="Nguyễn Thị An",
                user_address="mailto:an@example.vn",
                created=CREATED,
            )

    return run
