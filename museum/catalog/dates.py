"""Dates as museums write them, read into EDTF (ISO 8601-2:2019): years, ranges, centuries, reign eras, BC.

Years given as numbers by tables count like historians do (-350 is 350 BC, there is no year 0); EDTF counts
astronomically (350 BC is -0349).
"""

import calendar
import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from museum.db import utc_now
from museum.errors import Invalid
from museum.text import fold, tidy

_ROMAN = {"i": 1, "v": 5, "x": 10}
_CIRCA = re.compile(r"^(?:khoang|chung|co le|circa|c\.|ca\.|about|around|approximately)\s+")
_DASH = r"\s*(?:-|–|—|den|to|/)\s*"
_CENTURY_NUMBER = r"([ivx]+|\d{1,2})(?:st|nd|rd|th)?"
_PARTS = {"dau": (0, 29), "early": (0, 29), "giua": (34, 66), "mid": (34, 66), "cuoi": (70, 99), "late": (70, 99)} | {
    "nua dau": (0, 49),
    "first half of": (0, 49),
    "nua cuoi": (50, 99),
    "second half of": (50, 99),
}
_EDTF = re.compile(r"^[-0-9X?~%./]{4,40}$")  # what dates in figures are written with; the parser judges the rest
_PLAIN_YEARS = re.compile(r"([0-9]{4})(?:/([0-9]{4}))?")  # nearly all dates: the parser takes 5 ms for one
_MOST_YEARS = 2_000_000_000  # indexes keep years in 32 bits
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}


@dataclass(frozen=True, kw_only=True)
class DateReading:
    """What a written date says: `edtf` ("" when it could not be read), the words as written, "" or "uncertain"."""

    edtf: str
    as_written: str
    certainty: str = ""


@dataclass(frozen=True, kw_only=True)
class Era:
    """A reign era: name, its Hán characters, first and last year (era year 1 = first year)."""

    name: str
    han: str
    first_year: int
    last_year: int


@cache
def eras() -> tuple[Era, ...]:
    """The reign eras we know (from common knowledge: to be checked by a historian)."""
    data = tomllib.loads((files("museum.catalog") / "eras.toml").read_text(encoding="utf-8"))
    return tuple(Era(**era) for era in data["era"])


def parse(text: str, *, year_from: int | None = None, year_to: int | None = None) -> DateReading:
    """Read `text`, helped by years from neighbouring columns (they win: the curator stated them).

    Raises Invalid("catalog.impossible_date") for 31/02, a range that runs backwards, a year 0.
    What stands in EDTF already, such as "1835-12/1837", is taken as it is. Unreadable words give an empty `edtf`:
    they are kept, not refused.
    """
    words = tidy(text)
    for year in (year_from, year_to):
        if year == 0:
            raise Invalid("catalog.impossible_date", text=words or "0", reason="0")
    if year_from is not None or year_to is not None:
        return _from_years(words, year_from, year_to)
    if not words:
        return DateReading(edtf="", as_written="")
    bare = fold(words).strip(" .")
    circa = _CIRCA.match(bare)
    uncertain = bool(circa) or bare.endswith("?")
    if circa:
        bare = bare[circa.end() :]
    edtf = _read(bare.rstrip("? "), words)
    if not edtf and is_edtf(words):
        return DateReading(edtf=words, as_written=words)
    if edtf and uncertain and "/" not in edtf:
        edtf += "~" if circa else "?"
    return DateReading(edtf=edtf, as_written=words, certainty="uncertain" if uncertain else "")


def is_edtf(text: str) -> bool:
    """True for a date that stands in EDTF already: "1835-12/1837", "18XX", "2025-01-01/.."; a bare year is both."""
    if not _EDTF.match(text):
        return False
    ends = [part for part in text.split("/") if part != ".."] if text.count("/") == 1 else [text]
    spans = [span for part in ends if (span := bounds(part))]
    return bool(ends) and len(spans) == len(ends) and spans[0][0] <= spans[-1][1]


