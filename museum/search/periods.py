"""Times named in words: reign years (Vietnamese and Hán), centuries, years before the common era."""

import re
from dataclasses import dataclass
from functools import cache

from museum.catalog.dates import Era, eras
from museum.search.analysis import fold

_HAN_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"元": 1}
_HAN_NUMBER = "[〇一二三四五六七八九十廿卅元]{1,4}"
_ROMAN = {"i": 1, "v": 5, "x": 10}
_ALIASES = {"minh menh": "minh mang"}
_CENTURY = re.compile(
    r"\b(?:(?P<part>dau|giua|cuoi|nua dau|nua cuoi) )?the k[yi] (?:thu )?(?P<number>[ivx]+|\d{1,2})"
    r"(?P<bc> (?:tcn|truoc cong nguyen))?\b"
    r"|\b(?:(?P<part_en>early|mid|late) )?(?P<number_en>\d{1,2})(?:st|nd|rd|th) century(?P<bc_en> bce?)?\b"
)
_BEFORE = re.compile(r"\b(?:nam )?(\d{1,4}) (?:tcn|bce?|truoc cong nguyen)\b")
# Years of a century that its parts may mean: generous, because writers are.
_PARTS = {
    "": (0, 99),
    "dau": (0, 33),
    "early": (0, 33),
    "giua": (33, 66),
    "mid": (33, 66),
    "cuoi": (66, 99),
    "late": (66, 99),
    "nua dau": (0, 49),
    "nua cuoi": (50, 99),
}


@dataclass(frozen=True, kw_only=True)
class Period:
    """First and last year (as historians count: -300 is 300 BC, no year 0); it stood at these characters."""

    first: int
    last: int
    start: int
    end: int


def in_folded(words: str) -> list[Period]:
    """Periods named in folded words with single spaces, not overlapping, in order; spans are those of `words`."""
    found = [*_reigns(words), *_centuries(words), *_before(words)]
    kept: list[Period] = []
    for period in sorted(found, key=lambda p: (p.start, -p.end)):
        if not kept or period.start >= kept[-1].end:
            kept.append(period)
    return kept


def in_han(text: str) -> list[int]:
    """Years of the reign years in a Hán text: 明命十六年 → 1835."""
    years: list[int] = []
    for era in eras() if "年" in text else ():
        for match in re.finditer(rf"{era.han}({_HAN_NUMBER})年", text):
            years.extend(_year(era, han_number(match[1])))
    return years


def reign_years(text: str) -> list[int]:
    """All years that reign years in `text` name, in Vietnamese or Hán, in order, each once."""
    found = [period.first for period in _reigns(fold(text))] + in_han(text)
    return sorted(set(found))


def han_number(text: str) -> int:
    """A number up to 99 in Hán numerals, 元 being 1; 0 when it is none."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _HAN_DIGITS.get(tens, 1) * 10 + _HAN_DIGITS.get(ones, 0)
    return _HAN_DIGITS.get(text, 0)


@cache
def _era_patterns() -> tuple[tuple[Era, re.Pattern[str], re.Pattern[str]], ...]:
    patterns = []
    for era in eras():
        name = fold(era.name)
        names = "|".join([name, *(alias for alias, known in _ALIASES.items() if known == name)])
        after = re.compile(rf"\b(?:nam )?(?:{names})(?: nam)?(?: thu)?(?: nam)? (\d{{1,2}})\b")
        before = re.compile(rf"\bnam thu (\d{{1,2}}) (?:(?:doi|trieu|nien hieu|vua) ){{0,2}}(?:{names})\b")
        patterns.append((era, after, before))
    return tuple(patterns)


def _year(era: Era, number: int) -> list[int]:
    year = era.first_year + number - 1
    # The last lunar year of an era runs into the next January or February.
    return [year] if number >= 1 and year <= era.last_year + 1 else []


@cache
def _some_era() -> re.Pattern[str]:
    """Finds out in one look that a text names no reign at all, as nearly all texts do."""
    return re.compile("|".join(dict.fromkeys([*(fold(era.name) for era in eras()), *_ALIASES])))


def _reigns(words: str) -> list[Period]:
    found: list[Period] = []
    if not _some_era().search(words):
        return found
    for era, after, before in _era_patterns():
        for pattern in (before, after):
            for match in pattern.finditer(words):
                for year in _year(era, int(match[1])):
                    found.append(Period(first=year, last=year, start=match.start(), end=match.end()))
    return found


def _centuries(words: str) -> list[Period]:
    found: list[Period] = []
    for match in _CENTURY.finditer(words):
        number = _ordinal(match["number"] or match["number_en"])
        if not 1 <= number <= 30:
            continue
        early, late = _PARTS[match["part"] or match["part_en"] or ""]
        if match["bc"] or match["bc_en"]:
            first, last = -number * 100 + early, -number * 100 + late
        else:
            first, last = (number - 1) * 100 + 1 + early, (number - 1) * 100 + 1 + late
        found.append(Period(first=first, last=last, start=match.start(), end=match.end()))
    return found


def _before(words: str) -> list[Period]:
    return [
        Period(first=-int(match[1]), last=-int(match[1]), start=match.start(), end=match.end())
        for match in _BEFORE.finditer(words)
        if int(match[1])
    ]


def _ordinal(text: str) -> int:
    if text.isdigit():
        return int(text)
    values = [_ROMAN[c] for c in text]
    return sum(-v if any(v < later for later in values[i + 1 : i + 2]) else v for i, v in enumerate(values))
