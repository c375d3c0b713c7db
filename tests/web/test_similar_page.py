"""Records like one: what looks alike and what is shared, of public pictures only; colours as a filter of the search."""

from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from museum.catalog import looks, store
from museum.catalog.looks import Shade, StoredLook
from museum.db import reading, writing
from museum.imaging.colors import NAMES
from museum.search import indexer
from museum.search.location import Location
from museum.web.terms import COLOR_NAMES
from tests.web.conftest import Counter, House, make_house

CODE = (1 << 255).to_bytes(32, "big")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The museum, every picture with a look: all alike, each of its own colour."""
    for made in make_house(tmp_path_factory.mktemp("museum"), language="vi"):
        with writing(made.engine) as session:
            for record, name in zip(store.all_records(session), NAMES, strict=False):
                shade = Shade(name=name, share=60, hex="a8281f")
                for media in record.media:
                    if media.kind in looks.PICTURED:
                        looks.put(session, StoredLook(sha256=media.sha256, colors=(shade,), code=CODE), recipe="look-1")
        indexer.rebuild(made.engine, Location(made.settings.index))
        yield made


def test_what_looks_alike_and_what_is_shared_stand_apart(house: House) -> None:
    page = house.client.get(f"/o/{house.ids['venus']}/similar?lang=en")
    assert page.status_code == 200
    looking, _, sharing = page.text.partition('id="sharing"')
    assert f"/o/{house.ids['film']}" in looking and f"/o/{house.ids['whole']}" in looking
    assert f"/o/{house.ids['film']}" in sharing and "Object type" in sharing
    assert f'<a href="/o/{house.ids["venus"]}?lang=en"><span class="tile-image">' not in page.text, "not itself"
    assert 'name="robots" content="noindex' in page.text


def test_only_what_everybody_may_see_is_shown(house: House) -> None:
    hidden = house.ids["film"]
    page = f"/o/{house.ids['venus']}/similar"
    assert f"/o/{hidden}" in house.client.get(page).text
    with writing(house.engine) as session:
        store.set_state(session, hidden, "withdrawn", person="p", batch="b")
    try:
        assert f"/o/{hidden}" not in house.client.get(page).text
        assert house.client.get(f"/o/{hidden}/similar").status_code == 410
    finally:
        with writing(house.engine) as session:
            store.set_state(session, hidden, "published", person="p", batch="b")
    assert house.client.get(f"/o/{house.ids['draft']}/similar").status_code == 404
    assert house.client.get("/o/none/similar").status_code == 404


def test_programs_are_told_the_same(house: House) -> None:
    address = f"/o/{house.ids['venus']}/similar.json"
    answer = house.client.get(address)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    body = answer.get_json()
    document = house.client.get("/api/openapi.json").get_json()
    schema = {"$ref": "#/components/schemas/Resembling", "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(body)
    looking = {one["id"]: one for one in body["looking"]}
    assert {house.ids["film"], house.ids["whole"]} <= looking.keys()
    assert house.ids["venus"] not in looking
    assert looking[house.ids["film"]]["bits"] == 0
    assert looking[house.ids["film"]]["page"].endswith(f"/o/{house.ids['film']}")
    assert any(one["id"] == house.ids["film"] and "object_type" in one["shared"] for one in body["sharing"])
    assert [shade["share"] for shade in body["colors"]] == [60]
    with writing(house.engine) as session:
        store.set_state(session, house.ids["film"], "withdrawn", person="p", batch="b")
    try:
        assert house.ids["film"] not in house.client.get(address).text
        gone = house.client.get(f"/o/{house.ids['film']}/similar.json")
        assert (gone.status_code, gone.get_json()["error"]) == (410, "web.withdrawn")
    finally:
        with writing(house.engine) as session:
            store.set_state(session, house.ids["film"], "published", person="p", batch="b")
    assert house.client.get(f"/o/{house.ids['draft']}/similar.json").status_code == 404


def test_statements_of_the_page_are_bounded(house: House, statements: Counter) -> None:
    house.client.get(f"/o/{house.ids['venus']}/similar")
    assert statements.number <= 6


def test_an_object_leads_to_what_is_like_it(house: House) -> None:
    page = house.client.get(f"/o/{house.ids['venus']}").text
    assert f'href="/o/{house.ids["venus"]}/similar"' in page
    assert page.count('<li><a href="/search?color=') == 1, "its colour leads to all of that colour"


def test_colours_are_a_filter_with_counts_that_agree(house: House) -> None:
    page = house.client.get("/search?lang=en").text
    assert 'class="swatch swatch-' in page
    with reading(house.engine) as session:
        record = store.get(session, house.ids["venus"])
        look = looks.look_of(record, looks.of_records(session, [record]))
    assert look is not None
    name = look.colors[0].name
    chosen = house.client.get(f"/search?lang=en&color={name}")
    assert chosen.status_code == 200
    assert "1 result" in chosen.text and f"/o/{house.ids['venus']}" in chosen.text
    assert f"/search?color={name}" in house.client.get(f"/o/{house.ids['venus']}/similar").text
    assert house.client.get("/search?color=no-such-color").status_code == 200


def test_every_swatch_has_its_colour() -> None:
    css = (Path(__file__).parents[2] / "museum/web/frontend/css/swatches.css").read_text()
    assert tuple(COLOR_NAMES) == NAMES
    assert [name for name in NAMES if f".swatch-{name} " not in css] == []
