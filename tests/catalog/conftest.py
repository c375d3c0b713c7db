"""A catalogue on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum import db
from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Record
from museum.ingest import founding
from museum.ingest.parts import Parts, open_parts
from museum.migrations import schema
from museum.text import Text
from tests.catalog.urns import HOA
from tests.postgres import emptied


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated catalogue with one institution, "hue"."""
    if request.param == "sqlite":
        engine = db.open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    else:
        engine = db.open_engine(emptied(request.getfixturevalue("postgresql_url")))
    schema.upgrade(engine)
    with db.writing(engine) as session:
        institutions.put(session, Institution(code="hue", name=Text.of(vi="Bảo tàng Cổ vật Cung đình Huế")))
    yield engine
    engine.dispose()


@pytest.fixture
def parts(engine: Engine, tmp_path: Path) -> Parts:
    """A museum on this database."""
    settings = founding.write_settings(tmp_path / "home", name_vi="Bảo tàng", name_en="Museum", language="vi")
    return open_parts(settings, engine, fsync=False)


@pytest.fixture
def write(parts: Parts) -> Callable[..., None]:
    """Save records, or take them out by id, as one batch."""

    def written(*things: Record | str, batch: str, person: str = HOA) -> None:
        with db.writing(parts.engine) as session:
            for thing in things:
                if isinstance(thing, str):
                    store.delete(session, thing, person=person, batch=batch)
                else:
                    store.save(session, thing, person=person, batch=batch)

    return written
