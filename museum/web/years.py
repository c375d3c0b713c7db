"""A result along the years as the page draws it: bars, an axis of round years, centuries to choose without scripts."""

from dataclasses import dataclass, replace

from museum.db import utc_now
from museum.search.chronology import Bar, Chronology, century
from museum.search.index import Page
from museum.search.nodes import Years
from museum.web.context import museum
from museum.web.finding import Asked, query_for
from museum.web.formats import capitalize_first, century_words, integer, short_year, year_words
from museum.web.language import current, say
from museum.web.narrowing import Choice, Link

_HIGHEST, _LOWEST = 100.0, 3.0  # percent of the chart's height; the lowest bar that holds something is still seen
_GAP = 0.16  # share of a bar's place that stays empty
_LABELS = 5


@dataclass(frozen=True, kw_only=True)
class BarShown:
    """One bar; `x`, `width`, `y`, `height` in percent of the chart."""

    x: float
    width: float
    y: float
    height: float
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A year below the chart, `x` in percent; `anchor` as SVG says it."""

    x: float
    words: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class YearsShown:
    """The chart, the same as links to centuries, and `data`: what the script needs to tell while somebody drags."""

    bars: tuple[BarShown, ...]
    marks: tuple[Mark, ...]
    summary: str
    centuries: tuple[Choice, ...]
    reigns: tuple[Choice, ...]
    data: dict[str, object]


def years_shown(asked: Asked, found: Page, link: Link) -> YearsShown | None:
    """The chart of what `asked` finds in all years; None where fewer than two bars would stand in it."""
    index = museum().reader.index()
    if index is None or found.years is None:
        return None
    query = query_for(asked)
    chart = _until_now(index.chronology(query, found.years))
    if len(chart.bars) < 2:
        return None
    first, last = _chosen_places(query.years, chart)
    return YearsShown(
        bars=_bars(chart, first, last),
        marks=_marks(chart),
        summary=say(
            "%(number)s dated results from %(first)s to %(last)s",
            number=integer(chart.total),
            first=year_words(chart.bars[0].first),
            last=year_words(chart.bars[-1].last),
        ),
        centuries=tuple(
            _stretch(bar, capitalize_first(century_words(century(bar.first))), asked, link)
            for bar in reversed(chart.centuries)
        ),
        reigns=tuple(_stretch(bar, bar.name, asked, link) for bar in chart.reigns) if _has_reigns() else (),
        data={
            "years": [[bar.first, bar.last] for bar in chart.bars],
            "words": [[short_year(bar.first), short_year(bar.last)] for bar in chart.bars],
            "starts": chart.starts,
            "ends": chart.ends,
            "chosen": [first, last],
        },
    )


def _until_now(chart: Chronology) -> Chronology:
    """The chart without the years to come of its last bar and century: what goes on goes on until now."""
    now = utc_now().year

    def cut(bars: tuple[Bar, ...]) -> tuple[Bar, ...]:
        return tuple(replace(bar, last=now) if bar.first <= now < bar.last else bar for bar in bars)

    return replace(chart, bars=cut(chart.bars), centuries=cut(chart.centuries))


def _chosen_places(years: Years | None, chart: Chronology) -> tuple[int, int]:
    """The bars of the years that are asked for, in the form or in words ("year:1800..1850")."""
    first = 0 if years is None or years.first is None else chart.place_of(years.first)
    last = len(chart.bars) - 1 if years is None or years.last is None else chart.place_of(years.last)
    return min(first, last), max(first, last)


def _bars(chart: Chronology, first: int, last: int) -> tuple[BarShown, ...]:
    most = max(bar.count for bar in chart.bars) or 1
    place = 100 / len(chart.bars)
    shown = []
    for i, bar in enumerate(chart.bars):
        height = max(_LOWEST, _HIGHEST * bar.count / most) if bar.count else 0.0
        shown.append(
            BarShown(
                x=round(i * place + place * _GAP / 2, 3),
                width=round(place * (1 - _GAP), 3),
                y=round(_HIGHEST - height, 2),
                height=round(height, 2),
                is_chosen=first <= i <= last,
            )
        )
    return tuple(shown)


def _marks(chart: Chronology) -> tuple[Mark, ...]:
    """Years at even distances, that of the first bar and of the last among them."""
    number = len(chart.bars)
    places = sorted({round(i * number / (_LABELS - 1)) for i in range(_LABELS)})
    found = []
    for place in places:
        bar = chart.bars[min(place, number - 1)]
        is_last = place == number
        anchor = "end" if is_last else "middle" if place else "start"
        found.append(
            Mark(x=round(100 * place / number, 2), words=short_year(bar.last if is_last else bar.first), anchor=anchor)
        )
    return tuple(found)


def _has_reigns() -> bool:
    """Vietnamese eras are offered where the museum's first language is Vietnamese."""
    return museum().settings.language == "vi"


def _stretch(bar: Bar, name: str, asked: Asked, link: Link) -> Choice:
    """A century or an era as a filter; chosen again it is taken away."""
    is_chosen = (asked.year_from, asked.year_to) == (bar.first, bar.last)
    first, last = (None, None) if is_chosen else (bar.first, bar.last)
    return Choice(
        words=name,
        language="vi" if bar.name and current() != "vi" else "",
        count=bar.count,
        address=link(replace(asked, year_from=first, year_to=last, cursor="")),
        is_chosen=is_chosen,
    )
