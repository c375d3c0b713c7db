"""Pages without scripts, on a phone, by keyboard, and for those who want no motion."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.places import address_of, in_language, kinds_of_pages, kinds_with_exhibition
from tests.museums import Served

pytestmark = [pytest.mark.browser, pytest.mark.shared]
Visitors = Callable[..., AbstractContextManager[Visit]]

LEAST_TARGET_PX = 24  # WCAG 2.2 §2.5.8; links inside a sentence are excepted there

_SMALL_TARGETS = """([least, part]) => [...document.querySelectorAll(part)].flatMap(p =>
  [...p.querySelectorAll('a[href], button, input, select, summary')]).filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || !box.height || e.type === 'hidden' || e.closest('.hidden, .skip, [hidden]')) return false;
  const inSentence = getComputedStyle(e).display === 'inline'
    && [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.textContent.trim().length > 1);
  return !inSentence && (box.width < least || box.height < least);
}).map(e => `${e.outerHTML.slice(0, 90)} ${JSON.stringify(e.getBoundingClientRect())}`)"""

_FOCUS = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  return {
    tag: e.tagName, words: (e.ariaLabel || e.textContent).trim().slice(0, 40), html: e.outerHTML.slice(0, 90),
    outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0,
  };
}"""

_FOCUSABLE = """() => [...document.querySelectorAll('a[href], button, input, select, summary, video, audio')]
  .filter(e => e.tabIndex >= 0 && e.type !== 'hidden' && e.checkVisibility({ visibilityProperty: true })
  && !(e.closest('details:not([open])') && e.tagName !== 'SUMMARY')).length"""


