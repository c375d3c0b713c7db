"""Exhibitions: every stop stands in the page without scripts; what may not be shown is said, never shown."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from museum.addresses import new_id
from museum.catalog import store
from museum.catalog.record import Designation, Record, Value
from museum.db import writing
from museum.exhibitions import store as stories
from museum.exhibitions.story import Story, View
from tests.sample_stories import hand_made_story, story_id
from tests.web.conftest import Counter, House, make_house
from tests.web.markup import read

PAGES = ["/exhibitions", "/e/bon-cach-nhin", "/e/bon-cach-nhin/text", "/t/hai-diem", "/t/hai-diem/text"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A museum with an exhibition, a tour, and stories that are not open."""
    for made in make_house(tmp_path_factory.mktemp("stories"), language="vi"):
        first = hand_made_story(made.ids)
        tour = replace(first, id=story_id(2), slug="hai-diem", kind="tour", stops=first.stops[:2])
        with writing(made.engine) as session:
            for story in (
                first,
                tour,
                replace(first, id=story_id(3), slug="ban-nhap", state="draft"),
                replace(first, id=story_id(4), slug="da-rut"),
                replace(first, id=story_id(5), slug="da-xoa"),
                replace(first, id=story_id(6), slug="nhap-da-xoa", state="draft"),
                replace(first, id=story_id(7), slug="mau", is_sample=True),
            ):
                stories.save(session, story, person="test", batch="one")
            stories.set_state(session, story_id(4), "withdrawn", person="test", batch="two")
            stories.delete(session, story_id(5), person="test", batch="two")
            stories.delete(session, story_id(6), person="test", batch="two")
        yield made


def views(page: str) -> dict[str, list[dict[str, Any]]]:
    """The views of each stop, as the player reads them."""
    found = re.findall(r'data-stop="([^"]+)" data-views="([^"]*)"', page)
    return {stop: json.loads(unescape(told)) for stop, told in found}


def resave(house: House, story: Story) -> None:
    with writing(house.engine) as session:
        stories.save(session, story, person="test", batch="more")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_well_formed(house: House, language: str) -> None:
    for path in PAGES:
        answer = house.client.get(path if language == "vi" else f"{path}?lang=en")
        assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
        assert read(answer.text).problems == [], path


def test_every_stop_stands_in_the_page_without_scripts(house: House) -> None:
    page = house.client.get("/e/bon-cach-nhin").text
    for stop in hand_made_story(house.ids).stops:
        assert stop.title["vi"] in page.replace("\u00a0", " ")
        assert stop.text["vi"] in page
    assert page.count("<h2") >= 5
    assert "Chân dung một phụ nữ đội vòng lá vàng." in page  # what is seen is the picture's alternative text


def test_the_text_version_says_as_much(house: House) -> None:
    page = house.client.get("/e/bon-cach-nhin/text?lang=en").text
    for stop in hand_made_story(house.ids).stops:
        assert stop.title["en"] in page.replace("\u00a0", " ")
        assert stop.text["en"] in page
        assert stop.alt.get("en", "") in page
    assert "Crown" in page
    assert "Getty Museum" in page
    assert f"/o/{house.ids['whole']}?lang=en" in page


def test_the_player_is_told_addresses_and_shares(house: House) -> None:
    told = views(house.client.get("/e/bon-cach-nhin").text)
    assert list(told) == ["start", "whole", "raking", "before", "row", "listen"]
    image, scan = told["raking"]
    services = [layer["service"].partition("~") for layer in image["layers"]]
    assert [service[0] for service in services] == [f"/iiif/image/3/light{n}" for n in range(3)]
    assert {len(service[2]) for service in services} == {8}, "with its version: browsers may keep it"
    assert image["layer"] == 1
    assert image["region"] == [0.3, 0.1, 0.4, 0.3]
    assert scan["model"].startswith("/d/venus/")
    assert scan["camera"] == {"azimuth_deg": -30, "elevation_deg": 12, "distance": 2.4, "target": [0, 0.4, 0]}
    assert scan["hotspots"] == [{"at": [0.1, 0.8, 0.5], "label": "Vương miện"}]
    assert scan["unit"] == "mm"
    assert [v["kind"] for v in told["row"]] == ["still", "still"]
    assert told["listen"][0]["end_s"] == 4


def test_a_place_without_a_map_is_a_plate_of_its_names(house: House) -> None:
    """Also without a picture: name, former names with their time, rank; never where exactly. Later views wait."""
    value = Value(value="Phú Xuân", language="vi", as_written="1687–1802")
    hue = Record(
        id=new_id(),
        kind="place",
        institution="museum",
        state="published",
        values={
            "title": (Value(value="Huế", language="vi"), Value(value="Imperial Huế", language="en")),
            "other_names": (value,),
            "date": (Value(value="1802/"),),
            "coordinates": (Value(value="16.4698, 107.5786"),),
        },
        designations=(Designation(scheme="unesco", decision_number="678", date="1993"),),
    )
    with writing(house.engine) as session:
        store.save(session, hue, person="test", batch="place")
    place, portrait = View(kind="place", object=hue.id), View(kind="image", object=house.ids["whole"], media="light0")
    story = hand_made_story(house.ids, id=story_id(8), slug="noi-chon")
    first, second = story.stops[0], story.stops[1]
    resave(house, replace(story, stops=(replace(first, views=(place,)), replace(second, views=(portrait, place)))))
    page = house.client.get("/e/noi-chon").text
    for words in ("Huế", "Imperial Huế", "Phú Xuân", "1687–1802", "từ 1802", "678", f'href="/o/{hue.id}"'):
        assert words in page, words
    assert page.count('class="place-plate"') == 2
    assert page.count('data-panel="1" hidden') == 1
    assert "16.4698" not in page
    text = house.client.get("/e/noi-chon/text").text
    assert text.count("Phú Xuân") == 2
    assert "16.4698" not in text
    assert read(page).problems == read(text).problems == []


