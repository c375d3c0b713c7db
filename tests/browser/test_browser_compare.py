"""The before/after curtain on a page of its own: by click, keys, buttons; without scripts both pictures stand there."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from museum.viewer.strings import viewer_strings
from tests.browser.axe import judge
from tests.browser.conftest import Visit, until
from tests.museums import Served

pytestmark = [pytest.mark.browser, pytest.mark.shared]

Visitors = Callable[..., AbstractContextManager[Visit]]
PATH = "/thu/so-sanh"


@contextmanager
def comparing(visitors: Visitors, museum: Served, **options: Any) -> Iterator[tuple[Visit, Page]]:
    """A page of one curtain over two registered lights of the portrait, under the museum's own policy."""
    record = museum.by_object_id()["DEMO-MUM-01"]
    _, headers, home = museum.get("/")
    styles = "".join(
        re.findall(r'<link rel="stylesheet"[^>]*>|<script type="module"[^>]*></script>', home.decode())
    ) + _viewer_style(museum, record["id"])
    sides = [(record["media"][0]["id"], "Trước · ánh sáng thường"), (record["media"][1]["id"], "Sau · ánh sáng xiên")]
    pictures = [f"/iiif/image/3/{media}/full/600,/0/default.jpg" for media, _ in sides]
    told = {
        name: {"id": f"/iiif/image/3/{media}", "label": label}
        for name, (media, label) in zip(("before", "after"), sides, strict=True)
    }
    stages = "".join(
        f'<div class="compare-side"><img src="{src}" width="600" height="827" alt="{label}">'
        f'<p class="compare-words">{label}</p></div>'
        for src, (_, label) in zip(pictures, sides, strict=True)
    )
    page_text = (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>So sánh</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{styles}</head>'
        f'<body><main><h1>So sánh</h1><figure class="compare" data-viewer="compare">'
        f'<div class="compare-stage">{stages}</div><figcaption>Chân dung</figcaption>'
        f'<script type="application/json">{json.dumps({**told, "strings": viewer_strings("vi")})}</script>'
        f'</figure><p id="below">Bên dưới.</p></main></body></html>'
    )
    with visitors(museum, **options) as visitor:
        policy = {"content-security-policy": headers["content-security-policy"], "content-type": "text/html"}
        visitor.page.route(f"**{PATH}", lambda route: route.fulfill(status=200, headers=policy, body=page_text))
        yield visitor, visitor.open(PATH)


def _viewer_style(museum: Served, record_id: str) -> str:
    page = museum.get(f"/o/{record_id}")[2].decode()
    return next(found for found in re.findall(r'<link rel="stylesheet"[^>]*>', page) if "viewer" in found)


def state(page: Page, name: str) -> Any:
    """A value of the curtain's state object."""
    return page.evaluate("name => document.querySelector('figure.compare').museumViewer?.[name]", name)


def opened(page: Page) -> None:
    """Wait until the curtain hangs."""
    until(lambda: state(page, "isOpen"), "the curtain")


def test_curtain_moves_by_click_and_keys_and_says_so(
    visitors: Visitors, real_museum: Served, size: tuple[int, int]
) -> None:
    with comparing(visitors, real_museum, size=size, reduced_motion="reduce") as (_, page):
        opened(page)
        curtain = page.get_by_role("slider", name="Vị trí ranh giới trước và sau")
        curtain.focus()
        page.keyboard.press("ArrowRight")
        assert state(page, "share") == pytest.approx(0.51)
        page.keyboard.press("End")
        assert state(page, "share") == 1
        assert (curtain.get_attribute("aria-valuetext") or "").startswith("100 % bên trái: Trước")
        box = curtain.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
        assert 0.15 < state(page, "share") < 0.3
        verdict = judge(page)
        assert not verdict.faults, "\n".join(verdict.faults)


def test_sides_change_places(visitors: Visitors, real_museum: Served) -> None:
    with comparing(visitors, real_museum, reduced_motion="reduce") as (_, page):
        opened(page)
        assert state(page, "left").startswith("Trước")
        page.get_by_role("button", name="Đổi bên").click()
        assert state(page, "left").startswith("Sau")
        expect(page.locator(".curtain-label.is-left")).to_have_text("Sau · ánh sáng xiên")


def test_both_sides_zoom_together_and_get_sharp(visitors: Visitors, real_museum: Served) -> None:
    with comparing(visitors, real_museum, reduced_motion="reduce") as (visitor, page):
        opened(page)
        assert not [url for url in visitor.requested if "info.json" in url], "no tile machine before it is needed"
        closer = page.get_by_role("button", name="Phóng to", exact=True)
        for _ in range(4):
            closer.click()
        assert state(page, "zoom") > 3
        until(lambda: state(page, "hasTiles"), "tiles")
        transforms = page.evaluate(
            "() => [...document.querySelectorAll('.plane-layer img')].map(i => i.style.transform)"
        )
        assert len(transforms) == 2
        assert len(set(transforms)) == 1, "one viewport for both"
        until(lambda: "Phóng" in page.locator("figure.compare [role=status]").inner_text(), "the view in words")
        page.get_by_role("button", name="Xem toàn bộ").click()
        until(lambda: state(page, "zoom") == pytest.approx(1), "the whole again")


def test_without_scripts_both_pictures_stand(visitors: Visitors, real_museum: Served, size: tuple[int, int]) -> None:
    with comparing(visitors, real_museum, size=size, java_script_enabled=False) as (_, page):
        expect(page.locator(".compare-side img")).to_have_count(2)
        for picture in page.locator(".compare-side img").all():
            expect(picture).to_be_visible()
        expect(page.get_by_text("Sau · ánh sáng xiên")).to_be_visible()


def test_picture_that_fails_leaves_both_as_they_stood(visitors: Visitors, real_museum: Served) -> None:
    with comparing(visitors, real_museum, reduced_motion="reduce") as (visitor, page):
        opened(page)
        page.route("**/iiif/image/**", lambda route: route.abort())
        page.reload()
        until(lambda: state(page, "error") is not None, "the failure")
        expect(page.locator("figure.compare.is-live")).to_have_count(0)
        expect(page.get_by_text("Sau · ánh sáng xiên")).to_be_visible()
        visitor.complaints = [words for words in visitor.complaints if "Failed to load resource" not in words]
