"""What a visitor does with the real photographs, scans, sound and film, in a real browser."""

import functools
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, until
from tests.browser.places import address_of
from tests.museums import Served

pytestmark = [pytest.mark.browser, pytest.mark.shared]

TILE = re.compile(r"/iiif/image/3/[^/]+/(\d+),(\d+),(\d+),(\d+)/(\d+),(\d+)?/0/default\.jpg$")
Visitors = Callable[..., AbstractContextManager[Visit]]


def state(page: Page, name: str) -> Any:
    """A value of the viewer's state object."""
    return page.evaluate("name => document.querySelector('figure[data-viewer]').museumViewer[name]", name)


def open_viewer(page: Page, words: str) -> None:
    """Press the opening button, as a visitor does, and wait for the first tile or frame."""
    page.get_by_role("button", name=words, exact=True).click()
    page.wait_for_selector("figure.viewer.is-open")


def spoken(page: Page) -> str:
    """What the viewer's live region says now."""
    return page.locator("figure.viewer [role=status]").inner_text().strip()


def _says(page: Page, words: str) -> bool:
    return words in spoken(page)


def picture_of_surface(page: Page) -> bytes:
    """The pixels of the viewer's surface."""
    return page.locator(".viewer-surface canvas").first.screenshot()


def is_of_full_resolution(url: str) -> bool:
    """Whether this tile shows the picture's own pixels: as wide in the answer as in the picture."""
    found = TILE.search(url)
    return found is not None and found[3] == found[5]


def test_photograph_zooms_to_a_tile_of_full_resolution(visit: Visit) -> None:
    page = visit.open(address_of(visit.museum, "DEMO-TEC-01"))
    assert not [url for url in visit.requested if TILE.search(url)], "no tile before a visitor asks"
    open_viewer(page, "Phóng to")
    assert not state(page, "fullResolutionTileLoaded")
    closer = page.locator(".viewer-tools").get_by_role("button", name="Phóng to", exact=True)

    def press() -> bool:
        closer.click()
        return bool(state(page, "fullResolutionTileLoaded"))

    until(press, "a tile of full resolution", within_s=40)
    assert [url for url in visit.requested if is_of_full_resolution(url)]
    assert state(page, "zoom") > 0.5
    until(lambda: re.search(r"\d{2,} %", spoken(page)), "the zoom in words")


def test_five_lights_change_and_the_view_stays(desk: Visit) -> None:
    page = desk.open(address_of(desk.museum, "DEMO-MUM-01"))
    open_viewer(page, "Phóng to")
    for key in ("+", "+", "+", "ArrowUp"):
        page.keyboard.press(key)
    until(lambda: state(page, "zoom") > 0.7 or "phóng" in spoken(page).lower(), "a closer view")
    before = (state(page, "zoom"), state(page, "center"))
    chips = page.locator(".viewer-choices button")
    names = chips.all_inner_texts()
    assert len(names) == 5, names
    seen = {until(lambda: picture_of_surface(page), "a picture")}
    for index in (1, 2, 3, 4):
        chips.nth(index).click()
        expect(chips.nth(index)).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".viewer-choices [aria-pressed=true]")).to_have_count(1)
        seen.add(until(lambda: (now := picture_of_surface(page)) not in seen and now, f"{names[index]} on the stage"))
        assert (state(page, "zoom"), state(page, "center")) == before
        until(functools.partial(_says, page, names[index]), "the light in words")
    assert len(seen) >= 5
    assert state(page, "layer") == 4


def test_scan_turns_by_keyboard_and_says_where_one_stands(visit: Visit) -> None:
    page = visit.open(address_of(visit.museum, "DEMO-SCN-04"))
    page.get_by_role("button", name="Xoay 3D").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("figure.viewer.is-open")
    start = (state(page, "azimuth"), state(page, "polar"), state(page, "zoom"))
    first = until(lambda: "nhìn từ" in spoken(page) and spoken(page), "the first view in words")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert state(page, "azimuth") == pytest.approx(start[0] + 45, abs=0.01)
    assert state(page, "polar") == pytest.approx(start[1] - 15, abs=0.01)
    until(lambda: "nhìn từ" in spoken(page) and spoken(page) != first, "the new view in words")
    page.keyboard.press("+")
    assert state(page, "zoom") > start[2]
    page.keyboard.press("0")
    assert (state(page, "azimuth"), state(page, "polar"), state(page, "zoom")) == pytest.approx(start)
    until(lambda: spoken(page) == first, "the first view again")
    page.keyboard.press("Escape")
    expect(page.locator("figure.viewer.is-open")).to_have_count(0)
    expect(page.get_by_role("button", name="Xoay 3D")).to_be_focused()


