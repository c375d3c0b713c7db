"""Points that public stories name on a scan stand on its object's page, for the viewer and in words; no others do."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from museum.db import writing
from museum.exhibitions import store as stories
from museum.exhibitions.story import Hotspot, Story
from museum.text import Text
from tests.sample_stories import hand_made_story, story_id
from tests.web.conftest import Counter, House, make_house


def named(story: Story, at: tuple[float, ...], name: str) -> Story:
    """The story with one point of this name on its scan."""
    spot = Hotspot(at=at, label=Text.of(vi=name, en=f"{name} (en)"))
    stops = [
        replace(stop, views=tuple(replace(v, hotspots=(spot,)) if v.kind == "scan" else v for v in stop.views))
        for stop in story.stops
    ]
    return replace(story, stops=tuple(stops))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A museum in which one scan is told of by a public story, a draft, a withdrawn one, and again by a second one."""
    for made in make_house(tmp_path_factory.mktemp("points"), language="vi"):
        first = hand_made_story(made.ids)
        with writing(made.engine) as session:
            for number, slug, state, at, name in (
                (1, "mot", "published", (0.1, 0.8, 0.5), "Vương miện"),
                (2, "hai", "published", (0.1, 0.8, 0.5), "Cùng một chỗ"),
                (3, "ba", "published", (-0.4, 0.2, 0.9), "Nếp áo"),
                (4, "nhap", "draft", (0, 0, 1), "Chưa công bố"),
                (5, "rut", "published", (0, 1, 0), "Đã rút"),
            ):
                story = replace(first, id=story_id(number), slug=slug, state=state)  # type: ignore[arg-type]  # a literal
                stories.save(session, named(story, at, name), person="test", batch="one")
            stories.set_state(session, story_id(5), "withdrawn", person="test", batch="two")
        yield made


def options(page: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', page)[0])
    return found


@pytest.mark.parametrize("page", ["/o", "/embed/o"])
def test_points_of_public_stories_are_given_to_the_viewer(house: House, page: str) -> None:
    """On the object's page and in the frames of other sites."""
    told = options(house.client.get(f"{page}/{house.ids['whole']}?view=venus").text)["hotspots"]
    assert told == [
        {"at": [0.1, 0.8, 0.5], "label": "Vương miện", "text": "Đèn xiên"},
        {"at": [-0.4, 0.2, 0.9], "label": "Nếp áo", "text": "Đèn xiên"},
    ]


@pytest.mark.parametrize(("language", "name"), [("vi", "2. Nếp áo"), ("en", "2. Nếp áo (en)")])
def test_the_page_names_them_without_scripts(house: House, language: str, name: str) -> None:
    page = house.client.get(f"/o/{house.ids['whole']}?view=venus&lang={language}").text
    words = re.sub(r"<script.*?</script>", "", page, flags=re.S).replace("\u00a0", " ")
    assert name in words
    assert "Chưa công bố" not in page and "Đã rút" not in page


def test_other_views_have_none_and_ask_no_more(house: House, statements: Counter) -> None:
    numbers = {}
    for view in ("venus", "plato", "light0"):
        before = statements.number
        page = house.client.get(f"/o/{house.ids['whole']}?view={view}").text
        numbers[view] = statements.number - before
        assert ("hotspots" in options(page)) == (view == "venus")
    assert numbers["venus"] == numbers["plato"] == numbers["light0"] + 1


def test_a_withdrawn_story_takes_its_points_along(house: House) -> None:
    with writing(house.engine) as session:
        stories.set_state(session, story_id(3), "withdrawn", person="test", batch="three")
    page = house.client.get(f"/o/{house.ids['whole']}?view=venus").text
    assert [spot["label"] for spot in options(page)["hotspots"]] == ["Vương miện"]
    assert "Nếp áo" not in page
