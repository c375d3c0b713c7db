"""What our own viewer fetches of a tiled cloud to show the whole of it: points as many as its window asks for."""

import zipfile
from pathlib import Path

from tests.bench.scan_visit import chromium, context_of
from tests.browser.scan_pages import box_glb, page_of, serving_files
from tests.browser.scan_path import still

SIDE_PX = 800
_TILES = "() => document.querySelector('figure.viewer').museumViewer.tiles"


def first_view(archive: Path) -> tuple[int, int, int]:
    """(bytes on the line, requests, points shown) of the archive's first view in a window of `SIDE_PX`."""
    with zipfile.ZipFile(archive) as packed:
        files = {f"/s/scan/{name}": packed.read(name) for name in packed.namelist()}
        sizes = {info.filename: info.compress_size + 18 for info in packed.infolist()}
    files["/small.glb"] = box_glb(cells=2)
    files["/ours"] = page_of({"model": "/small.glb", "unit": "m", "tileset": "/s/scan/tileset.json"})
    with serving_files(files, zipped=True) as served, chromium() as browser:
        page = context_of(browser, memory=8, size=(SIDE_PX, SIDE_PX)).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{served.url}/ours")
        page.locator(".viewer-start button").first.click()
        page.wait_for_selector("figure.viewer.is-drawn", timeout=120_000)
        still(page)
        told = page.evaluate(_TILES)
    names = [url.rpartition("/")[2] for url in asked if "/s/scan/" in url]
    return sum(sizes[name] for name in names), len(names), told["triangles"]
