"""A page of the museum's own scripts and content policy without the museum: scenes are put on its stage from files."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, Route

from museum.viewer.manifest import manifest_options
from museum.web.protection import POLICY
from museum.web.viewer_options import script_safe
from tests.browser.scene_files import Json, as_input

_HOME = "http://museum.test/"
_DIST = Path(__file__).parents[2] / "museum" / "web" / "static" / "dist"
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stage</title>
<link rel="stylesheet" href="/static/dist/viewer.css"><link rel="stylesheet" href="/theatre.css">
<script type="module" src="/static/dist/site.js"></script></head><body>
<figure class="viewer" data-viewer="files"><div class="manifest-files"><label for="files">Files</label>
<input id="files" type="file" multiple></div><div class="viewer-stage"></div>
<script type="application/json">%s</script></figure></body></html>"""
# Only the scene itself is compared: a stage of a known size with nothing over it.
_STYLE = """body { margin: 0 } .viewer .viewer-stage { block-size: 300px; min-block-size: 0; inline-size: 400px }
.viewer-stage > :not(.viewer-surface, .manifest-flat), .viewer-status { opacity: 0 !important }
.viewer-surface:focus-visible { outline: 0 !important; box-shadow: none !important }"""
_STILL = """async () => {
  const state = document.querySelector("figure").museumViewer;
  for (let still = 0, last = -1; still < 4; last = state.framesDrawn) {
    await new Promise((done) => requestAnimationFrame(done));
    still = state.framesDrawn === last ? still + 1 : 0;
  }
}"""
_DIFFERS = 16  # of 255: less is how a software renderer rounds


class Theatre:
    """One page; what it asks of any host is kept in `foreign`, what its console complains of in `complaints`."""

    def __init__(self, browser: Browser) -> None:
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(viewport={"width": 500, "height": 700}, reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.page.route("**/*", self._serve)
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.goto(_HOME)
        self.page.wait_for_selector("figure.is-ready")

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(_HOME).partition("?")[0]
        found = _DIST / path.removeprefix("static/dist/")
        if route.request.url == _HOME:
            told = script_safe(orjson.dumps(manifest_options(language="en")).decode())
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(status=200, content_type="text/html", body=_PAGE % told, headers=headers)
        elif path == "theatre.css":
            route.fulfill(status=200, content_type="text/css", body=_STYLE)
        elif path.startswith("static/dist/") and found.is_file():
            kind = "text/css" if found.suffix == ".css" else "text/javascript"
            route.fulfill(status=200, content_type=kind, body=found.read_bytes())
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def show(self, manifest: Json, files: Mapping[str, bytes], **others: Json) -> None:
        """Choose a manifest, the files that it names and further documents, as a person would; wait until it stands."""
        documents = {"manifest.json": manifest, **{f"{name}.json": document for name, document in others.items()}}
        given = {name: json.dumps(document).encode() for name, document in documents.items()}
        self.page.set_input_files("#files", as_input({**given, **files}))
        self._opened()
        if others and self.state("s.manifest.id") != manifest["id"]:
            self.page.get_by_label("Document looked at").select_option("manifest.json")
            self._opened()
        self._settle()

    def _opened(self) -> None:
        self.page.evaluate("() => document.querySelector('figure').museumViewer.opening")

    def _settle(self) -> None:
        """Until nothing is drawn any more: the tools' own room is known a frame later."""
        self.page.evaluate(_STILL)

    def state(self, expression: str) -> Any:
        """A value of the figure's state `s`."""
        return self.page.evaluate(
            f"() => {{ const s = document.querySelector('figure').museumViewer; return {expression}; }}"
        )

    def press(self, name: str) -> None:
        """Press a button of the panel or of the tools."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self._settle()

    def picture(self) -> Image.Image:
        """What the stage shows."""
        shown = self.page.locator(".viewer-stage").screenshot()
        return Image.open(io.BytesIO(shown), formats=["PNG"]).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ in any colour."""
    assert one.size == other.size
    red, green, blue = ImageChops.difference(one, other).split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(largest.histogram()[_DIFFERS:]) / (one.width * one.height)


def spots(picture: Image.Image, color: tuple[int, int, int]) -> list[tuple[int, int]]:
    """The pixels of about this colour."""
    wide, data = picture.width, picture.getdata()
    near = (n for n, p in enumerate(data) if all(abs(a - b) < 40 for a, b in zip(p, color, strict=True)))
    return [(n % wide, n // wide) for n in near]


def middle(picture: Image.Image, color: tuple[int, int, int]) -> tuple[float, float]:
    """The middle of the box around all pixels of about this colour."""
    found = spots(picture, color)
    assert found, f"nothing is of the colour {color}"
    xs, ys = [x for x, _ in found], [y for _, y in found]
    return (min(xs) + max(xs) + 1) / 2, (min(ys) + max(ys) + 1) / 2
