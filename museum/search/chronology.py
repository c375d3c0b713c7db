"""A result along the years: bars of a chart that count exactly, however long the tail of early things is."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from museum.catalog.dates import eras
from museum.search.engine import YearCounts

Count = Callable[[tuple[int, ...]], YearCounts]
_MOST_BARS = 40
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000)
_EARLIEST = -6000  # centuries are told apart from here on
_TAIL = 0.03  # so many of all may be put into one bar in front, to show the rest larger
_GAIN = 0.6  # if that leaves at most so much of the whole span


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Years from `first` to `last` (both within; historians' years, none is 0) and how many records overlap them.

    `name` is that of a reign era, "" for all other years.
    """

    first: int
    last: int
    count: int
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Chronology:
    """The bars of one result, oldest first and without gaps, and the centuries and reign eras that hold something.

    `starts` and `ends` say how many records begin and end within each bar: the records of bars i to j are those that
    start up to j without those that end before i. `is_folded`: the first bar holds all that is earlier than the others.
    """

    bars: tuple[Bar, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    total: int
    centuries: tuple[Bar, ...]
    reigns: tuple[Bar, ...]
    is_folded: bool

    def place_of(self, year: int) -> int:
        """In which bar a year stands; the nearest one for years outside."""
        return min(bisect_left([bar.last for bar in self.bars], year), len(self.bars) - 1)


def chronology(count: Count, span: tuple[int, int]) -> Chronology:
    """The bars of a result whose years run over `span`; `count` asks the engine, which is done at most thrice."""
    first, last = span
    hundreds = _centuries(max(first, _EARLIEST), max(last, _EARLIEST))
    by_century = count(hundreds)
    begin = _begin(hundreds, by_century, first, last)
    edges = _edges(begin, last)
    counts = count(edges)
    bars, starts, ends = _bars(edges, counts), counts.starts[1:-1], counts.ends[1:-1]
    is_folded = counts.starts[0] > 0
    if is_folded:
        bars = (Bar(first=first, last=edges[0] - 1 or -1, count=counts.starts[0]), *bars)
        starts, ends = counts.starts[:-1], counts.ends[:-1]
    return Chronology(
        bars=bars,
        starts=starts,
        ends=ends,
        total=sum(counts.starts),
        centuries=tuple(bar for bar in _bars(hundreds, by_century) if bar.count),
        reigns=_reigns(count, span),
        is_folded=is_folded,
    )


def century(year: int) -> int:
    """The number of a year's century as EDTF (ISO 8601-2) writes it: 1800 to 1899 is 19, 100 to 1 BC is -1."""
    return year // 100 + 1 if year > 0 else year // 100


def _centuries(first: int, last: int) -> tuple[int, ...]:
    """Edges of all centuries from that of `first` to that of `last`: …, -200, -100, 0, 100, …"""
    return tuple(range(first // 100 * 100, last // 100 * 100 + 101, 100))


def _begin(hundreds: Sequence[int], counts: YearCounts, first: int, last: int) -> int:
    """The year with which the bars begin: the first one, or a later century's if only a few end before it."""
    allowed = _TAIL * sum(counts.ends)
    ended = accumulate(counts.ends)
    begin = max((edge for edge, gone in zip(hundreds[:-1], ended, strict=False) if gone <= allowed), default=first)
    return begin if begin > first and last - begin <= _GAIN * (last - first) else first


def _edges(first: int, last: int) -> tuple[int, ...]:
    """Round years from `first` or before to after `last`, in the smallest step that keeps the bars few."""
    step = next((step for step in _STEPS if last // step - first // step < _MOST_BARS), _STEPS[-1])
    return tuple(n * step for n in range(first // step, last // step + 2) if n or step > 1)


def _reigns(count: Count, span: tuple[int, int]) -> tuple[Bar, ...]:
    """The reign eras of Vietnam that hold something; they overlap, as eras do."""
    known = [era for era in eras() if era.last_year >= span[0] and era.first_year <= span[1]]
    if not known:
        return ()
    edges = sorted({year for era in known for year in (era.first_year, era.last_year + 1)})
    counts = count(tuple(edges))
    begun, ended = list(accumulate(counts.starts)), list(accumulate(counts.ends))
    bars = (
        Bar(
            first=era.first_year,
            last=era.last_year,
            count=begun[edges.index(era.last_year + 1)] - ended[edges.index(era.first_year)],
            name=era.name,
        )
        for era in known
    )
    return tuple(bar for bar in bars if bar.count)


def _bars(edges: Sequence[int], counts: YearCounts) -> tuple[Bar, ...]:
    """One bar from each edge to the next."""
    begun, ended = list(accumulate(counts.starts)), list(accumulate(counts.ends))
    return tuple(
        Bar(first=low or 1, last=high - 1 or -1, count=begun[i + 1] - ended[i])
        for i, (low, high) in enumerate(pairwise(edges))
    )
