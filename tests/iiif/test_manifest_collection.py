"""Collections: everything, each kind, each object type, by reference and without repetition."""

import json
from dataclasses import replace
from typing import Any

import pytest

from museum.catalog.record import Record, Value
from museum.catalog.vocabulary import shipped
from museum.errors import NotFound
from museum.iiif import checks
from museum.iiif.collection import build_collection, member_collection, member_of, plan_collections
from museum.iiif.source import Institution
from museum.iiif.stored import fill
from museum.text import Text, as_slug
from tests.sample_records import derivatives_of, photo, whole_record

URL = "https://baotang.example"
HUE = Institution(code="hue", name=Text.of(vi="Bảo tàng số", en="Digital Museum"))
KINDS = {"object": Text.of(vi="Hiện vật", en="Objects"), "monument": Text.of(vi="Di tích", en="Monuments")}


def typed(record_id: str, vi: str, en: str = "", kind: Any = "object") -> Record:
    values = tuple(Value(value=v, language=code) for v, code in ((vi, "vi"), (en, "en")) if v)
    record = whole_record(id=record_id, kind=kind, media=(photo(f"p{record_id}"),))
    return replace(record, values={**record.values, "object_type": values})


RECORDS = (
    typed("1", "Đỉnh đồng", "Bronze urn"),
    typed("2", "đỉnh đồng", "bronze urn"),
    typed("3", "", kind="monument"),
)


def test_collections_are_planned_for_all_each_kind_and_each_type() -> None:
    plans = {p.slug: p for p in plan_collections(RECORDS, kinds=KINDS)}
    assert list(plans) == ["all", "kind-monument", "kind-object", "type-bronze-urn"]
    assert plans["type-bronze-urn"].records == ("1", "2")  # two spellings, one type
    assert plans["all"].records == ("1", "2", "3")
    assert set(plans["all"].collections) == set(plans) - {"all"}


def test_a_known_object_type_has_its_labels_and_its_english_slug() -> None:
    term = next(c for c in shipped().concepts if c.scheme == "object_types" and {"vi", "en"} <= set(c.label))
    plans = plan_collections([typed("1", term.label["vi"])], kinds=KINDS, vocabulary=shipped())
    assert (plans[-1].slug, plans[-1].label) == (f"type-{as_slug(term.label['en'])}", term.label)


def test_a_collection_refers_to_manifests_with_label_thumbnail_and_date() -> None:
    members = [member_collection("kind-object", KINDS["object"]), *(member_of(r, derivatives_of(r)) for r in RECORDS)]
    body = build_collection("all", label=Text.of(vi="Toàn bộ", en="All"), members=members, institution=HUE)
    made = json.loads(fill(body, URL))
    assert checks.problems(made) == []
    assert [m["type"] for m in made["items"]] == ["Collection", "Manifest", "Manifest", "Manifest"]
    first = made["items"][1]
    assert first["id"] == f"{URL}/iiif/presentation/3/1/manifest"
    assert first["thumbnail"][0]["id"].startswith(f"{URL}/iiif/image/3/p1/full/")
    assert first["navDate"] == "0100-01-01T00:00:00Z"
    assert not any("items" in member for member in made["items"])


def test_a_collection_of_nothing_is_none() -> None:
    with pytest.raises(NotFound):
        build_collection("all", label=Text.of(vi="Toàn bộ"), members=[], institution=HUE)