def test_object_page_says_and_links_everything_without_scripts(visitors: Visitors, real_museum: Served) -> None:
    with visitors(real_museum, java_script_enabled=False, size=(360, 740)) as visitor:
        page = visitor.open(address_of(real_museum, "DEMO-MUM-01"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Chân dung")
        expect(page.locator("img.viewer-poster")).to_be_visible()
        expect(page.locator("article dl.facts")).to_contain_text("81.AP.42")
        lights = page.get_by_role("navigation", name="Ánh sáng").get_by_role("link")
        expect(lights).to_have_count(5)
        poster = _shown_poster(visitor)
        lights.nth(4).click()
        assert _shown_poster(visitor) != poster, "another light is on the stage"
        assert _answers(visitor, page.get_by_role("link", name="Tải ảnh").get_attribute("href")) == "image/jpeg"

        page = visitor.open(address_of(real_museum, "DEMO-SCN-02"))
        expect(page.locator("img.viewer-poster")).to_be_visible()
        link = page.get_by_role("link", name="Tải bản quét 3D").first.get_attribute("href")
        assert _answers(visitor, link) == "model/gltf-binary"

        page = visitor.open(address_of(real_museum, "DEMO-TER-01", kind="film"))
        expect(page.locator("video[controls]")).to_be_visible()
        assert _answers(visitor, page.get_by_role("link", name="Tải phim").get_attribute("href")) == "video/mp4"
        page.get_by_text("Bản chép lời").click()
        expect(page.locator(".viewer-transcript li")).not_to_have_count(0)
        expect(page.locator(".viewer-transcript li").first).to_be_visible()

        page = visitor.open(address_of(real_museum, "DEMO-SND-01"))
        expect(page.locator("audio[controls]")).to_be_visible()
        assert _answers(visitor, page.get_by_role("link", name="Tải âm thanh").first.get_attribute("href")).startswith(
            "audio/"
        )


def test_search_works_without_scripts(visitors: Visitors, real_museum: Served) -> None:
    with visitors(real_museum, java_script_enabled=False) as visitor:
        page = visitor.open("/")
        page.get_by_role("searchbox").fill("kham medusa")
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator(".tile").first).to_contain_text("Medusa")
        page.locator(".tile a").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Medusa")


@pytest.mark.parametrize("width", [320, 360])
def test_no_page_scrolls_sideways_and_targets_are_large(visitors: Visitors, story_museum: Served, width: int) -> None:
    faults = []
    judged = 0
    with visitors(story_museum, size=(width, 740), has_touch=True, is_mobile=True) as visitor:
        for language in ("vi", "en"):
            for name, (address, status) in kinds_with_exhibition(story_museum).items():
                page = visitor.open(in_language(address, language), status=status)
                judged += 1
                wide = page.evaluate("() => document.documentElement.scrollWidth")
                faults += [f"{name}, {language}: {wide} px wide"] if wide > width else []
                faults += [f"{name}, {language}: {e}" for e in page.evaluate(_SMALL_TARGETS, [LEAST_TARGET_PX, "body"])]
    print(f"{judged} pages judged at {width} px")
    assert not faults, "\n".join(faults)


def test_opened_viewers_fit_a_phone(visitors: Visitors, real_museum: Served) -> None:
    with visitors(real_museum, size=(360, 740), has_touch=True, is_mobile=True) as visitor:
        for object_id in ("DEMO-MUM-01", "DEMO-SCN-04"):
            page = visitor.open(address_of(real_museum, object_id))
            page.locator(".viewer-start button").first.tap()
            page.wait_for_selector("figure.viewer.is-open")
            for tool in page.locator(".viewer-tools [aria-expanded]").all():
                tool.tap()
                assert tool.get_attribute("aria-expanded") == "true"
                assert page.evaluate("() => document.documentElement.scrollWidth") == 360
                assert page.evaluate(_SMALL_TARGETS, [40, ".viewer-stage"]) == [], "controls of the stage are too small"
                _every_tool_can_be_reached(page)


@pytest.mark.parametrize("name", ["home", "search", "lights", "film"])
def test_keyboard_reaches_everything_and_shows_where_it_is(visit: Visit, name: str) -> None:
    page = visit.open(kinds_of_pages(visit.museum)[name][0])
    wanted = page.evaluate(_FOCUSABLE)
    reached: list[dict[str, Any]] = []
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        if focus["tag"] == "BODY":
            break
        reached.append(focus)
    assert reached[0]["words"] == "Đến phần nội dung"
    native = {"VIDEO", "AUDIO"}  # their own controls show the focus themselves
    blind = [f["html"] for f in reached if f["tag"] not in native and f["outline"] < 2]
    assert not blind, f"focus can't be seen on {blind}"
    assert not [f["html"] for f in reached if not f["seen"]], "focus left the window"
    assert len({f["html"] for f in reached}) >= 0.6 * wanted
    assert len(reached) >= wanted


def test_nothing_moves_when_stillness_is_asked_for(desk: Visit) -> None:
    page = desk.open(address_of(desk.museum, "DEMO-SCN-04"))
    assert (
        page.evaluate(
            "() => [...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration)"
            " || getComputedStyle(e).animationName !== 'none').length"
        )
        == 0
    )
    page.locator(".viewer-start button").first.click()
    page.wait_for_selector("figure.viewer.is-open")
    turned = page.evaluate(
        """() => {
          const viewer = document.querySelector('figure[data-viewer]').museumViewer;
          const before = viewer.azimuth;
          document.querySelector('.viewer-surface').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
          return viewer.azimuth - before;
        }"""
    )
    assert turned == pytest.approx(15), "a cut, not a flight"


def _shown_poster(visitor: Visit) -> str:
    """Address of the view on the stage, as the page without scripts offers it."""
    return str(visitor.page.locator("img.viewer-poster").get_attribute("src"))


def _answers(visitor: Visit, address: str | None) -> str:
    """Media type of what a link leads to."""
    assert address
    status, headers, body = visitor.museum.get(address)
    assert status == 200
    assert body
    return headers["content-type"].partition(";")[0]


def _every_tool_can_be_reached(page: Page) -> None:
    """Each control of the open viewer can be scrolled into the window."""
    tools = page.locator(".viewer-bar:not(.viewer-start) button:visible")
    assert tools.count() >= 5
    for tool in tools.all():
        tool.scroll_into_view_if_needed()
        box = tool.bounding_box()
        assert box is not None
        assert box["x"] >= 0, tool.inner_text()
        assert box["x"] + box["width"] <= 361, tool.inner_text()
