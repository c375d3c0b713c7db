"""An index is opened where it lies, and never made by whoever only reads; what fails in it is told, and tried again."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum.db import Base, open_engine
from museum.errors import BackendError
from museum.search import indexer
from museum.search.index import SearchIndex
from museum.search.indexer import follow, index_once, rebuild, repair
from museum.search.location import Location, Reader
from museum.search.opening import FILE_ENGINES
from museum.search.rows import SqliteRows
from museum.search.shelves import Current
from museum.search.words import FILE_NAME


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


def test_words_that_can_not_be_read_are_built_anew(tmp_path: Path, database: Engine) -> None:
    location = Location(tmp_path / "index")
    index_once(database, location)
    current = location.current()
    assert current is not None
    for path in (location.root / current.folder).glob(f"{FILE_NAME}*"):
        path.write_bytes(b"no database" * 1000)
    with pytest.raises(BackendError) as raised:
        location.open()
    assert raised.value.code == "search.unreadable"
    repair(database, location)
    assert indexer.verify(database, location).is_clean
    database.dispose()


def test_words_that_find_no_room_are_told_and_leave_nothing_half_done(tmp_path: Path) -> None:
    rows = SqliteRows(tmp_path / "words.db")
    rows.prepare("CREATE TABLE word (word TEXT)")
    (pages,) = rows.read("PRAGMA page_count")[0]
    rows.read(f"PRAGMA max_page_count={pages}")
    with pytest.raises(BackendError) as raised, rows.writing():
        rows.write_many("INSERT INTO word VALUES (?)", ((f"vạc {n}" * 100,) for n in range(500)))
    assert raised.value.code == "search.not_written"
    rows.read("PRAGMA max_page_count=10000")
    assert rows.read("SELECT count(*) FROM word") == [(0,)]
    with rows.writing():
        rows.write("INSERT INTO word VALUES (?)", ("vạc",))
    assert rows.read("SELECT word FROM word") == [("vạc",)]
    rows.close()


def test_an_indexer_that_failed_once_goes_on(tmp_path: Path, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    location, stop, tried = Location(tmp_path / "index"), threading.Event(), list[Exception | None]()
    failures = [OSError(28, "No space left on device"), BackendError("search.not_written", reason="–")]

    def once(engine: Engine, where: Location) -> int:
        tried.append(failures.pop() if failures else None)
        if error := tried[-1]:
            raise error
        stop.set()
        return index_once(engine, where)

    monkeypatch.setattr(indexer, "index_once", once)
    monkeypatch.setattr(indexer, "_AFTER_FAILURE_SECONDS", 0.0)
    following = threading.Thread(target=follow, args=(database, location, stop), daemon=True)
    following.start()
    following.join(60)
    assert not following.is_alive()
    assert len(tried) == 3
    assert location.current() is not None
    database.dispose()
