"""Tiles of 256 or 512 pixels: what a visitor's page waits for and moves on a slow line, in Chromium.

The object page of a photograph of 108 megapixels is opened, its viewer begun, and the picture enlarged; the line is
throttled as Chromium's own tools do it. Decision 0024 rests on these rows.
"""

import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from museum import config
from museum.imaging import pyramid
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from tests.bench.tile_museum import PhotographMuseum, photograph_museum
from tests.browser.stories import copied
from tests.conftest import FLAGS
from tests.museums import Served, serving

SIZES = (256, 512)
ROUNDS = 3
_SCREENS = {"a phone": (ViewportSize(width=390, height=844), 3), "a desk": (ViewportSize(width=1366, height=768), 1)}
_LINES = {"slow 4G (1.6 Mbit/s, 150 ms)": (1.6e6, 150), "10 Mbit/s, 40 ms": (10e6, 40)}
_QUIET_S, _WITHIN_S = 1.0, 180
_TURNS = 6  # of the wheel


@dataclass(frozen=True)
class Phase:
    """What one deed of the visitor moved: until the last tile was there."""

    seconds: float
    requests: int
    bytes: int


@dataclass
class Traffic:
    """Image requests of a page, as the browser's own tools tell of them."""

    under_way: set[str] = field(default_factory=set)
    ended: list[tuple[float, int]] = field(default_factory=list)
    asked: int = 0

    def follow(self, session: CDPSession) -> None:
        """Note everything from now on."""
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.loadingFailed", lambda event: self.under_way.discard(event["requestId"]))
        session.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        if "/iiif/image/" in event["request"]["url"]:
            self.under_way.add(event["requestId"])
            self.asked += 1

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.under_way:
            self.under_way.remove(event["requestId"])
            # Chromium's monotonic clock is Linux's, as Python's is.
            self.ended.append((event["timestamp"], int(event["encodedDataLength"])))

    def until_quiet(self, page: Page, began: float) -> Phase:
        """What was moved since `began`, when nothing more comes."""
        until = time.monotonic() + _WITHIN_S
        while True:
            page.wait_for_timeout(100)
            done = [one for one in self.ended if one[0] >= began]
            last = max((at for at, _ in done), default=0.0)
            if done and not self.under_way and time.monotonic() - last > _QUIET_S:
                return Phase(last - began, len(done), sum(size for _, size in done))
            assert time.monotonic() < until, f"never quiet: {len(done)} ended, {len(self.under_way)} under way"


def run() -> list[dict[str, Any]]:
    """A row per screen, line and deed, 256 against 512; one that says so where Chromium is missing."""
    program = shutil.which("chromium")
    if program is None:
        return [{"name": "tile size", "ours": None, "limit": None, "note": "Chromium is missing: not measured"}]
    with tempfile.TemporaryDirectory() as folder:
        museums = _museums(Path(folder))
        return _measure(museums, program)


def _museums(folder: Path) -> dict[int, PhotographMuseum]:
    """The same museum with tiles of each size."""
    first = photograph_museum(folder)
    found = {}
    for size in SIZES:
        home = copied(first.home, folder / f"museum-{size}")
        shelf = Derivatives(LocalBlobs(config.load(home).derived)).path(first.sha256, "pyramid")
        shutil.rmtree(shelf)  # linked to the first museum's files
        shelf.mkdir()
        pyramid.build(first.source, shelf, tile_px=size)
        found[size] = PhotographMuseum(home, first.record_id, first.media_id, first.sha256, first.source)
    return found


def _measure(museums: dict[int, PhotographMuseum], program: str) -> list[dict[str, Any]]:
    found: dict[tuple[str, str, str, int], list[Phase]] = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for _ in range(ROUNDS):
            for size, museum in museums.items():
                with serving(museum.home, "--no-work") as served:
                    for screen in _SCREENS:
                        for line in _LINES:
                            phases = _visit(browser, served, f"/o/{museum.record_id}", screen, line)
                            for deed, phase in phases.items():
                                found[screen, line, deed, size].append(phase)
        browser.close()
    return [
        _row(f"{deed} on {screen}, {line}", *(found[screen, line, deed, size] for size in SIZES))
        for screen in _SCREENS
        for line in _LINES
        for deed in ("first whole view", "enlarged view")
    ]


def _visit(browser: Browser, museum: Served, address: str, screen: str, line: str) -> dict[str, Phase]:
    viewport, density = _SCREENS[screen]
    context = browser.new_context(viewport=viewport, device_scale_factor=density)
    page = context.new_page()
    page.goto(museum.url + address, wait_until="networkidle")
    session, traffic = context.new_cdp_session(page), Traffic()
    traffic.follow(session)
    speed, wait_ms = _LINES[line]
    throttled = {"offline": False, "latency": wait_ms, "downloadThroughput": speed / 8, "uploadThroughput": speed / 16}
    session.send("Network.emulateNetworkConditions", throttled)
    began = time.monotonic()
    page.locator(".viewer-start .key").first.click()
    phases = {"first whole view": traffic.until_quiet(page, began)}
    box = page.locator(".viewer-surface").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.45)
    began = time.monotonic()
    for _ in range(_TURNS):
        page.mouse.wheel(0, -300)
        page.wait_for_timeout(120)
    phases["enlarged view"] = traffic.until_quiet(page, began)
    context.close()
    return phases


def _row(name: str, small: list[Phase], large: list[Phase]) -> dict[str, Any]:
    def middle(phases: list[Phase], what: str) -> float:
        return statistics.median(float(getattr(phase, what)) for phase in phases)

    ours, peer = middle(small, "seconds"), middle(large, "seconds")
    moved = [f"{middle(p, 'bytes') / 1000:,.0f} kB in {middle(p, 'requests'):.0f} requests" for p in (small, large)]
    return {
        "name": f"{name}: 256 against 512",
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "ratio": round(statistics.median(a.seconds / b.seconds for a, b in zip(small, large, strict=True)), 2),
        "limit": None,
        "unit": "s",
        "note": f"{moved[0]} against {moved[1]}",
    }
