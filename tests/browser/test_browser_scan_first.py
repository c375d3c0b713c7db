"""The first picture of a scan: drawn of little before the scripts of the viewer are there, turned, and taken over."""

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import judge
from tests.browser.conftest import Visit, until
from tests.browser.scan_site import scan_site
from tests.browser.scan_visits import SMALL, far, pixels, press, says, state
from tests.museums import Served

pytestmark = [pytest.mark.browser]
Visitors = Callable[..., AbstractContextManager[Visit]]
FRONT_DEG, STEP_DEG = -28, 15
ALIKE, OTHER = 0.02, 0.04  # share of pixels that differ visibly

_SKETCH = """() => {
  const { sketch } = document.querySelector("figure.viewer").museumViewer;
  sketch.draw();
  return sketch.canvas.toDataURL("image/png");
}"""
_FRAMES = "() => document.querySelector('figure.viewer').museumViewer.sketch.framesDrawn"
_HEARD = """() => {
  const figure = document.querySelector("figure.viewer");
  const heard = () => { window.isSketched ||= figure.classList.contains("is-sketched"); };
  new MutationObserver(heard).observe(figure, { attributes: true });
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A box, one of bronze, one as dots, a vase in tiles."""
    with scan_site(tmp_path_factory.mktemp("site")) as served:
        yield served


class Held:
    """The viewer's scripts, held back until `release`."""

    def __init__(self, page: Page) -> None:
        self.routes: list[Route] = []
        page.route("**/chunk-scan_view*", lambda route: self.routes.append(route))

    def release(self, *, fail: bool = False) -> None:
        for route in self.routes:
            if fail:
                route.abort()
            else:
                route.continue_()


def sketched(visitor: Visit, address: str) -> Held:
    """Open the viewer and wait for its first picture; nothing more comes yet."""
    page = visitor.page
    held = Held(page)
    visitor.open(address)
    page.locator(".viewer-start button").first.click()
    page.wait_for_selector("figure.viewer.is-sketched")
    page.evaluate("() => document.fonts.ready.then(() => 1)")
    return held


def sketch(page: Page) -> bytes:
    """What the first picture shows, drawn now."""
    return base64.b64decode(page.evaluate(_SKETCH).partition(",")[2])


def light(picture: bytes) -> tuple[float, float]:
    """(share of the picture that the object takes, its mean brightness 0–255)."""
    values = np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA"), dtype=float)
    is_object = values[..., 3] > 128
    return float(is_object.mean()), float(values[is_object][:, :3].mean())


@pytest.mark.parametrize("address", ["/box", "/bronze", "/vase"])
def test_the_first_picture_looks_like_the_view_that_takes_it_over(
    visitors: Visitors, site: Served, address: str
) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        held = sketched(visitor, address)
        page = visitor.page
        first = sketch(page)
        share, brightness = light(first)
        assert share > 0.08 and 60 < brightness < 220, "seen, and lit well"
        frames = page.evaluate(_FRAMES)
        page.evaluate("() => new Promise((done) => setTimeout(done, 200))")
        assert page.evaluate(_FRAMES) == frames, "a still picture draws no frames"
        page.keyboard.press("ArrowRight")
        turned = sketch(page)
        assert turned != first, "it can be turned already"
        held.release()
        page.wait_for_selector("figure.viewer.is-open")
        assert state(page, "azimuth") == pytest.approx(FRONT_DEG + STEP_DEG)
        assert state(page, "sketch") is None
        if address != "/vase":  # whose tiles come now, finer
            taken = pixels(page)
            print(f"{address}: {far(taken, turned):.4f} of the pixels differ")
            assert far(taken, turned) < ALIKE < OTHER < far(taken, first)
        expect(page.locator(".viewer-surface")).to_be_focused()
        press(page, "ArrowRight")
        until(lambda: state(page, "azimuth") == pytest.approx(FRONT_DEG + 2 * STEP_DEG), "one step a key, not two")


def test_a_hand_that_turns_it_is_not_let_go(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        held = sketched(visitor, "/box")
        page = visitor.page
        page.mouse.move(200, 250)
        page.mouse.down()
        page.mouse.move(240, 250, steps=4)
        held.release()
        page.wait_for_selector("figure.viewer.is-open")
        before = state(page, "azimuth")
        assert before < FRONT_DEG - 10
        page.mouse.move(280, 250, steps=4)
        until(lambda: state(page, "azimuth") < before - 10, "the same finger turns on")
        page.mouse.up()


def test_what_it_can_not_draw_is_left_to_the_viewer(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        for address, is_drawn in (("/dots", False), ("/box#view3d=30,10,0,2,0,0,0", False), ("/box", True)):
            page = visitor.page
            page.goto("about:blank")
            visitor.open(address)
            page.evaluate(_HEARD)
            if "#" not in address:
                page.locator(".viewer-start button").first.click()
            page.wait_for_selector("figure.viewer.is-open")
            assert bool(page.evaluate("() => window.isSketched")) == is_drawn, address


def test_a_certain_view_waits_for_no_first_picture(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = visitor.page
        models: list[Route] = []
        page.route("**/thumb.glb", lambda route: models.append(route))

        def asked(name: str) -> bool:
            page.evaluate("() => 1")  # what was asked for meanwhile is heard of
            return any(name in url for url in visitor.requested)

        visitor.open("/box")
        page.locator(".viewer-start button").first.click()
        until(lambda: asked("meshopt_decoder") and models, "the smallest copy is asked for")
        assert not asked("chunk-scan_view"), "control: the line is for the first picture"
        visitor.requested.clear()
        page.goto("about:blank")
        models.clear()
        visitor.open("/box#view3d=30,10,0,2,0,0,0")
        until(lambda: asked("chunk-scan_view") and models, "the viewer comes beside its model")
        models[-1].continue_()
        page.wait_for_selector("figure.viewer.is-open")


def test_the_poster_comes_back_where_the_viewer_does_not_follow(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        held = sketched(visitor, "/box")
        page = visitor.page
        expect(page.locator(".viewer-poster")).to_be_hidden()
        verdict = judge(page)
        assert verdict.rules_held >= 10 and not verdict.faults
        held.release(fail=True)
        says(page, "Không tải được")
        expect(page.locator(".viewer-poster")).to_be_visible()
        expect(page.locator(".viewer-start button").first).to_be_visible()
        assert page.locator(".viewer-surface").count() == 0
        visitor.complaints = [words for words in visitor.complaints if "ERR_FAILED" not in words]
