"""The migrations and the tables say the same, and go up and down."""

import importlib
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from museum import db
from museum.migrations import schema

TABLES = ("museum.catalog.tables", "museum.jobs.tables", "museum.ingest.tables")


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
