"""The scan viewer's tools in a real browser, on a box of known size: no museum is needed."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import judge
from tests.browser.conftest import Visit, until
from tests.browser.scan_site import scan_site
from tests.browser.scan_visits import SMALL, far, open_scan, pixels, place_of, press, says, state
from tests.museums import Served

pytestmark = [pytest.mark.browser]
Visitors = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Pages of a box with and without a scale, of rungs, of a vase in tiles."""
    with scan_site(tmp_path_factory.mktemp("site")) as served:
        yield served


def _numbers(page: Page) -> list[float]:
    """The camera as it stands."""
    return [*(state(page, name) for name in ("azimuth", "polar", "roll", "zoom")), *state(page, "target")]


def test_every_way_of_looking_has_a_key_and_a_button(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        told = {name: state(page, name) for name in ("azimuth", "polar", "roll", "zoom", "target")}
        first = _numbers(page)
        moves = {"ArrowLeft": "azimuth", "ArrowUp": "polar", ",": "roll", "+": "zoom", "Shift+ArrowRight": "target"}
        for key, name in moves.items():
            press(page, key)
            assert state(page, name) != told[name], key
        press(page, "0")
        assert _numbers(page) == pytest.approx(first)

        page.get_by_role("button", name="Di chuyển", exact=True).click()
        panel = page.get_by_role("group", name="Di chuyển", exact=True)
        for words, name in {
            "Sang phải một bước": "azimuth",
            "Lên một bước": "polar",
            "Nghiêng sang trái": "roll",
        }.items():
            panel.get_by_role("button", name=words, exact=True).click()
            assert state(page, name) != told[name], words
        panel.get_by_role("button", name="Dời", exact=True).click()
        panel.get_by_role("button", name="Sang trái một bước", exact=True).click()
        assert state(page, "target") != told["target"]
        panel.get_by_role("combobox").select_option("back")
        until(lambda: state(page, "azimuth") == pytest.approx(180), "the back")
        says(page, "phía sau; ngang tầm")
        page.get_by_role("button", name="Xem toàn bộ").click()
        assert _numbers(page) == pytest.approx(first)
        page.keyboard.press("Escape")
        expect(page.locator(".viewer-surface")).to_have_count(1)


def test_light_surface_and_section_change_the_picture_and_come_back(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        seen = [pixels(page)]

        def differs(what: str) -> None:
            seen.append(pixels(page))
            assert seen[-1] not in seen[:-1], what

        press(page, "m")
        says(page, "Thạch cao")
        differs("plaster")
        press(page, "m")
        differs("mesh")
        press(page, "m", "c")
        says(page, "Mặt cắt dọc")
        differs("section")
        page.get_by_role("button", name="Bề mặt", exact=True).click()
        page.get_by_role("button", name="Đổi phía").click()
        differs("the other side")
        page.get_by_role("button", name="Không cắt").click()
        page.get_by_role("button", name="Ánh sáng", exact=True).click()
        page.get_by_role("button", name="Chiếu xiên từ bên trái").click()
        assert state(page, "lamp")["azimuth"] == pytest.approx(-82)
        says(page, "bên trái")
        differs("raking light")
        page.get_by_role("button", name="Đèn thường").click()
        page.get_by_role("button", name="Ánh sáng", exact=True).click()
        assert pixels(page) == seen[0], "as it was at first"


def test_length_is_true_and_told_with_its_unit(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        press(page, "1", "d")
        for x in (-0.04, 0.04):
            page.mouse.click(*place_of(page, (x, 0.01, 0.02)))
        assert state(page, "length") == pytest.approx(80, abs=0.6)
        says(page, "Khoảng cách 8")
        expect(page.locator(".scan-figure")).to_have_text(re.compile(r"^(7,9\d|8|8,0\d)\scm$"))
        page.get_by_role("button", name="Đo lại").click()
        press(page, "Enter")
        says(page, "điểm thứ nhất")
        press(page, "Shift+ArrowRight", "Enter")
        assert state(page, "length") > 1, "two points set by keys alone"
        page.mouse.click(8, 120)
        says(page, "không có bề mặt")


def test_nothing_is_measured_without_a_scale(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce", user_agent="Android") as visitor:
        page = open_scan(visitor, "/unscaled")
        page.get_by_role("button", name="Đo", exact=True).click()
        expect(page.get_by_role("group", name="Đo", exact=True)).to_have_text(re.compile("Chưa xác định tỷ lệ"))
        expect(page.get_by_role("button", name="Đặt điểm")).to_have_count(0)
        press(page, "Enter", "Enter")
        assert state(page, "length") is None
        page.get_by_role("button", name="Thêm", exact=True).click()
        expect(page.get_by_text("Đặt vào không gian của bạn")).to_have_count(0)


def test_room_is_offered_to_a_phone_at_true_size(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce", user_agent="Mozilla Android") as visitor:
        page = open_scan(visitor, "/box")
        page.get_by_role("button", name="Thêm", exact=True).click()
        link = page.get_by_role("link", name="Đặt vào không gian của bạn").get_attribute("href") or ""
        assert link.startswith("intent://arvr.google.com/scene-viewer/1.2?file=http")
        assert "resizable=false" in link and "box.glb" in link and "package=com.google.ar.core" in link


def test_link_brings_the_very_view_back(visitors: Visitors, site: Served) -> None:
    names = ("azimuth", "polar", "roll", "zoom", "target", "lamp", "look", "cut")
    with visitors(site, size=SMALL, reduced_motion="reduce", permissions=["clipboard-write"]) as visitor:
        page = open_scan(visitor, "/box")
        press(page, "ArrowRight", "ArrowUp", ",", "+", "+", "Shift+ArrowUp", "m", "c", "l", "ArrowLeft", "l")
        told, picture = {name: state(page, name) for name in names}, pixels(page)
        page.get_by_role("button", name="Thêm", exact=True).click()
        page.get_by_role("button", name="Chia sẻ góc nhìn").click()
        link = page.get_by_role("textbox", name="Liên kết").input_value()
        says(page, "liên kết")
        visitor.open("/dots")
        page = visitor.open(link.removeprefix(site.url))
        page.wait_for_selector("figure.viewer.is-open")
        for name in names:
            now = state(page, name)
            known = told[name]
            assert now == (pytest.approx(known, abs=0.06) if not isinstance(known, str) else known), name
        page.wait_for_selector("figure.viewer.is-drawn")
        assert far(pixels(page), picture) < 0.02


def test_what_was_done_is_said_after_what_was_about_to_be(visitors: Visitors, site: Served) -> None:
    """A lamp that was just moved is told of in half a second: not over the words of what was done since."""
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        heard = page.evaluate(
            """() => {
              const { view } = document.querySelector("figure.viewer").museumViewer;
              view.announceSoon(() => "đèn");
              view.announce("liên kết");
              return new Promise((done) => setTimeout(() => done(view.status.textContent), 900));
            }"""
        )
        assert heard == "liên kết"


def test_points_lead_the_camera_and_say_what_is_there(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        spot = page.get_by_role("button", name="Điểm 2: Mặt phải")
        spot.focus()
        page.keyboard.press("Enter")
        until(lambda: state(page, "azimuth") == pytest.approx(90), "the point's own camera")
        assert state(page, "polar") == pytest.approx(60)
        press(page, "n")
        says(page, "Mặt trước. Vết mẻ dài 4 mm.")
        until(lambda: abs(state(page, "azimuth")) < 1, "a camera before the point")
        page.get_by_role("button", name="Điểm 2: Mặt phải").wait_for(state="attached")
        hidden = page.locator(".scan-spots > li.is-behind")
        front = hidden.filter(has=page.get_by_role("button", name="Điểm 1: Mặt trước"))
        until(lambda: hidden.count() == 1 and not front.count(), "the point in front to be seen, the other not")
        press(page, "3")
        until(lambda: front.count() == 1, "the point in front is behind the box now")


def test_visitor_walks_at_eye_height_and_does_not_pass_walls(visitors: Visitors, site: Served) -> None:
    eye = "() => document.querySelector('figure.viewer').museumViewer.view.scene.stands().position"
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/hall")
        press(page, "w")
        says(page, "Đang đi bộ")
        start = page.evaluate(eye)
        assert start[1] == pytest.approx(-2 + 1.6, abs=0.01), "1.6 m over the floor"
        press(page, "ArrowDown", "ArrowDown")
        back = page.evaluate(eye)
        assert np.hypot(back[0] - start[0], back[2] - start[2]) == pytest.approx(1.4, abs=0.01)
        assert back[1] == pytest.approx(start[1])
        before = state(page, "azimuth")
        press(page, "ArrowRight")
        assert state(page, "azimuth") != before
        assert page.evaluate(eye) == pytest.approx(back), "turning the head moves no foot"
        page.get_by_role("button", name="Di chuyển", exact=True).click()
        page.get_by_role("button", name="Xoay", exact=True).click()
        assert state(page, "mode") == "turn"


def test_points_of_a_cloud_take_a_size(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/dots")
        page.get_by_role("button", name="Bề mặt", exact=True).click()
        small = pixels(page)
        page.get_by_role("slider", name="Cỡ điểm").focus()
        for _ in range(6):
            page.keyboard.press("ArrowRight")
        assert pixels(page) != small
        expect(page.get_by_role("group", name="Bề mặt", exact=True).get_by_text("Thạch cao")).to_be_hidden()


@pytest.mark.parametrize("address", ["/box", "/en"], ids=["vi", "en"])
def test_axe_finds_no_fault_in_any_panel(visitors: Visitors, site: Served, address: str) -> None:
    judged, faults = 0, []
    with visitors(site, size=(360, 740), reduced_motion="reduce") as visitor:
        page = open_scan(visitor, address)
        for tab in page.locator(".scan-tab").all():
            tab.click()
            if panel := page.locator(".scan-panel:visible [aria-expanded=false]").all():
                panel[-1].click()
            verdict = judge(page)
            judged += 1
            assert verdict.rules_held >= 15
            faults += [f"{tab.inner_text()}: {fault}" for fault in verdict.faults]
    print(f"{judged} panels judged by axe, {len(faults)} faults")
    assert judged == 5 and not faults, "\n".join(faults)