@lru_cache(maxsize=4096)  # the parser takes about 5 ms a date
def bounds(edtf: str) -> tuple[int, int] | None:
    """First and last year that a date can mean, as historians count (no year 0); None for an empty or wrong one.

    The first century, 00XX, begins with the year 1: EDTF's year 0 is 1 BC, which nobody means by it.
    """
    if not edtf:
        return None
    plain = _PLAIN_YEARS.fullmatch(edtf)
    if plain is not None and "0001" <= plain[1] <= (plain[2] or plain[1]):
        return int(plain[1]), int(plain[2] or plain[1])
    from edtf import EDTFParseException, parse_edtf  # 7 MB, which a worker that waits for jobs needs not have

    try:
        date: Any = parse_edtf(edtf)
        first, last = date.lower_strict().tm_year, date.upper_strict().tm_year
    except (EDTFParseException, ValueError, AttributeError, OverflowError):
        return None
    return 1 if edtf.startswith("00XX") else _historical(first), _historical(last)


def span(edtf: str) -> tuple[int, int] | None:
    """The same for a search by years, where what began and goes on ("16XX/..") may be of any year until the present
    one, and what is only known to have ended ("../1837") is of its end. What is older than an index can say (as
    meteorites are) is of its oldest year."""
    first, slash, last = edtf.partition("/")
    is_open = bool(slash) and ".." in (first, last)
    known = bounds((first if last == ".." else last) if is_open else edtf)
    if known is None:
        return None
    latest = max(known[1], utc_now().year) if is_open and last == ".." else known[1]
    return max(-_MOST_YEARS, min(known[0], _MOST_YEARS)), max(-_MOST_YEARS, min(latest, _MOST_YEARS))


def _from_years(words: str, year_from: int | None, year_to: int | None) -> DateReading:
    first = year_from if year_from is not None else year_to
    last = year_to if year_to is not None else year_from
    if first is None or last is None:
        raise AssertionError("one of the years is given")
    if first > last:
        raise Invalid("catalog.impossible_date", text=words or f"{first}–{last}", reason=f"{first} > {last}")
    edtf = _year(first) if first == last else f"{_year(first)}/{_year(last)}"
    circa = bool(_CIRCA.match(fold(words)))
    return DateReading(edtf=edtf, as_written=words or edtf, certainty="uncertain" if circa else "")


def _read(bare: str, words: str) -> str:
    for reader in (_reign, _century, _day, _years):
        found = reader(bare, words)
        if found:
            return found
    return ""


def _reign(bare: str, words: str) -> str:
    for era in eras():
        match = re.search(rf"\b{re.escape(fold(era.name))}\b\D{{0,14}}(\d{{1,2}})\b", bare)
        if match is None:
            match = re.search(rf"{era.han}([一二三四五六七八九十元]+)年", words)
            number = _han_number(match[1]) if match else 0
        else:
            number = int(match[1])
        if not number:
            continue
        year = era.first_year + number - 1
        if year > era.last_year + 1:
            span = f"{era.name} {era.first_year}–{era.last_year}"
            raise Invalid("catalog.impossible_date", text=words, reason=span)
        return _year(year)
    return ""


def _century(bare: str, words: str) -> str:
    part = next((p for p in sorted(_PARTS, key=len, reverse=True) if bare.startswith(p + " ")), "")
    rest = bare.removeprefix(part).strip()
    bc = bool(re.search(r"\b(tcn|bc|bce|truoc cong nguyen)\b", rest))
    match = re.search(rf"\bthe ky (?:thu )?{_CENTURY_NUMBER}(?:{_DASH}{_CENTURY_NUMBER})?", rest) or re.search(
        rf"\b{_CENTURY_NUMBER}(?:{_DASH}{_CENTURY_NUMBER})?[ -]*(?:century|c\b)", rest
    )
    if match is None:
        return ""
    first, last = _ordinal(match[1]), _ordinal(match[2] or match[1])
    if not first or not last:
        return ""
    if bc:
        low, high = -first * 100, -(last - 1) * 100 - 1
        return f"{_year(low)}/{_year(high)}"
    if first > last:
        raise Invalid("catalog.impossible_date", text=words, reason=f"{first} > {last}")
    if part:
        low, high = (last - 1) * 100 + _PARTS[part][0], (last - 1) * 100 + _PARTS[part][1]
        return f"{low:04d}/{high:04d}"
    return f"{first - 1:02d}XX" if first == last else f"{first - 1:02d}XX/{last - 1:02d}XX"


