"""Embeds as they stand in somebody else's page, and prints on a screen, in a real browser."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from museum.catalog import store
from museum.db import reading
from museum.imaging import arrays, pyramid
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from museum.web.app import wsgi
from tests.browser.axe import judge
from tests.web.conftest import House
from tests.web.shown_elsewhere import STORY, make_shown_house

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

pytestmark = [pytest.mark.browser]

SIZES = [(160, 120), (160, 300), (200, 262), (320, 352), (400, 160), (640, 592), (1000, 300)]
PRINTS = ["/o/{whole}/card", "/o/{urn}/card?lang=en", "/o/{urn}/label"]
EMBEDS = ["/embed/o/{whole}", "/embed/o/{urn}?lang=en", "/embed/o/{film}", f"/embed/e/{STORY}"]
PLAYED = f"/embed/e/{STORY}?play=1"
REFUSED = ["/embed/o/{deleted}", "/embed/o/zzzzzzzzz", "/embed/e/da-rut?lang=en"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    for made in make_shown_house(tmp_path_factory.mktemp("embed-browser")):
        with reading(made.engine) as session:
            (item,) = store.get(session, made.ids["urn"]).media
        folder = Derivatives(LocalBlobs(made.settings.derived)).path(item.sha256, "pyramid")
        folder.unlink()
        folder.mkdir()
        _photograph(folder)
        yield made


def _photograph(folder: Path) -> None:
    """A picture of the size that the record states, as tiles."""
    height, width = 2868, 2082
    shades = np.linspace(40, 220, width, dtype=np.uint8)
    pixels = np.repeat(np.broadcast_to(shades, (height, width))[..., None], 3, axis=2)
    source = folder.parent / "urn.png"
    arrays.write(pixels, source)
    pyramid.build(source, folder)


class Site:
    """Somebody else's site: one page, which frames what a test says."""

    def __init__(self) -> None:
        self.html = ""
        self.server = make_server("127.0.0.1", 0, self.answer, threaded=True)
        self.url = f"http://localhost:{self.server.server_port}/"

    def answer(self, _environ: object, start_response: "StartResponse") -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [self.html.encode()]


