"""Facets of many values are counted by numbers that stand for them, of which two values may have the same one."""

from dataclasses import replace
from pathlib import Path

import pytest

from museum.search.document import FacetValue, SearchDoc, document
from museum.search.index import SearchIndex
from museum.search.nodes import Everything
from museum.search.tantivy_reading import Values
from museum.search.tantivy_rows import value_number
from tests.search.relics import relics

ONE, OTHER = "gỗ mít", "gỗ lim"


@pytest.fixture(autouse=True)
def shared_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two woods of one number, which nobody would find among millions; and a process that knows no values yet."""

    def number(value: str) -> int:
        return value_number(ONE if value == OTHER else value)

    for module in ("tantivy_rows", "tantivy_reading"):
        monkeypatch.setattr(f"museum.search.{module}.value_number", number)
    monkeypatch.setattr(Values, "_known", {})


def of(doc: SearchDoc, number: int, *materials: str) -> SearchDoc:
    facets = {**doc.facets, "material": tuple(FacetValue(value=value) for value in materials)}
    return replace(doc, id=f"{doc.id[:-6]}{number:06d}", facets=facets)


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    """20 records of one wood, 5 of the other of its number, one of both, and 200 woods of a record each."""
    doc = document(relics()[0])
    given = [*[(ONE,)] * 20, *[(OTHER,)] * 5, (ONE, OTHER), *[(f"ngà {n}",) for n in range(200)]]
    opened = SearchIndex(tmp_path)
    for start in (0, 100):  # in two segments
        with opened.begin() as batch:
            for number, materials in enumerate(given[start:][: 100 if not start else None], start=start + 1):
                batch.put(of(doc, number, *materials), newest=number)
            batch.commit(position=start + 1)
    return opened


def test_values_that_share_a_number_are_counted_each(index: SearchIndex) -> None:
    counts = index._engine.tally(Everything(), facets=("material",)).facets["material"]
    assert (counts[ONE], counts[OTHER], len(counts)) == (21, 6, 202)
    first = index._engine.tally(Everything(), facets=("material",), most=2).facets["material"]
    assert sorted(first.items(), key=lambda item: -item[1])[:2] == [(ONE, 21), (OTHER, 6)]
    print(f"{len(counts)} values in 226 records")


def test_without_that_one_of_them_would_have_all(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(Values, "_known", {"material": {value_number(ONE): (ONE,)}})
    monkeypatch.setattr(Values, "_learn", lambda *_: None)
    counts = index._engine.tally(Everything(), facets=("material",)).facets["material"]
    assert OTHER not in counts
    assert counts[ONE] > 21


def test_a_new_value_is_told_at_once(index: SearchIndex) -> None:
    assert len(index._engine.tally(Everything(), facets=("material",)).facets["material"]) == 202
    with index.begin() as batch:
        batch.put(of(document(relics()[0]), 900, "ngà voi mới"), newest=900)
        batch.commit(position=900)
    assert index._engine.tally(Everything(), facets=("material",)).facets["material"]["ngà voi mới"] == 1
