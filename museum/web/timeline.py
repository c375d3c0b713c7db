"""The same result along the years: cards in the order of their dates, under the centuries or decades they begin in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from museum.catalog import dates
from museum.search.chronology import century
from museum.web.cards import Card
from museum.web.formats import capitalize_first, century_words
from museum.web.language import say
from museum.web.told import Told

_FEW_YEARS = 160  # a result that spans no more is told by decades


@dataclass(frozen=True, kw_only=True)
class Era:
    """A stretch of the timeline: its heading and its cards, in order. `id` names it within the page."""

    id: str
    words: str
    cards: tuple[Card, ...]


def eras_of(shown: Sequence[Told], span: tuple[int, int] | None) -> tuple[Era, ...]:
    """The cards, which stand by year, in their eras; the undated ones come last. `span`: years of the whole result."""
    by_decades = span is not None and span[0] > 0 and span[1] - span[0] <= _FEW_YEARS
    placed = [(_era(first_year(one.dates), by_decades=by_decades), one.card) for one in shown]
    grouped = groupby(placed, key=lambda pair: pair[0])
    return tuple(
        Era(id=f"era-{number}", words=words, cards=tuple(card for _, card in group))
        for number, (words, group) in enumerate(grouped, start=1)
    )


def first_year(dates: Iterable[str]) -> int | None:
    """The first year of all these dates, as the index sorts it; None where there is none."""
    return min((span[0] for edtf in dates if (span := _bounds(edtf))), default=None)


@lru_cache(maxsize=4096)
def _bounds(edtf: str) -> tuple[int, int] | None:
    """Reading one EDTF string takes 5 ms; a collection has few different dates."""
    return dates.span(edtf)


def _era(year: int | None, *, by_decades: bool) -> str:
    if year is None:
        return say("Undated")
    if by_decades:
        begin = year // 10 * 10
        return f"{begin}–{begin + 9}"
    return capitalize_first(century_words(century(year)))
