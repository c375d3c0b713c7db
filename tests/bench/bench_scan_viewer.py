"""Scan viewer: from tap to picture on a slow line, what each frame of a recorded path draws.

Real scans first. The peer of the first picture is our own single GLB at Cook's medium rung (150,000 triangles, pictures
of 2,048 px): it stands in for Voyager's medium copy, which is not on npm. Chromium draws without a graphics unit here.
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from museum.geometry.mesh import Mesh
from tests.bench import scan_visit
from tests.bench.scan_visit import REAL, Site, Tapped, chromium, context_of, opened, site_of
from tests.browser.scan_path import Frames, drive, still

Row = dict[str, Any]
ROUNDS = 3
_SHARE, _BUDGET, _UNUSED = 0.25, 1.0, 0.3
_WINDOW = (700, 700)
_FINEST_PX = 0.5  # of error, as a screen of four times the density would ask: more than the device bears
_ALL_PX = 0.05
_TILES = "() => document.querySelector('figure.viewer').museumViewer.tiles"
_ASK = """finest => {
  const { scene } = document.querySelector("figure.viewer").museumViewer.view;
  for (const { tiles } of scene.streams) tiles.errorTarget = finest;
  scene.ask();
}"""
_MEMORY, _TRIANGLES, _MEGABYTES = 2, 250_000, 96  # GiB of a device; what scan_rungs.js lets it draw and keep, MiB
_BOUNDLESS = {"triangles": 1e9, "megabytes": 1e6}
_DRIVEN = ("venus-statue_vertexcolour.ply (subdivided)", "vase of 5 M")


def run() -> list[Row]:
    """All scans one after the other in one browser."""
    rows: list[Row] = []
    with chromium() as browser:
        for name, made in _scans():
            with tempfile.TemporaryDirectory(prefix="viewer-") as folder, _site(name, made, Path(folder)) as site:
                rows += first_picture(browser, site)
                if name in _DRIVEN:
                    rows += path(browser, site)
    return rows


def _scans() -> Iterator[tuple[str, Callable[[Path], Mesh]]]:
    for file, times in REAL:
        yield f"{file} (subdivided)", lambda _, file=file, times=times: scan_visit.real(file, times)  # type: ignore[misc]  # bound now
    for millions in (1, 5):
        yield f"vase of {millions} M", lambda folder, millions=millions: scan_visit.vase(millions, folder)  # type: ignore[misc]  # bound now


def _site(name: str, made: Callable[[Path], Mesh], folder: Path) -> Any:
    return site_of(name, made(folder), folder)


def first_picture(browser: Browser, site: Site) -> list[Row]:
    """From the tap to the first picture, ours and the single GLB in turns."""
    took: dict[str, list[Tapped]] = {"/ours": [], "/single": []}
    for _ in range(ROUNDS):
        for page in took:
            took[page].append(scan_visit.tap(browser, site, page))
    ours, peer = (statistics.median(one.first_ms for one in took[page]) for page in took)
    moved, whole = (statistics.median(one.first_bytes for one in took[page]) for page in took)
    view = statistics.median(one.view_ms for one in took["/ours"])
    scripts = statistics.median(one.view_bytes for one in took["/ours"])
    note = f"1.6 Mbit/s, {scan_visit.LATENCY_MS} ms there and back; {moved:,} and {whole:,} bytes with scripts; "
    note += f"it can be turned at once, its tools follow after {view:,.0f} ms and {scripts:,} bytes"
    return [{"name": f"{site.name}: tap to first picture, beside the single GLB", "ours": round(ours), "unit": "ms",
             "peer": round(peer), "ratio": round(ours / peer, 3), "limit": _SHARE, "note": note}]  # fmt: skip


def path(browser: Browser, site: Site) -> list[Row]:
    """The heaviest frame of the recorded path within the device's budget, and without any, which it must exceed."""
    found, free = _driven(browser, site, steps=4), _driven(browser, site, steps=2, budget=_BOUNDLESS)
    rest = _at_rest(browser, site)
    told = f"{site.name}, device of {_MEMORY} GiB, heaviest of {found.count} frames"

    def row(name: str, ours: float, most: float, without: float, unit: str) -> Row:
        note = f"peer: the budget; without it {without:.4g}, asked for {_FINEST_PX} px of error"
        return {"name": f"{told}: {name}", "ours": ours, "peer": most, "ratio": round(ours / most, 3), "limit": _BUDGET,
                "unit": unit, "note": note}  # fmt: skip

    unused = 1 - rest["triangles"] / _TRIANGLES
    note = f"{rest['triangles']:,} triangles of the whole, {rest['error']:.2f} px of error left"
    return [
        {
            "name": f"{site.name}, device of {_MEMORY} GiB: share of its triangles unused at rest",
            "ours": round(unused, 3),
            "limit": _UNUSED,
            "note": note,
        },
        row("triangles drawn", found.triangles, _TRIANGLES, free.triangles, ""),
        row("memory drawn", round(found.megabytes, 1), _MEGABYTES, free.megabytes, "MiB"),
        row("memory of all tiles kept", round(found.held, 1), _MEGABYTES, free.held, "MiB"),
    ]


def _at_rest(browser: Browser, site: Site) -> dict[str, float]:
    """What is shown of the whole to who asks for all that the device bears."""
    context = context_of(browser, memory=_MEMORY, size=_WINDOW)
    try:
        page = opened(context, site)
        page.evaluate(_ASK, _ALL_PX)
        still(page)
        told: dict[str, float] = page.evaluate(_TILES)
        return told
    finally:
        context.close()


def _driven(browser: Browser, site: Site, *, steps: int, budget: dict[str, float] | None = None) -> Frames:
    context = context_of(browser, memory=_MEMORY, size=_WINDOW)
    try:
        page = opened(context, site)
        drive(page, steps=1, budget=budget, finest_px=_FINEST_PX)  # tiles come
        still(page)
        return drive(page, steps=steps)
    finally:
        context.close()
