"""Why a record was found: field by field, in its own words, and in agreement with the engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from museum.search.document import document
from museum.search.index import SearchIndex
from museum.search.query import parse
from museum.search.why import Why, explain
from tests.search.questions import QUERIES
from tests.search.relics import relic, relics

RECORDS = {record.id: record for record in relics()}


def why(text: str, record_id: str) -> Why:
    return explain(parse(text), RECORDS[record_id])


def told(found: Why) -> set[tuple[str, str, str]]:
    return {(reason.field, one.typed, one.manner) for reason in found.reasons for one in reason.found}


def marked(found: Why, field: str) -> list[str]:
    return [piece.words for reason in found.reasons if reason.field == field for piece in reason.text if piece.is_hit]


def test_a_word_is_told_in_each_field_as_it_stands_there() -> None:
    found = why("dong", "vac")
    assert ("title", "dong", "folded") in told(found)
    assert ("material", "dong", "folded") in told(found)
    assert "đồng" in marked(found, "title")
    assert why("Vạc đồng", "vac").tier is not None
    assert ("title", "vạc", "exact") in told(why("Vạc chúa", "vac"))


def test_what_we_added_is_told_as_what_it_is() -> None:
    assert ("title", "vạc", "synonym") in told(why("vạc", "vac")), "the English title says cauldron"
    assert ("text", "minh mạng 16", "year") in told(why("Minh Mạng 16", "cuu")) or (
        "date", "minh mạng 16", "year") in told(why("Minh Mạng 16", "cuu"))  # fmt: skip
    assert ("title", "quý", "spelling") in told(why("quý", "qui"))
    assert ("identifier", "bth 0012", "number") in told(why("BTH-0012", "vac")) or any(
        reason.field == "identifier" for reason in why("BTH-0012", "vac").reasons
    )


def test_filters_are_told_too() -> None:
    found = told(why("đồng material:đồng year:1600..1700 has:image", "vac"))
    assert {("filter", "has:image", "filter"), ("date", "1600..1700", "years"), ("material", "đồng", "exact")} <= found


def test_what_stands_in_one_text_is_told_together() -> None:
    text = next(r.text for r in why("vac dong nguyen chua", "vac").reasons if r.field == "title")
    assert " ".join(piece.words for piece in text if piece.is_hit) == "Vạc đồng chúa Nguyễn"
    assert "".join(piece.words for piece in text) == "Vạc đồng thời chúa Nguyễn"


def test_words_of_a_compound_that_stand_apart_are_told_so() -> None:
    assert told(why("vạc đồng", "vac")) >= {("title", "vạc đồng", "exact"), ("material", "vạc đồng", "apart")}
    assert ("title", "vạc đồng", "apart") not in told(why("vạc đồng", "vac"))


def test_han_is_told_by_its_characters() -> None:
    assert "寶物" in marked(why("寶物", "quocgia"), "title")
    assert "鼎" not in "".join(marked(why("寶物", "quocgia"), "title"))


def test_places_in_the_order_have_names() -> None:
    best = why("Vật quý trong cung", "quy")
    assert best.tier is not None
    assert (best.tier.place, best.tier.is_exact, best.number) == ("whole", True, 1)
    weaker = why("vat quy", "qui")
    assert weaker.tier is None, "no vật in it"
    folded = why("quy", "quyf").tier
    assert folded is not None
    assert (folded.place, folded.is_exact) == ("title", False)


def test_a_long_text_is_cut_between_words() -> None:
    long = relic("long", title="Bia", description="chữ " * 60 + "rồng bay " + "mây " * 60)
    (reason,) = explain(parse("rồng"), long).reasons
    text = "".join(piece.words for piece in reason.text)
    assert len(text) < 160
    assert text.startswith("… chữ") and text.endswith("mây …")
    assert [piece.words for piece in reason.text if piece.is_hit] == ["rồng"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """The relics in the default engine."""
    made = SearchIndex(Path(tmp_path_factory.mktemp("index")))
    with made.begin() as batch:
        for number, record in enumerate(RECORDS.values(), start=1):
            batch.put(document(record), newest=number)
        batch.commit(position=len(RECORDS))
    yield made
    made.close()


def test_found_and_explained_are_the_same_records_in_the_same_tiers(index: SearchIndex) -> None:
    asked = compared = 0
    for text in QUERIES:
        query = parse(text, limit=100)
        page = index.search(query)
        explained = {i: explain(query, record) for i, record in RECORDS.items()}
        narrowed = bool(query.facets or query.years)
        found = {i for i, why in explained.items() if why.tier is not None}
        hits = {hit.id for hit in page.hits}
        assert hits <= found if narrowed else hits == found, text
        for hit in page.hits if "~" not in text else ():  # engines are given the words that a slip may mean
            own = explained[hit.id]
            assert own.of - own.number + 1 == hit.score, (text, hit.id)
            compared += 1
        asked += 1
    print(f"\n{asked} queries, {compared} hits: explained in the tier they stand in")
    assert asked > 40 and compared > 100
