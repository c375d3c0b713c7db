"""Pages in other sites' frames, the panel that offers them, QR codes."""

import io
import re
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image

from tests.web.conftest import Counter, House
from tests.web.markup import read
from tests.web.shown_elsewhere import STORY, make_shown_house

BASE = "https://baotang.example"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from make_shown_house(tmp_path_factory.mktemp("embeds"))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", ["/embed/o/{whole}", "/embed/o/{bare}", "/embed/o/{film}", f"/embed/e/{STORY}"])
def test_an_embed_is_a_whole_page(house: House, path: str, language: str) -> None:
    answer = house.client.get(path.format(**house.ids) + f"?lang={language}")
    assert answer.status_code == 200
    page = read(answer.text)
    assert page.problems == []
    assert f'<html lang="{language}">' in answer.text
    assert ("Digital Museum" if language == "en" else "Bảo tàng số") in answer.text
    assert "Set-Cookie" not in answer.headers


def test_an_object_embed_says_what_it_shows_and_whose_it_is(house: House) -> None:
    page = house.client.get(f"/embed/o/{house.ids['whole']}").text
    assert re.search(r'<img class="viewer-poster" src="/d/venus/[^"]+poster\.jpg"', page), "without any script"
    assert f'href="{BASE}/o/{house.ids["whole"]}" target="_blank"' in page
    assert 'href="https://creativecommons.org/licenses/by/4.0/" target="_blank" rel="license noopener"' in page
    assert "Đang trưng bày" in page
    assert "Điện Long An, gian giữa" in page
    assert 'data-viewer="scan"' in page
    assert f'<link rel="canonical" href="{BASE}/o/{house.ids["whole"]}">' in page


def test_where_it_is_is_not_claimed(house: House) -> None:
    page = house.client.get(f"/embed/o/{house.ids['film']}").text
    assert "Xin quý vị hỏi bảo tàng trước khi đến xem." in page
    assert "Đang trưng bày" not in page


def test_a_view_can_be_embedded(house: House) -> None:
    page = house.client.get(f"/embed/o/{house.ids['whole']}?view=light2").text
    assert 'src="/d/light2/' in page
    assert f"{BASE}/o/{house.ids['whole']}?view=light2" in page
    assert house.client.get(f"/embed/o/{house.ids['whole']}?view=none").status_code == 200


def test_generated_things_say_so_in_frames(house: House) -> None:
    assert "Minh họa tạo bằng máy" in house.client.get(f"/embed/o/{house.ids['urn']}").text
    assert "Computer-generated illustration" in house.client.get(f"/embed/o/{house.ids['urn']}?lang=en").text
    assert "tạo bằng máy" not in house.client.get(f"/embed/o/{house.ids['whole']}").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/embed/o/zzzzzzzzz", 404),
        ("/embed/o/{draft}", 404),
        ("/embed/o/{withdrawn}", 410),
        ("/embed/o/{deleted}", 410),
        ("/embed/e/khong-co", 404),
        ("/embed/e/ban-nhap", 404),
        ("/embed/e/da-rut", 410),
        ("/embed/e/da-xoa", 410),
        ("/embed/x/y", 404),
    ],
)
def test_what_is_not_there_says_so_inside_the_frame_and_leads_on(house: House, path: str, status: int) -> None:
    for code, way in (("vi", "Tìm trong bảo tàng"), ("en", "Search the museum")):
        answer = house.client.get(path.format(**house.ids) + f"?lang={code}")
        assert answer.status_code == status
        assert read(answer.text).problems == []
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
        assert way in answer.text
        assert answer.text.count('target="_blank"') == 2, "a frame is not a window: links open their own"
        assert f'lang="{"en" if code == "vi" else "vi"}"' in answer.text


def test_only_embeds_may_be_framed(house: House) -> None:
    embed = house.client.get(f"/embed/o/{house.ids['whole']}").headers
    assert "frame-ancestors *" in embed["Content-Security-Policy"]
    assert "X-Frame-Options" not in embed
    for path in ("/", f"/o/{house.ids['whole']}", f"/o/{house.ids['whole']}/card", "/nowhere", f"/e/{STORY}"):
        assert "frame-ancestors 'none'" in house.client.get(path).headers["Content-Security-Policy"], path


