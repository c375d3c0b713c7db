"""Searching with scripts: suggestions by keyboard, years by sliders and by dragging; and axe's word on both."""

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import judge
from tests.browser.conftest import Visit
from tests.museums import Served, built_once, serving

pytestmark = pytest.mark.browser
Visitors = Callable[..., AbstractContextManager[Visit]]

ROWS = (
    ("HUE-01", "Vạc đồng đúc năm 1659", "Bronze cauldron cast in 1659", "đồng", "1659", "Huế"),
    ("HUE-02", "Vạc đồng đúc năm 1662", "Bronze cauldron cast in 1662", "đồng", "1662", "Huế"),
    ("HUE-03", "Chuông đồng chùa Thiên Mụ", "Bronze bell of Thiên Mụ pagoda", "đồng", "1710", "Huế"),
    ("HUE-04", "Cao Đỉnh trong bộ Cửu Đỉnh", "Cao Đỉnh of the Nine Tripods", "đồng", "1835", "Huế"),
    ("HUE-05", "Ngai vua Duy Tân", "Throne of Duy Tân", "gỗ", "1907", "Huế"),
    ("HUE-06", "Vạt áo long bào thêu chỉ vàng", "Skirt of a dragon robe in gold thread", "lụa", "1890", "Huế"),
)


@pytest.fixture(scope="module")
def relics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A museum of six dated Vietnamese records with small pictures."""
    folder = tmp_path_factory.mktemp("relics")
    source = folder / "source"
    source.mkdir()
    with (source / "catalogue.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["inventory_no", "title_vi", "title_en", "material", "year_from", "year_to", "place", "media"])
        for number, vietnamese, english, material, year, place in ROWS:
            table.writerow([number, vietnamese, english, material, year, year, place, f"{number}.png"])
            Image.new("RGB", (320, 400), "#6f5433").save(source / f"{number}.png")
    with serving(built_once(folder / "built", source), "--no-work", "--workers", "1") as served:
        yield served


@pytest.fixture
def visitor(visitors: Visitors, relics: Served) -> Iterator[Visit]:
    """Somebody at a desk."""
    with visitors(relics, reduced_motion="reduce") as visitor:
        yield visitor


def typed(page: Page, words: str) -> Locator:
    """The box after `words` were typed into it; its suggestions are open."""
    box = page.locator("input[type=search]")
    box.press_sequentially(words)
    expect(page.locator(f'.offers[data-typed="{words}"] [role=option]').first).to_be_visible()
    return box


@pytest.mark.parametrize("address", ["/", "/search"])
def test_suggestions_are_chosen_by_keyboard(visitor: Visit, address: str) -> None:
    page = visitor.open(address)
    box = typed(page, "vac do")
    offers = page.locator(".offers [role=option]")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(offers.first).to_contain_text("Vạc đồng đúc năm 16")
    expect(offers.first.locator("img")).to_have_count(1)
    expect(page.get_by_role("status").first).to_contain_text("gợi ý")
    box.press("ArrowDown")
    expect(offers.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == offers.first.get_attribute("id")
    box.press("ArrowUp")
    expect(page.locator('[aria-selected="true"]')).to_have_count(0)
    box.press("ArrowUp")
    expect(offers.last).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    box.press("ArrowDown")
    words = offers.first.locator(".offer-words").inner_text()
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words.replace(" ", r"\s")))


def test_enter_alone_searches_and_escape_closes(visitor: Visit) -> None:
    page = visitor.open("/search")
    box = typed(page, "dong")
    box.press("Escape")
    expect(page.locator(".offers [role=option]")).to_have_count(0)
    expect(box).to_have_value("dong")
    box.press("Enter")
    expect(page.locator("#total")).to_contain_text("4 ")
    assert parse_qs(urlsplit(page.url).query)["q"] == ["dong"]


def test_a_place_and_a_material_are_suggested_as_filters(visitor: Visit) -> None:
    page = visitor.open("/search")
    typed(page, "hu")
    page.locator(".offers [role=option]").filter(has_text="Huế").last.click()
    expect(page.locator("#total")).to_contain_text("6 ")
    assert "place=" in page.url


def test_axe_finds_no_fault_while_suggestions_are_open(visitors: Visitors, relics: Served) -> None:
    judged = 0
    for size in ((1440, 900), (360, 740)):
        with visitors(relics, size=size, reduced_motion="reduce") as visitor:
            for address in ("/", "/search?lang=en"):
                page = visitor.open(address)
                typed(page, "vac").press("ArrowDown")
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
                    verdict = judge(page)
                    judged += 1
                    assert verdict.rules_held > 15
                    assert verdict.faults == (), "\n".join(verdict.faults)
                assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    print(f"{judged} states with open suggestions judged by axe, 0 faults")


def test_years_are_chosen_by_keyboard(visitor: Visit) -> None:
    page = visitor.open("/search")
    low, high = page.get_by_role("slider", name="Từ năm"), page.get_by_role("slider", name="Đến năm")
    low.focus()
    said = page.locator(".years-said")
    for _ in range(5):
        low.press("ArrowRight")
    first = low.get_attribute("aria-valuetext") or ""
    assert int(first) > 1659
    high.focus()
    high.press("ArrowLeft")
    high.press("ArrowLeft")
    expect(said).to_contain_text(f"{first}–{high.get_attribute('aria-valuetext')}: ")
    promised = int(re.findall(r": (\d+)", said.inner_text())[0])
    expect(page.get_by_role("button", name="Áp dụng").first).to_be_visible()
    high.press("Enter")
    expect(page).to_have_url(re.compile("from=" + first))
    expect(page.locator("#total")).to_contain_text(f"{promised} ")
    expect(page.locator(".years-bars .is-out")).not_to_have_count(0)
    assert 0 < promised < 6


def test_years_are_chosen_by_dragging(visitor: Visit) -> None:
    page = visitor.open("/search")
    expect(page.get_by_role("slider")).to_have_count(2)
    box = page.locator(".years-bars").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + box["width"] * 0.55, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=4)
    page.mouse.move(box["x"] + box["width"] - 2, middle, steps=4)
    promised = int(re.findall(r": (\d+)", page.locator(".years-said").inner_text())[0])
    page.mouse.up()
    page.wait_for_url(re.compile("from=1"))
    expect(page.locator("#total")).to_contain_text(f"{promised} ")
    assert promised == 3, "1835, 1890 and 1907"


def test_without_scripts_years_are_typed_or_a_century_is_followed(visitors: Visitors, relics: Served) -> None:
    with visitors(relics, java_script_enabled=False) as visitor:
        page = visitor.open("/search")
        expect(page.get_by_role("slider")).to_have_count(0)
        page.get_by_text("Nhập năm, chọn thế kỷ hoặc niên hiệu").click()
        page.get_by_label("Từ năm").fill("1800")
        page.get_by_label("Từ năm").press("Enter")
        expect(page.locator("#total")).to_contain_text("3 ")
        page.get_by_text("Nhập năm, chọn thế kỷ hoặc niên hiệu").click()
        expect(page.get_by_role("link", name=re.compile("^Duy Tân"))).to_contain_text("1")
        page.get_by_role("link", name=re.compile(r"XVII\b")).click()
        expect(page.locator("#total")).to_contain_text("2 ")
        page.get_by_role("link", name="Dòng thời gian").click()
        expect(page.get_by_role("heading", level=3)).to_have_text(["1650–1659", "1660–1669"])
