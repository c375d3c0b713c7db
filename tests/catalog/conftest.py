"""A catalogue on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from museum import db
from museum.catalog import institutions
from museum.catalog.institutions import Institution
from museum.migrations import schema
from museum.text import Text


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated catalogue with one institution, "hue"."""
    if request.param == "sqlite":
        engine = db.open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    else:
        engine = db.open_engine(request.getfixturevalue("postgresql_url"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    schema.upgrade(engine)
    with db.writing(engine) as session:
        institutions.put(session, Institution(code="hue", name=Text.of(vi="Bảo tàng Cổ vật Cung đình Huế")))
    yield engine
    engine.dispose()
