"""Cyclical years (can chi): sixty names that come round again and again; one says a year only within a reign."""

import re
from collections.abc import Iterator

from museum.catalog.dates import Era

_STEMS = ("giap", "at", "binh", "dinh", "mau", "k[yi]", "canh", "tan", "nham", "qu[yi]")
# "ty" without marks is Tý, the first branch, or Tỵ, the sixth: only one of them goes with a given stem.
_BRANCHES = ("t[yi]", "suu", "dan", "mao|meo", "thin", "t[yi]", "ngo", "mui|vi", "than", "dau", "tuat", "hoi")
_HAN_STEMS, _HAN_BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_FIRST = 1984  # a Giáp Tý

NAME = rf"(?P<stem>{'|'.join(_STEMS)}) (?P<branch>{'|'.join(dict.fromkeys(_BRANCHES))})"
"""Pattern of a cyclical year in folded words."""
HAN_NAME = rf"(?P<stem>[{_HAN_STEMS}])(?P<branch>[{_HAN_BRANCHES}])"
"""Pattern of one in Hán characters."""


def years(era: Era, match: re.Match[str]) -> Iterator[int]:
    """The years of a reign that have the name which `NAME` or `HAN_NAME` found; mostly one, none for a wrong name."""
    stem, branch = match["stem"], match["branch"]
    if stem in _HAN_STEMS:
        stems, branches = [_HAN_STEMS.index(stem)], [_HAN_BRANCHES.index(branch)]
    else:
        stems = [place for place, name in enumerate(_STEMS) if re.fullmatch(name, stem)]
        branches = [place for place, name in enumerate(_BRANCHES) if re.fullmatch(name, branch)]
    for year in range(era.first_year, era.last_year + 1):
        if (year - _FIRST) % 10 in stems and (year - _FIRST) % 12 in branches:
            yield year
