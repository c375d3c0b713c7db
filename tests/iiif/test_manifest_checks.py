"""Our checks catch every planted error, schema or not, and let a sound document pass."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from museum.errors import BackendError
from museum.iiif import checks
from museum.iiif.manifest import build_manifest
from museum.iiif.source import Institution
from museum.iiif.stored import fill
from museum.text import Text
from tests.sample_records import derivatives_of, whole_record

Json = dict[str, Any]
URL = "https://baotang.example"


@pytest.fixture(scope="module")
def sound() -> Json:
    record = whole_record()
    institution = Institution(code="hue", name=Text.of(vi="Bảo tàng số", en="Digital Museum"))
    body = build_manifest(record, derivatives=derivatives_of(record), institution=institution, labels=())
    made: Json = json.loads(fill(body, URL))
    return made


def painting(m: Json) -> Json:
    found: Json = m["items"][1]["items"][0]["items"][0]
    return found


PLANTED: dict[str, tuple[str, Callable[[Json], object]]] = {
    # what the official schema or iiif-prezi3 catches
    "plain-string label": ("schema", lambda m: m.update(label="Đỉnh đồng")),
    "label without list": ("schema", lambda m: m.update(label={"vi": "Đỉnh đồng"})),
    "no label": ("schema", lambda m: m.pop("label")),
    "no items": ("schema", lambda m: m.pop("items")),
    "no id": ("schema", lambda m: m.pop("id")),
    "id no address": ("schema", lambda m: m.update(id="urn:museum:1")),
    "no height": ("schema", lambda m: m["items"][1].pop("height")),
    "negative height": ("schema", lambda m: m["items"][1].update(height=-1)),
    "fractional width": ("schema", lambda m: m["items"][1].update(width=10.5)),
    "neither size nor duration": ("schema", lambda m: m["items"][-2].pop("duration")),
    "foreign rights": ("schema", lambda m: m.update(rights="https://baotang.example/quyen")),
    "https rights": ("schema", lambda m: m.update(rights="https://creativecommons.org/licenses/by/4.0/")),
    "version 2 keys": ("schema", lambda m: m.update({"@id": m["id"], "sequences": []})),
    "unknown property": ("schema", lambda m: m.update(requiredStatment={})),
    "unknown property of a canvas": ("schema", lambda m: m["items"][1].update(images=[])),
    "string metadata": ("schema", lambda m: m.update(metadata=[{"label": "Số", "value": "1"}])),
    "provider without id": ("schema", lambda m: m["provider"][0].pop("id")),
    "service without id": ("schema", lambda m: painting(m)["body"]["service"][0].pop("id")),
    "homepage no list": ("schema", lambda m: m.update(homepage=m["homepage"][0])),
    "unknown behavior": ("schema", lambda m: m.update(behavior=["pages"])),
    "canvas of another type": ("schema", lambda m: m["items"][1].update(type="Image")),
    "image without id": ("schema", lambda m: painting(m)["body"].pop("id")),
    "broken format": ("schema", lambda m: painting(m)["body"].update(format="jpeg")),
    # what neither catches (standards-and-judges §9)
    "empty items": ("empty_items", lambda m: m.update(items=[])),
    "empty annotation page": ("empty_items", lambda m: m["items"][1]["items"][0].update(items=[])),
    "contradictory behaviors": ("behavior", lambda m: m.update(behavior=["individuals", "paged"])),
    "behavior of a range": ("behavior", lambda m: m.update(behavior=["sequence"])),
    "painting another canvas": ("painting", lambda m: painting(m).update(target=m["items"][2]["id"])),
    "duplicate ids": ("duplicate_id", lambda m: m["items"][1].update(id=m["items"][2]["id"])),
    "no motivation": ("motivation", lambda m: painting(m).pop("motivation")),
    "impossible navDate": ("nav_date", lambda m: m.update(navDate="1802-02-30T00:00:00Z")),
    "navDate without zone": ("nav_date", lambda m: m.update(navDate="1802-06-01T00:00:00")),
    "navDate a year": ("nav_date", lambda m: m.update(navDate="1802")),
    "script in HTML": ("html", lambda m: m.update(summary={"vi": ["<p>Đỉnh<script>alert(1)</script></p>"]})),
    "handler in HTML": ("html", lambda m: m.update(summary={"vi": ['<a href="x" onclick="y()">Đỉnh</a>']})),
    "javascript address": ("html", lambda m: m.update(summary={"vi": ['<a href="javascript:y()">Đỉnh</a>']})),
    "script in a label": ("html", lambda m: m.update(label={"vi": ["<script>alert(1)</script>"]})),
    "no context": ("context", lambda m: m.pop("@context")),
    "context of version 2": (
        "context",
        lambda m: m.update({"@context": "http://iiif.io/api/presentation/2/context.json"}),
    ),
    # what real clients trip over, and what is ours alone
    "homepage and seeAlso in one": ("shared_link", lambda m: m["seeAlso"][0].update(id=m["homepage"][0]["id"])),
    "placeholder left": ("placeholder", lambda m: m["homepage"][0].update(id="{museum}/o/3t8kq0zx7")),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_error_is_caught(sound: Json, name: str) -> None:
    code, plant = PLANTED[name]
    broken = deepcopy(sound)
    plant(broken)
    assert code in {problem.code for problem in checks.problems(broken)}


def test_the_document_they_were_planted_in_is_sound(sound: Json) -> None:
    assert len(PLANTED) >= 25
    assert checks.problems(sound) == []


def test_a_problem_says_where(sound: Json) -> None:
    broken = deepcopy(sound)
    broken["items"][1]["height"] = -1
    assert checks.problems(broken)[0].where == "$.items[1].height"


def test_a_document_about_to_be_stored_must_wait_for_its_address(sound: Json) -> None:
    with pytest.raises(BackendError) as caught:
        checks.require_sound(sound)  # already filled: its id holds somebody's address
    assert caught.value.code == "iiif.faulty"


def test_poor_but_allowed_is_advice(sound: Json) -> None:
    poor = {k: v for k, v in sound.items() if k != "thumbnail"} | {"label": {"vi": ["Đỉnh"]}}
    assert {a.code for a in checks.advice(poor)} == {"no_thumbnail", "label_language"}
    assert checks.advice(sound) == []
