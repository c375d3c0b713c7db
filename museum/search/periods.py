"""Times named in words: reigns and their years (numbered or cyclical, Vietnamese and Hán), centuries, years BC.

A century is what EDTF writes as 18XX, 1800 to 1899, whether it is typed, chosen or stated of an object (decision 0033).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from museum.catalog.dates import Era, eras
from museum.search import cyclical
from museum.search.analysis import fold
from museum.search.nodes import Years

_HAN_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"元": 1}
_HAN_NUMBER = "[〇一二三四五六七八九十廿卅元]{1,4}"
_ROMAN = {"i": 1, "v": 5, "x": 10}
_ALIASES = {"minh menh": "minh mang"}
_CENTURY = re.compile(
    r"\b(?:(?P<part>dau|giua|cuoi|nua dau|nua cuoi) )?the k[yi] (?:thu )?(?P<number>[ivx]+|\d{1,2})\b"
    r"(?: (?:den )?(?P<until>[ivx]+|\d{1,2})\b)?(?P<bc> (?:tcn|truoc cong nguyen)\b)?"
    r"|\b(?:(?P<part_en>early|mid|late) )?(?P<number_en>\d{1,2})(?:st|nd|rd|th)"
    r"(?: (?:to )?(?P<until_en>\d{1,2})(?:st|nd|rd|th))? centur(?:y|ies)(?P<bc_en> bce?)?\b"
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
    found = [*_reign_years(words), *_reigns(words), *_centuries(words), *_before(words)]
    kept: list[Period] = []
    for period in sorted(found, key=lambda p: (p.start, -p.end)):
        if not kept or period.start >= kept[-1].end:
            kept.append(period)
    return kept


def as_years(words: str) -> Years | None:
    """The time that folded words name as a whole ("the ky 19", "minh mang 16", an era's bare name); None for others."""
    for known in _era_words():
        if known.name.fullmatch(words):
            return Years(known.era.first_year, known.era.last_year)
    whole = [period for period in in_folded(words) if (period.start, period.end) == (0, len(words))]
    return Years(whole[0].first, whole[0].last) if whole else None


def in_han(text: str) -> list[int]:
    """Years of the reign years in a Hán text, numbered or cyclical: 明命十六年 and 明命乙未 → 1835."""
    years: list[int] = []
    for era in eras() if _some_han_era().search(text) else ():
        for match in re.finditer(rf"{era.han}(?:({_HAN_NUMBER})年|{cyclical.HAN_NAME})", text):
            years.extend(_year(era, han_number(match[1])) if match[1] else cyclical.years(era, match))
    return years


def reign_years(text: str) -> list[int]:
    """All years that reign years in `text` name, in Vietnamese or Hán, in order, each once."""
    found = [period.first for period in _reign_years(fold(text))] + ([] if text.isascii() else in_han(text))
    return sorted(set(found))


def may_name_reign(text: str, words: Iterable[str]) -> bool:
    """False where `reign_years` surely finds nothing in a text of these folded words, as of nearly all texts."""
    return not text.isascii() or not _first_words().isdisjoint(words)


def han_number(text: str) -> int:
    """A number up to 99 in Hán numerals, 元 being 1; 0 when it is none."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _HAN_DIGITS.get(tens, 1) * 10 + _HAN_DIGITS.get(ones, 0)
    return _HAN_DIGITS.get(text, 0)


@dataclass(frozen=True, kw_only=True)
class _EraWords:
    """How folded words name an era's numbered years, its cyclical years, and all of it."""

    era: Era
    name: re.Pattern[str]
    numbered: tuple[re.Pattern[str], ...]
    cyclical: tuple[re.Pattern[str], ...]
    whole: tuple[re.Pattern[str], ...]


@cache
def _era_words() -> tuple[_EraWords, ...]:
    found = []
    for era in eras():
        name = fold(era.name)
        names = f"(?:{'|'.join([name, *(alias for alias, known in _ALIASES.items() if known == name)])})"
        of = rf"(?:(?:doi|trieu|thoi|nien hieu|vua) ){{0,2}}{names}\b"
        found.append(
            _EraWords(
                era=era,
                name=re.compile(names),
                numbered=(
                    re.compile(rf"\bnam thu (\d{{1,2}}) {of}"),
                    re.compile(rf"\b(?:nam )?{names}(?: nam)?(?: thu)?(?: nam)? (\d{{1,2}})\b"),
                ),
                cyclical=(
                    re.compile(rf"\b(?:nam )?{cyclical.NAME} {of}"),
                    re.compile(rf"\b{names}(?: nam)? {cyclical.NAME}\b"),
                ),
                whole=(
                    re.compile(rf"\b(?:duoi )?(?:doi|trieu|thoi|nien hieu)(?: vua)? {names}\b"),
                    re.compile(rf"\breign of (?:the )?(?:emperor |king )?{names}\b"),
                    re.compile(rf"\b{names}(?: s)? (?:reign|era|period)\b"),
                ),
            )
        )
    return tuple(found)


@cache
def _some_han_era() -> re.Pattern[str]:
    return re.compile("|".join(era.han for era in eras()))


def _year(era: Era, number: int) -> list[int]:
    year = era.first_year + number - 1
    # The last lunar year of an era runs into the next January or February.
    return [year] if number >= 1 and year <= era.last_year + 1 else []


@cache
def _some_era() -> re.Pattern[str]:
    """Finds out in one look that a text names no reign at all, as nearly all texts do."""
    return re.compile("|".join(dict.fromkeys([*(fold(era.name) for era in eras()), *_ALIASES])))


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.split()[0] for name in (*(fold(era.name) for era in eras()), *_ALIASES))


def _reign_years(words: str) -> list[Period]:
    found: list[Period] = []
    if not _some_era().search(words):
        return found
    for known in _era_words():
        named = [(m, _year(known.era, int(m[1]))) for pattern in known.numbered for m in pattern.finditer(words)]
        named += [(m, [*cyclical.years(known.era, m)]) for pattern in known.cyclical for m in pattern.finditer(words)]
        for match, years in named:
            found.extend(Period(first=year, last=year, start=match.start(), end=match.end()) for year in years)
    return found


def _reigns(words: str) -> list[Period]:
    """Whole reigns: "đời Minh Mạng". An era's bare name says no time: it may be a street or a tomb."""
    if not _some_era().search(words):
        return []
    return [
        Period(first=known.era.first_year, last=known.era.last_year, start=match.start(), end=match.end())
        for known in _era_words()
        for pattern in known.whole
        for match in pattern.finditer(words)
    ]


def _centuries(words: str) -> list[Period]:
    found: list[Period] = []
    for match in _CENTURY.finditer(words):
        is_bc = bool(match["bc"] or match["bc_en"])
        number, until = _ordinal(match["number"] or match["number_en"]), match["until"] or match["until_en"]
        last_number, end = _ordinal(until) if until else number, match.end()
        if not (last_number < number if is_bc else last_number > number) and until:
            last_number, end = number, match.end("number") if match["number"] else end  # no range: a word of its own
        if not (1 <= number <= 30 and 1 <= last_number <= 30):
            continue
        early, late = _PARTS[match["part"] or match["part_en"] or ""]
        if is_bc:
            first, last = -number * 100 + early, -last_number * 100 + late
        else:
            first, last = (number - 1) * 100 + early or 1, (last_number - 1) * 100 + late
        found.append(Period(first=first, last=last, start=match.start(), end=end))
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
