"""A museum of several hosts: catalogue and index in one PostgreSQL, written by one host while others search."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from museum import addresses, db
from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.config import Settings
from museum.errors import Invalid
from museum.keeping import database_copy
from museum.migrations import schema
from museum.search import postgres
from museum.search.indexer import index_once, rebuild, repair, verify
from museum.search.location import Location, Reader
from museum.search.query import parse
from museum.text import Text
from tests.postgres import emptied
from tests.search.relics import relic

pytestmark = pytest.mark.postgresql
ROUNDS = 15


@pytest.fixture
def settings(tmp_path: Path, postgresql_url: str) -> Settings:
    """One host's settings; the folders of two hosts are two."""
    return Settings(home=tmp_path, media=tmp_path, database_url=emptied(postgresql_url), search_engine="postgresql")


@pytest.fixture
def database(settings: Settings) -> Iterator[Engine]:
    """An empty catalogue."""
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    with db.writing(engine) as session:
        institutions.put(session, Institution(code="huế", name=Text.of(vi="huế")))
    yield engine
    engine.dispose()


def save(database: Engine, *titles: str) -> None:
    with db.writing(database) as session:
        for title in titles:
            store.save(session, relic(addresses.new_id(), title=title), person="Nguyễn Văn Học", batch="b")


def test_what_one_host_indexes_another_finds(database: Engine, settings: Settings, tmp_path: Path) -> None:
    here, there = Location.of(settings), Location.of(replace(settings, media=tmp_path / "another host"))
    save(database, "Chuông chùa Thiên Mụ")
    assert index_once(database, here) == 1
    found = there.open()
    assert found is not None and found.search(parse("thien mu")).total == 1
    assert not any(tmp_path.rglob("words.db")), "nothing of the index lies on a host"
    assert found.stats().size_bytes > 0
    found.close()
    assert verify(database, there).is_clean and repair(database, there).is_clean


def test_readers_see_whole_states_only_while_the_index_changes_and_is_rebuilt(
    database: Engine, settings: Settings
) -> None:
    """Each round publishes three bells at once: a page that counts another number, or lists others than it counts,
    would be of two states."""
    location = Location.of(settings)
    save(database, *(f"Chuông {place}" for place in range(3)))
    index_once(database, location)
    done = threading.Event()
    wrong: list[object] = []
    asked = [0, 0]

    def search(place: int) -> None:
        reader = Reader(Location.of(settings))
        while not done.is_set():
            index = reader.index(is_forced=True)
            assert index is not None
            page = index.search(parse("chuông", limit=100))
            asked[place] += 1
            kinds = sum(value.count for value in page.facets["kind"])
            if page.total % 3 or kinds != page.total or len(page.hits) != min(page.total, 100):
                wrong.append(page)

    def search_safely(place: int) -> None:
        try:
            search(place)
        except Exception as error:  # noqa: BLE001 (whatever it is, the test tells of it)
            wrong.append(error)

    threads = [threading.Thread(target=search_safely, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(ROUNDS):
            save(database, *(f"Chuông {turn} {place}" for place in range(3)))
            if turn % 7 == 6:
                rebuild(database, location)
            else:
                index_once(database, location)
    finally:
        done.set()
        for thread in threads:
            thread.join(timeout=60)
    print(f"{sum(asked)} pages during {ROUNDS} commits and rebuilds, {len(wrong)} of no one state")
    assert not wrong, wrong[0]
    assert all(asked)


def test_the_guard_of_one_state_holds_and_without_it_states_mix(database: Engine, settings: Settings) -> None:
    """The control of the test above."""
    location = Location.of(settings)
    save(database, "Chuông")
    index_once(database, location)
    index = location.open()
    assert index is not None
    counts = []
    with index._engine.steady():
        counts.append(index._engine.count())
        save(database, "Bia")
        index_once(database, location)
        counts.append(index._engine.count())
    counts.append(index._engine.count())
    assert counts == [1, 1, 2]
    index.close()


def test_a_copy_of_the_database_leaves_the_index_out(database: Engine, settings: Settings, tmp_path: Path) -> None:
    save(database, "Chuông")
    index_once(database, Location.of(settings))
    with database.connect() as connection:
        names = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'museum_search%'"
        assert connection.execute(text(names)).scalar_one() == 2
    assert database_copy.copy_out(database, tmp_path)
    emptied(settings.database)
    database_copy.put_back(tmp_path / database_copy.POSTGRESQL, settings.database)
    location = Location.of(settings)
    assert location.open() is None
    assert index_once(database, location) == 1
    assert verify(database, location).is_clean


def test_the_engine_of_postgresql_needs_a_catalogue_there(settings: Settings) -> None:
    with pytest.raises(Invalid) as refused:
        Location.of(replace(settings, database_url=""))
    assert refused.value.code == "search.needs_postgresql"


def test_a_schema_may_be_given_back_by_whoever_is_just_opening_one(postgresql_url: str) -> None:
    def collected_meanwhile() -> None:
        forgotten = postgres.Schema(postgresql_url, "forgotten")
        with postgres._guard:  # where Python may collect what nobody needs
            forgotten.close()

    thread = threading.Thread(target=collected_meanwhile, daemon=True)
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()
