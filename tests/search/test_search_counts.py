"""What visitors ask for is counted, and nothing of anybody is kept."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from museum import db
from museum.search import saved_searches, search_counts
from museum.search.curator_tables import SearchCountRow
from museum.search.search_counts import KEPT_DAYS, LEAST_ASKED, Count, countable
from tests.databases import BOTH, migrated

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty catalogue on each database."""
    with migrated(request, tmp_path) as engine:
        yield engine


def add(engine: Engine, day: dt.date = TODAY, **counts: tuple[int, int]) -> None:
    with db.writing(engine) as session:
        search_counts.add(session, {name.replace("_", " "): given for name, given in counts.items()}, day=day)


def test_counts_add_up_over_tellings_and_days(engine: Engine) -> None:
    add(engine, vạc_đồng=(3, 0), khánh=(2, 2))
    add(engine, vạc_đồng=(1, 0), khánh=(2, 2))
    add(engine, TODAY - dt.timedelta(days=3), vạc_đồng=(5, 5))
    with db.reading(engine) as session:
        since = TODAY - dt.timedelta(days=7)
        assert search_counts.popular(session, since=since) == [Count(words="vạc đồng", asked=9, unfound=5),
                                                               Count(words="khánh", asked=4, unfound=4)]  # fmt: skip
        assert [c.words for c in search_counts.unfound(session, since=since)] == ["vạc đồng", "khánh"]
        assert [c.words for c in search_counts.unfound(session, since=TODAY)] == ["khánh"], "all found that day"


def test_rare_words_are_shown_to_nobody(engine: Engine) -> None:
    add(engine, lê_thị_hoa=(LEAST_ASKED - 1, LEAST_ASKED - 1), chuông=(LEAST_ASKED, LEAST_ASKED))
    with db.reading(engine) as session:
        shown = search_counts.popular(session, since=TODAY) + search_counts.unfound(session, since=TODAY)
    assert {count.words for count in shown} == {"chuông"}


def test_old_days_are_forgotten(engine: Engine) -> None:
    add(engine, TODAY - dt.timedelta(days=KEPT_DAYS + 1), chuông=(9, 0))
    add(engine, bia=(9, 0))
    with db.reading(engine) as session:
        assert [c.words for c in search_counts.popular(session, since=dt.date(2000, 1, 1))] == ["bia"]


def test_the_table_has_no_room_for_anything_of_anybody(engine: Engine) -> None:
    columns = {column["name"]: str(column["type"]) for column in inspect(engine).get_columns("search_count")}
    assert set(columns) == {"day", "words", "asked", "unfound"}
    assert columns["day"] == "DATE", "no time of day"
    assert set(columns) == set(SearchCountRow.__table__.columns.keys())


@pytest.mark.parametrize(
    "text",
    [
        "hoa@example.vn", "gọi 0912 345 678", "079 1 85 012345", "+84-912-345-678", "https://example.vn/x",
        "www.example.vn", "một đoạn văn dài " * 8, "a b c d e f g h i j k", "", "  ", "???",
    ],
)  # fmt: skip
def test_what_may_name_or_reach_a_person_is_not_counted(text: str) -> None:
    assert countable(text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [("  Vạc   Đồng ", "vạc đồng"), ("1802..1945", "1802..1945"), ("BTH-0012", "bth-0012"), ("鼎", "鼎")],
)
def test_ordinary_words_are_counted_under_one_form(text: str, words: str) -> None:
    assert countable(text) == words


def test_saved_searches_are_kept_and_forgotten(engine: Engine) -> None:
    with db.writing(engine) as session:
        saved = saved_searches.save(session, title=" Đồ  đồng ", query="q=đồng", total=3, person="u-hoa")
    with db.writing(engine) as session:
        assert saved_searches.all_of(session) == [saved]
        assert saved_searches.get(session, saved.id).title == "Đồ đồng"
        saved_searches.delete(session, saved.id)
        assert saved_searches.all_of(session) == []
