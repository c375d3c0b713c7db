"""No accessibility fault that axe-core knows of, on every kind of page, in both languages, both schemes, both sizes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page

from tests.browser.axe import Verdict, judge
from tests.browser.conftest import Visit
from tests.browser.places import in_language, kinds_of_pages, kinds_with_exhibition
from tests.museums import Served

pytestmark = [pytest.mark.browser, pytest.mark.shared]

SIZES = ((1440, 900), (360, 740))
SCHEMES = ("light", "dark")
OPENED = {"photograph": "image", "lights": "image", "scan": "scan"}
LEAST_RULES = 15  # axe finds so many rules to hold on the poorest of our pages; far fewer would mean it judged nothing
LEAST_RULES_IN_A_FRAME = 8
Visitors = Callable[..., AbstractContextManager[Visit]]


def test_axe_finds_no_fault_on_any_kind_of_page(visitors: Visitors, story_museum: Served) -> None:
    judged = 0
    faults: list[str] = []
    with visitors(story_museum, reduced_motion="reduce") as visitor:
        for language in ("vi", "en"):
            for name, (address, status) in kinds_with_exhibition(story_museum).items():
                page = visitor.open(in_language(address, language), status=status)
                for where, verdict in _all_states(page):
                    judged += 1
                    least = LEAST_RULES_IN_A_FRAME if "frame" in name else LEAST_RULES
                    assert verdict.rules_held >= least, f"{name}: axe judged next to nothing ({verdict.rules_held})"
                    faults += [f"{name}, {language}, {where}: {fault}" for fault in verdict.faults]
    print(f"{judged} page states judged by axe, {len(faults)} faults")
    assert not faults, "\n".join(faults)


def test_axe_finds_no_fault_in_opened_viewers_and_folded_parts(visitors: Visitors, real_museum: Served) -> None:
    judged = 0
    faults: list[str] = []
    places = kinds_of_pages(real_museum)
    with visitors(real_museum, reduced_motion="reduce") as visitor:
        for name in OPENED:
            page = visitor.open(places[name][0])
            page.locator(".viewer-start button").first.click()
            page.wait_for_selector("figure.viewer.is-open")
            page.locator(".viewer-tools [aria-expanded]").first.click()
            for where, verdict in _all_states(page, schemes=("light",)):
                judged += 1
                faults += [f"{name} opened, {where}: {fault}" for fault in verdict.faults]
        for name in ("film", "search"):
            page = visitor.open(places[name][0])
            page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
            for where, verdict in _all_states(page):
                judged += 1
                faults += [f"{name} unfolded, {where}: {fault}" for fault in verdict.faults]
    print(f"{judged} states of opened viewers and unfolded parts judged by axe, {len(faults)} faults")
    assert not faults, "\n".join(faults)


BREAKAGES = {
    "image-alt": "document.querySelector('.viewer-poster').removeAttribute('alt')",
    "color-contrast": "document.querySelector('h1').classList.add('viewer-status')"
    " || (document.querySelector('.facts dd').style.color = '#bbb')",
    "html-has-lang": "document.documentElement.removeAttribute('lang')",
    "button-name": "document.querySelector('.viewer-start button').textContent = ''",
    "label": "document.body.append(document.createElement('input'))",
    "target-size": "for (const a of document.querySelectorAll('.links a'))"
    " { a.style.padding = '0'; a.style.fontSize = '7px'; a.style.lineHeight = '8px'; }",
    "meta-viewport": "document.querySelector('meta[name=viewport]').content = 'user-scalable=no'",
}


def test_broken_page_is_caught(desk: Visit) -> None:
    page = desk.open(kinds_of_pages(desk.museum)["lights"][0])
    for breakage in BREAKAGES.values():
        page.evaluate(f"() => {{ {breakage}; }}")
    found = {fault.partition(":")[0] for fault in judge(page).faults}
    assert set(BREAKAGES) <= found, f"not caught: {set(BREAKAGES) - found}"


def _all_states(page: Page, *, schemes: tuple[str, ...] = SCHEMES) -> Iterator[tuple[str, Verdict]]:
    """The page judged in each scheme and size, without loading it again."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in schemes:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            yield f"{scheme}, {width} px", judge(page)
