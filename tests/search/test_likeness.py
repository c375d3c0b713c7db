"""Which pictures look alike: nearest first, new ones soon, gone ones never shown by whoever asks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum import addresses, db
from museum.catalog import institutions, looks, store
from museum.catalog.institutions import Institution
from museum.catalog.looks import Shade, StoredLook
from museum.catalog.record import Media, Record
from museum.migrations import schema
from museum.search import indexer
from museum.search.indexer import index_once, renew, verify
from museum.search.likeness import ALIKE, Likeness
from museum.search.location import Location
from museum.search.query import parse
from museum.text import Text
from tests.search.relics import relic

CODE = (1 << 255).to_bytes(32, "big")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty catalogue."""
    engine = db.open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    schema.upgrade(engine)
    with db.writing(engine) as session:
        institutions.put(session, Institution(code="huế", name=Text.of(vi="Huế")))
    yield engine
    engine.dispose()


def pictured(number: int, *, level: str = "") -> Record:
    """A public record with one photograph of its own."""
    record = relic("x", title=f"Bình {number}")
    photo = Media(
        id=addresses.new_id(), kind="photo", sha256=f"{number:064x}", size_bytes=1, path=f"photo/{number}",
        file_name=f"{number}.jpg", media_type="image/jpeg", licence="CC0", level=level,
    )  # fmt: skip
    return replace(record, id=addresses.new_id(), media=(photo,))


def code(bits: int) -> bytes:
    """A code that differs from CODE in so many bits."""
    return (int.from_bytes(CODE, "big") | ((1 << bits) - 1)).to_bytes(32, "big")


def save(engine: Engine, *pairs: tuple[Record, StoredLook | None]) -> None:
    with db.writing(engine) as session:
        for record, look in pairs:
            store.save(session, record, person="p", batch="b")
            if look is not None:
                looks.put(session, look, recipe="look-1")


def look(record: Record, bits: int, *colors: str) -> StoredLook:
    shades = tuple(Shade(name=name, share=40, hex="808080") for name in colors)
    return StoredLook(sha256=record.media[0].sha256, colors=shades, code=code(bits))


def test_nearest_first_itself_never_strangers_never(engine: Engine) -> None:
    records = [pictured(number) for number in range(5)]
    for record, bits in zip(records, (0, 30, 10, ALIKE, ALIKE + 1), strict=True):
        save(engine, (record, look(record, bits)))
    found = Likeness(engine).alike(CODE, without=records[0].id, limit=10)
    assert [(one.record_id, one.bits) for one in found] == [
        (records[2].id, 10), (records[1].id, 30), (records[3].id, ALIKE)]  # fmt: skip
    assert [one.bits for one in Likeness(engine).alike(CODE, without="", limit=2)] == [0, 10]


def test_new_pictures_are_known_after_five_seconds_and_gone_ones_after_a_quarter_of_an_hour(engine: Engine) -> None:
    now = [0.0]
    likeness = Likeness(engine, clock=lambda: now[0])
    first, second = pictured(1), pictured(2)
    save(engine, (first, look(first, 3)))
    assert len(likeness.alike(CODE, without="", limit=9)) == 1
    save(engine, (second, look(second, 4)))
    assert len(likeness.alike(CODE, without="", limit=9)) == 1
    now[0] = 5.0
    assert len(likeness.alike(CODE, without="", limit=9)) == 2
    with db.writing(engine) as session:
        store.delete(session, first.id, person="p", batch="b")
    now[0] = 1000.0
    assert [one.record_id for one in likeness.alike(CODE, without="", limit=9)] == [second.id]


def test_pictures_that_not_everybody_sees_are_not_compared(engine: Engine) -> None:
    hidden = pictured(1, level="internal")
    save(engine, (hidden, look(hidden, 0)))
    assert Likeness(engine).alike(CODE, without="", limit=9) == []


def test_records_are_found_by_their_colours(engine: Engine, tmp_path: Path) -> None:
    red, blue, hidden = pictured(1), pictured(2), pictured(3, level="internal")
    save(engine, (red, look(red, 0, "red", "cream")), (blue, look(blue, 0, "blue")), (hidden, look(hidden, 0, "red")))
    location = Location(tmp_path / "index")
    index_once(engine, location)
    assert found(location, "color:red") == found(location, "màu:đỏ") == {red.id}
    assert found(location, 'màu:"xanh lam"') == found(location, "colour:blue") == {blue.id}
    assert found(location, "bình -màu:đỏ") == {blue.id, hidden.id}
    index = location.open()
    assert index is not None
    assert {c.value: c.count for c in index.search(parse("")).facets["color"]} == {"red": 1, "cream": 1, "blue": 1}
    index.close()
    assert verify(engine, location).is_clean


def test_a_look_that_comes_later_is_indexed_without_a_change_of_the_record(engine: Engine, tmp_path: Path) -> None:
    record, other = pictured(1), pictured(2)
    save(engine, (record, None), (other, None))
    location = Location(tmp_path / "index")
    index_once(engine, location)
    assert found(location, "color:green") == set()
    with db.writing(engine) as session:
        looks.put(session, look(record, 0, "green"), recipe="look-1")
        ids = looks.records_with(session, [record.media[0].sha256])
    assert ids == [record.id]
    assert verify(engine, location).stale == (record.id,)
    assert renew(engine, location, [*ids, "0000000000"]) == 1
    assert found(location, "color:green") == {record.id}
    assert verify(engine, location).is_clean
    assert index_once(engine, location) == 0, "the place in the log is the same"


def found(location: Location, text: str) -> set[str]:
    index = location.open()
    assert index is not None
    hits = {hit.id for hit in index.search(parse(text, limit=100)).hits}
    index.close()
    return hits


def test_many_records_at_once(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer, "BATCH_RECORDS", 2)
    records = [pictured(number) for number in range(5)]
    save(engine, *((record, look(record, 0, "teal")) for record in records))
    location = Location(tmp_path / "index")
    index_once(engine, location)
    assert len(found(location, "color:teal")) == 5
