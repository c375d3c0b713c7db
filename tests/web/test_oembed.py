"""oEmbed 1.0: what a consumer gets for every form of our addresses, within its bounds, and what it is refused."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from werkzeug.test import TestResponse

from museum.viewer.embed import LEAST_HEIGHT_PX, LEAST_WIDTH_PX, frame_for, iframe, shrunk
from tests.web.conftest import House
from tests.web.shown_elsewhere import STORY, make_shown_house

BASE = "https://baotang.example"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from make_shown_house(tmp_path_factory.mktemp("oembed"))


def ask(house: House, url: str, more: str = "") -> TestResponse:
    return house.client.get(f"/oembed?url={quote(url.format(**house.ids), safe='')}{more}")


def test_an_object_is_told_with_its_frame_and_picture(house: House) -> None:
    answer = ask(house, BASE + "/o/{whole}")
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.get_json()
    assert (told["version"], told["type"]) == ("1.0", "rich")
    assert told["title"] == "Chân dung xác ướp người phụ nữ"
    assert told["author_name"] == "Bảo tàng thử"
    assert (told["provider_name"], told["provider_url"]) == ("Bảo tàng số", BASE + "/")
    assert f'<iframe src="{BASE}/embed/o/{house.ids["whole"]}" title="Chân dung' in told["html"]
    assert f'width="{told["width"]}" height="{told["height"]}"' in told["html"]
    assert told["license"] == "CC BY 4.0"


@pytest.mark.parametrize(
    ("url", "kind", "view"),
    [
        (BASE + "/o/{whole}", "o", ""),
        ("/o/{whole}", "o", ""),
        ("baotang.example/o/{whole}", "o", ""),
        ("http://baotang.example:8443/o/{whole}?utm_source=x#facts", "o", ""),
        ("http://localhost/o/{whole}", "o", ""),
        (BASE + "/o/{whole}/", "o", ""),
        (BASE + "/o/{whole}.json", "o", ""),
        (BASE + "/o/{whole}/card.pdf", "o", ""),
        (BASE + "/o/{whole}?view=light2", "o", "light2"),
        (BASE + "/embed/o/{whole}", "o", ""),
        (BASE + "/n/81.AP.42", "o", ""),
        (BASE + "/m/light2", "o", "light2"),
        (BASE + "/s/venus", "o", "venus"),
        (BASE + f"/e/{STORY}", "e", ""),
        (BASE + f"/t/{STORY}", "e", ""),
        (BASE + f"/e/{STORY}/text", "e", ""),
        (BASE + f"/embed/e/{STORY}", "e", ""),
    ],
)
def test_every_form_of_an_address_is_known(house: House, url: str, kind: str, view: str) -> None:
    answer = ask(house, url)
    assert answer.status_code == 200, answer.text
    source = re.search(r'src="([^"]+)"', answer.get_json()["html"])
    assert source is not None
    wanted = f"/embed/o/{house.ids['whole']}" if kind == "o" else f"/embed/e/{STORY}"
    assert source[1] == BASE + wanted + (f"?view={view}" if view else "")
    assert house.client.get(source[1].removeprefix(BASE)).status_code == 200


def test_the_addresss_language_is_answered(house: House) -> None:
    told = ask(house, BASE + "/o/{whole}?lang=en").get_json()
    assert told["title"] == "Mummy Portrait of a Woman"
    assert told["provider_name"] == "Digital Museum"
    assert f"/embed/o/{house.ids['whole']}?lang=en" in told["html"]


def test_xml_says_the_same(house: House) -> None:
    plain = ask(house, BASE + "/o/{whole}").get_json()
    answer = ask(house, BASE + "/o/{whole}", "&format=xml")
    assert answer.mimetype == "text/xml"
    root = ET.fromstring(answer.data)
    assert root.tag == "oembed"
    assert {e.tag: e.text for e in root} == {name: str(value) for name, value in plain.items()}


@pytest.mark.parametrize("width", [1, 159, 160, 200, 320, 480, 640, 1000, 999999999999])
@pytest.mark.parametrize("height", [None, 1, 120, 300])
def test_bounds_are_never_exceeded(house: House, width: int, height: int | None) -> None:
    more = f"&maxwidth={width}" + (f"&maxheight={height}" if height else "")
    told = ask(house, BASE + "/o/{whole}?view=light0", more).get_json()
    fits = width >= LEAST_WIDTH_PX and (height is None or height >= LEAST_HEIGHT_PX)
    assert told["type"] == ("rich" if fits else "link"), "where no frame fits, a link is offered"
    assert ("html" in told) == fits
    for name in ("", "thumbnail_"):
        assert told.get(f"{name}width", 1) <= width
        assert told.get(f"{name}height", 1) <= (height or 100_000)
    thumbnail = {name for name in told if name.startswith("thumbnail_")}
    assert len(thumbnail) in (0, 3)


@pytest.mark.parametrize("nonsense", ["", "abc", "-5", "0", "1e9", "²"])
def test_nonsense_bounds_do_no_harm(house: House, nonsense: str) -> None:
    assert ask(house, BASE + "/o/{whole}", f"&maxwidth={quote(nonsense)}").status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("url=https://baotang.example/o/zzzzzzzzz", 404, "catalog.no_record"),
        ("url=https://baotang.example/o/{draft}", 404, "catalog.no_record"),
        ("url=https://baotang.example/o/{deleted}", 404, "web.gone"),
        ("url=https://baotang.example/o/{withdrawn}", 401, "web.withdrawn"),
        ("url=https://baotang.example/e/khong-co", 404, "story.none"),
        ("url=https://baotang.example/e/da-xoa", 404, "story.gone"),
        ("url=https://baotang.example/e/da-rut", 401, "story.withdrawn"),
        ("url=https://baotang.example/n/0000", 404, "web.no_number"),
        ("url=https://baotang.example/m/nothing", 404, "catalog.no_media"),
        ("url=https://baotang.example/s/light0", 404, "catalog.no_media"),
        ("url=https://baotang.example/search", 404, "oembed.unknown"),
        ("url=https://elsewhere.example/o/{whole}", 404, "oembed.unknown"),
        ("url=https://baotang.example.evil.example/o/{whole}", 404, "oembed.unknown"),
        ("url=http://[", 404, "oembed.unknown"),
        ("url=https://baotang.example/o/{whole}&format=yaml", 501, "oembed.format"),
        ("", 400, "oembed.no_url"),
    ],
)
def test_refusals_are_the_specifications(house: House, query: str, status: int, code: str) -> None:
    answer = house.client.get("/oembed?" + query.format(**house.ids))
    assert (answer.status_code, answer.get_json()["error"]) == (status, code)
    assert answer.get_json()["vi"]


@pytest.mark.parametrize("path", ["/o/{whole}", "/o/{whole}?lang=en", f"/e/{STORY}", f"/e/{STORY}/text"])
def test_pages_lead_to_their_oembed(house: House, path: str) -> None:
    page = house.client.get(path.format(**house.ids)).text
    links = re.findall(r'<link rel="alternate" type="(application/json|text/xml)\+oembed" href="([^"]+)"', page)
    assert [kind for kind, _ in links] == ["application/json", "text/xml"]
    for kind, address in links:
        parts = urlsplit(unescape(address))
        assert f"{parts.scheme}://{parts.netloc}" == BASE
        answer = house.client.get(f"{parts.path}?{parts.query}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        asked = parse_qs(parts.query)["url"][0]
        assert ("lang=en" in asked) == ("lang=en" in path)


def test_frames_keep_room_for_words() -> None:
    usual = frame_for()
    assert usual is not None
    assert (usual.width_px, usual.height_px) == (640, 592)
    assert frame_for(max_width_px=1) is None
    assert frame_for(max_height_px=119) is None
    assert shrunk(4000, 3000, max_width_px=200, max_height_px=1000).height_px == 150
    assert shrunk(10, 10, max_width_px=200, max_height_px=200).width_px == 10


def test_words_cannot_break_out_of_the_frames_line() -> None:
    frame = frame_for()
    assert frame is not None
    line = iframe("https://a.example/embed/o/x?a=1&b=2", title='Bia "Ngự kiến" <b>', frame=frame)
    assert line.count("<") == 2
    assert unescape(line).count('"Ngự kiến"') == 1
    assert "&amp;b=2" in line
