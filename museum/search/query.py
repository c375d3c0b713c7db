"""What a visitor asks: the frozen Query, and our own lenient parser of the search box. Nothing typed is an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from museum.search import periods
from museum.search.analysis import BREAK, Token, fold, joined, tokens
from museum.search.expansion import expand_run, han_with_years, respelled
from museum.search.nodes import (
    Everything,
    Facet,
    Fuzzy,
    Node,
    Not,
    Phrase,
    Prefix,
    Term,
    Whole,
    Widened,
    Years,
    all_of,
    any_of,
)
from museum.search.synonyms import Table
from museum.text import nfc

SORTS = ("relevance", "title", "year", "year_down", "newest")
FACETS = (
    "kind",
    "object_type",
    "material",
    "place",
    "institution",
    "designation",
    "has",
    "licence",
    "display",
    "color",
)

_LONGEST_QUERY = 1000  # characters; the rest is not read
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
_YEAR_NAMES = ("year", "nam")
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
_SCOPE_OF = {alias: name for name, aliases in _SCOPES.items() for alias in aliases}
_FACET_OF = {alias: name for name, aliases in _FACET_NAMES.items() for alias in aliases}
_ALIASES = frozenset((*_SCOPE_OF, *_FACET_OF, *_YEAR_NAMES))

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"', "＂": '"', BREAK: " "})
_ITEM = re.compile(r'(?P<minus>-*)(?:(?P<field>[^\W\d]\w*):)?(?:"(?P<quoted>[^"]*)"?|(?P<word>[^\s"]+))|(?P<rest>\S)')
# A field named in several words: "chất liệu:đồng" as well as "chất_liệu:đồng".
_NAMED = re.compile(r"(?<![\w:])((?:[^\W\d_]+ ){1,3}[^\W\d_]+):(?=\S)")
_RANGE = re.compile(r"(-?\d{1,4})?(?:\.\.+|…)(-?\d{1,4})?")
_SPAN = re.compile(r"([1-9]\d{2,3})[-–—]([1-9]\d{2,3})")
# Centuries as they are written: "thế kỷ XVIII–XIX", "18th–19th century".
_CENTURIES = re.compile(r"(?:[ivx]+|\d{1,2}(?:st|nd|rd|th)?)[-–—](?:[ivx]+|\d{1,2}(?:st|nd|rd|th)?)", re.IGNORECASE)
_ORS, _NOTS = ("OR", "|", "HOẶC"), ("NOT", "KHÔNG", "TRỪ")
_YEARS = re.compile(r"(-?\d{1,4})?(?:\.\.+|…|–|—|(?<=\d)-)(-?\d{1,4})?|(-?\d{1,4})")


@dataclass(frozen=True, kw_only=True)
class Query:
    """A search: `root` is what must match; `facets` are OR inside one and AND across; `cursor` is a page's own word.

    `words` are the plain words in order (empty when the query is more than plain words): for titles that equal the
    query and for spelling. Years count like historians do (-300 is 300 BC).
    """

    text: str = ""
    root: Node = field(default_factory=Everything)
    words: tuple[Token, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    years: Years | None = None
    sort: str = "relevance"
    limit: int = 24
    cursor: str = ""
    language: str = "vi"
    counted: tuple[str, ...] = FACETS


@dataclass
class _Reading:
    """What the parser has gathered so far."""

    parts: list[Node] = field(default_factory=list)
    run: list[Token] = field(default_factory=list)
    plain: list[Token] = field(default_factory=list)
    facets: dict[str, list[str]] = field(default_factory=dict)
    years: Years | None = None
    is_plain: bool = True
    joins: bool = False
    run_joins: bool = False
    synonyms: Table | None = None
    negates: bool = False

    def add(self, node: Node) -> None:
        self.close_run()
        if self.joins and self.parts:
            self.parts.append(any_of(self.parts.pop(), node))
        else:
            self.parts.append(node)
        self.joins = False

    def close_run(self) -> None:
        if self.run:
            nodes = expand_run(tuple(self.run), self.synonyms)
            if self.run_joins and self.parts:
                nodes = [any_of(self.parts.pop(), nodes[0]), *nodes[1:]]
            self.parts.extend(nodes)
        self.run, self.run_joins = [], False


def parse(
    text: str,
    *,
    facets: Mapping[str, tuple[str, ...]] | None = None,
    year_from: int | None = None,
    year_to: int | None = None,
    sort: str = "relevance",
    limit: int = 24,
    cursor: str = "",
    language: str = "vi",
    counted: tuple[str, ...] = FACETS,
    synonyms: Table | None = None,
) -> Query:
    """Read a search box: words, "a phrase", prefix*, slip~, -without, NOT without, one OR other, title:"vạc đồng",
    1802..1945, year:1800..1850, năm:"Minh Mạng 16", has:image; field names in English or Vietnamese. `facets` and years
    of the form are added.

    An unknown sort or facet is left out, a limit is kept within 1 to 100. `synonyms` is the museum's own table (see
    `synonym_edits.Current`); without one the shipped table counts.
    """
    text = _readable(text)[:_LONGEST_QUERY]
    reading = _Reading(synonyms=synonyms)
    for match in list(_ITEM.finditer(_NAMED.sub(_joined_name, text.translate(_QUOTES))))[:_MOST_WORDS]:
        _read_item(reading, match)
    reading.close_run()
    chosen = {name: tuple(values) for name, values in reading.facets.items()}
    for name, values in (facets or {}).items():
        if name in FACETS and values:
            chosen[name] = tuple(dict.fromkeys((*chosen.get(name, ()), *map(_readable, values))))
    years = reading.years
    if year_from is not None or year_to is not None:
        years = Years(year_from, year_to)
    words = tuple(reading.plain) if reading.is_plain else ()
    return Query(
        text=text.strip(),
        root=all_of(*reading.parts),
        words=words,
        facets=chosen,
        years=years,
        sort=sort if sort in SORTS else "relevance",
        limit=min(max(limit, 1), 100),
        cursor=cursor,
        language=language,
        counted=tuple(name for name in counted if name in FACETS),
    )


def _readable(text: str) -> str:
    """What was typed, composed, without what no text may hold (character 0, halves of surrogate pairs)."""
    return nfc(text.replace("\x00", " ").encode("utf-8", "ignore").decode())


def _joined_name(match: re.Match[str]) -> str:
    words = match[1].split(" ")
    for count in range(len(words), 1, -1):
        name = words[-count:]
        if "_".join(map(fold, name)) in _ALIASES:
            return " ".join([*words[:-count], f"{'_'.join(name)}:"])
    return match[0]


def _read_item(reading: _Reading, match: re.Match[str]) -> None:
    if match["rest"] is not None:
        return
    value = match["quoted"] if match["quoted"] is not None else match["word"]
    alias = fold(match["field"].replace("_", " ")).replace(" ", "_") if match["field"] else ""
    is_negative, reading.negates = bool(match["minus"]) or reading.negates, False
    if not alias and match["quoted"] is None and _read_operator(reading, match["minus"], value, is_negative):
        return
    if alias and _read_filter(reading, alias, value, is_negative=is_negative):
        return
    scope = _SCOPE_OF.get(alias, "all")
    if alias and scope == "all":
        value = f"{match['field']}:{value}"  # not a field of ours: then it is what it says
    is_simple = _is_simple(value) or _is_of_centuries(value, reading.run)
    if match["quoted"] is None and not alias and not is_negative and is_simple:
        found = tokens(value)
        if not reading.run:
            reading.run_joins, reading.joins = reading.joins, False
        reading.run.extend(found)
        reading.plain.extend(found)
        return
    node = _node_of(value, scope, is_quoted=match["quoted"] is not None)
    if node is None:
        return
    if is_negative or alias or match["quoted"] is not None or value[-1:] in "*~":
        reading.is_plain = False
    else:
        reading.plain.extend(tokens(value))
    reading.add(Not(node) if is_negative else node)


def _read_operator(reading: _Reading, minus: str, value: str, is_negative: bool) -> bool:
    """OR, NOT and bare ranges of years."""
    if value in _ORS and not is_negative:
        reading.close_run()
        reading.joins, reading.is_plain = bool(reading.parts), False
        return True
    if value in _NOTS and not is_negative:
        reading.negates, reading.is_plain = True, False
        return True
    if not _RANGE.fullmatch(value):
        return False
    is_early = minus == "-" and bool(re.search(r"(?:\.|…)(?:-\d+)?$", value)) and value[0].isdigit()
    years = _years_of(f"-{value}" if is_early else value)  # "-300..-200" are years BC, "-1802..1945" leaves years out
    if years is None:
        return False
    if is_negative and not is_early:
        reading.add(Not(years))
    else:
        reading.years = years
    reading.is_plain = False
    return True


def _read_filter(reading: _Reading, alias: str, value: str, *, is_negative: bool) -> bool:
    if alias in _YEAR_NAMES:
        years = _years_of(value)
        if years is None:
            return False
        if is_negative:
            reading.add(Not(years))
        else:
            reading.years = years
    elif alias in _FACET_OF:
        name = _FACET_OF[alias]
        if name in _VALUES:
            folded = fold(value.replace("_", " ")).replace(" ", "_")
            value = _VALUES[name].get(folded, folded)
        if is_negative:
            reading.add(Not(Facet(name, (value,))))
        else:
            reading.facets.setdefault(name, []).append(value)
    else:
        return False
    reading.is_plain = False
    return True


def _years_of(value: str) -> Years | None:
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


def _is_of_centuries(word: str, before: list[Token]) -> bool:
    """Whether a word is the "XVIII–XIX" of "thế kỷ XVIII–XIX", or "18th–19th"."""
    if not _CENTURIES.fullmatch(word):
        return False
    return word[-1:] in "htd" or (bool(before) and before[-1].folded in ("ky", "ki", "thu"))


def _is_simple(word: str) -> bool:
    return len(tokens(word)) == 1 and word[-1:] not in "*~"


def _node_of(value: str, scope: str, *, is_quoted: bool) -> Node | None:
    """The node of a quoted text or of one written word; None when it holds no letter or digit."""
    found = tuple(tokens(value))
    if not found:
        return None
    last = value.rstrip()[-1:] if not is_quoted else ""
    if last == "*":
        return all_of(*(Term(token, scope) for token in found[:-1]), Prefix(found[-1].folded, scope))
    if last == "~":
        return all_of(*(Fuzzy(token, scope) for token in found))
    if len(found) == 1:
        return Term(found[0], scope)
    phrase = Phrase(found, scope)
    if is_quoted:
        return han_with_years(value, phrase)
    if scope not in ("all", "identifier"):
        return phrase
    number = joined(value)
    others: list[Node] = [Whole(number)] if number.isascii() else []
    others += respelled(found) if scope == "all" else []
    span = _SPAN.fullmatch(value)
    if span and int(span[1]) <= int(span[2]) and scope == "all":
        others.append(Years(int(span[1]), int(span[2])))
    written = han_with_years(value, phrase)
    return Widened(written, tuple(others)) if others else written
