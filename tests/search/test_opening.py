"""An index is opened where it lies, and never made by whoever only reads."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum.db import Base, open_engine
from museum.errors import BackendError
from museum.search.index import SearchIndex
from museum.search.indexer import index_once, rebuild
from museum.search.location import Location, Reader
from museum.search.opening import FILE_ENGINES
from museum.search.shelves import Current


@pytest.fixture
def database(tmp_path: Path) -> Engine:
    engine = open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    Base.metadata.create_all(engine)
    return engine


@pytest.mark.parametrize("engine", FILE_ENGINES)
def test_a_reader_makes_no_index(tmp_path: Path, engine: str) -> None:
    with pytest.raises(BackendError) as raised:
        SearchIndex(tmp_path / "index-1", engine=engine, is_made=True)
    assert raised.value.code == "search.unreadable"
    assert not (tmp_path / "index-1").exists()
    SearchIndex(tmp_path / "index-1", engine=engine).close()
    SearchIndex(tmp_path / "index-1", engine=engine, is_made=True).close()


def test_an_index_that_went_between_the_look_and_the_opening_is_looked_for_again(
    tmp_path: Path, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = Location(tmp_path / "index")
    index_once(database, location)
    old = location.current()
    assert old is not None
    rebuild(database, location)
    real, told = location.current, [replace(old)]

    def current() -> Current | None:
        return told.pop() if told else real()

    monkeypatch.setattr(location, "current", current)
    index, now = Reader(location).index(), real()
    assert index is not None and now is not None and not told
    assert index.folder.name == now.folder != old.folder
    assert location.shelf.folders() == [now.folder], "nothing empty was made in its place"
    index.close()
    database.dispose()