def _day(bare: str, words: str) -> str:
    match = re.fullmatch(r"(?:ngay )?(\d{1,2})[/.](\d{1,2})[/.](\d{3,4})", bare) or re.fullmatch(
        r"ngay (\d{1,2}) thang (\d{1,2}) nam (\d{3,4})", bare
    )
    if match:
        return _date(int(match[3]), int(match[2]), int(match[1]), words)
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", bare)
    if match:
        return _date(int(match[1]), int(match[2]), int(match[3]), words)
    match = re.fullmatch(r"(?:thang )?(\d{1,2})(?:/| nam )(\d{4})", bare)
    if match:
        return _date(int(match[2]), int(match[1]), None, words)
    match = re.fullmatch(r"(\d{4})-(\d{2})", bare)
    if match and int(match[2]) <= 12:
        return _date(int(match[1]), int(match[2]), None, words)
    match = re.fullmatch(r"(?:(\d{1,2}) )?([a-z]+) (\d{4})", bare)
    if match and match[2] in _MONTHS:
        return _date(int(match[3]), _MONTHS[match[2]], int(match[1]) if match[1] else None, words)
    return ""


def _years(bare: str, words: str) -> str:
    core = re.sub(r"\b(?:nam|ad|ce|scn|sau cong nguyen)\b", " ", bare)
    bc = bool(re.search(r"\b(?:tcn|bc|bce|truoc cong nguyen)\b", core))
    core = re.sub(r"\b(?:tcn|bc|bce|truoc cong nguyen)\b", " ", core).strip()
    match = re.fullmatch(rf"(-?\d{{1,4}})(?:{_DASH}(-?\d{{1,4}}))?", core)
    if match is None:
        return ""
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    if bc:
        first, last = -first, -last
    if 0 in (first, last):
        raise Invalid("catalog.impossible_date", text=words, reason="0")
    if first > last:
        raise Invalid("catalog.impossible_date", text=words, reason=f"{first} > {last}")
    return _year(first) if first == last else f"{_year(first)}/{_year(last)}"


def _date(year: int, month: int, day: int | None, words: str) -> str:
    if not 1 <= month <= 12:
        raise Invalid("catalog.impossible_date", text=words, reason=f"{month}/{year}")
    if day is None:
        return f"{year:04d}-{month:02d}"
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Invalid("catalog.impossible_date", text=words, reason=f"{day}/{month}/{year}")
    return f"{year:04d}-{month:02d}-{day:02d}"


def _year(year: int) -> str:
    return f"{year:04d}" if year > 0 else f"-{abs(year + 1):04d}" if year < -1 else "0000"


def _historical(year: int) -> int:
    return year if year > 0 else year - 1


def _ordinal(text: str) -> int:
    if text.isdigit():
        return int(text)
    total = 0
    for here, following in zip(text, [*text[1:], ""], strict=True):
        value = _ROMAN[here]
        total += -value if following and _ROMAN[following] > value else value
    return total


def _han_number(text: str) -> int:
    if text == "元":
        return 1
    digits = {c: n for n, c in enumerate("一二三四五六七八九", start=1)}
    if "十" in text:
        tens, _, ones = text.partition("十")
        return digits.get(tens, 1) * 10 + digits.get(ones, 0)
    return digits.get(text, 0)