@pytest.mark.parametrize(("view", "asks"), [("light2", 2), ("venus", 3)], ids=["photograph", "scan and its points"])
def test_an_embed_asks_the_database_a_fixed_number_of_times(
    house: House, statements: Counter, view: str, asks: int
) -> None:
    house.client.get(f"/embed/o/{house.ids['whole']}?view={view}")
    assert statements.number == asks


@pytest.mark.parametrize("path", ["/o/{whole}", f"/e/{STORY}"])
def test_the_panel_can_be_copied_without_scripts(house: House, path: str) -> None:
    page = house.client.get(path.format(**house.ids)).text
    panel = page[page.index('<section class="card share">') :]
    assert "Nhúng vào trang của bạn" in panel
    assert re.search(r"<textarea[^>]* readonly[^>]*>&lt;iframe src=&#34;https://baotang\.example/embed/", panel)
    assert re.search(r'<input[^>]* readonly value="https://baotang\.example/[oe]/', panel)
    assert 'data-copy="#embed-code"' in panel
    assert "/qr.svg" in panel
    assert "/qr.png" in panel
    assert ("/card.pdf" in panel) == path.startswith("/o/")


@pytest.mark.parametrize(("path", "leads_to"), [("/o/{whole}", "/o/{whole}"), (f"/e/{STORY}", f"/e/{STORY}")])
def test_qr_codes_lead_to_the_permanent_address(house: House, path: str, leads_to: str) -> None:
    png = house.client.get(path.format(**house.ids) + "/qr.png")
    assert png.mimetype == "image/png"
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.data)))
    assert found.text == BASE + leads_to.format(**house.ids)
    assert found.ec_level in ("M", "Q", "H")
    svg = house.client.get(path.format(**house.ids) + "/qr.svg")
    assert svg.mimetype == "image/svg+xml"
    assert svg.text.startswith('<svg width="15mm" height="15mm" viewBox="0 0 ')
    assert 'fill="#fff"' in svg.text, "the quiet zone is white on dark pages too"


def test_qr_codes_of_nothing_are_refused(house: House) -> None:
    for path, status in (("/o/zzzzzzzzz/qr.svg", 404), ("/o/{deleted}/qr.png", 410), ("/o/{whole}/qr.gif", 404)):
        assert house.client.get(path.format(**house.ids)).status_code == status


@pytest.mark.parametrize("query", ["", "&lang=en"])
def test_a_story_plays_in_its_frame_and_every_way_out_opens_a_new_tab(house: House, query: str) -> None:
    small = house.client.get(f"/embed/e/{STORY}?{query[1:]}").text
    assert f'href="/embed/e/{STORY}?play=1{query.replace("&", "&amp;")}#whole"' in small
    assert "<script" not in small
    page = house.client.get(f"/embed/e/{STORY}?play=1{query}").text
    assert read(page).problems == []
    assert page.count("data-stop=") == 6
    ways = re.findall(r"<a [^>]*href=\"([^#\"][^\"]*)\"[^>]*>", page)
    blank = re.findall(r"<a [^>]*href=\"[^#\"][^\"]*\"[^>]*target=\"_blank\"[^>]*>", page)
    assert len(ways) == len(blank) >= 5, set(ways)
    targets = re.findall(r"<a [^>]*href=\"#([^\"]+)\"", page)
    assert [t for t in targets if f'id="{t}"' not in page] == []


def test_a_closed_story_does_not_play_in_a_frame(house: House) -> None:
    for slug, status in {"khong-co": 404, "ban-nhap": 404, "da-rut": 410, "da-xoa": 410}.items():
        answer = house.client.get(f"/embed/e/{slug}?play=1")
        assert (answer.status_code, answer.text.count("<a ")) == (status, 2), slug
