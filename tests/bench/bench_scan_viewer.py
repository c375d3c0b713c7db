"""Scan viewer: from tap to picture on a slow line, what each frame of a recorded path draws, memory of a long tour.

Real scans first. The peer of the first picture is our own single GLB at Cook's medium rung (150,000 triangles, pictures
of 2,048 px): it stands in for Voyager's medium copy, which is not on npm. Chromium draws without a graphics unit here.
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from museum.geometry.mesh import Mesh
from tests.bench import scan_visit
from tests.bench.scan_visit import REAL, Site, Tapped, chromium, context_of, opened, site_of
from tests.browser.scan_path import Frames, drive, still

Row = dict[str, Any]
ROUNDS = 3
LAPS = 10  # of the recorded path; each stands for a minute of a tour
_SHARE, _BUDGET, _GROWTH = 0.25, 1.0, 1.1
_WINDOW = (700, 700)
_FINEST_PX = 0.5  # of error, as a screen of four times the density would ask: more than the device bears
_MIB = 2**20
_MEMORY, _TRIANGLES, _MEGABYTES = 2, 250_000, 96  # GiB of a device; what scan_rungs.js lets it draw and keep, MiB
_BOUNDLESS = {"triangles": 1e9, "megabytes": 1e6}
_DRIVEN = ("venus-statue_vertexcolour.ply (subdivided)", "vase of 5 M")
_TOURED = "vase of 5 M"


def run() -> list[Row]:
    """All scans one after the other in one browser; the tour on the largest."""
    rows: list[Row] = []
    with chromium() as browser:
        for name, made in _scans():
            with tempfile.TemporaryDirectory(prefix="viewer-") as folder, _site(name, made, Path(folder)) as site:
                rows += first_picture(browser, site)
                if name in _DRIVEN:
                    rows += path(browser, site)
                if name == _TOURED:
                    rows += tour(browser, site)
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
    told = f"{site.name}, device of {_MEMORY} GiB, heaviest of {found.count} frames"

    def row(name: str, ours: float, most: float, without: float, unit: str) -> Row:
        note = f"peer: the budget; without it {without:.4g}, asked for {_FINEST_PX} px of error"
        return {"name": f"{told}: {name}", "ours": ours, "peer": most, "ratio": round(ours / most, 3), "limit": _BUDGET,
                "unit": unit, "note": note}  # fmt: skip

    return [
        row("triangles drawn", found.triangles, _TRIANGLES, free.triangles, ""),
        row("memory drawn", round(found.megabytes, 1), _MEGABYTES, free.megabytes, "MiB"),
        row("memory of all tiles kept", round(found.held, 1), _MEGABYTES, free.held, "MiB"),
    ]


def _driven(browser: Browser, site: Site, *, steps: int, budget: dict[str, float] | None = None) -> Frames:
    context = context_of(browser, memory=_MEMORY, size=_WINDOW)
    try:
        page = opened(context, site)
        drive(page, steps=1, budget=budget, finest_px=_FINEST_PX)  # tiles come
        still(page)
        return drive(page, steps=steps)
    finally:
        context.close()


def tour(browser: Browser, site: Site) -> list[Row]:
    """Memory of the tab after ten laps of the path against that after one.

    Driven faster than a visitor would: a lap has 33 views and waits at its end until nothing loads any more, so it
    fetches, shows and throws away what a minute of the same way does.
    """
    context = context_of(browser, memory=4, size=_WINDOW)
    try:
        page = opened(context, site)
        held: list[float] = []
        for _ in range(LAPS):
            drive(page, steps=3, finest_px=1)
            still(page)
            held.append(_tab_mib(browser, page))
        tiles = page.evaluate("() => document.querySelector('figure.viewer').museumViewer.tiles")
    finally:
        context.close()
    note = f"private memory of the tab and of the graphics process after each lap, garbage collected: {held}; "
    note += f"{tiles['megabytes']:.0f} MiB of tiles at last; a lap stands for a minute"
    return [{"name": f"{site.name}: memory after ten laps against one", "ours": round(held[-1]), "peer": round(held[0]),
             "ratio": round(held[-1] / held[0], 3), "limit": _GROWTH, "unit": "MiB", "note": note}]  # fmt: skip


def _tab_mib(browser: Browser, page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.detach()
    whole = browser.new_browser_cdp_session()
    told = whole.send("SystemInfo.getProcessInfo")["processInfo"]
    whole.detach()
    wanted = [process["id"] for process in told if process["type"] in ("renderer", "GPU")]
    return round(sum(_private(process) for process in wanted) / _MIB, 1)


def _private(process_id: int) -> int:
    """Bytes that a process has for itself (its anonymous memory)."""
    text = Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii")
    lines = (line.split() for line in text.splitlines())
    return sum(int(line[1]) * 1024 for line in lines if line[0] in ("Private_Dirty:", "Private_Clean:"))
