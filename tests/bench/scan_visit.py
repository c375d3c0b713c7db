"""Scans as an object's page gives them to the viewer, with tiles and as one GLB; a browser on a line and a device."""

import contextlib
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from museum.geometry import glb, scan
from museum.geometry.mesh import Mesh
from museum.geometry.tileset import building
from tests.bench.tileset_scans import subdivided, write_vase
from tests.browser.scan_pages import page_of, serving_files
from tests.conftest import FLAGS, SHARED
from tests.museums import Served

# Real scans, each subdivided (every triangle into four, once or more): none of them has a million triangles.
REAL = (("venus-statue_vertexcolour.ply", 1), ("saxophone_smithsonian_draco.glb", 2), ("plato-bust_threedscans.stl", 3))
LINE_BYTES = 1_600_000 / 8  # a second
LATENCY_MS = 150  # there and back, as Lighthouse's slow 4G
MEDIUM, SMALL = (150_000, 2048), (20_000, 512)  # Cook's rungs: triangles, pixels of a picture's side

# The first picture is what stands in the place of the poster first, by whatever drew it; the view is all of the viewer.
_WATCH = """() => {
  const figure = document.querySelector("figure.viewer");
  let start;
  figure.addEventListener("click", () => { start ??= performance.now(); }, { capture: true });
  const shown = (...names) => new Promise((done) => {
    const end = () => requestAnimationFrame(() => done(performance.now() - start));
    const told = () => names.some((name) => figure.classList.contains(name)) && end();
    new MutationObserver(told).observe(figure, { attributes: true, attributeFilter: ["class"] });
  });
  window.seen = { first: shown("is-sketched", "is-drawn"), view: shown("is-drawn") };
}"""


@dataclass(frozen=True, kw_only=True)
class Tapped:
    """Milliseconds from a tap to the first picture and to the whole view, and what had come by then, in bytes."""

    first_ms: float
    first_bytes: int
    view_ms: float
    view_bytes: int


@dataclass(frozen=True, kw_only=True)
class Site:
    """A scan's two pages: `/ours` as an object's page has it, `/single` with the medium copy alone."""

    name: str
    served: Served
    faces: int


def real(file: str, times: int) -> Mesh:
    """A real scan at the size of a large one."""
    return subdivided(scan.open_scan(SHARED / "scans" / file, fallback_unit="mm").mesh, times)


def vase(millions: int, folder: Path) -> Mesh:
    """A generated one, read as any PLY is."""
    path = folder / "vase.ply"
    write_vase(path, millions * 1_000_000)
    return scan.open_scan(path, fallback_unit="mm", work=folder).mesh


@contextlib.contextmanager
def site_of(name: str, mesh: Mesh, folder: Path, *, options: Mapping[str, Any] | None = None) -> Iterator[Site]:
    """Cut the scan into tiles, write its copies, serve both pages; `options` are what ours gets besides."""
    building.build(mesh, folder / "scan.3tz")
    with zipfile.ZipFile(folder / "scan.3tz") as packed:
        files = {f"/s/scan/{entry}": packed.read(entry) for entry in packed.namelist()}
    rungs = []
    for rung, (faces, pixels) in (("thumb", SMALL), ("medium", MEDIUM)):
        path = folder / f"{rung}.glb"
        facts = glb.write_web_glb(mesh, path, max_faces=faces, texture_px=pixels, is_measured=False)
        files[f"/{rung}.glb"] = path.read_bytes()
        told: dict[str, Any] = {"name": rung, "address": f"/{rung}.glb", "bytes": facts.size_bytes}
        rungs.append({**told, "faces": facts.faces, "vertices": facts.vertices})
    single = {"model": "/medium.glb", "bytes": rungs[-1]["bytes"]}
    files["/single"] = page_of(single)
    files["/ours"] = page_of({**single, "rungs": rungs, "tileset": "/s/scan/tileset.json", **(options or {})})
    with serving_files(files, zipped=True) as served:
        yield Site(name=name, served=served, faces=len(mesh.faces))


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's, drawing without a graphics unit."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


def context_of(browser: Browser, *, memory: float, size: tuple[int, int], **options: Any) -> BrowserContext:
    """A device of so many GiB with a window of this size."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", **options)
    context.add_init_script(f"Object.defineProperty(navigator, 'deviceMemory', {{ value: {memory} }})")
    return context


def tap(browser: Browser, site: Site, path: str) -> Tapped:
    """Tap on a phone at the end of a slow line."""
    context = context_of(browser, memory=4, size=(360, 740), device_scale_factor=2, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()
        page.goto(site.served.url + path, wait_until="networkidle")
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        line = {"downloadThroughput": LINE_BYTES, "uploadThroughput": LINE_BYTES / 2, "latency": LATENCY_MS}
        session.send("Network.emulateNetworkConditions", {"offline": False, **line})
        came: list[float] = []
        session.on("Network.dataReceived", lambda event: came.append(event["encodedDataLength"]))
        page.evaluate(_WATCH)
        page.locator(".viewer-start button").first.tap()
        first = float(page.evaluate("() => window.seen.first"))
        first_bytes = int(sum(came))
        view = float(page.evaluate("() => window.seen.view"))
        return Tapped(first_ms=first, first_bytes=first_bytes, view_ms=view, view_bytes=int(sum(came)))
    finally:
        context.close()


def opened(context: BrowserContext, site: Site) -> Page:
    """Our page with its viewer open."""
    page = context.new_page()
    page.goto(site.served.url + "/ours")
    page.locator(".viewer-start button").first.click()
    page.wait_for_selector("figure.viewer.is-drawn", timeout=120_000)
    return page
