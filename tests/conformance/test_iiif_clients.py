"""Mirador, Universal Viewer and TIFY show our manifests: photographs, lights, scan, sound, film, story, collection."""

import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, FloatRect, Page, Response, ViewportSize

from tests.browser.stories import SLUG
from tests.conformance import iiif_clients
from tests.museums import Served

pytestmark = [pytest.mark.browser, pytest.mark.shared]

CLIENTS = ("mirador", "universalviewer", "tify")
SIZE = ViewportSize(width=1280, height=800)
MIDDLE = FloatRect(x=560, y=220, width=420, height=260)  # of the picture's place in both clients, in pixels
WITHIN_S = 40
Address = Callable[..., str]


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    """Where a client shows a manifest, on another origin than the museum."""
    with iiif_clients.site(iiif_clients.installed()) as found:
        yield found


@dataclass
class Seen:
    """A client that shows something: what it asked our museum for, and what failed."""

    page: Page
    museum: str
    answers: list[tuple[int, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("response", self._note)
        self.page.on("requestfailed", self._failed)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _note(self, answer: Response) -> None:
        if answer.url.startswith(self.museum):
            self.answers.append((answer.status, answer.url.removeprefix(self.museum)))

    def _failed(self, request: Any) -> None:
        # Browsers stop reading a sound or a film as soon as they know its length.
        if request.resource_type != "media":
            self.faults.append(f"{request.url}: {request.failure}")

    @property
    def pictures(self) -> list[str]:
        """What was asked of the image service, without its descriptions."""
        return [url for _, url in self.answers if url.startswith("/iiif/image/") and not url.endswith("info.json")]

    def until(self, ask: Callable[[], object], what: str) -> None:
        end = time.monotonic() + WITHIN_S
        while not ask():
            assert time.monotonic() < end, f"{what}: not within {WITHIN_S} s; {self.faults}; {self.answers[-5:]}"
            self.page.wait_for_timeout(200)

    def is_content(self) -> None:
        """Every answer was a good one and nothing broke."""
        bad = [a for a in self.answers if a[0] not in (200, 206, 304)]
        assert bad == []
        assert self.faults == []

    def shows_a_picture(self) -> bool:
        """Whether the middle of the client holds more than a ground of one colour."""
        with Image.open(io.BytesIO(self.page.screenshot(clip=MIDDLE))) as shot:
            return max(ImageStat.Stat(shot.convert("RGB")).stddev) > 6


@pytest.fixture
def visit(browser: Browser, address: Address, story_museum: Served) -> Iterator[Callable[..., Seen]]:
    """Open a manifest's canvas in a client; nothing but the two sites is reached, and all went well at the end."""
    opened: list[Seen] = []

    def see(client: str, manifest: str, canvas: int = 0) -> Seen:
        page = browser.new_context(viewport=SIZE, locale="vi").new_page()
        seen = Seen(page, story_museum.url)
        own = address(client, story_museum.url + manifest, canvas)
        allowed = (story_museum.url, own[: own.index("/", len("http://"))], "blob:", "data:")
        page.route("**/*", lambda r: r.continue_() if r.request.url.startswith(allowed) else r.abort())
        seen.listen()
        page.goto(own)
        opened.append(seen)
        return seen

    yield see
    for seen in opened:
        seen.is_content()
        seen.page.context.close()
    total = Counter(status for seen in opened for status, _ in seen.answers)
    print(f"asked of the museum: {dict(total)}, {sum(len(s.pictures) for s in opened)} pictures and tiles")


def manifest_of(museum: Served, object_id: str) -> str:
    found: str = museum.by_object_id()[object_id]["manifest"]
    return found


def canvas_of(museum: Served, manifest: str, kind: str) -> int:
    """Place of the first canvas on which something of that type is painted."""
    items = json.loads(museum.get(manifest)[2])["items"]
    return next(n for n, canvas in enumerate(items) if kind in json.dumps(canvas["items"]))


@pytest.mark.parametrize("client", CLIENTS)
def test_a_photograph_is_shown_and_zoomed_by_tiles(
    visit: Callable[..., Seen], story_museum: Served, client: str
) -> None:
    seen = visit(client, manifest_of(story_museum, "DEMO-MUM-01"))
    seen.until(lambda: seen.pictures and seen.shows_a_picture(), "the portrait")
    before = len(seen.pictures)
    seen.page.mouse.move(MIDDLE["x"] + MIDDLE["width"] / 2, MIDDLE["y"] + MIDDLE["height"] / 2)
    for _ in range(6):
        seen.page.mouse.wheel(0, -400)
        seen.page.wait_for_timeout(250)
    seen.until(lambda: len(seen.pictures) >= before + 4, "tiles of the enlarged picture")


def test_mirador_says_our_words_in_vietnamese_and_offers_five_lights(
    visit: Callable[..., Seen], story_museum: Served
) -> None:
    seen = visit("mirador", manifest_of(story_museum, "DEMO-MUM-01"))
    seen.page.get_by_text("Chân dung xác ướp", exact=False).first.wait_for()
    words = seen.page.locator("body").inner_text()
    assert "Chất liệu" in words
    seen.page.locator("[role=tab]").last.click()  # layers
    seen.page.get_by_text("Tia X").first.wait_for()
    assert "Ánh sáng xiên" in seen.page.locator("body").inner_text()


@pytest.mark.parametrize("client", CLIENTS)
def test_a_scan_is_shown(visit: Callable[..., Seen], story_museum: Served, client: str) -> None:
    """Universal Viewer turns the model; Mirador 4.0 and TIFY 0.35 can't, and show the picture offered beside it."""
    seen = visit(client, manifest_of(story_museum, "DEMO-SCN-02"))
    seen.until(seen.shows_a_picture, "the scan")

    def asked(part: str) -> bool:
        return any(part in url for _, url in seen.answers)

    if client == "universalviewer":
        seen.until(lambda: asked("/open.glb"), "the model")
    else:
        seen.until(lambda: asked("/poster-"), "the poster")
    assert not asked("/web.glb")


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(("object_id", "kind"), [("DEMO-SND-01", "Sound"), ("DEMO-TER-01", "Video")])
def test_sound_and_film_can_be_played(
    visit: Callable[..., Seen], story_museum: Served, client: str, object_id: str, kind: str
) -> None:
    manifest = manifest_of(story_museum, object_id)
    seen = visit(client, manifest, canvas_of(story_museum, manifest, kind))
    if client != "universalviewer":  # the browser's own player, in TIFY under controls of TIFY's
        state: Literal["attached", "visible"] = "visible" if client == "mirador" else "attached"
        seen.page.locator("audio, video").first.wait_for(state=state)
        seen.page.evaluate("() => { const m = document.querySelector('audio, video'); m.muted = true; m.play(); }")
    else:
        seen.page.locator(".mejs__playpause-button button").first.click()
    runs = "() => [...document.querySelectorAll('audio, video')].some(m => m.currentTime > 0.2 && m.duration > 1)"
    seen.until(lambda: seen.page.evaluate(runs), f"the {kind} to be heard")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_story_is_shown_with_its_words(visit: Callable[..., Seen], story_museum: Served, client: str) -> None:
    seen = visit(client, f"/iiif/presentation/3/story/{SLUG}/manifest", 1)
    seen.until(lambda: seen.pictures and seen.shows_a_picture(), "the second stop")
    body = seen.page.locator("body")
    seen.until(lambda: any(words in body.inner_text() for words in ("Năm loại ánh sáng", "Five lights")), "its title")


@pytest.mark.parametrize("client", CLIENTS)
def test_the_whole_collection_is_opened(visit: Callable[..., Seen], story_museum: Served, client: str) -> None:
    seen = visit(client, "/iiif/collection/all")
    if client == "mirador":
        seen.page.get_by_role("button", name="show collection").first.click()
    elif client == "tify":
        seen.page.get_by_role("button", name="Collection").first.click()
    named = {"mirador": "điêu khắc", "tify": "sculpture", "universalviewer": "Venus"}  # collections within, or objects
    seen.page.get_by_text(named[client]).first.wait_for(timeout=WITHIN_S * 1000)
