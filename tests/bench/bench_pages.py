"""Pages: what an object's page costs before anybody touches it, in bytes as they travel, and its accessibility."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.axe import judge
from tests.browser.places import in_language, kinds_of_pages, objects
from tests.browser.weight import FONT_BYTES, HTML_CSS_BYTES, POSTER_BYTES, SCRIPT_BYTES, Weight, weigh
from tests.conftest import FLAGS, SHARED
from tests.museums import Served, built_once, serving
from tests.museums import run as run_museum

_LIMITS = (
    ("HTML and CSS", "html_css", HTML_CSS_BYTES),
    ("JavaScript", "script", SCRIPT_BYTES),
    ("poster", "poster", POSTER_BYTES),
    ("fonts", "font", FONT_BYTES),
)


def run() -> list[dict[str, Any]]:
    """Rows of the worst object page for each budget, foreign hosts, and axe; [] where Chromium is missing."""
    program = shutil.which("chromium")
    if program is None:
        return [_row("object page before interaction", None, None, "", "Chromium is missing: not measured")]
    with tempfile.TemporaryDirectory() as folder, serving(_museum(Path(folder)), "--no-work") as museum:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            rows = [*_weights(browser, museum), *_faults(browser, museum)]
            browser.close()
        return rows


def _museum(folder: Path) -> Path:
    """The museum of the real data, else of the generated sample."""
    if SHARED.is_dir():
        return built_once(folder, SHARED)
    home = folder / "demo"
    done = run_museum("demo", "--home", home)
    assert done.returncode == 0, done.stderr
    return home


def _weights(browser: Browser, museum: Served) -> list[dict[str, Any]]:
    """On a phone of three times the density, nothing cached: it asks for the largest poster."""
    found: list[Weight] = []
    for address in objects(museum):
        context = browser.new_context(viewport={"width": 360, "height": 800}, device_scale_factor=3)
        found.append(weigh(context, museum.url, address))
        context.close()
    note = f"worst of {len(found)} object pages, gzip where the server sends it"
    rows = [
        _row(f"object page before interaction: {name}", max(getattr(w, key) for w in found), limit, "bytes", note)
        for name, key, limit in _LIMITS
    ]
    rows.append(_row("object pages: requests to other hosts", sum(len(w.foreign) for w in found), 0, "", ""))
    return rows


def _faults(browser: Browser, museum: Served) -> list[dict[str, Any]]:
    """axe on one page of each kind, in both languages, at a desk's and a phone's width, light and dark."""
    faults = judged = 0
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    for language in ("vi", "en"):
        for address, _ in _places(museum):
            page.goto(museum.url + in_language(address, language))
            for width, scheme in ((1440, "light"), (360, "dark")):
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                faults += len(judge(page).faults)
                judged += 1
    context.close()
    return [_row("faults found by axe (WCAG 2.0 to 2.2, A and AA)", faults, 0, "", f"{judged} page states judged")]


def _places(museum: Served) -> list[tuple[str, int]]:
    if SHARED.is_dir():
        return list(kinds_of_pages(museum).values())
    return [(address, 200) for address in ("/", "/search", "/c", "/about", "/accessibility", *objects(museum))]


def _row(name: str, ours: int | None, limit: int | None, unit: str, note: str) -> dict[str, Any]:
    return {"name": name, "ours": ours, "limit": limit, "unit": unit, "note": note}
