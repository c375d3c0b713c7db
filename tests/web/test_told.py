"""Cards from what an index tells are those that the records themselves would give."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import event

from museum.catalog import store
from museum.catalog.record import Media, Record, Value
from museum.catalog.summary import LEADS
from museum.db import reading, writing
from museum.search import indexer
from museum.search.location import Location
from museum.web.cards import Card, cards_of
from museum.web.context import museum
from museum.web.finding import Asked, find
from museum.web.public import shown_records
from museum.web.timeline import first_year
from museum.web.told import Told, told_of
from tests.sample_records import photo
from tests.web.conftest import House, _checked, _derive, make_house, text

NEVER = 10**9  # no change has this number


def odd_ones() -> list[Record]:
    """Records that lists may get wrong: several dates and types, the preferred last, no title, no picture at first."""
    values = {
        "title": text("Nghiên <i>mực</i>", "Ink stone"),
        "date": (Value(value="1850"), Value(value="1802/1820"), Value(value="", as_written="đời vua")),
        "object_type": (Value(value="seal", language="en"), Value(value="drum", language="en", preferred=True)),
    }
    turning = tuple(photo(f"xoay{n}", role="turntable", order=n) for n in range(4))
    drawn = replace(photo("vemay"), digital_source="algorithmicMedia")
    parts: tuple[tuple[dict[str, tuple[Value, ...]], tuple[Media, ...]], ...] = (
        (values, (drawn, photo("thatt"))),
        ({"date": (Value(value="", as_written="năm Ất Mùi"),)}, turning),
        ({**values, "object_type": ()}, (photo("khong1"), photo("khong2", order=1), photo("sauuu", order=9))),
        ({}, ()),
    )
    return [
        Record(
            id=_checked(f"vk{n:06}"), kind="object", institution="museum", state="published", values=given, media=items
        )
        for n, (given, items) in enumerate(parts)
    ]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The museum of the web tests with odd records."""
    for made in make_house(tmp_path_factory.mktemp("told"), language="vi"):
        with writing(made.engine) as session:
            for record in odd_ones():
                store.save(session, record, person="test", batch="odd")
                for item in record.media:
                    if item.id.startswith("khong"):  # nobody made pictures of it yet
                        continue
                    _derive(session, made.settings, item)
        indexer.index_once(made.engine, Location.of(made.settings))
        yield made


def both(house: House, language: str) -> tuple[dict[str, Told], dict[str, Card], dict[str, Record]]:
    with house.app.test_request_context(f"/search?lang={language}"):
        house.app.preprocess_request()
        hits = find(Asked(), limit=50).hits
        with reading(museum().engine) as session:
            told = {one.id: one for one in told_of(session, hits, known=NEVER)}
            records = shown_records(session, [hit.id for hit in hits])
            cards = dict(zip(records, cards_of(session, list(records.values())), strict=True))
    return told, cards, records


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_card_from_the_index_is_that_of_the_record(house: House, language: str) -> None:
    told, cards, records = both(house, language)
    assert len(told) == len(cards) >= 8
    for record_id, card in cards.items():
        given = told[record_id].card
        if card.picture is not None and given.picture is not None:  # a list says nothing of a view
            card = replace(card, picture=replace(card.picture, alt=given.picture.alt))
        assert given == card, record_id
        dates = [str(value.value) for value in records[record_id].values.get("date", ())]
        assert first_year(told[record_id].dates) == first_year(dates)
    print(f"{len(cards)} cards in {language}, 0 differ")


def test_no_record_is_read_unless_its_picture_may_stand_further_back(house: House) -> None:
    sent: list[str] = []
    event.listen(house.engine, "before_cursor_execute", lambda _c, _k, statement, *_: sent.append(statement))
    late = _checked("vk000002")
    with house.app.test_request_context("/search"):
        house.app.preprocess_request()
        hits = find(Asked(), limit=50).hits
        with reading(museum().engine) as session:
            told_of(session, [hit for hit in hits if hit.id != late], known=NEVER)
            assert len([statement for statement in sent if statement.startswith("SELECT")]) == 2
            assert not [statement for statement in sent if "FROM record" in statement]
            (one,) = told_of(session, [hit for hit in hits if hit.id == late], known=NEVER)
    assert one.card.picture is not None
    assert "sauuu" in one.card.picture.address
    assert any("FROM record" in statement for statement in sent), "control"
    assert LEADS == 2


def test_what_the_summary_holds_takes_little_room(house: House) -> None:
    with house.app.test_request_context("/search"):
        house.app.preprocess_request()
        hits = find(Asked(), limit=50).hits
    plain = next(hit for hit in hits if hit.id == _checked("vk000003"))
    assert b"leads" not in plain.told and b"synthetic" not in plain.told and b"other_dates" not in plain.told
    assert all(len(hit.summary.leads) <= LEADS for hit in hits)
