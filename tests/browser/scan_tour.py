"""A visitor's tour of a scan by mouse and keys, and what the tab holds after a part of it. For tests and benches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.browser.plain_chromium import Plain, Tab, memory_mib
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
_SURFACE = ".viewer-surface"
_MIB = 2**20
_COUNT = """() => {
  const [stream] = document.querySelector("figure.viewer").museumViewer.view.scene.streams;
  window.came = stream.tiles.lruCache.loadedSet.size;
  stream.tiles.addEventListener("load-model", () => { window.came += 1; });
}"""
_TILES = "() => [document.querySelector('figure.viewer').museumViewer.tiles.megabytes, window.came]"


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a tab has after its garbage is gone: MiB of script's heap with its arrays; of the tab's process; what
    of that is shared with no other; of the tab's and the graphics process; of the tiles that are kept. How many tiles
    came since the beginning. Geometries, pictures and programs on the graphics card."""

    heap: float
    tab: float
    own: float
    both: float
    tiles: float
    came: int
    graphics: tuple[int, int, int]


def opened(tab: Tab, address: str) -> None:
    """Open a scan's page and the viewer on it, as a visitor does; tiles are counted from here."""
    tab.open(address, until=".viewer-start button")
    tab.click(*tab.middle(".viewer-start button"))
    tab.wait_for("figure.viewer.is-drawn")
    tab.evaluate(_COUNT)


def lap(
    tab: Tab, *, stations: Sequence[Station] = STATIONS, turned_deg: float = 0, flies: bool = True
) -> Iterator[str]:
    """Go from station to station and do at each the next thing of what a visitor does there; yields what was done."""
    middle = tab.middle(_SURFACE)
    doings = (_orbit, _zoom, _light, _cut, _measure, _pan, _hotspot)
    for n, (azimuth, elevation, distance, target) in enumerate(stations):
        camera = {"azimuth_deg": azimuth + turned_deg, "elevation_deg": elevation, "distance": distance,
                  "target": list(target)}  # fmt: skip
        tab.evaluate(_GO, [camera, flies])
        act = doings[n % len(doings)]
        act(tab, *middle)
        yield act.__name__.removeprefix("_")


def _drag(tab: Tab, x: float, y: float, *, by: tuple[float, float], steps: int = 5) -> None:
    tab.move(x, y)
    tab.down()
    for step in range(1, steps + 1):
        tab.move(x + by[0] * step / steps, y + by[1] * step / steps)
        tab.evaluate(_FRAME)
    tab.up()


def _orbit(tab: Tab, x: float, y: float) -> None:
    _drag(tab, x, y, by=(140, 30))


def _pan(tab: Tab, x: float, y: float) -> None:
    with tab.shift():
        _drag(tab, x, y, by=(-60, 50))


def _zoom(tab: Tab, x: float, y: float) -> None:
    tab.move(x, y)
    for way in (-240, -240, -240, 240, 240, 240):
        tab.wheel(way)
        tab.evaluate(_FRAME)


def _light(tab: Tab, x: float, y: float) -> None:
    _keys(tab, "l")
    _drag(tab, x, y, by=(90, -60))
    _keys(tab, "l")


def _cut(tab: Tab, x: float, y: float) -> None:
    _keys(tab, "c")
    _drag(tab, x, y, by=(80, 0))
    _keys(tab, "c")


def _measure(tab: Tab, x: float, y: float) -> None:
    _keys(tab, "d")
    for at in (x - 30, x + 30):
        tab.click(at, y)
        tab.evaluate(_FRAME)
    _keys(tab, "d")


def _hotspot(tab: Tab, x: float, y: float) -> None:
    _keys(tab, "n")
    still(tab)


def _keys(tab: Tab, *keys: str) -> None:
    tab.focus(_SURFACE)
    for key in keys:
        tab.press(key)


def held(browser: Plain) -> Held:
    """Look at the whole as at the beginning, wait until nothing loads, collect the garbage, weigh."""
    tab = browser.tab
    _keys(tab, "0")
    still(tab)
    for _ in range(2):
        tab.call("HeapProfiler.collectGarbage")
    still(tab)
    tiles, came = tab.evaluate(_TILES)
    heap = tab.call("Runtime.getHeapUsage")
    of = {kind: [memory_mib(process) for process in browser.processes(kind)] for kind in ("renderer", "GPU")}
    pss, own = ({kind: sum(each[n] for each in found) for kind, found in of.items()} for n in (0, 1))
    return Held(
        heap=round((heap["usedSize"] + heap.get("backingStorageSize", 0)) / _MIB, 1),
        tiles=round(tiles, 1), came=came, tab=round(pss["renderer"], 1), own=round(own["renderer"], 1),
        both=round(pss["renderer"] + pss["GPU"], 1),
        graphics=tuple(tab.evaluate(_GRAPHICS)),
    )  # fmt: skip


def leak(tab: Tab, *, times: int = 1) -> None:
    """From now on the tab keeps a copy of every tile that comes, or several: what the tour's limit has to see."""
    tab.evaluate(_LEAK, times)
