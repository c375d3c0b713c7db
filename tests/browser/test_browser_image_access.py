"""The windows that viewers of other sites open, judged by axe-core in both languages, schemes, sizes; none too wide."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from museum.accounts.roles import Role
from tests.browser.axe import judge
from tests.conformance.auth_client import serving
from tests.web.image_museum import build_image_museum
from tests.web.signing_in import PASSWORD, account

pytestmark = pytest.mark.browser
CURATOR = "hoa@baotang.example"
VIEWER = "origin=https://viewer.example"
LEAST_RULES = 9  # pages of two sentences
LOOKS = {"vi": ((360, "light"), (360, "dark"), (1440, "light"), (1440, "dark")), "en": ((360, "dark"), (1440, "light"))}


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The museum as a machine outside meets it, and as one inside: their addresses."""
    made = build_image_museum(tmp_path_factory.mktemp("windows"), public_url="")
    account(made.engine, CURATOR, Role.CURATOR)
    served: dict[str, Callable[..., Any]] = {}
    with (
        serving(lambda *asked: served["outside"](*asked), host="127.0.0.1") as outside,
        serving(lambda *asked: served["inside"](*asked), host="127.0.0.1") as inside,
    ):
        own = {"images_on_request": True}
        served["outside"] = made.client(**own, public_url=outside).application
        served["inside"] = made.client(**own, public_url=inside, kiosk_networks="127.0.0.1").application
        yield {"outside": outside, "inside": inside}
    made.engine.dispose()


def windows(page: Page, houses: dict[str, str], language: str) -> Iterator[str]:
    """Every window in turn, by name, on the way that somebody goes."""
    outside, words = houses["outside"], "&lang=en" if language == "en" else ""
    page.goto(f"{outside}/iiif/auth/2/access?{VIEWER}{words}")
    yield "door"
    page.fill("#email", CURATOR)
    page.fill("#password", PASSWORD)
    page.click("button.key")
    page.locator(".image-access-terms").wait_for()
    yield "question"
    page.click("button.key")
    page.locator("form.form").wait_for(state="detached")
    yield "allowed"
    page.goto(f"{outside}/iiif/auth/2/logout?{words}")
    page.locator("form.form").wait_for()  # still signed in at the workbench: one button more
    yield "ended"
    page.goto(f"{outside}/iiif/auth/2/kiosk?{VIEWER}{words}")
    yield "kiosk outside"
    page.goto(f"{outside}/iiif/auth/2/access?{words}")
    yield "nobody named"
    page.goto(f"{houses['inside']}/iiif/auth/2/kiosk?{VIEWER}{words}")
    yield "kiosk inside"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_no_fault_in_any_window(browser: Browser, houses: dict[str, str], language: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    context.add_init_script("window.close = () => {}")  # two of them close by themselves
    page = context.new_page()
    judged, faults, heads = 0, [], set()
    for name in windows(page, houses, language):
        assert page.locator("html").get_attribute("lang") == language
        heads.add(page.get_by_role("heading", level=1).inner_text())
        for width, scheme in LOOKS[language]:
            page.set_viewport_size({"width": width, "height": 740 if width < 1000 else 900})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            verdict = judge(page)
            judged += 1
            assert verdict.rules_held >= LEAST_RULES, f"{name}: axe judged next to nothing ({verdict.rules_held})"
            faults += [f"{name}, {width} px, {scheme}: {fault}" for fault in verdict.faults]
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name}, {width} px: too wide"
    context.close()
    print(f"{judged} window states judged by axe in {language}, {len(faults)} faults")
    assert not faults, "\n".join(faults)
    assert len(heads) == 6  # "you may close this window" is said twice


def test_the_other_language_keeps_the_question(browser: Browser, houses: dict[str, str]) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{houses['outside']}/iiif/auth/2/access?{VIEWER}")
    page.fill("#email", CURATOR)
    page.fill("#password", PASSWORD)
    page.click("button.key")
    page.locator(".image-access-terms").wait_for()
    page.get_by_role("link", name="English").click()
    page.get_by_text("Show restricted images there?").wait_for()
    assert page.locator(".image-access-site").inner_text() == "viewer.example"
    context.close()
