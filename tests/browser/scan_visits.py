"""What a visitor does with a scan's viewer and what it then shows and says: for its tests and its benches."""

import base64
import io
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import Visit, until

SMALL = (520, 560)


def state(page: Page, name: str) -> Any:
    """A value of the viewer's state object."""
    return page.evaluate("name => document.querySelector('figure.viewer').museumViewer?.[name]", name)


def spoken(page: Page) -> str:
    """What the viewer's live region says now."""
    return page.locator("figure.viewer [role=status]").inner_text().strip()


def says(page: Page, words: str) -> None:
    """Wait until the live region says this."""
    until(lambda: words in spoken(page), f"“{words}” in words")


_PICTURE = """() => {
  const { view } = document.querySelector("figure.viewer").museumViewer;
  view?.scene.draw();
  return document.querySelector(".viewer-surface canvas").toDataURL("image/png");
}"""


def pixels(page: Page) -> bytes:
    """What the canvas shows, drawn now."""
    return base64.b64decode(page.evaluate(_PICTURE).partition(",")[2])


def press(page: Page, *keys: str) -> None:
    """Press keys on the surface, one after another."""
    page.locator(".viewer-surface").focus()
    for key in keys:
        page.keyboard.press(key)


def open_scan(visitor: Visit, address: str) -> Page:
    """Open the page and the viewer on it, as a visitor does."""
    page = visitor.open(address)
    page.locator(".viewer-start button").first.click()
    page.wait_for_selector("figure.viewer.is-open")
    page.evaluate(
        "() => document.fonts.ready.then(() => 1)"
    )  # the tools take their final size, and the object its place
    page.evaluate("() => new Promise(requestAnimationFrame)")
    return page


def place_of(page: Page, point_m: tuple[float, float, float]) -> tuple[float, float]:
    """Where a point of the scene is on the page, in CSS pixels."""
    at = page.evaluate("p => document.querySelector('figure.viewer').museumViewer.view.scene.seen(p)", list(point_m))
    surface = page.locator(".viewer-surface").bounding_box()
    assert surface is not None
    return surface["x"] + at["x"], surface["y"] + at["y"]


def far(one: bytes, other: bytes) -> float:
    """Share of pixels that differ visibly."""
    a, b = (np.asarray(Image.open(io.BytesIO(p)).convert("RGB"), dtype=np.int16) for p in (one, other))
    return float((np.abs(a - b).max(axis=2) > 24).mean())