# A machine that draws two frames a second sees a flight of 0.4 s as one: its time passes five times slower here.
_SLOWLY = "const ask = requestAnimationFrame; window.requestAnimationFrame = (step) => ask((now) => step(now / 5));"


def test_scan_stands_still_when_nobody_turns_it(visitors: Visitors, real_museum: Served) -> None:
    with visitors(real_museum, reduced_motion="no-preference") as visitor:
        visitor.page.add_init_script(_SLOWLY)
        page = visitor.open(address_of(real_museum, "DEMO-SCN-04"))
        open_viewer(page, "Xoay 3D")
        start, before = state(page, "azimuth"), state(page, "framesDrawn")
        page.keyboard.press("ArrowRight")
        until(lambda: state(page, "azimuth") == pytest.approx(start + 15), "the flight's end")
        until(lambda: state(page, "framesDrawn") > before + 1, "a flight, not a cut")
        until(lambda: _frames_in(page, 800) == 0, "a still view, which draws no frames")


def _frames_in(page: Page, ms: int) -> int:
    """Frames drawn in so many milliseconds."""
    before = int(state(page, "framesDrawn"))
    page.wait_for_timeout(ms)
    return int(state(page, "framesDrawn")) - before


def test_scale_bar_stands_where_the_unit_is_known(desk: Visit) -> None:
    page = desk.open(address_of(desk.museum, "DEMO-SCN-02"))
    open_viewer(page, "Xoay 3D")
    assert state(page, "hasScale") is True
    bar = page.locator(".viewer-scale")
    assert re.fullmatch(r"[\d.,]+\s(cm|mm|m)", bar.inner_text()), bar.inner_text()
    box = bar.bounding_box()
    assert box is not None
    assert 20 < box["width"] <= 142


@pytest.mark.parametrize("object_id", ["DEMO-SCN-03", "DEMO-SCN-04"], ids=["PLY", "STL"])
def test_scale_bar_is_absent_where_no_unit_is_stated(desk: Visit, object_id: str) -> None:
    page = desk.open(address_of(desk.museum, object_id))
    open_viewer(page, "Xoay 3D")
    assert state(page, "hasScale") is False
    expect(page.locator(".viewer-scale")).to_have_count(0)
    expect(page.locator("figcaption .warn")).to_contain_text("Chưa xác định tỷ lệ")


def test_scan_that_contradicts_its_table_says_so(desk: Visit) -> None:
    page = desk.open(address_of(desk.museum, "DEMO-SCN-01"))
    expect(page.locator("figcaption .warn")).to_contain_text("1.000")
    open_viewer(page, "Xoay 3D")
    assert state(page, "hasScale") is False
    expect(page.locator(".viewer-scale")).to_have_count(0)


def test_film_plays_with_vietnamese_captions(desk: Visit) -> None:
    page = desk.open(address_of(desk.museum, "DEMO-TER-01", kind="film"))
    film = page.locator("video")
    film.focus()
    page.keyboard.press("k")
    until(lambda: film.evaluate("v => v.currentTime > 1 && v.readyState >= 2"), "the film's first second")
    shown = film.evaluate(
        "v => [...v.textTracks].map(t => [t.kind, t.language, t.mode, [...(t.activeCues ?? [])].map(c => c.text)])"
    )
    assert [track[:3] for track in shown] == [["captions", "vi", "showing"]]
    assert shown[0][3], "a caption stands on the picture"
    assert film.evaluate("v => v.videoWidth") > 300
    page.keyboard.press("c")
    assert film.evaluate("v => v.textTracks[0].mode") == "hidden"
    page.keyboard.press("k")
    assert film.evaluate("v => v.paused")


def test_sound_plays(desk: Visit) -> None:
    page = desk.open(address_of(desk.museum, "DEMO-SND-01"))
    sound = page.locator("audio")
    sound.focus()
    page.keyboard.press("k")
    until(lambda: sound.evaluate("a => a.currentTime > 0.5 && !a.error"), "half a second of sound")
    assert sound.evaluate("a => a.duration") == pytest.approx(6.7, abs=0.5)
