"""The search box: what is typed becomes a tree, and nothing typed is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from museum.search.analysis import Token, tokens
from museum.search.nodes import And, Everything, Facet, Fuzzy, Not, Or, Phrase, Prefix, Term, Widened, Years
from museum.search.query import FACETS, parse
from museum.search.ranking import tiers


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
    ],
)
def test_years(text: str, years: Years) -> None:
    assert parse(text).years == years


def test_years_of_the_form_win() -> None:
    assert parse("year:1835", year_from=1900).years == Years(1900, None)


def test_vietnamese_field_names() -> None:
    assert parse("tên:vạc").root == Term(words("vạc")[0], "title")
    assert parse("tác_giả:Trí").root == Term(words("trí")[0], "maker")
    assert parse("có:ảnh").facets == {"has": ("image",)}
    assert parse("-có:quét").root == And((Not(Facet("has", ("scan",))),))


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


_TYPED = st.text(
    alphabet=st.one_of(st.sampled_from('"-*~:()|.year:title năm đồng 寶物 1835..OR '), st.characters()), max_size=200
)


@given(_TYPED)
def test_nothing_typed_is_an_error(text: str) -> None:
    query = parse(text, facets=dict.fromkeys(FACETS, (text,)))
    assert len(tiers(query)) >= 1
    assert hash(query.root) == hash(parse(text).root)


def test_a_very_long_query_is_cut() -> None:
    assert len(tiers(parse("đồng " * 100_000))) < 20
