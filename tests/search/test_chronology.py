"""Bars along the years count what a search for their years finds, and a few early things don't flatten the rest."""

import itertools
import random
from bisect import bisect_right
from collections.abc import Sequence

import pytest

from museum.catalog import dates
from museum.search import periods
from museum.search.analysis import fold
from museum.search.chronology import Chronology, century, chronology
from museum.search.engine import YearCounts

Spans = Sequence[tuple[int, int]]


def chart(spans: Spans) -> Chronology:
    """The chart of records with these first and last years."""

    def count(edges: tuple[int, ...]) -> YearCounts:
        sides = []
        for years in zip(*spans, strict=True):
            places = [bisect_right(edges, year) for year in years]
            sides.append(tuple(places.count(place) for place in range(len(edges) + 1)))
        return YearCounts(starts=sides[0], ends=sides[1])

    return chronology(count, (min(s[0] for s in spans), max(s[1] for s in spans)))


def within(spans: Spans, first: int, last: int) -> int:
    return sum(start <= last and end >= first for start, end in spans)


def made(seed: int) -> Spans:
    """Records of a made-up collection: any age and any uncertainty."""
    chance = random.Random(seed)
    low = chance.choice((-500_000, -3000, -200, 1, 900, 1600, 1835))
    high = chance.randint(max(low, 1), 2024)
    starts = [year for year in (chance.randint(low, high) for _ in range(chance.randint(1, 60))) if year]
    return [(year, min(high, year + chance.choice((0, 0, 1, 30, 400))) or 1) for year in starts] or [(1835, 1835)]


def test_every_bar_counts_what_overlaps_its_years() -> None:
    judged = 0
    for seed in range(300):
        spans = made(seed)
        found = chart(spans)
        assert found.total == len(spans)
        assert len(found.bars) <= 41
        assert found.bars[0].first <= min(s[0] for s in spans)
        assert found.bars[-1].last >= max(s[1] for s in spans)
        for bar in (*found.bars, *found.centuries, *found.reigns):
            judged += 1
            assert bar.count == within(spans, bar.first, bar.last), (seed, bar)
    print(f"{judged} bars counted")
    assert judged > 3000


def test_any_run_of_bars_counts_from_its_starts_and_ends() -> None:
    """What the page says while somebody drags is what the search will find."""
    judged = 0
    for seed in range(60):
        spans = made(seed)
        found = chart(spans)
        for i in range(0, len(found.bars), 3):
            for j in range(i, len(found.bars), 5):
                judged += 1
                told = sum(found.starts[: j + 1]) - sum(found.ends[:i])
                assert told == within(spans, found.bars[i].first, found.bars[j].last), (seed, i, j)
    print(f"{judged} runs of bars counted")
    assert judged > 1000


def test_bars_follow_each_other_and_no_year_is_nought() -> None:
    for seed in range(100):
        bars = chart(made(seed)).bars
        for one, next_one in itertools.pairwise(bars):
            assert next_one.first == (one.last + 1 or 1)
        assert all(bar.first and bar.last and bar.first <= bar.last for bar in bars)


def test_a_few_early_things_stand_in_one_bar_before_the_rest() -> None:
    spans = [(-300, -250), *((1700 + n, 1700 + n) for n in range(200))]
    found = chart(spans)
    assert found.is_folded
    assert (found.bars[0].first, found.bars[0].last, found.bars[0].count) == (-300, 1699, 1)
    assert found.bars[1].last - found.bars[1].first < 10
    many = [(-300, -250)] * 20 + spans
    assert not chart(many).is_folded, "what is no small part is never folded away"


def test_reign_eras_are_named_where_they_hold_something() -> None:
    found = chart([(1835, 1837), (1841, 1841), (1700, 1705)])
    assert [(bar.name, bar.count) for bar in found.reigns] == [("Minh Mạng", 2), ("Thiệu Trị", 1)]
    assert chart([(-300, -200)]).reigns == ()


def test_one_year_makes_one_bar() -> None:
    found = chart([(1835, 1835)] * 3)
    assert [(bar.first, bar.last, bar.count) for bar in found.bars] == [(1835, 1835, 3)]
    assert not found.is_folded


@pytest.mark.parametrize(
    ("year", "number"),
    [(1, 1), (99, 1), (100, 2), (1800, 19), (1835, 19), (1899, 19), (1900, 20), (-1, -1), (-100, -1), (-101, -2)],
)
def test_centuries_are_those_that_dates_are_written_in(year: int, number: int) -> None:
    assert century(year) == number


@pytest.mark.parametrize("number", range(1, 21))
def test_a_century_is_the_same_typed_stated_of_an_object_and_chosen(number: int) -> None:
    for words in (f"thế kỷ {number}", f"thế kỷ {number} TCN"):
        typed = periods.as_years(fold(words))
        assert typed is not None
        assert typed.first is not None
        stated = dates.bounds(dates.parse(words).edtf)
        (chosen,) = chart([(typed.first, typed.first)]).centuries
        assert (typed.first, typed.last) == stated == (chosen.first, chosen.last), words
        assert century(chosen.first) == (number if typed.first > 0 else -number)


def test_a_year_has_its_bar_and_years_outside_the_nearest() -> None:
    found = chart([(1700, 1700), (1900, 1900)])
    assert found.place_of(1000) == 0
    assert found.place_of(2020) == len(found.bars) - 1
    bar = found.bars[found.place_of(1835)]
    assert bar.first <= 1835 <= bar.last
