"""An empty catalogue on the database that a parametrized fixture names: "sqlite" or "postgresql"."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum import db
from museum.migrations import schema
from tests.postgres import emptied

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
"""The parameters of such a fixture."""


@contextmanager
def migrated(request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    """The database of the schema of today, with nothing in it."""
    is_file = request.param == "sqlite"
    url = f"sqlite:///{folder / 'museum.db'}" if is_file else emptied(request.getfixturevalue("postgresql_url"))
    engine = db.open_engine(url)
    schema.upgrade(engine)
    yield engine
    engine.dispose()
