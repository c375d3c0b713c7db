"""A museum on PostgreSQL is backed up while it is in use and comes back into an empty database."""

import os
import shutil
from pathlib import Path

import pytest

from museum import db
from museum.addresses import new_id
from museum.catalog import store
from museum.catalog.record import Identifier, Record, Value
from museum.errors import BackendError, Conflict, Invalid
from museum.ingest import founding
from museum.keeping.backing_up import backup
from museum.keeping.restoring import restore
from museum.migrations import schema
from tests.keeping.conftest import reopened
from tests.keeping.curating import curate, rows
from tests.keeping.test_upgrade import fresh_database

pytestmark = pytest.mark.postgresql


def test_a_museum_on_postgresql_comes_back(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database(postgresql_url, "kept")
    settings = founding.write_settings(tmp_path / "bảo tàng", name_vi="Bảo tàng", name_en="Museum", language="vi")
    object.__setattr__(settings, "database_url", url)
    engine = db.open_engine(url)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    with db.writing(engine) as session:
        values = {"title": (Value(value="Sắc phong đời Tự Đức", language="vi"),)}
        number = Identifier(scheme="accession_number", value="SP.01")
        record = Record(id=new_id(), kind="document", institution="museum", values=values, identifiers=(number,))
        store.save(session, record, person="hoa", batch="b")
    with db.reading(engine) as session:
        dump = store.canonical_dump(session)
    curate(engine)
    curated = rows(engine)
    folder = backup(settings, engine, tmp_path / "b").folder
    with pytest.raises(Invalid) as refused:
        restore(folder, tmp_path / "mới")
    assert refused.value.code == "keeping.needs_database"
    with pytest.raises(Conflict) as taken:
        restore(folder, tmp_path / "mới", database_url=url)
    assert taken.value.code == "keeping.database_taken"
    restore(folder, tmp_path / "mới", database_url=fresh_database(postgresql_url, "restored"), workers=0)
    again = reopened(tmp_path / "mới")
    assert again.dump() == dump != b""
    assert again.engine.dialect.name == "postgresql"
    assert rows(again.engine) == curated
    assert all(curated.values())
    again.close()
    monkeypatch.setenv("PATH", _without("pg_dump", tmp_path / "bin"))
    with pytest.raises(BackendError) as missing:
        backup(settings, engine, tmp_path / "b")
    assert missing.value.code == "keeping.program_missing"
    assert "postgresql-client" in missing.value.message("vi")
    engine.dispose()


def _without(program: str, folder: Path) -> str:
    """A PATH on which a program isn't."""
    folder.mkdir()
    assert shutil.which(program), f"{program} comes with PostgreSQL's client"
    return os.fspath(folder)
