"""Pages of hits: whatever their size, the same records in the same order, each once."""

from functools import partial

import pytest

from museum.search.document import document
from museum.search.engine import Found, Key
from museum.search.hits import Hit
from museum.search.index import SearchIndex
from museum.search.nodes import Node
from museum.search.query import SORTS, parse
from tests.search.relics import relics

QUERIES = ("", "dong", "đồng", "vac dong", "Vạc đồng", "co", "cổ", "Huế", "son", "vạc OR chuông", "-đồng", "đ* ")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """The relics, in several segments."""
    opened = SearchIndex(tmp_path_factory.mktemp("index"))
    docs = [document(record) for record in relics()]
    for start in range(0, len(docs), 9):
        with opened.begin() as batch:
            for number, doc in enumerate(docs[start : start + 9], start=start + 1):
                batch.put(doc, newest=number)
            batch.commit(position=start)
    return opened


def paged(index: SearchIndex, text: str, *, sort: str, limit: int) -> list[Hit]:
    """All hits, page after page."""
    found: list[Hit] = []
    cursor = ""
    while True:
        page = index.search(parse(text, sort=sort, limit=limit, cursor=cursor))
        found += page.hits
        cursor = page.cursor
        if not cursor:
            return found


@pytest.mark.parametrize("sort", SORTS)
def test_pages_of_any_size_give_the_same_hits(index: SearchIndex, sort: str) -> None:
    tried = 0
    for text in QUERIES:
        whole = paged(index, text, sort=sort, limit=100)
        assert len({hit.id for hit in whole}) == len(whole) == index.search(parse(text)).total
        for limit in (1, 2, 7):
            assert paged(index, text, sort=sort, limit=limit) == whole, (text, limit)
            tried += len(whole)
    print(f"{tried} hits of {len(QUERIES)} queries came in the same order")
    assert tried > 200


def test_a_record_of_two_tiers_would_stand_twice_if_it_were_not_known(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a title's hit is one of the whole text, too."""
    select = index._engine.select

    def forgetful(
        node: Node, *, sort: str, limit: int, after: Key | None = None, known: frozenset[Key] = frozenset()
    ) -> list[Found]:
        del known
        return select(node, sort=sort, limit=limit, after=after)

    right = [hit.id for hit in index.search(parse("đồng", limit=100)).hits]
    assert len(set(right)) == len(right) > 5
    monkeypatch.setattr("museum.search.tantivy_engine._MOST_SCORED_OF_ONE", 0)  # as among many records
    assert [hit.id for hit in index.search(parse("đồng", limit=100)).hits] == right
    monkeypatch.setattr(index._engine, "select", forgetful)
    wrong = [hit.id for hit in index.search(parse("đồng", limit=100)).hits]
    assert len(set(wrong)) < len(wrong)


def test_all_levels_at_once_give_what_one_after_the_other_gives(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowed = (parse, partial(parse, year_from=1000, year_to=1850), partial(parse, facets={"kind": ("object",)}))
    asked = [
        ask(text, limit=limit, counted=()) for ask in narrowed for text in QUERIES for limit in (1, 2, 3, 5, 8, 100)
    ]
    at_once = [index.search(query) for query in asked]
    monkeypatch.setattr("museum.search.tantivy_engine._MOST_SCORED", -1)
    monkeypatch.setattr("museum.search.tantivy_engine._MOST_SCORED_OF_ONE", -1)
    in_turn = [index.search(query) for query in asked]
    for query, one, other in zip(asked, at_once, in_turn, strict=True):
        assert (one.total, one.hits, one.cursor) == (other.total, other.hits, other.cursor), query.text
    hits = [hit for page in in_turn for hit in page.hits]
    print(f"{len(hits)} hits on {len({hit.score for hit in hits})} levels came in the same order")
    plain, *rest = [
        sum(page.total for page in in_turn[n : n + len(asked) // 3]) for n in range(0, len(asked), len(asked) // 3)
    ]
    assert all(0 < total < plain for total in rest), (plain, rest)  # the filters hold something back
    assert len(hits) > 200


def test_facets_and_years_are_told_together(index: SearchIndex) -> None:
    assert index.search(parse("đồng")).years is not None
    assert index.search(parse("đồng", counted=())).years is None
