"""What is typed into the search box, part by part: words, fields, filters, years; and what of it are conditions."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from museum.search import periods
from museum.search.analysis import BREAK, fold, tokens
from museum.search.nodes import Years
from museum.text import nfc

LONGEST = 1000  # characters; the rest is not read
_MOST_WORDS = 48
_SCOPES = {
    "title": ("title", "name", "ten", "ten_goi", "nhan_de", "tieu_de"),
    "identifier": ("identifier", "id", "number", "so", "so_kiem_ke", "so_dang_ky", "ma"),
    "maker": ("maker", "artist", "creator", "tac_gia", "nguoi_lam", "nghe_nhan"),
    "type": ("type", "object_type", "loai", "loai_hinh"),
    "place": ("place", "noi", "dia_diem", "noi_phat_hien"),
    "material": ("material", "medium", "chat_lieu"),
    "designation": ("designation", "xep_hang", "ghi_danh"),
    "date": ("date", "period", "nien_dai", "nien_hieu", "thoi_ky"),
    "text": (
        *("text", "description", "inscription", "technique", "culture", "collection"),
        *("mo_ta", "minh_van", "chu_khac", "ky_thuat", "van_hoa", "suu_tap"),
    ),
}
_FACET_NAMES = {
    "kind": ("kind",),
    "institution": ("institution", "co_quan", "bao_tang"),
    "licence": ("licence", "license", "giay_phep"),
    "display": ("display", "trung_bay"),
    "has": ("has", "co"),
    "color": ("color", "colour", "mau", "mau_sac"),
}
YEAR_NAMES = ("year", "nam")
_HAS = {
    "anh": "image", "hinh": "image", "hinh_anh": "image", "photo": "image", "picture": "image", "quet": "scan",
    "ban_quet": "scan", "ban_quet_3d": "scan", "mo_hinh": "scan", "model": "scan", "3d": "scan", "am_thanh": "sound",
    "audio": "sound", "phim": "film", "video": "film",
}  # fmt: skip
_COLORS = {
    "do": "red", "do_tham": "red", "cam": "orange", "vang": "yellow", "nau": "brown", "luc": "green", "xanh": "blue",
    "xanh_la": "green", "xanh_la_cay": "green", "xanh_luc": "green", "xanh_ngoc": "teal", "xanh_lam": "blue",
    "lam": "blue", "xanh_da_troi": "blue", "tim": "purple", "hong": "pink", "kem": "cream", "trang": "white",
    "xam": "grey", "gray": "grey", "den": "black",
}  # fmt: skip
_VALUES = {"has": _HAS, "color": _COLORS}
SCOPE_OF = {alias: name for name, aliases in _SCOPES.items() for alias in aliases}
FACET_OF = {alias: name for name, aliases in _FACET_NAMES.items() for alias in aliases}
_ALIASES = frozenset((*SCOPE_OF, *FACET_OF, *YEAR_NAMES))

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"', "＂": '"', BREAK: " "})
_ITEM = re.compile(r'(?P<minus>-*)(?:(?P<field>[^\W\d]\w*):)?(?:"(?P<quoted>[^"]*)"?|(?P<word>[^\s"]+))|(?P<rest>\S)')
# A field named in several words: "chất liệu:đồng" as well as "chất_liệu:đồng".
_NAMED = re.compile(r"(?<![\w:])((?:[^\W\d_]+ ){1,3}[^\W\d_]+):(?=\S)")
_RANGE = re.compile(r"(-?\d{1,4})?(?:\.\.+|…)(-?\d{1,4})?")
ORS, NOTS = ("OR", "|", "HOẶC"), ("NOT", "KHÔNG", "TRỪ")
_YEARS = re.compile(r"(-?\d{1,4})?(?:\.\.+|…|–|—|(?<=\d)-)(-?\d{1,4})?|(-?\d{1,4})")


class Item(NamedTuple):
    """One part of what was typed, at `begin` to `end`: `value` behind the colon, before it the name as `written` and
    folded (`name`), "" without one; `minus` leads it or is ""."""

    value: str
    name: str
    written: str
    minus: str
    is_quoted: bool
    begin: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition as it was typed: `name` is a field, a facet (`is_filter`) or "year"; `value` as it stands, or as the
    facet is filtered by; `without` is what was typed without it."""

    name: str
    value: str
    without: str = ""
    is_filter: bool = False
    is_negative: bool = False
    years: Years | None = None


