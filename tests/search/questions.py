"""Questions for every engine: what people type, and trees that nobody would."""

import random

from museum.search.analysis import Token, tokens
from museum.search.nodes import (
    SCOPES,
    And,
    Everything,
    Facet,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
    Whole,
    Widened,
    Years,
)

_TEXTS = (
    *("Vạc đồng thời chúa Nguyễn", "Đỉnh đồng", "điện Thái Hòa", "Bảo vật quốc gia", "國家寶物", "Mỹ Sơn", "sơn mài"),
    *("Minh Mạng thứ 16", "1835", "Bronze cauldron", "O'Brien’s photograph of Hue", "đồ quí", "có dấu", "zzz"),
)
_FACETS = (("material", ("bronze", "wood")), ("kind", ("document",)), ("institution", ("chăm",)), ("has", ("image",)))

QUERIES = (
    "",
    "vac dong",
    "Vạc đồng",
    "đỉnh",
    "dinh",
    "hoà",
    "thuỷ",
    "khoẻ",
    "quý",
    "cổ",
    "co",
    "寶物",
    "鼎",
    "皇帝之寶",
    "𠮟喃",
    "Minh Mạng 16",
    "1835",
    "明命十六年",
    "national treasure",
    "bao vat quoc gia",
    "Đà Nẵng",
    "Thua Thien Hue",
    "thế kỷ XIX",
    "300 TCN",
    "BTH-0012",
    "bth0012",
    "O’Brien's",
    "đồng OR gỗ",
    "đồng -tượng",
    "-đồng",
    '"vạc đồng"',
    '"đồng vạc"',
    'title:"vạc đồng" year:1600..1700',
    "year:-400..0",
    "year:1800..",
    "sơn*",
    "title:đ*",
    "vạk~",
    "maker:nguyễn",
    "material:đồng",
    "has:image kind:document",
    "có:quét",
    "-has:image",
    "QĐ-TTg",
    "zzz",
    '"',
    "title:",
    "year:abc",
    "Hue\u0302\u0301",
    "điện Thái Hoà",
    "vac dong chua nguyen",
    "bronze",
    "dynastic urn",
    "Quang Nam",
    "text:nôm",
    "chất_liệu:dong",
    "-year:1900..",
    "year:..-200",
    '"minh mạng thứ 16"',
    'text:"minh mạng"',
    '-"cao đỉnh" đỉnh',
    "type:ấn",
    "số:BTH-0012",
    "kind:document -has:image",
    "institution:chăm",
    "sơn mài OR sa thạch",
    "tranh -thủy",
    "18*",
    "trong~ dong~",
    "q*",
    "國*",
    "title:寶物",
    "place:huế có:ảnh",
    "niên_đại:1835",
    "“Cao đỉnh”",
    "lê đức tuấn",
    "photograph of Hue",
    "bronze OR lacquer -cauldron",
    "-kind:document -has:image year:..2000",
    "tượng bồ tát",
)


def random_node(chance: random.Random, *, depth: int) -> Node:
    """A tree of at most so many levels, of words that stand in the relics, mostly."""
    if depth and chance.random() < 0.65:
        children = tuple(random_node(chance, depth=depth - 1) for _ in range(chance.randint(1, 3)))
        kind = chance.choice(("and", "and", "or", "not", "widened"))
        if kind == "not":
            return Not(children[0])
        if kind == "widened":
            return Widened(children[0], children[1:])
        return And(children) if kind == "and" else Or(children)
    return _leaf(chance)


def _leaf(chance: random.Random) -> Node:
    words = tuple(tokens(chance.choice(_TEXTS)))
    start = chance.randrange(len(words))
    scope = chance.choice((*SCOPES, "all", "all", "title"))
    word = words[start]
    match chance.randrange(8):
        case 0 | 1 | 2:
            return Term(word, scope, is_exact=chance.random() < 0.5)
        case 3:
            return Phrase(words[start : start + chance.randint(1, 3)], scope)
        case 4:
            return Prefix(word.folded[: chance.randint(1, 3)], scope)
        case 5:
            first, last = sorted(chance.choice((-300, 1, 1600, 1835, 1900, 2012)) for _ in range(2))
            return Years(chance.choice((first, None)), last)
        case 6:
            return Facet(*chance.choice(_FACETS))
        case _:
            folded = " ".join(token.folded for token in words)
            return chance.choice((Everything(), Whole(folded), Whole("bth0012"), Term(Token("dong"), "all")))
