"""The interfaces stand nonsense, and their description is complete."""

import re

import jsonschema
import orjson
import pytest
from werkzeug.test import Client

from museum.web.api.openapi import described
from museum.web.app import create_app
from tests.conformance import fuzzing
from tests.web.planted import Planted, plant
from tests.web.planted_words import IDS, SLUGS

CASES = 240  # `make fuzz` asks 10,000


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return plant(tmp_path_factory.mktemp("api") / "museum")


def test_nonsense_breaks_no_interface(planted: Planted) -> None:
    told = fuzzing.fuzz(planted, cases=CASES)
    print(f"\n{told.cases} cases, answers by status {dict(sorted(told.statuses.items()))}")
    assert told.cases >= CASES
    assert told.statuses[200] > CASES // 20, "some cases must reach something"
    assert told.broken == []


def test_a_broken_interface_is_noticed(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("museum.web.api.records.suggest", lambda *_, **__: 1 // 0)
    assert fuzzing.fuzz(planted, cases=60).broken


# Pages that a viewer opens in a window or a frame of the browser (Authorization Flow 2.0 §3, §4, §6), for no program.
WINDOWS = {f"/iiif/auth/2/{name}" for name in ("access", "logout", "kiosk", "token", "kiosk/token")}


def test_every_public_json_route_is_described(planted: Planted) -> None:
    app = create_app(planted.settings, engine=planted.engine)
    told = {re.sub(r"\{\w+\}", "*", path) for path in described()["paths"]}
    routes = {
        re.sub(r"<[^>]+>", "*", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/iiif/", "/oembed", "/d/")) and "GET" in (rule.methods or ())
    }
    assert routes - WINDOWS <= told, routes - WINDOWS - told
    assert routes >= WINDOWS
    assert {"/o/*.json", "/o/*.jsonld", "/e/*.json", "/iiif/image/3/*/info.json"} <= told


def test_answers_have_the_described_shape(planted: Planted) -> None:
    client = Client(fuzzing.application(planted))
    document = orjson.loads(client.get("/api/openapi.json").data)
    assert document["openapi"] == "3.1.0"
    assert document["servers"][0]["url"] == planted.settings.public_url
    asked = {"Record": f"/o/{IDS['open']}.json", "Story": f"/e/{SLUGS[0]}.json", "Error": f"/o/{IDS['draft']}.json",
             "OEmbed": f"/oembed?url=/o/{IDS['open']}"}  # fmt: skip
    for name, path in asked.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(orjson.loads(client.get(path).data))
