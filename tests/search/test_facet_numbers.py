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


def same_number() -> tuple[str, str]:
    """Two materials of one number."""
    first: dict[int, str] = {}
    for place in range(100_000):
        value = f"gỗ {place}"
        if (other := first.setdefault(value_number(value), value)) != value:
            return other, value
    raise AssertionError("no two of 100,000 share a number of 24 bits")


def of(doc: SearchDoc, number: int, *materials: str) -> SearchDoc:
    facets = {**doc.facets, "material": tuple(FacetValue(value=value) for value in materials)}
    return replace(doc, id=f"{doc.id[:-6]}{number:06d}", facets=facets)


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    """20 records of one wood, 5 of the other of its number, one of both, and 200 woods of a record each."""
    one, other = same_number()
    doc = document(relics()[0])
    given = [*[(one,)] * 20, *[(other,)] * 5, (one, other), *[(f"ngà {n}",) for n in range(200)]]
    opened = SearchIndex(tmp_path)
    for start in (0, 100):  # in two segments
        with opened.begin() as batch:
            for number, materials in enumerate(given[start:][: 100 if not start else None], start=start + 1):
                batch.put(of(doc, number, *materials), newest=number)
            batch.commit(position=start + 1)
    return opened


def test_values_that_share_a_number_are_counted_each(index: SearchIndex) -> None:
    one, other = same_number()
    counts = index._engine.tally(Everything(), facets=("material",)).facets["material"]
    assert (counts[one], counts[other], len(counts)) == (21, 6, 202)
    first = index._engine.tally(Everything(), facets=("material",), most=2).facets["material"]
    assert sorted(first.items(), key=lambda item: -item[1])[:2] == [(one, 21), (other, 6)]
    print(f"{len(counts)} values in 226 records")


def test_without_that_one_of_them_would_have_all(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    one, other = same_number()
    known = Values(index._engine._schema)  # type: ignore[attr-defined]  # of this engine alone
    monkeypatch.setattr("museum.search.tantivy_reading._by_number", lambda *_: {value_number(one): (one,)})
    monkeypatch.setattr(index._engine, "_values", known)
    counts = index._engine.tally(Everything(), facets=("material",)).facets["material"]
    assert other not in counts and counts[one] > 21


def test_a_new_value_is_told_at_once(index: SearchIndex) -> None:
    assert len(index._engine.tally(Everything(), facets=("material",)).facets["material"]) == 202
    with index.begin() as batch:
        batch.put(of(document(relics()[0]), 900, "ngà voi mới"), newest=900)
        batch.commit(position=900)
    assert index._engine.tally(Everything(), facets=("material",)).facets["material"]["ngà voi mới"] == 1