def readable(text: str) -> str:
    """What was typed, composed, without what no text may hold (character 0, halves of surrogate pairs)."""
    return nfc(text.replace("\x00", " ").encode("utf-8", "ignore").decode())


def items_of(text: str) -> list[Item]:
    """What was typed in parts, each where it stands in `text`: nothing before it becomes longer or shorter."""
    found = list(_ITEM.finditer(_NAMED.sub(_joined_name, text.translate(_QUOTES))))[:_MOST_WORDS]
    return [_item(match) for match in found if match["rest"] is None]


def _item(match: re.Match[str]) -> Item:
    quoted, written = match["quoted"], match["field"] or ""
    name = fold(written.replace("_", " ")).replace(" ", "_") if written else ""
    is_quoted = quoted is not None
    return Item(quoted if is_quoted else match["word"], name, written, match["minus"], is_quoted, *match.span())


def _joined_name(match: re.Match[str]) -> str:
    words = match[1].split(" ")
    for count in range(len(words), 1, -1):
        name = words[-count:]
        if "_".join(map(fold, name)) in _ALIASES:
            return " ".join([*words[:-count], f"{'_'.join(name)}:"])
    return match[0]


def range_of(item: Item) -> tuple[Years | None, bool]:
    """(the years of a bare range, whether a minus leaves them out): "-300..-200" are years BC, "-1802..1945" are left
    out."""
    value = item.value
    if item.is_quoted or item.name or not _RANGE.fullmatch(value):
        return None, False
    is_early = item.minus == "-" and bool(re.search(r"(?:\.|…)(?:-\d+)?$", value)) and value[0].isdigit()
    return years_of(f"-{value}" if is_early else value), bool(item.minus) and not is_early


def filter_of(name: str, value: str) -> tuple[str, str]:
    """(the facet that a name of FACET_OF means, the value that a word means in it)."""
    facet = FACET_OF[name]
    if facet not in _VALUES:
        return facet, value
    folded = fold(value.replace("_", " ")).replace(" ", "_")
    return facet, _VALUES[facet].get(folded, folded)


def years_of(value: str) -> Years | None:
    """The years that a value of "year:" names."""
    match = _YEARS.fullmatch(value.strip())
    if match is None:
        return periods.as_years(fold(value.replace("_", " ")))
    if match[3]:
        return Years(int(match[3]), int(match[3]))
    first, last = (int(side) if side else None for side in (match[1], match[2]))
    if first is None and last is None:
        return None
    if first is not None and last is not None and first > last:
        first, last = last, first
    return Years(first, last)


@lru_cache(maxsize=256)
def conditions(text: str) -> tuple[Condition, ...]:
    """The conditions among what was typed, in order: fields with their words, filters, and years, of which the last
    count. Words and phrases of no field are none."""
    text = readable(text)[:LONGEST]
    items = items_of(text)
    found = []
    for place, item in enumerate(items):
        told = _condition(item)
        if told is not None:
            begin, end = _reach(items, place)
            without = " ".join(f"{text[:begin]} {text[end:]}".split())
            is_negative = told.is_negative or (place > 0 and _is_operator(items[place - 1], NOTS))
            found.append(replace(told, without=without, is_negative=is_negative))
    last = next((one for one in reversed(found) if one.years and not one.is_negative), None)
    return tuple(one for one in found if one.is_negative or one.years is None or one is last)


def _reach(items: list[Item], place: int) -> tuple[int, int]:
    """From where to where an item is taken out, with the operators that would be left with nothing."""
    first = place
    while first and _is_operator(items[first - 1], (*ORS, *NOTS)):
        first -= 1
    is_led = first == place and place + 1 < len(items) and _is_operator(items[place + 1], ORS)
    return items[first].begin, items[place + is_led].end


def _is_operator(item: Item, words: tuple[str, ...]) -> bool:
    return item.value in words and not (item.minus or item.name or item.is_quoted)


def _condition(item: Item) -> Condition | None:
    value, is_negative = item.value, bool(item.minus)
    if item.name in FACET_OF:
        facet, value = filter_of(item.name, value)
        return Condition(name=facet, value=value, is_filter=True, is_negative=is_negative)
    if item.name in SCOPE_OF:
        return Condition(name=SCOPE_OF[item.name], value=value, is_negative=is_negative) if tokens(value) else None
    years, is_negative = (years_of(value), is_negative) if item.name in YEAR_NAMES else range_of(item)
    return Condition(name="year", value=value, is_negative=is_negative, years=years) if years else None
