"""The migrations and the tables say the same, and go up and down."""

import importlib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from museum import db
from museum.migrations import schema

TABLES = (
    "museum.accounts.tables",
    "museum.catalog.tables",
    "museum.jobs.tables",
    "museum.ingest.tables",
    "museum.exhibitions.tables",
    "museum.search.curator_tables",
    "museum.web.link_tables",
    "museum.storage.tables",
)


def test_migrated_database_equals_the_tables(tmp_path: Path) -> None:
    for name in TABLES:
        importlib.import_module(name)
    engine = db.open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, db.Base.metadata)
    assert differences == []
    assert len(db.Base.metadata.tables) > 12
    assert schema.current(engine) == schema.head()


def test_upgrade_twice_changes_nothing(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    schema.upgrade(engine)
    schema.upgrade(engine)
    schema.require_head(engine)


def test_upgraded_catalog_keeps_its_log_append_only(tmp_path: Path) -> None:
    """From the first release's schema: rows stay, the new columns are filled, the guards still stand."""
    engine = db.open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    schema.upgrade(engine, to="0001")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO change (at, person, batch, record_id, action) "
                "VALUES ('2026-01-01 00:00:00', 'Nguyễn Thị Hoa', 'b', 'bcdfghjk0', 'create')"
            )
        )
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT subject FROM change")).scalars().all() == ["record"]
    for statement in ("UPDATE change SET person = 'x'", "DELETE FROM change"):
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(text(statement))
