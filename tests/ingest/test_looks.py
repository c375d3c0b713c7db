"""How pictures look is known with their other derivatives; what lacks it gets it later, and the index follows."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, delete, func, select

from museum import db
from museum.catalog import looks as known_looks
from museum.catalog import store
from museum.catalog.tables import LookRow
from museum.imaging import arrays
from museum.ingest import looks, run
from museum.ingest.parts import Parts, open_parts
from museum.ingest.run import Options
from museum.search import indexer
from museum.search.location import Location
from museum.search.query import parse
from tests.founded import founded

RED, BLUE = (168, 40, 31), (30, 80, 160)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A museum with two published photographs: a red thing and a blue one before white."""
    settings, engine = founded(tmp_path / "bao-tang")
    folder = tmp_path / "nguon"
    folder.mkdir()
    for name, color in (("do", RED), ("lam", BLUE)):
        picture = np.full((240, 320, 3), 245, np.uint8)
        picture[60:200, 80:240] = color
        arrays.write(picture, folder / f"{name}.png")
    table = "Mã hiện vật,Tên hiện vật,Loại hình,Giấy phép,Ghi công,Tệp\n"
    table += "T-1,Hộp sơn đỏ,Hộp,CC0 1.0,Bảo tàng,do.png\nT-2,Bình men lam,Bình,CC0 1.0,Bảo tàng,lam.png\n"
    (folder / "danh-muc.csv").write_text(table, encoding="utf-8")
    opened = open_parts(settings, engine, fsync=False)
    report = run.ingest(settings, engine, folder, options=Options(publish=True, workers=0), parts=opened)
    assert report.errors == [] and report.published == 2
    yield opened
    engine.dispose()


def found(parts: Parts, text: str) -> list[str]:
    index = Location.of(parts.settings).open()
    assert index is not None
    hits = [hit.id for hit in index.search(parse(text)).hits]
    index.close()
    with db.reading(parts.engine) as session:
        return [store.get(session, i).title.say("vi") for i in hits]


def count(engine: Engine) -> int:
    with db.reading(engine) as session:
        return session.scalar(select(func.count()).select_from(LookRow)) or 0


def test_what_was_taken_in_is_found_by_its_colour_at_once(parts: Parts) -> None:
    indexer.index_once(parts.engine, Location.of(parts.settings))
    assert found(parts, "màu:đỏ") == ["Hộp sơn đỏ"]
    assert found(parts, "color:blue") == ["Bình men lam"]
    assert found(parts, "color:white") == [], "the backdrop has no colour"
    assert looks.fill(parts.engine, parts.shelf) == [], "nothing lacks"


def test_a_museum_from_before_gets_looks_and_its_index_follows(parts: Parts) -> None:
    with db.writing(parts.engine) as session:
        session.execute(delete(LookRow))
    location = Location.of(parts.settings)
    indexer.index_once(parts.engine, location)
    assert found(parts, "color:red") == []
    stop = threading.Event()
    follower = threading.Thread(target=looks.follow, args=(parts, stop))
    follower.start()
    try:
        for _ in range(600):
            if found(parts, "color:red"):
                break
            stop.wait(0.05)
    finally:
        stop.set()
        follower.join()
    assert found(parts, "color:red") == ["Hộp sơn đỏ"]
    assert indexer.verify(parts.engine, location).is_clean
    assert count(parts.engine) == 2


def test_an_older_recipe_is_made_anew(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "RECIPE", "look-99")
    assert len(looks.fill(parts.engine, parts.shelf)) == 2
    assert count(parts.engine) == 2


def test_a_poster_that_is_gone_is_asked_for_once(parts: Parts) -> None:
    with db.writing(parts.engine) as session:
        session.execute(delete(LookRow))
        record = store.all_records(session)[0]
    sha256 = record.media[0].sha256
    parts.shelf.path(sha256, looks.POSTER).unlink()
    assert len(looks.fill(parts.engine, parts.shelf)) == 2
    assert looks.fill(parts.engine, parts.shelf) == []
    with db.reading(parts.engine) as session:
        assert known_looks.look_of(record, known_looks.of_records(session, [record])) is None


def test_a_broken_poster_breaks_nothing(parts: Parts) -> None:
    with db.reading(parts.engine) as session:
        sha256 = store.all_records(session)[0].media[0].sha256
    parts.shelf.put(sha256, looks.POSTER, b"\xff\xd8\xff no picture")
    assert looks.read(parts.shelf, sha256) == known_looks.StoredLook(sha256=sha256)
