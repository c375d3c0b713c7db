"""An empty job table on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum.db import Base, open_engine
from museum.jobs.tables import JobRow


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database that holds the job table and nothing else."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'museum.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    made = open_engine(url)
    Base.metadata.drop_all(made, tables=[JobRow.__table__])
    Base.metadata.create_all(made, tables=[JobRow.__table__])
    yield made
    Base.metadata.drop_all(made, tables=[JobRow.__table__])
    made.dispose()
