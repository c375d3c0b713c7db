"""Finding things in Vietnamese with and without marks, and changing the language without losing one's place."""

import csv
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.places import address_of
from tests.museums import Served, built_once, serving

pytestmark = pytest.mark.browser

ROWS = (
    ("HUE-01", "Vạc đồng đúc năm 1659", "Bronze cauldron cast in 1659", "đồng", "#6f5433"),
    ("HUE-02", "Bức chạm người vác đòng đòng lúa", "Carving of a bearer of young rice ears", "gỗ mít", "#8a5a32"),
    ("HUE-03", "Chuông đồng chùa Thiên Mụ", "Bronze bell of Thiên Mụ pagoda", "đồng", "#57604b"),
    ("HUE-04", "Cao Đỉnh trong bộ Cửu Đỉnh", "Cao Đỉnh of the Nine Tripods", "đồng", "#4d4a45"),
    ("HUE-05", "Trống đồng Ngọc Lũ", "Ngọc Lũ drum", "đồng", "#3f5a50"),
    ("HUE-06", "Vạt áo long bào thêu chỉ vàng", "Skirt of a dragon robe in gold thread", "lụa", "#a4823d"),
)


@pytest.fixture(scope="module")
def bronzes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A museum of six Vietnamese records with small pictures."""
    folder = tmp_path_factory.mktemp("bronzes")
    source = folder / "source"
    source.mkdir()
    with (source / "catalogue.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["inventory_no", "title_vi", "title_en", "material", "media"])
        for number, vietnamese, english, material, colour in ROWS:
            table.writerow([number, vietnamese, english, material, f"{number}.png"])
            Image.new("RGB", (320, 400), colour).save(source / f"{number}.png")
    with serving(built_once(folder / "built", source), "--no-work", "--workers", "1") as served:
        yield served


@pytest.fixture
def museum_of_bronzes(visitors: object, bronzes: Served) -> Iterator[Visit]:
    """A visitor of that museum."""
    with visitors(bronzes) as visitor:  # type: ignore[operator]  # the fixture gives a function
        yield visitor


@pytest.mark.parametrize("typed", ["vac dong", "Vạc đồng", "VẠC ĐỒNG", "Va\u0323c đo\u0302\u0300ng"])
def test_vac_dong_is_found_with_and_without_marks(museum_of_bronzes: Visit, typed: str) -> None:
    page = museum_of_bronzes.open("/")
    page.locator("input[type=search]").fill(typed)
    page.locator("input[type=search]").press("Enter")
    expect(page.locator(".results h2").first).not_to_contain_text(re.compile(r"^0\b"))
    titles = page.locator(".tile-title").all_inner_texts()
    plain = [t.replace("\u00a0", " ") for t in titles]
    assert "Vạc đồng đúc năm 1659" in plain
    assert "Chuông đồng chùa Thiên Mụ" not in plain


def test_exact_marks_stand_above_other_marks(museum_of_bronzes: Visit) -> None:
    first = {}
    for typed in ("Vạc đồng", "vác đòng"):
        page = museum_of_bronzes.open(f"/search?q={quote(typed)}")
        titles = [t.replace("\u00a0", " ") for t in page.locator(".tile-title").all_inner_texts()]
        assert len(titles) == 2, "both words without their marks are the same"
        first[typed] = titles[0]
    assert first == {"Vạc đồng": "Vạc đồng đúc năm 1659", "vác đòng": "Bức chạm người vác đòng đòng lúa"}


@pytest.mark.shared
def test_language_changes_and_the_place_stays(desk: Visit) -> None:
    museum = desk.museum
    view = address_of(museum, "DEMO-TER-01", kind="film")
    for address in ("/", "/search?q=kham&sort=title", view, "/c/all", "/about"):
        page = desk.open(address)
        assert page.locator("html").get_attribute("lang") == "vi"
        page.get_by_role("link", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert page.url.startswith(museum.url + address.partition("?")[0])
        if "?" in address:
            for pair in address.partition("?")[2].split("&"):
                assert pair in page.url
        page.get_by_role("link", name="Tiếng Việt").click()
        expect(page.locator("html")).to_have_attribute("lang", "vi")
        assert page.url == museum.url + address


@pytest.mark.shared
def test_language_stays_while_walking(desk: Visit) -> None:
    page = desk.open("/?lang=en")
    page.locator("input[type=search]").fill("mosaic medusa")
    page.locator("input[type=search]").press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".tile a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Medusa")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".brand").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_page_leaves_out_what_a_museum_lacks(museum_of_bronzes: Visit, bronzes: Served) -> None:
    page = museum_of_bronzes.open("/o/" + bronzes.records()[0]["id"])
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".warn")).to_have_count(0)
    page.get_by_role("button", name="Phóng to").click()
    page.wait_for_selector("figure.viewer.is-open")
