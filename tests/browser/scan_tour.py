"""A visitor's tour of a scan by mouse and keys, and what the tab holds after a part of it. For tests and benches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.scan_path import STATIONS, still

Station = tuple[float, float, float, tuple[float, float, float]]
_GO = """([camera, flies]) => {
  const { scene } = document.querySelector("figure.viewer").museumViewer.view;
  return flies ? scene.flyTo(camera) : scene.look(camera);
}"""
_FRAME = "() => new Promise(requestAnimationFrame)"
_GRAPHICS = """() => {
  const { scene } = document.querySelector("figure.viewer").museumViewer.view;
  const { geometries, textures } = scene.renderer.info.memory;
  return [geometries, textures, scene.renderer.info.programs.length];
}"""
# Every tile that is here or comes stays, `times` over: as if nobody had let go of it.
_LEAK = """times => {
  const [stream] = document.querySelector("figure.viewer").museumViewer.view.scene.streams;
  const { lruCache } = stream.tiles;
  window.leaked = [];
  const keep = ({ scene }) => scene?.traverse(({ geometry }) => {
    for (let n = 0; geometry && n < times; n += 1) window.leaked.push(geometry.clone());
  });
  for (const { engineData } of lruCache.itemSet.keys()) keep(engineData);
  stream.tiles.addEventListener("load-model", keep);
}"""
_MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a tab has after its garbage is gone: MiB of script's heap with its arrays; of the tab's process; of that and
    the graphics process; geometries, pictures and programs on the graphics card."""

    heap: float
    tab: float
    both: float
    graphics: tuple[int, int, int]


def lap(
    page: Page, *, stations: Sequence[Station] = STATIONS, turned_deg: float = 0, flies: bool = True
) -> Iterator[str]:
    """Go from station to station and do at each the next thing of what a visitor does there; yields what was done."""
    surface = page.locator(".viewer-surface").bounding_box()
    assert surface is not None
    middle = surface["x"] + surface["width"] / 2, surface["y"] + surface["height"] / 2
    doings = (_orbit, _zoom, _light, _cut, _measure, _pan, _hotspot)
    for n, (azimuth, elevation, distance, target) in enumerate(stations):
        camera = {"azimuth_deg": azimuth + turned_deg, "elevation_deg": elevation, "distance": distance,
                  "target": list(target)}  # fmt: skip
        page.evaluate(_GO, [camera, flies])
        act = doings[n % len(doings)]
        act(page, *middle)
        yield act.__name__.removeprefix("_")


def _drag(page: Page, x: float, y: float, *, by: tuple[float, float], steps: int = 5) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, steps + 1):
        page.mouse.move(x + by[0] * step / steps, y + by[1] * step / steps)
        page.evaluate(_FRAME)
    page.mouse.up()


def _orbit(page: Page, x: float, y: float) -> None:
    _drag(page, x, y, by=(140, 30))


def _pan(page: Page, x: float, y: float) -> None:
    page.keyboard.down("Shift")
    _drag(page, x, y, by=(-60, 50))
    page.keyboard.up("Shift")


def _zoom(page: Page, x: float, y: float) -> None:
    page.mouse.move(x, y)
    for way in (-240, -240, -240, 240, 240, 240):
        page.mouse.wheel(0, way)
        page.evaluate(_FRAME)


def _light(page: Page, x: float, y: float) -> None:
    _keys(page, "l")
    _drag(page, x, y, by=(90, -60))
    _keys(page, "l")


def _cut(page: Page, x: float, y: float) -> None:
    _keys(page, "c")
    _drag(page, x, y, by=(80, 0))
    _keys(page, "c")


def _measure(page: Page, x: float, y: float) -> None:
    _keys(page, "d")
    for at in (x - 30, x + 30):
        page.mouse.click(at, y)
        page.evaluate(_FRAME)
    _keys(page, "d")


def _hotspot(page: Page, x: float, y: float) -> None:
    _keys(page, "n")
    still(page)


def _keys(page: Page, *keys: str) -> None:
    page.locator(".viewer-surface").focus()
    for key in keys:
        page.keyboard.press(key)


def held(browser: Browser, page: Page) -> Held:
    """Look at the whole as at the beginning, wait until nothing loads, collect the garbage, weigh.

    The processes keep memory that is free, now more, now less of it, for themselves: that is asked back before.
    """
    _keys(page, "0")
    still(page)
    session = page.context.new_cdp_session(page)
    # What is free already, but kept for the next ones who ask, goes back to the system.
    session.send("Memory.simulatePressureNotification", {"level": "critical"})
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    still(page)
    heap = session.send("Runtime.getHeapUsage")
    session.detach()
    whole = browser.new_browser_cdp_session()
    told = whole.send("SystemInfo.getProcessInfo")["processInfo"]
    whole.detach()
    of = {kind: sum(_pss_mib(p["id"]) for p in told if p["type"] == kind) for kind in ("renderer", "GPU")}
    arrays = heap.get("backingStorageSize", 0)
    return Held(
        heap=round((heap["usedSize"] + arrays) / _MIB, 1), tab=round(of["renderer"], 1),
        both=round(of["renderer"] + of["GPU"], 1), graphics=tuple(page.evaluate(_GRAPHICS)),
    )  # fmt: skip


def _pss_mib(process_id: Any) -> float:
    """What a process has, what it shares with others counted in part."""
    lines = Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def leak(page: Page, *, times: int = 1) -> None:
    """From now on the tab keeps a copy of every tile that comes, or several: what the tour's limit has to see."""
    page.evaluate(_LEAK, times)
