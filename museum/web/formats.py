"""Numbers, dates, sizes and lengths as the page's language writes them (Babel); years as museums write them."""

import datetime as dt
import math
import re
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from museum.web.language import current, grouped, later, say

_UNITS = {"in": later("in"), "ft": later("ft"), "can": later("cân")}
_YEAR = re.compile(r"^(-?)(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?([~?%]?)$")
_BARE_FROM = 1000  # earlier years alone would be read as any number
_CENTURY = re.compile(r"^(\d{2})XX$")


def integer(number: float) -> str:
    """A whole number with the language's group mark: 2.082 in Vietnamese, 2,082 in English."""
    return grouped(round(number), current())


def decimal(number: float, *, digits: int = 2) -> str:
    """A number with at most `digits` decimals: 12,8 in Vietnamese, 12.8 in English."""
    return format_decimal(round(number, digits), format="#,##0." + "#" * digits, locale=current())


def significant(number: float, *, figures: int = 2) -> str:
    """A measured number with so many figures that count: 0,046, 12, 1.500."""
    if not number:
        return decimal(0.0)
    digits = max(0, figures - 1 - math.floor(math.log10(abs(number))))
    return decimal(number, digits=digits) if digits else integer(float(f"{number:.{figures}g}"))


def quantity(number: float, unit: str) -> str:
    """A number and its unit with a space that does not break: 270,5 cm."""
    return f"{decimal(number)}\u00a0{say(_UNITS[unit]) if unit in _UNITS else unit}"


def bytes_size(size: int) -> str:
    """A file size in decimal units: 4,2 MB."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return f"{decimal(value, digits=0 if unit in ('B', 'kB') else 1)}\u00a0{unit}"


def pixels(width_px: int, height_px: int) -> str:
    """2.082 × 2.868 px."""
    return f"{integer(width_px)}\u00a0×\u00a0{integer(height_px)}\u00a0px"


def duration(seconds: float) -> str:
    """0:07, 12:30, 1:02:03."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, last = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{last:02d}" if hours else f"{minutes}:{last:02d}"


def iso_duration(seconds: float) -> str:
    """ISO 8601 duration for machines: PT7.5S."""
    return f"PT{round(seconds, 1):g}S"


def day(value: dt.datetime | dt.date, *, timezone: str = "UTC") -> str:
    """A day in words: 1 tháng 10 năm 2012 / 1 October 2012."""
    if isinstance(value, dt.datetime):
        value = value.astimezone(ZoneInfo(timezone))
    pattern = "d 'tháng' M 'năm' y" if current() == "vi" else "d MMMM y"
    return format_date(value, format=pattern, locale=current())


def year_words(year: int) -> str:
    """A year as historians count: 1835, 350 BC."""
    return say("%(year)s BC", year=-year) if year < 0 else str(year)


def short_year(year: int) -> str:
    """The same where there is little room: 350 TCN."""
    era = say("BC")
    return f"{-year}\u00a0{era}" if year < 0 else str(year)


def century_words(number: int) -> str:
    """A century: thế kỷ XIX / 19th century; negative ones are BC."""
    said = say("%(ordinal)s century", ordinal=_ordinal(abs(number)), roman=_roman(abs(number)))
    return say("%(year)s BC", year=said) if number < 0 else said


def edtf_words(edtf: str) -> str:
    """An EDTF date (ISO 8601-2:2019) in words; what is too rich to say plainly is given back as it is.

    EDTF counts astronomically: -0349 is 350 BC.
    """
    if "/" in edtf:
        first, _, last = edtf.partition("/")
        if _is_open(first):
            return edtf if _is_open(last) else _until(last)
        if _is_open(last):
            return _from(first)
        return _range(first, last)
    return _one_date(edtf)


def _from(first: str) -> str:
    said = _one_date(first)
    return say("from the %(date)s", date=said) if _CENTURY.match(first) else say("from %(date)s", date=said)


def _until(last: str) -> str:
    said = _one_date(last)
    return say("until the %(date)s", date=said) if _CENTURY.match(last) else say("until %(date)s", date=said)


def _is_open(part: str) -> bool:
    return part in ("", "..")


def _range(first: str, last: str) -> str:
    start, end = _YEAR.match(first), _YEAR.match(last)
    if start and end and not any((start[3], end[3], start[5], end[5])):
        if start[1] and end[1]:
            return say("%(first)s–%(last)s BC", first=_shown_year(start), last=_shown_year(end))
        if not start[1] and not end[1]:
            years = f"{_shown_year(start)}–{_shown_year(end)}"
            return say("AD %(year)s", year=years) if int(start[2]) < _BARE_FROM else years
    return f"{_one_date(first)} – {_one_date(last)}"


def _shown_year(found: re.Match[str]) -> str:
    return str(int(found[2]) + 1) if found[1] else str(int(found[2]))


def _one_date(edtf: str) -> str:
    century = _CENTURY.match(edtf)
    if century:
        number = int(century[1]) + 1
        return say("%(ordinal)s century", ordinal=_ordinal(number), roman=_roman(number))
    found = _YEAR.match(edtf)
    if not found:
        return edtf
    year = _shown_year(found)
    if found[1]:
        said = say("%(year)s BC", year=year)
    elif found[4]:
        said = day(dt.date(int(found[2]), int(found[3]), int(found[4])))
    elif found[3]:
        pattern = "'tháng' M 'năm' y" if current() == "vi" else "MMMM y"
        said = format_date(dt.date(int(found[2]), int(found[3]), 1), format=pattern, locale=current())
    else:
        said = say("AD %(year)s", year=year) if int(found[2]) < _BARE_FROM else year
    if found[5] == "~":
        return say("about %(date)s", date=said)
    if found[5]:
        return say("%(date)s, uncertain", date=said)
    return said


def _ordinal(number: int) -> str:
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


def _roman(number: int) -> str:
    out = ""
    for value, sign in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value:
            out, number = out + sign, number - value
    return out


def capitalize_first(words: str) -> str:
    """`words` with a capital at the start and the rest as it is (names keep theirs)."""
    return words[:1].upper() + words[1:]
