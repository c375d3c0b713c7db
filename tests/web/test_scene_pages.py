"""Scenes on the web: the manifest of version 4, the page that shows it, and the workbench's page for foreign ones."""

import json

import pytest

from museum.iiif import checks
from museum.web.protection import POLICY
from tests.web.conftest import Counter, House
from tests.web.signing_in import CURATOR, signed_in_as

STATEMENTS = 5
PROFILE = 'application/ld+json;profile="http://iiif.io/api/presentation/4/context.json"'


def manifest_of(house: House, name: str) -> str:
    return f"/iiif/presentation/4/{house.ids[name]}/manifest"


def test_a_record_with_a_scan_has_a_manifest_that_may_be_cached_and_read_from_elsewhere(house: House) -> None:
    answer = house.client.get(manifest_of(house, "venus"))
    assert (answer.status_code, answer.content_type) == (200, PROFILE)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = house.client.get(manifest_of(house, "venus"), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    manifest = json.loads(answer.data)
    assert manifest["id"] == "https://baotang.example" + manifest_of(house, "venus")
    assert [item["type"] for item in manifest["items"]] == ["Scene"]
    assert checks.problems(manifest, version=4) == []
    assert "spatialScale" not in manifest["items"][0], "its size contradicts the record"


@pytest.mark.parametrize(("name", "status"), [("bare", 404), ("film", 404), ("draft", 404), ("deleted", 410)])
def test_a_record_without_a_scan_or_not_public_has_none(house: House, name: str, status: int) -> None:
    assert house.client.get(manifest_of(house, name)).status_code == status
    assert house.client.get(f"/o/{house.ids[name]}/scene").status_code == status


def test_the_page_names_the_manifest_of_our_own_and_says_what_is_not_known(house: House) -> None:
    page = house.client.get(f"/o/{house.ids['venus']}/scene")
    assert page.status_code == 200
    assert f'"manifest":"{manifest_of(house, "venus")}"' in page.text
    assert "Chưa xác định tỷ lệ" in page.text
    assert page.headers["Content-Security-Policy"] == POLICY
    english = house.client.get(f"/o/{house.ids['venus']}/scene?lang=en").text
    assert "Open the 3D scene" in english
    assert "Scale not established" in english


def test_the_objects_page_leads_to_the_scene_where_there_is_one(house: House) -> None:
    link = f'href="/o/{house.ids["venus"]}/scene"'
    assert link in house.client.get(f"/o/{house.ids['venus']}").text
    assert "/scene" not in house.client.get(f"/o/{house.ids['film']}").text


def test_a_page_of_scenes_asks_the_database_few_times(house: House, statements: Counter) -> None:
    assert house.client.get(f"/o/{house.ids['venus']}/scene").status_code == 200
    assert statements.number == STATEMENTS


def test_others_manifests_are_looked_at_by_people_who_sign_in_and_sent_nowhere(house: House) -> None:
    assert house.client.get("/work/scene").status_code in (302, 303)
    with signed_in_as(house.app, CURATOR):
        page = house.client.get("/work/scene")
        assert page.status_code == 200
        assert '<input id="manifest-files" type="file" multiple' in page.text
        assert "<form" not in page.text.partition('data-viewer="files"')[2].partition("</figure>")[0]
        assert "connect-src 'self' blob: data:" in page.headers["Content-Security-Policy"]
        assert "Cảnh 3D" in house.client.get("/work").text
