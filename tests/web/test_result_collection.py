"""A search result as IIIF collection: sound for IIIF's own schema, part after part to the last manifest."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from flask.testing import FlaskClient

from museum.catalog import store
from museum.db import writing
from museum.iiif import checks
from tests.sample_records import photo
from tests.web.collection import HOST, MANY, collection, record_id, records
from tests.web.conftest import House

SHOWN = [n for n in range(MANY) if n % 3 == 0 or n > 120]  # the records with something to show


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Many records, some of them with a photograph and a manifest."""
    given = records()
    given = [replace(r, media=(photo(f"p{n}"),)) if n in SHOWN else r for n, r in enumerate(given)]
    with collection(tmp_path_factory.mktemp("shown"), given) as made:
        engine = made.application.extensions["museum"].engine
        with writing(engine) as session:
            for n in SHOWN:
                store.put_manifest(session, record_id(n), b"{}")
        yield made


def got(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address.removeprefix(HOST))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    body: dict[str, Any] = orjson.loads(answer.data)
    assert checks.problems(body) == []
    return body


def parts_of(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    found = [got(client, address)]
    while following := [item["id"] for item in found[-1]["items"] if item["type"] == "Collection"]:
        assert len(following) == 1
        found.append(got(client, following[0]))
        assert found[-1]["id"] == following[0]
        assert len(found) <= MANY
    return found


@pytest.mark.parametrize("query", ["", "limit=7", "q=đỉnh+đồng&sort=year&limit=2", "place=Huế&limit=500", "limit=1"])
def test_the_parts_hold_every_manifest_of_the_result_once(client: FlaskClient, query: str) -> None:
    parts = parts_of(client, f"/iiif/collection/search?{query}")
    ids = [item["id"] for part in parts for item in part["items"] if item["type"] == "Manifest"]
    listed = orjson.loads(client.get(f"/api/search?limit=500&{query.replace('limit', 'part')}").data)["items"]
    assert ids == [item["manifest"] for item in listed if item["manifest"]]
    assert len(ids) == len(set(ids)) > 0
    assert all(part["partOf"][0]["id"] == parts[0]["id"] for part in parts[1:])
    assert "partOf" not in parts[0]
    print(f"{len(ids)} manifests in {len(parts)} parts, 0 lost")


@pytest.mark.shared
def test_the_official_schema_accepts_each_part(client: FlaskClient, shared_data: Path) -> None:
    path = shared_data / "judges" / "iiif-presentation" / "schema" / "iiif_3_0.json"
    official = jsonschema.Draft7Validator(json.loads(path.read_text(encoding="utf-8")))
    parts = parts_of(client, "/iiif/collection/search?q=đỉnh&limit=20")
    assert [error.message for part in parts for error in official.iter_errors(part)] == []
    broken = {**parts[0], "items": [{"type": "Manifest"}]}
    assert list(official.iter_errors(broken))


def test_a_part_says_what_was_asked_and_how_many_there_are(client: FlaskClient) -> None:
    body = got(client, "/iiif/collection/search?q=%3Cđỉnh%3E&limit=2")
    assert body["label"] == {"vi": ["Kết quả tìm kiếm: <đỉnh>"], "en": ["Search result: <đỉnh>"]}
    assert body["metadata"][0]["value"]["en"] == [str(MANY)]
    assert [page["id"] for page in body["homepage"]] == [
        f"{HOST}/search?q=%3C%C4%91%E1%BB%89nh%3E",
        f"{HOST}/search?q=%3C%C4%91%E1%BB%89nh%3E&lang=en",
    ]
    (first, *_) = body["items"]
    assert first["navDate"].endswith("T00:00:00Z")
    answer = client.get("/iiif/collection/search")
    assert answer.mimetype == "application/ld+json"
    assert answer.headers["ETag"]


def test_words_like_the_placeholder_stay_words(client: FlaskClient) -> None:
    body = got(client, "/iiif/collection/search?q=%7Bmuseum%7D+OR+đỉnh")
    assert body["label"]["en"] == ["Search result: {museum} OR đỉnh"]


def test_a_result_with_nothing_to_show_says_so(client: FlaskClient) -> None:
    answer = client.get("/iiif/collection/search?q=nichts")
    assert answer.status_code == 404
    assert orjson.loads(answer.data)["error"] == "iiif.nothing_found"
    assert client.get("/iiif/collection/search?after=zz").status_code == 400


def test_thumbnails_are_those_of_the_manifests(house: House) -> None:
    body = got(house.client, "/iiif/collection/search?q=chân+dung")
    (item,) = body["items"]
    assert item["id"] == f"{HOST}/iiif/presentation/3/{house.ids['whole']}/manifest"
    assert item["thumbnail"][0]["id"].startswith(f"{HOST}/iiif/image/3/")
    assert body["thumbnail"] == item["thumbnail"]
