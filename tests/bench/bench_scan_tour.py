"""Scan viewer: memory of a tab at the end of a tour of ten real minutes against that after one.

A vase of 5 million triangles in tiles; a visitor by mouse and keys: around, in and out, along, light moved, cut open,
lengths measured, hotspots opened. Each minute goes another way around, so that tiles come and go to the end. The
browser keeps no bodies of answers for whoever drives it: see plain_chromium. Then, as a control, one lap of a tab that
keeps every tile: it must miss the limit.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench import scan_visit
from tests.bench.scan_visit import site_of
from tests.browser import scan_tour
from tests.browser.plain_chromium import Plain, plain_chromium
from tests.browser.scan_tour import Held

Row = dict[str, Any]
MINUTES = 10
_MILLIONS = 5
_MINUTE_S = 60
_GROWTH = 1.1
_TURN_DEG = 25  # more, each minute
_WINDOW = (700, 700)
_MEMORY = 4  # GiB of the device
_SPOTS = [
    {"at": [0, 0, 1], "label": "Mặt trước", "text": "Vết mẻ dài 4 mm."},
    {"at": [1, 0.4, 0], "label": "Vai", "camera": {"azimuth_deg": 90, "elevation_deg": 30, "distance": 2}},
    {"at": [-1, -0.4, 0], "label": "Chân", "camera": {"azimuth_deg": 250, "elevation_deg": -5, "distance": 1.2}},
]


def run() -> list[Row]:
    """The tour and its control in one tab."""
    options = {"unit": "m", "hotspots": _SPOTS}
    with tempfile.TemporaryDirectory(prefix="tour-") as name:
        folder = Path(name)
        with (
            site_of(f"vase of {_MILLIONS} M", scan_visit.vase(_MILLIONS, folder), folder, options=options) as site,
            plain_chromium(size=_WINDOW, memory=_MEMORY) as browser,
        ):
            scan_tour.opened(browser.tab, site.served.url + "/ours")
            return _rows(browser, site.name)


def _rows(browser: Plain, name: str) -> list[Row]:
    minutes: list[Held] = []
    done = 0
    began = time.monotonic()
    for minute in range(1, MINUTES + 1):
        while time.monotonic() < began + minute * _MINUTE_S:
            for _ in scan_tour.lap(browser.tab, turned_deg=minute * _TURN_DEG):
                done += 1
                if time.monotonic() >= began + minute * _MINUTE_S:
                    break
        minutes.append(scan_tour.held(browser))
    took = time.monotonic() - began
    scan_tour.leak(browser.tab)
    for _ in scan_tour.lap(browser.tab):
        pass
    leaked = scan_tour.held(browser)
    if leaked.heap <= _GROWTH * minutes[0].heap:
        raise AssertionError(f"a lap that keeps every tile isn't seen: {leaked} after {minutes}")
    first, last = minutes[0], minutes[-1]
    told = f"{name}, {took / 60:.1f} minutes, {done} doings, {last.came} tiles fetched"

    def row(what: str, measure: str) -> Row:
        all_of = [getattr(held, measure) for held in minutes]
        note = f"after each minute {all_of}; a lap that keeps every tile: {getattr(leaked, measure)}"
        return {"name": f"{told}: {what}", "ours": all_of[-1], "peer": all_of[0], "unit": "MiB",
                "ratio": round(all_of[-1] / all_of[0], 3), "limit": _GROWTH, "note": note}  # fmt: skip

    kinds = f"pictures and programs {first.graphics[1:]} then {last.graphics[1:]}"
    tiles = f"{first.tiles} then {last.tiles} MiB of tiles; {first.came} fetched in the first minute"
    return [
        row("script's heap and arrays", "heap"),
        row("the tab's process", "tab"),
        row("the tab's process, what is shared with no other", "own"),
        row("the tab's and the graphics process", "both"),
        {"name": f"{told}: geometries on the graphics card", "ours": last.graphics[0], "peer": first.graphics[0],
         "ratio": round(last.graphics[0] / first.graphics[0], 3), "limit": _GROWTH, "note": f"{kinds}; {tiles}"},
    ]  # fmt: skip
