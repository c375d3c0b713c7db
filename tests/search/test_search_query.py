"""The search box: what is typed becomes a tree, and nothing typed is an error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from museum.search.analysis import Token, tokens
from museum.search.nodes import And, Everything, Facet, Fuzzy, Node, Not, Or, Phrase, Prefix, Term, Widened, Years
from museum.search.periods import reign_years
from museum.search.query import FACETS, parse
from museum.search.ranking import tiers
from museum.search.typed import conditions
from museum.text import nfc


def words(text: str) -> tuple[Token, ...]:
    return tuple(tokens(text))


def test_the_example_of_the_handbook() -> None:
    query = parse('title:"vạc đồng" year:1800..1850 -sao_chép')
    assert isinstance(query.root, And)
    phrase, without = query.root.children
    assert phrase == Phrase(words("vạc đồng"), "title")
    assert isinstance(without, Not) and isinstance(without.child, Widened)
    assert without.child.literal == Phrase(words("sao chép"))
    assert query.years == Years(1800, 1850)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("year:1835", Years(1835, 1835)),
        ("year:1835..", Years(1835, None)),
        ("year:..1835", Years(None, 1835)),
        ("năm:1800-1850", Years(1800, 1850)),
        ("year:1850..1800", Years(1800, 1850)),
        ("year:-300..-200", Years(-300, -200)),
        ("year:-300", Years(-300, -300)),
        ("1802..1945", Years(1802, 1945)),
        ("..1945", Years(None, 1945)),
        ("1802…", Years(1802, None)),
        ("-300..-200", Years(-300, -200)),
        ("-300..", Years(-300, None)),
        ('năm:"Minh Mạng 16"', Years(1835, 1835)),
        ('year:"Minh Mạng"', Years(1820, 1841)),
        ("year:minh_menh", Years(1820, 1841)),
        ('year:"thế kỷ XIX"', Years(1800, 1899)),
        ("năm:thế_kỷ_19", Years(1800, 1899)),
        ('năm:"cuối thế kỷ 17"', Years(1666, 1699)),
        ('năm:"thế kỷ XVIII–XIX"', Years(1700, 1899)),
        ('year:"19th century"', Years(1800, 1899)),
        ('năm:"300 TCN"', Years(-300, -300)),
        ('năm:"Ất Mùi đời Minh Mạng"', Years(1835, 1835)),
    ],
)
def test_years(text: str, years: Years) -> None:
    assert parse(text).years == years


def times(node: Node) -> list[Years]:
    """The years that stand anywhere in a query."""
    if isinstance(node, Widened):
        return [years for child in (node.literal, *node.others) for years in times(child)]
    if isinstance(node, And | Or):
        return [years for child in node.children for years in times(child)]
    return [node] if isinstance(node, Years) else []


@pytest.mark.parametrize("text", ["thế kỷ XVIII–XIX", "the ky 18-19", "18th–19th century", "vạc thế kỷ thứ 18—19"])
def test_centuries_side_by_side_are_one_time(text: str) -> None:
    assert times(parse(text).root) == [Years(1700, 1899)]


@pytest.mark.parametrize("text", ["thế kỷ 19 5 chiếc", "thế kỷ 19"])
def test_a_number_after_a_century_is_a_word_of_its_own(text: str) -> None:
    assert times(parse(text).root) == [Years(1800, 1899)]


def test_years_of_the_form_win() -> None:
    assert parse("year:1835", year_from=1900).years == Years(1900, None)


def test_vietnamese_field_names() -> None:
    assert parse("tên:vạc").root == Term(words("vạc")[0], "title")
    assert parse("tác_giả:Trí").root == Term(words("trí")[0], "maker")
    assert parse("có:ảnh").facets == {"has": ("image",)}
    assert parse("-có:quét").root == And((Not(Facet("has", ("scan",))),))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("chất liệu:đồng", "material:đồng"),
        ("chat lieu:đồng", "chất_liệu:đồng"),
        ("số kiểm kê:BTH-0012", "identifier:BTH-0012"),
        ("nơi phát hiện:Huế", "place:Huế"),
        ('tác giả:"Lê Văn Miến"', 'maker:"Lê Văn Miến"'),
        ("thời kỳ:Nguyễn", "niên_đại:Nguyễn"),
        ("có:bản_quét", "has:scan"),
        ("vạc chất liệu:đồng", "vạc material:đồng"),
    ],
)
def test_field_names_of_several_words_in_both_languages(text: str, same: str) -> None:
    assert parse(text).root == parse(same).root
    assert parse(text).facets == parse(same).facets


@pytest.mark.parametrize("text", ["đồng -tượng", "đồng NOT tượng", "đồng KHÔNG tượng", "đồng TRỪ tượng"])
def test_exclusion(text: str) -> None:
    assert parse(text).root == parse("đồng -tượng").root
    assert parse("đồng NOT year:1802..1945").root == parse("đồng -1802..1945").root
    assert parse('đồng NOT "vạc đồng"').root == parse('đồng -"vạc đồng"').root


def test_a_span_with_a_dash_may_be_years_or_a_number() -> None:
    root = parse("1802-1945").root
    assert isinstance(root, Widened) and Years(1802, 1945) in root.others
    assert isinstance(root.literal, Phrase)
    other = parse("1945-1802").root
    assert isinstance(other, Widened) and not any(isinstance(node, Years) for node in other.others)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Minh Mạng 16", 1835),
        ("năm Minh Mạng thứ 16", 1835),
        ("năm thứ 16 đời vua Minh Mạng", 1835),
        ("Minh Mạng Ất Mùi", 1835),
        ("Minh Mạng năm Ất Mùi", 1835),
        ("nam at mui doi minh mang", 1835),
        ("Kỷ Mão niên hiệu Tự Đức", 1879),
        ("Tự Đức Kỉ Mão", 1879),
        ("Gia Long Quý Hợi", 1803),
        ("Gia Long Giáp Tý", 1804),
        ("明命乙未", 1835),
        ("明命十六年", 1835),
    ],
)
def test_reign_years_numbered_and_cyclical(text: str, year: int) -> None:
    root = parse(text).root
    assert isinstance(root, Widened)
    assert Term(Token(str(year))) in root.others


@pytest.mark.parametrize("text", ["Ất Mùi", "Minh Mạng Giáp Sửu", "Quang Trung Ất Mùi", "Ất Mùi 1835"])
def test_a_cyclical_year_without_its_reign_says_no_year(text: str) -> None:
    """Sixty years later it is the same name; and a stem goes with every second branch only."""
    assert "18" not in repr(parse(text).root).replace("1835", "", text.count("1835"))


def test_every_year_of_a_reign_has_its_one_name() -> None:
    stems = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
    branches = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")
    names = [f"{stems[place % 10]} {branches[place % 12]}" for place in range(60)]
    assert len(set(names)) == 60
    years = [year for name in names for year in reign_years(f"Cảnh Hưng {name}")]
    assert sorted(years) == list(range(1740, 1787))


def test_a_reign_is_a_time_and_its_bare_name_is_none() -> None:
    for text in ("đời Minh Mạng", "dưới triều Minh Mạng", "reign of Emperor Minh Mạng", "Minh Mạng period"):
        root = parse(text).root
        assert isinstance(root, Widened) and root.others == (Years(1820, 1841),), text
    assert "Years" not in repr(parse("lăng Minh Mạng").root)


def test_words_that_belong_together_count_more_side_by_side() -> None:
    root = parse("thien mu").root
    assert isinstance(root, Widened)
    assert root.literal == Phrase(words("thien mu"))
    assert root.others == (And((Term(Token("thien")), Term(Token("mu")))),)
    assert not isinstance(parse("thiên mũ").root, Widened)  # other marks, another word


def test_prefix_fuzzy_or() -> None:
    assert parse("Vạc*").root == Prefix("vac")
    assert parse("vac~").root == Fuzzy(Token("vac"))
    root = parse("gỗ OR bạc").root
    assert isinstance(root, Or) and len(root.children) == 2


def test_unknown_fields_are_words() -> None:
    assert isinstance(parse("foo:bar").root, Widened)


@pytest.mark.parametrize("text", ["", " ", "-", "*", "***", '"', '""', ":", "::", "~", "-- --", "OR", "¶", "|"])
def test_nothing_is_everything(text: str) -> None:
    assert parse(text).root == Everything()


def test_unclosed_quotes_close_at_the_end() -> None:
    assert parse('"vạc đồng').root == parse("“vạc đồng”").root == Phrase(words("vạc đồng"))


def test_unknown_sort_and_facets_are_left_out_and_limits_kept() -> None:
    query = parse(
        "", sort="'; DROP", facets={"nonsense": ("x",), "kind": ("object",)}, limit=10**9, counted=("x", "kind")
    )
    assert (query.sort, query.facets, query.limit, query.counted) == (
        "relevance",
        {"kind": ("object",)},
        100,
        ("kind",),
    )
    assert parse("", limit=-5).limit == 1


def test_a_year_of_a_reign_widens_its_words() -> None:
    root = parse("Minh Mạng 16 vạc").root
    assert isinstance(root, And)
    assert isinstance(root.children[0], Widened) and root.children[0].others == (Term(Token("1835")),)


_SIGNS = ('"', "-", "*", "~", ":", "(", ")", "|", "..", "…", "–", "¶", "\x00", "\u0301", "\ud800", " ", "  ")
_NAMES = ("OR", "NOT", "KHÔNG", "year:", "năm:", "title:", "có:", "số kiểm kê:", "-year:")
_WORDS = (
    "1835",
    "-300",
    "9" * 20,
    "thế kỷ",
    "XIX",
    "TCN",
    "Minh Mạng",
    "thứ 16",
    "Ất Mùi",
    "đời",
    "vạc đồng",
    "Thiên Mụ",
)
_PIECES = st.sampled_from([*_SIGNS, *_NAMES, *_WORDS, "寶物", "明命十六年", "𠮟喃"])
_TYPED = st.one_of(
    st.lists(_PIECES, max_size=30).map("".join),
    st.lists(_PIECES, max_size=30).map(" ".join),
    st.text(alphabet=st.one_of(st.sampled_from('"-*~:()|.năđồ寶1 '), st.characters()), max_size=200),
)


@settings(max_examples=400, deadline=None)
@given(_TYPED)
def test_nothing_typed_is_an_error(text: str) -> None:
    query = parse(text, facets=dict.fromkeys(FACETS, (text,)))
    assert len(tiers(query)) >= 1
    assert hash(query.root) == hash(parse(text).root)


def test_a_very_long_query_is_cut() -> None:
    assert len(tiers(parse("đồng " * 100_000))) < 20


_PARTS = (
    *("material:đồng", "has:ảnh", "1802..1945", "năm:", 'title:"vạc đồng"', "-", "OR", "NOT"),
    *("chất liệu:gỗ", "鼎", '"'),
)


@given(st.lists(st.one_of(st.sampled_from(_PARTS), st.text(max_size=6)), max_size=8).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_each_condition_can_be_taken_out_of_whatever_was_typed(text: str) -> None:
    for condition in conditions(text):
        assert len(condition.without) < len(nfc(text))
        parse(condition.without)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vạc đồng", []),
        ("material:đồng", [("material", "đồng")]),
        ("chất liệu:đồng màu:đỏ", [("material", "đồng"), ("color", "red")]),
        ("http://example.org", []),
        ("số:", []),
        ("năm:nay", []),
        ("-300..-200", [("year", "300..-200")]),
        ("“material:đồng”", []),
    ],
)
def test_what_is_a_condition_and_what_is_words(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.name, one.value) for one in conditions(text)] == found
