"""The index follows the change log: nothing public is missing, nothing private is in it, whatever happens between."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum import addresses, db
from museum.catalog import changes, institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Record
from museum.errors import BackendError, Conflict
from museum.migrations import schema
from museum.search import indexer, opening, shelves
from museum.search.document import document
from museum.search.indexer import advice, follow, index_once, indexing, rebuild, repair, verify
from museum.search.location import Location, Reader
from museum.search.opening import FILE_ENGINES, POSTGRESQL
from museum.search.query import parse
from museum.search.shelves import POINTER
from museum.text import Text
from tests.postgres import emptied
from tests.search.relics import relic, relics


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    """An empty catalogue with the institutions of the relics."""
    engine = db.open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    schema.upgrade(engine)
    with db.writing(engine) as session:
        for code in ("huế", "chăm"):
            institutions.put(session, Institution(code=code, name=Text.of(vi=code)))
    yield engine
    engine.dispose()


@pytest.fixture(params=[*FILE_ENGINES, pytest.param(POSTGRESQL, marks=pytest.mark.postgresql)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """Where the index will be, for each engine."""
    url = emptied(request.getfixturevalue("postgresql_url")) if request.param == POSTGRESQL else ""
    return Location(tmp_path / "index", engine=request.param, database=url)


def save(database: Engine, *records: Record) -> None:
    with db.writing(database) as session:
        for record in records:
            store.save(session, record, person="Nguyễn Văn Học", batch="b")


def with_ids(records: list[Record]) -> list[Record]:
    """The same records under identifiers as the catalogue gives them."""
    return [
        replace(
            record,
            id=addresses.new_id(),
            identifiers=(),
            media=tuple(replace(item, id=addresses.new_id()) for item in record.media),
        )
        for record in records
    ]


def total(location: Location, text: str = "") -> int:
    index = location.open()
    assert index is not None
    found = index.search(parse(text)).total
    index.close()
    return found


def test_the_first_round_builds_and_the_next_reads_only_what_is_new(database: Engine, location: Location) -> None:
    records = with_ids(relics())
    save(database, *records)
    assert index_once(database, location) == len(records)
    assert total(location) == len(records)
    assert index_once(database, location) == 0
    save(database, with_ids([relic("x", title="Chuông chùa Thiên Mụ")])[0])
    assert index_once(database, location) == 1
    assert total(location, "thien mu") == 1


def test_an_empty_catalogue_has_an_index(database: Engine, location: Location) -> None:
    assert index_once(database, location) == 0
    assert total(location) == 0


def test_only_published_records_are_found(database: Engine, location: Location) -> None:
    one, other, third = with_ids(
        [relic("a", title="Chuông một"), relic("b", title="Chuông hai"), relic("c", title="Chuông ba")]
    )
    save(database, one, replace(other, state="draft"), third)
    index_once(database, location)
    assert total(location, "chuông") == 2
    save(database, replace(one, state="withdrawn"), other)
    with db.writing(database) as session:
        store.delete(session, third.id, person="p", batch="b")
    index_once(database, location)
    assert total(location, "chuông") == total(location, "hai") == 1
    assert verify(database, location).is_clean


def test_several_changes_of_one_record_in_one_batch_end_in_the_last(database: Engine, location: Location) -> None:
    record = with_ids([relic("a", title="Chuông")])[0]
    save(database, record)
    index_once(database, location)
    for turn in range(5):
        save(database, replace(record, values=relic("a", title=f"Bia {turn}").values))
    save(database, replace(record, state="draft"))
    save(database, replace(record, values=relic("a", title="Bia cuối").values))
    index_once(database, location)
    assert (total(location, "chuông"), total(location, "bia"), total(location, "cuối")) == (0, 1, 1)
    assert verify(database, location).is_clean


def test_newest_means_newly_published_not_newly_mended(database: Engine, location: Location) -> None:
    first, second = with_ids([relic("a", title="Chuông"), relic("b", title="Bia")])
    save(database, first, second)
    index_once(database, location)
    save(database, replace(first, display="on_display"))
    index_once(database, location)
    index = location.open()
    assert index is not None
    assert [hit.id for hit in index.search(parse("", sort="newest")).hits] == [second.id, first.id]
    index.close()


def test_long_logs_are_read_in_batches(database: Engine, location: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer, "BATCH_RECORDS", 4)
    records = with_ids(relics())
    save(database, *records)
    index_once(database, location)
    assert total(location) == len(records)
    assert verify(database, location).is_clean


def test_a_crash_between_commits_repeats_work_and_loses_none(
    database: Engine, location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(database, *with_ids(relics()))
    index_once(database, location)
    save(database, *with_ids(relics())[3:7])

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for place in ("museum.search.words.Words.commit", "museum.search.location.Location.point"):
        with monkeypatch.context() as patched:
            patched.setattr(place, crash)
            with pytest.raises(KeyboardInterrupt):
                index_once(database, location)
    index_once(database, location)
    assert verify(database, location).is_clean
    assert total(location) == len(relics()) + 4


def test_verify_names_what_is_missing_extra_and_stale(database: Engine, location: Location) -> None:
    """The control of every `is_clean` here."""
    kept, gone, changed = with_ids([relic("a", title="Chuông"), relic("b", title="Bia"), relic("c", title="Ấn")])
    save(database, kept, changed)
    index_once(database, location)
    index = location.open()
    assert index is not None
    with index.begin() as batch:
        batch.delete(kept.id)
        batch.put(document(gone), newest=90)
        batch.put(document(replace(gone, id=changed.id)), newest=91)
        batch.commit(position=index.position)
    index.close()
    found = verify(database, location)
    assert (found.missing, found.extra, found.stale) == ((kept.id,), (gone.id,), (changed.id,))
    assert repair(database, location) == found
    assert verify(database, location).is_clean
    assert (total(location, "chuông"), total(location, "bia"), total(location, "ấn")) == (1, 0, 1)
    assert repair(database, location).is_clean
    assert rebuild(database, location) == 2
    assert verify(database, location).is_clean


def test_a_mended_record_keeps_the_day_it_was_published(database: Engine, location: Location) -> None:
    first, second = with_ids([relic("a", title="Chuông"), relic("b", title="Bia")])
    save(database, first, second)
    save(database, replace(first, display="on_display"))
    index_once(database, location)
    index = location.open()
    assert index is not None
    with index.begin() as batch:
        batch.delete(first.id)
        batch.delete(second.id)
        batch.commit(position=index.position)
    index.close()
    assert repair(database, location).missing == tuple(sorted((first.id, second.id)))
    index = location.open()
    assert index is not None
    assert [hit.id for hit in index.search(parse("", sort="newest")).hits] == [second.id, first.id]
    index.close()


def test_an_index_ahead_of_a_catalogue_put_back_is_built_anew(database: Engine, location: Location) -> None:
    """Else it would never hear of the changes that now get the numbers it knows."""
    save(database, with_ids([relic("a", title="Chuông")])[0])
    index_once(database, location)
    index = location.open()
    assert index is not None
    with index.begin() as batch:
        generation = batch.commit(position=90)
    location.point(index.folder, generation=generation)
    index.close()
    save(database, with_ids([relic("b", title="Bia")])[0])
    index_once(database, location)
    assert total(location, "bia") == 1
    assert verify(database, location).is_clean


def test_an_index_that_cannot_be_read_is_built_anew_by_repair(database: Engine, tmp_path: Path) -> None:
    location = Location(tmp_path / "index")
    save(database, *with_ids(relics()))
    index_once(database, location)
    current = location.current()
    assert current is not None
    (location.root / current.folder / "tantivy" / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(BackendError):
        location.open()
    assert len(repair(database, location).missing) == len(relics())
    assert total(location) == len(relics())
    assert verify(database, location).is_clean


def test_a_slow_engine_says_from_how_many_records_on(
    database: Engine, location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(database, *with_ids(relics()))
    index_once(database, location)
    assert advice(location) is None
    assert opening.RIGHT_UP_TO == {"whoosh": 20_000}
    monkeypatch.setitem(opening.RIGHT_UP_TO, "whoosh", len(relics()) - 1)
    told = advice(location)
    assert (told.code if told else "") == ("search.too_many_records" if location.engine == "whoosh" else "")


def test_readers_keep_the_old_index_until_a_rebuild_is_done(database: Engine, location: Location) -> None:
    save(database, *with_ids(relics()))
    index_once(database, location)
    before = location.current()
    seen: list[int] = []
    old = Reader(location).index()
    assert old is not None
    rebuild(database, location, on_progress=lambda _done, _of: seen.append(total(location)))
    assert seen == [len(relics())]
    after = location.current()
    assert before is not None and after is not None and before.folder != after.folder
    assert old.search(parse("vac dong")).total == 1
    kept = {before.folder} if location.engine == POSTGRESQL else set()  # other hosts may still be asking it
    assert set(location.shelf.folders()) == {after.folder} | kept


def test_what_a_broken_rebuild_left_is_swept(
    database: Engine, location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "_RETIRED_S", 0)
    index_once(database, location)
    location.shelf.fresh()
    rebuild(database, location)
    assert len(location.shelf.folders()) == 1


@pytest.mark.parametrize("pointer", [b"", b"{", b"[]", b'{"folder": "index-99", "engine": "tantivy", "generation": 1}'])
def test_an_unreadable_pointer_is_answered_by_building_anew(database: Engine, tmp_path: Path, pointer: bytes) -> None:
    location = Location(tmp_path / "index")
    save(database, *with_ids(relics()))
    index_once(database, location)
    (location.root / POINTER).write_bytes(pointer)
    assert location.open() is None
    index_once(database, location)
    assert verify(database, location).is_clean


def test_a_second_indexer_is_refused_and_a_patient_one_waits(database: Engine, location: Location) -> None:
    with indexing(location), pytest.raises(Conflict) as refused:
        index_once(database, location)
    assert refused.value.code == "search.second_writer"
    holding = indexing(location)
    holding.__enter__()
    timer = threading.Timer(0.2, holding.__exit__, (None, None, None))
    timer.start()
    assert index_once(database, location, patience_s=20) == 0
    timer.join()


def test_readers_see_a_commit_in_the_next_request(database: Engine, location: Location) -> None:
    """A stat in each request; PostgreSQL is asked every fifth of a second, and at once when told."""
    now = [100.0]
    reader = Reader(location, clock=lambda: now[0])
    assert reader.index() is None
    save(database, *with_ids(relics()))
    index_once(database, location)
    now[0] += 0.1
    assert (reader.index() is None) is (location.engine == POSTGRESQL)
    now[0] += 0.2
    first = reader.index()
    assert first is not None and first.search(parse("")).total == len(relics())
    assert reader.index() is first
    save(database, *with_ids([relic("x", title="Chuông")]))
    index_once(database, location)
    newest = reader.index(is_forced=True)
    assert newest is not None and newest.search(parse("")).total == len(relics()) + 1
    assert reader.index() is newest


def test_following_sees_new_records_and_ends_when_told(database: Engine, location: Location) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(database, location, stop))
    thread.start()
    try:
        save(database, *with_ids(relics()))
        until = time.monotonic() + 30
        while time.monotonic() < until and (location.current() is None or total(location) < len(relics())):
            time.sleep(0.05)
        assert total(location) == len(relics())
    finally:
        stop.set()
        thread.join(timeout=30)
    assert not thread.is_alive()


def test_a_save_is_noticed_by_what_it_writes_not_by_asking(
    database: Engine, location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an hour between two questions to the catalogue."""
    monkeypatch.setattr(indexer, "LOOK_SECONDS", 3600)
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(database, location, stop))
    thread.start()
    try:
        for number in range(3):
            save(database, with_ids([relic("x", title=f"Chuông {number}")])[0])
            until = time.monotonic() + 30
            while time.monotonic() < until and (location.current() is None or total(location) <= number):
                time.sleep(0.05)
            assert total(location) == number + 1
    finally:
        stop.set()
        thread.join(timeout=30)
    assert not thread.is_alive()