@contextlib.contextmanager
def running(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def url(house: House) -> Iterator[str]:
    """The museum over HTTP, tiles included."""
    app = wsgi(replace(house.settings, public_url=""), engine=house.engine)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with running(server):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Another origin than the museum's."""
    made = Site()
    with running(made.server):
        yield made


def visiting(browser: Browser, *, scripts: bool = True, width: int = 1440, scheme: str = "light") -> BrowserContext:
    dark = "dark" if scheme == "dark" else "light"
    return browser.new_context(
        java_script_enabled=scripts,
        viewport={"width": width, "height": 900},
        color_scheme=dark,
        reduced_motion="reduce",
    )


def framed(page: Page, site: Site, address: str, *, more: str = "") -> FrameLocator:
    """The address in a frame of a page of another site."""
    site.html = f'<!doctype html><title>Tour</title><iframe src="{address}" width="640" height="592" {more}></iframe>'
    page.goto(site.url)
    return page.frame_locator("iframe")


@pytest.mark.parametrize("path", EMBEDS[:2] + EMBEDS[3:])
def test_an_embed_shows_its_poster_without_scripts(
    browser: Browser, url: str, site: Site, house: House, path: str
) -> None:
    with visiting(browser, scripts=False) as context:
        page = context.new_page()
        frame = framed(page, site, url + path.format(**house.ids))
        expect(frame.locator("img.viewer-poster")).to_be_visible()
        expect(frame.get_by_role("heading", level=1).get_by_role("link")).to_have_attribute("target", "_blank")
        assert context.cookies() == []


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
def test_an_embed_fits_every_frame(browser: Browser, url: str, house: House, size: tuple[int, int]) -> None:
    width, height = size
    with visiting(browser) as context:
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        for path in EMBEDS + REFUSED:
            page.goto(url + path.format(**house.ids))
            wide = page.evaluate("() => document.documentElement.scrollWidth")
            assert wide <= width, f"{path}: {wide} px wide"
            assert page.locator("h1").bounding_box() is not None
            poster = page.locator("img.viewer-poster")
            if poster.count():
                box = poster.bounding_box()
                assert box is not None
                assert box["height"] >= 0.4 * height, path


def test_exploring_opens_the_viewer_inside_the_frame(browser: Browser, url: str, site: Site, house: House) -> None:
    """Nothing heavy is asked for before; it works for a frame that may keep nothing, too (sandbox)."""
    for more in ("", 'sandbox="allow-scripts"'):
        with visiting(browser) as context:
            context.set_default_timeout(30_000)
            page = context.new_page()
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            frame = framed(page, site, f"{url}/embed/o/{house.ids['urn']}", more=more)
            opener = frame.locator(".viewer-start button").first
            expect(opener).to_be_visible()
            assert not [a for a in asked if "/iiif/" in a or "chunk-image" in a]
            opener.click()
            expect(frame.locator("figure.viewer.is-open")).to_be_visible()
            assert [a for a in asked if "/iiif/image/3/urnphoto~" in a]
            assert not [a for a in asked if not a.startswith((url, site.url, "blob:", "data:"))]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_story_plays_inside_the_frame(browser: Browser, url: str, site: Site, scripts: bool) -> None:
    """By its player, in a frame that may keep nothing (sandbox); without scripts its stops are read there."""
    with visiting(browser, scripts=scripts) as context:
        context.set_default_timeout(30_000)
        page = context.new_page()
        sandbox = 'sandbox="allow-scripts allow-popups"' if scripts else ""
        frame = framed(page, site, f"{url}/embed/e/{STORY}", more=sandbox)
        frame.get_by_role("link", name="Bắt đầu").click()
        expect(frame.locator("#raking h2")).to_have_text("Đèn xiên")
        expect(frame.locator("#whole h2")).to_be_in_viewport()
        if scripts:
            expect(frame.locator(".story.is-playing #whole.is-current")).to_be_attached()
            frame.locator("#whole .stop-actions .key").click()
            expect(frame.locator("#raking.is-current h2")).to_be_in_viewport()
            expect(frame.locator("#raking .stop-actions").get_by_role("link", name="Đọc dạng chữ")).to_have_attribute(
                "target", "_blank"
            )


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_gone_says_so_in_the_frame(browser: Browser, url: str, site: Site, house: House, path: str) -> None:
    with visiting(browser, scripts=False) as context:
        frame = framed(context.new_page(), site, url + path.format(**house.ids))
        expect(frame.get_by_role("heading", level=1)).to_be_visible()
        expect(frame.get_by_role("link")).to_have_count(2)


def test_other_pages_refuse_to_be_framed(browser: Browser, url: str, site: Site, house: House) -> None:
    with visiting(browser) as context:
        page = context.new_page()
        with page.expect_event("console", lambda message: "frame-ancestors" in message.text):
            framed(page, site, f"{url}/o/{house.ids['whole']}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_embeds_and_prints(browser: Browser, url: str, house: House, scheme: str) -> None:
    faults = []
    with visiting(browser, scheme=scheme) as context:
        page = context.new_page()
        for width in (160, 360, 1440):
            page.set_viewport_size({"width": width, "height": 600})
            for path in EMBEDS + REFUSED + ([PLAYED, *PRINTS] if width > 160 else []):
                page.goto(url + path.format(**house.ids))
                verdict = judge(page)
                assert verdict.rules_held >= 8, path
                faults += [f"{path}, {width} px: {fault}" for fault in verdict.faults]
    assert not faults, "\n".join(faults)


def test_the_panel_copies_by_keyboard(browser: Browser, url: str, house: House) -> None:
    with visiting(browser) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(f"{url}/o/{house.ids['whole']}")
        page.locator(".share summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.locator("#embed-code")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".share button").first).to_have_text("Đã chép")
        assert page.evaluate("() => navigator.clipboard.readText()") == page.locator("#embed-code").input_value()


def test_prints_are_read_on_a_phone(browser: Browser, url: str, house: House) -> None:
    with visiting(browser, scripts=False, width=360) as context:
        page = context.new_page()
        for path in PRINTS:
            page.goto(url + path.format(**house.ids))
            box = page.locator("main").bounding_box()
            assert box is not None
            assert box["width"] <= 360, path
            page.emulate_media(media="print")
            expect(page.locator(".toolbar")).to_be_hidden()
            page.emulate_media(media="screen")
