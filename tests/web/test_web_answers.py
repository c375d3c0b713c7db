"""Errors, headers, files, redirects and data: what programs and caches are promised."""

import json
from pathlib import Path
from typing import cast

import pytest
from flask import Flask, Response

from museum.errors import known_codes
from museum.web import answers
from tests.web.conftest import House
from tests.web.markup import read


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/o/xxxxxxxxx", 404),
        ("/o/3t8kq0zx7.xml", 404),
        ("/o/{draft}", 404),
        ("/o/{withdrawn}", 410),
        ("/o/{deleted}", 410),
        ("/m/nothing", 404),
        ("/s/light0", 404),
        ("/n/0000", 404),
        ("/search?from=abc", 400),
        ("/c/none", 404),
        ("/static/../app.py", 404),
        ("/d/light0/000000000000/poster.jpg", 404),
    ],
)
def test_errors_speak_both_languages(house: House, path: str, status: int) -> None:
    for code in ("vi", "en"):
        where = path.format(**house.ids)
        answer = house.client.get(where + ("&" if "?" in where else "?") + f"lang={code}")
        assert answer.status_code == status
        assert read(answer.text).problems == []
        assert f'lang="{"en" if code == "vi" else "vi"}"' in answer.text
        assert "no_page" not in answer.text


def test_error_in_the_machinery_is_a_page(house: House, tmp_path: Path) -> None:
    app: Flask = house.app
    app.testing = False
    try:
        with app.test_request_context("/"):
            answer = cast(Response, app.handle_user_exception(RuntimeError("secret")))
    finally:
        app.testing = True
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)


def test_errors_of_interfaces_are_json(house: House) -> None:
    answer = house.client.get("/iiif/presentation/3/xxxxxxxxx/manifest")
    assert answer.status_code == 404
    body = answer.get_json()
    assert body["error"] == "catalog.no_record"
    assert body["vi"]
    assert body["en"]


def test_post_is_refused(house: House) -> None:
    assert house.client.post("/search").status_code == 405


def test_every_code_of_this_area_is_known() -> None:
    assert {"web.no_page", "web.gone", "web.withdrawn", "web.broken", "web.no_file"} <= known_codes()
    assert set(answers.STATUS.values()) == {400, 404, 409, 500}


def test_pages_carry_security_headers(house: House) -> None:
    headers = house.client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "default-src 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_a_page_is_sent_once(house: House) -> None:
    first = house.client.get("/about")
    again = house.client.get("/about", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_pages_are_compressed_when_asked(house: House) -> None:
    packed = house.client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in house.client.get("/", headers={"Accept-Encoding": "identity"}).headers


def test_derivative_is_immutable_and_ranged(house: House) -> None:
    data = house.client.get(f"/o/{house.ids['whole']}.json").get_json()
    made = {d["name"]: d["address"] for d in data["media"][0]["derivatives"]}
    path = made["poster.jpg"].removeprefix("https://baotang.example")
    with house.client.get(path) as whole:
        assert whole.status_code == 200
        assert "immutable" in whole.headers["Cache-Control"]
        assert whole.headers["Access-Control-Allow-Origin"] == "*"
        body, etag = whole.data, whole.headers["ETag"]
    with house.client.get(path, headers={"Range": "bytes=10-19"}) as part:
        assert part.status_code == 206
        assert part.data == body[10:20]
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(body)}"
    with house.client.get(path, headers={"Range": "bytes=999999-"}) as beyond:
        assert beyond.status_code == 416
    with house.client.get(path, headers={"If-None-Match": etag}) as same:
        assert same.status_code == 304


def test_record_as_data_by_suffix_and_by_accept(house: House) -> None:
    path = f"/o/{house.ids['whole']}"
    by_suffix = house.client.get(f"{path}.json")
    by_accept = house.client.get(path, headers={"Accept": "application/json"})
    assert by_suffix.get_json() == by_accept.get_json()
    assert "Accept" in by_accept.headers["Vary"]
    assert "Accept" in house.client.get(path).headers["Vary"]
    assert house.client.get(path, headers={"Accept": "application/ld+json"}).mimetype == "application/ld+json"


def test_jsonld_describes_the_work(house: House) -> None:
    node = json.loads(house.client.get(f"/o/{house.ids['whole']}.jsonld").data)
    assert node["@type"] == "VisualArtwork"
    assert {"@value": "Chân dung xác ướp người phụ nữ", "@language": "vi"} in node["name"]
    assert node["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "3DModel" in {m["@type"] for m in node["associatedMedia"]}


def test_permanent_addresses_lead_on(house: House) -> None:
    whole, film = house.ids["whole"], house.ids["film"]
    assert house.client.get("/m/light2").location == f"/o/{whole}?view=light2"
    assert house.client.get("/s/venus?lang=en").location == f"/o/{whole}?view=venus&lang=en"
    assert house.client.get("/n/81.AP.42").location == f"/o/{whole}"
    assert house.client.get("/n/76.AD.34/a").location == f"/o/{film}"
    assert house.client.get("/n/76.AD.34%2Fa").location == f"/o/{film}"


def test_manifest_is_served_with_the_public_address(house: House) -> None:
    answer = house.client.get(f"/iiif/presentation/3/{house.ids['whole']}/manifest")
    assert answer.get_json(force=True)["id"].startswith("https://baotang.example/iiif/")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    etag = answer.headers["ETag"]
    path = f"/iiif/presentation/3/{house.ids['whole']}/manifest"
    assert house.client.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert house.client.get(f"/iiif/presentation/3/{house.ids['withdrawn']}/manifest").status_code == 410


def test_collections_hold_the_published_records(house: House) -> None:
    body = json.loads(house.client.get("/iiif/collection/all").data)
    ids = {item["id"] for item in body["items"]}
    assert f"https://baotang.example/iiif/presentation/3/{house.ids['whole']}/manifest" in ids
    assert not any(house.ids["draft"] in i for i in ids)
    assert house.client.get("/iiif/collection/nothing").status_code == 404


def test_health_and_robots(house: House) -> None:
    assert house.client.get("/healthz").data == b"ok\n"
    assert "Disallow: /search" in house.client.get("/robots.txt").text


def test_suggestions(house: House) -> None:
    found = house.client.get("/api/suggest?q=ve").get_json()
    assert any("Vệ Nữ" in s["words"] for s in found)
    assert house.client.get("/api/suggest").get_json() == []