def test_what_is_written_tells_and_what_is_read_does_not(database: Engine, tmp_path: Path) -> None:
    log = tmp_path / "museum.db-wal"
    save(database, *with_ids(relics()[:1]))
    before = indexer.written(log)
    with db.reading(database) as session:
        assert changes.last_seq(session) == 1
    assert indexer.written(log) == before
    save(database, *with_ids(relics()[:1]))
    assert indexer.written(log) != before
    assert indexer.written(None) == indexer.written(tmp_path / "none") == (0, 0)


def test_a_new_generation_is_told_in_place_and_another_folder_by_a_rename(tmp_path: Path) -> None:
    shelf = shelves.FileShelf(tmp_path)
    first, second = shelf.fresh(), shelf.fresh()
    current = shelves.Current(folder=first.name, engine="tantivy", generation=8)
    shelf.point(current)
    in_place = []
    for told in (
        replace(current, generation=9),
        replace(current, generation=10),
        replace(current, generation=11),
        replace(current, folder=second.name, generation=11),
    ):
        before = shelf.stamp()
        shelf.point(told)
        assert shelf.current() == told
        assert shelf.stamp() != before
        in_place.append(shelf.stamp()[0] == before[0])
    assert in_place == [True, False, True, False], "in place where only digits change"


def test_the_position_is_that_of_the_log(database: Engine, location: Location) -> None:
    save(database, *with_ids(relics()))
    index_once(database, location)
    index = location.open()
    assert index is not None
    with db.reading(database) as session:
        assert index.stats().position == changes.last_seq(session)
    assert index.stats().records == len(relics())
    index.close()