def test_a_detail_is_cut_by_the_image_service_at_several_sizes(house: House) -> None:
    page = house.client.get("/e/bon-cach-nhin").text
    sources = re.findall(r"/iiif/image/3/light1~\w{8}/(\d+),(\d+),(\d+),(\d+)/(\d+),(\d+)/0/default\.jpg (\d+)w", page)
    assert {s[:4] for s in sources} == {("625", "287", "833", "860")}
    assert [int(s[6]) for s in sources] == [480, 833]
    assert all(int(s[4]) == int(s[6]) for s in sources)


def test_a_story_has_one_address(house: House) -> None:
    moved = house.client.get("/t/bon-cach-nhin?lang=en")
    assert (moved.status_code, moved.headers["Location"]) == (308, "/e/bon-cach-nhin?lang=en")
    assert house.client.get("/e/hai-diem/text").headers["Location"] == "/t/hai-diem/text"


@pytest.mark.parametrize("suffix", ["", "/text", ".json"])
def test_closed_stories_answer_truly(house: House, suffix: str) -> None:
    for slug, status in {"khong-co": 404, "ban-nhap": 404, "nhap-da-xoa": 404, "da-rut": 410, "da-xoa": 410}.items():
        answer = house.client.get(f"/e/{slug}{suffix}")
        assert answer.status_code == status, slug
        assert "Trưng bày" in answer.text


def test_hidden_samples_are_gone_with_the_setting(house: House) -> None:
    assert house.client.get("/e/mau").status_code == 200
    settings = replace(house.settings, show_samples=False)
    from museum.web.app import create_app

    client = create_app(settings, engine=house.engine).test_client()
    assert client.get("/e/mau").status_code == 410
    assert "/e/mau" not in client.get("/exhibitions").text
    assert client.get("/e/bon-cach-nhin").status_code == 200


def test_a_withdrawn_object_leaves_its_words_and_no_picture(house: House) -> None:
    whole = house.ids["whole"]
    with writing(house.engine) as session:
        store.set_state(session, whole, "withdrawn", person="test", batch="three")
    try:
        for path in ("/e/bon-cach-nhin", "/e/bon-cach-nhin/text"):
            page = house.client.get(path).text
            assert "Mỗi vệt sáp đổ một bóng." in page
            assert "hiện không được trưng bày" in page
            assert read(page).problems == []
            for leak in ("/iiif/image/", "/d/light", "/d/venus", whole):
                assert leak not in page, leak
        told = views(house.client.get("/e/bon-cach-nhin").text)
        assert told["raking"] == []
        assert whole not in house.client.get("/e/bon-cach-nhin.json").text
    finally:
        with writing(house.engine) as session:
            store.set_state(session, whole, "published", person="test", batch="four")
    assert "/iiif/image/" in house.client.get("/e/bon-cach-nhin").text


def test_a_stop_is_read_aloud_where_somebody_recorded_it(house: House) -> None:
    page = house.client.get("/e/bon-cach-nhin").text
    stop = page[page.index('id="whole"') : page.index('id="raking"')]
    assert re.search(r'<audio controls preload="none" aria-label="Nghe">\s*<source src="/d/bell1/', stop)
    assert "<audio" not in page[page.index('id="raking"') : page.index('id="before"')]


def test_a_page_costs_a_fixed_number_of_statements(house: House, statements: Counter) -> None:
    house.client.get("/e/bon-cach-nhin")
    assert statements.number == 3
    statements.number = 0
    house.client.get("/exhibitions")
    assert statements.number == 3


def test_a_story_as_data(house: House) -> None:
    body = house.client.get("/e/bon-cach-nhin.json").get_json()
    assert body["page"] == "https://baotang.example/e/bon-cach-nhin"
    assert [stop["id"] for stop in body["stops"]] == ["whole", "raking", "before", "row", "listen"]
    node = re.search(r'<script type="application/ld\+json">(.*?)</script>', house.client.get("/e/bon-cach-nhin").text)
    assert node and json.loads(node[1])["name"] == "Bốn cách nhìn một chân dung"


def test_the_manifest_shows_what_the_page_shows(house: House) -> None:
    address = "/iiif/presentation/3/story/bon-cach-nhin/manifest"
    answer = house.client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.get_json()["id"] == f"https://baotang.example{address}"
    again = house.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert house.client.get("/iiif/presentation/3/story/da-rut/manifest").status_code == 410


def test_an_empty_museum_says_that_no_exhibition_is_open(tmp_path: Path) -> None:
    for made in make_house(tmp_path, language="en"):
        answer = made.client.get("/exhibitions")
        assert answer.status_code == 200
        assert "No exhibition is open yet" in answer.text
