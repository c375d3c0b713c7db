"""A scan that streams, in a real browser: finer where one looks, within the device's budget in every frame."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit, until
from tests.browser.scan_path import drive, still
from tests.browser.scan_site import scan_site
from tests.browser.scan_visits import SMALL, open_scan, state
from tests.museums import Served

pytestmark = [pytest.mark.browser]
Visitors = Callable[..., AbstractContextManager[Visit]]
SMALL_DEVICE = {"triangles": 4_000, "megabytes": 96}  # less than the eight tiles of the third level together
LITTLE = {"triangles": 6_000, "megabytes": 0.2}
CRAMPED = {"triangles": 1e9, "megabytes": 0.3}
BOUNDLESS = {"triangles": 1e9, "megabytes": 1e6}
STEPS = 4
CLOSE = {"azimuth_deg": 55, "elevation_deg": 15, "distance": 0.8, "target": [0.4, 0.4, 0.4]}
WHOLE = {"azimuth_deg": -28, "elevation_deg": 9}

_SHOWN = """() => {
  const [stream] = document.querySelector("figure.viewer").museumViewer.view.scene.streams;
  return [...stream.tiles.visibleTiles].map((tile) => [tile.content.uri, tile.geometricError]);
}"""
_KEPT = """() => {
  const { scene } = document.querySelector("figure.viewer").museumViewer.view, [stream] = scene.streams;
  const models = [...stream.tiles.lruCache.itemSet.keys()].filter(({ engineData }) => engineData.scene).length;
  return { models, parts: scene.looks.parts.size, geometries: scene.renderer.info.memory.geometries };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Among others, a vase of 20,000 triangles in tiles of 700."""
    with scan_site(tmp_path_factory.mktemp("site")) as served:
        yield served


def look(page: Page, camera: dict[str, Any]) -> dict[str, float]:
    """Turn the camera there and wait; the tiles then shown, each with its geometric error."""
    page.evaluate("camera => document.querySelector('figure.viewer').museumViewer.view.scene.look(camera)", camera)
    still(page)
    return dict(page.evaluate(_SHOWN))


def test_tiles_are_shown_and_a_still_view_asks_for_no_more(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/vase")
        still(page)
        frames = state(page, "framesDrawn")
        page.wait_for_timeout(500)
        assert state(page, "framesDrawn") == frames, "a still view draws no frames"
        got = [url for url in visitor.requested if "/s/vase/" in url and url.endswith(".glb")]
        assert got and len(got) == len(set(got)), "no tile twice"
        assert not [url for url in visitor.requested if url.endswith("/thumb.glb")]
        told = state(page, "tiles")
        assert told["failed"] == 0 and 0 < told["triangles"] <= 20_000
        assert state(page, "drawn")["triangles"] == told["triangles"]


def test_the_first_picture_is_asked_for_at_the_tap_and_gives_way_to_tiles(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/vase")
        still(page)
        asked = [url.removeprefix(site.url) for url in visitor.requested]
        models = page.evaluate("() => document.querySelector('figure.viewer').museumViewer.view.scene.models.size")
    tiles = [path for path in asked if path.startswith("/s/vase/")]
    assert tiles[:3] == ["/s/vase/tileset.json", "/s/vase/front.glb", "/s/vase/0.glb"] and len(tiles) > 3
    scripts = [n for n, path in enumerate(asked) if path.endswith(".js")]
    assert asked.index("/s/vase/tileset.json") < scripts[-1], "it is on its way before the last script is"
    assert len(asked) == len(set(asked)), "nothing is asked for twice"
    assert models == 0, "the first picture is gone"


def test_a_copy_stands_in_where_tiles_fail_after_the_first_picture(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        visitor.page.route("**/0.glb", lambda route: route.fulfill(status=404))
        page = open_scan(visitor, "/vase")
        until(lambda: (state(page, "rung") or {}).get("address") == "/thumb.glb", "the copy")
        assert state(page, "isOpen") and state(page, "tiles") is None
        until(lambda: state(page, "drawn")["triangles"] == 48, "the copy alone")
        visitor.complaints.clear()  # the browser tells of the missing tile


def test_a_nearer_view_is_finer_where_it_looks_and_goes_back(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/vase")
        whole = look(page, WHOLE)
        close = look(page, CLOSE)
        assert min(close.values()) < min(whole.values()), "finer tiles"
        assert set(close) != set(whole)
        leaves = [name for name, error in close.items() if error == 0]
        assert leaves, "down to the scan itself"
        asked = {url.rpartition("/")[2] for url in visitor.requested if url.endswith(".glb")}
        assert len(asked) < len(all_tiles(page)), "what isn't looked at is not fetched"
        assert look(page, WHOLE) == whole, "and back"


def all_tiles(page: Page) -> list[str]:
    """Every tile that the tileset names."""
    found: list[str] = page.evaluate("""() => {
      const [stream] = document.querySelector("figure.viewer").museumViewer.view.scene.streams, names = [];
      stream.tiles.traverse((tile) => void names.push(tile.content.uri));
      return names;
    }""")
    return found


def test_every_frame_of_a_path_keeps_the_budget(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/vase")
        kept = drive(page, steps=STEPS, budget=LITTLE)
        still(page)
        frames = state(page, "framesDrawn")
        page.wait_for_timeout(400)
        assert state(page, "framesDrawn") == frames, "no swinging between too fine and too coarse"
        free = drive(page, steps=STEPS, budget=BOUNDLESS)
    print(f"{kept.count} frames: at most {kept.triangles} triangles, {kept.megabytes:.3f} MiB; unbounded {free}")
    assert kept.count > 40
    assert kept.triangles <= LITTLE["triangles"] < free.triangles
    assert kept.megabytes <= LITTLE["megabytes"] < free.megabytes
    assert kept.held <= LITTLE["megabytes"] < free.held


_TREE = """() => {
  const [stream] = document.querySelector("figure.viewer").museumViewer.view.scene.streams, found = {};
  stream.tiles.traverse(({ content, extras, parent }) => {
    found[content.uri] = [extras.faces, parent?.content.uri ?? null];
  });
  return found;
}"""
_AT_REST = """async ([budget, finest]) => {
  const { scene } = document.querySelector("figure.viewer").museumViewer.view, [stream] = scene.streams;
  stream.bound(budget);
  stream.tiles.errorTarget = finest;
  scene.ask();
}"""


def test_a_small_device_is_shown_what_it_bears_and_fetches_no_more(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/vase")
        page.evaluate(_AT_REST, [{"triangles": 1, "megabytes": 96}, 0.01])
        still(page)
        assert state(page, "tiles")["visible"] == 1, "the root is shown, whatever it weighs"
        known = len(visitor.requested)
        page.evaluate(_AT_REST, [SMALL_DEVICE, 0.01])
        still(page)
        told = state(page, "tiles")
        asked = {url.rpartition("/")[2] for url in visitor.requested[known:]}
        shown, tree = dict(page.evaluate(_SHOWN)), page.evaluate(_TREE)
    print(f"{told['triangles']} triangles of {len(shown)} tiles, {told['error']:.1f} px; asked for {sorted(asked)}")
    assert told["triangles"] == sum(tree[name][0] for name in shown), "each tile has what it said"
    assert 0.7 * SMALL_DEVICE["triangles"] < told["triangles"] <= SMALL_DEVICE["triangles"]
    assert told["error"] > 1, "the budget ended it, not the screen"
    above = {name for one in shown for name in ancestors(one, tree)}
    assert asked and asked <= set(shown) | above, "nothing that isn't shown, but what leads there"


def ancestors(name: str, tree: dict[str, tuple[int, str | None]]) -> list[str]:
    """The tiles above one."""
    parent = tree[name][1]
    return [] if parent is None else [parent, *ancestors(parent, tree)]


def test_a_long_tour_leaves_nothing_behind(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/vase")
        told = []
        for _ in range(3):
            drive(page, steps=2, budget=CRAMPED)
            look(page, WHOLE)
            told.append(page.evaluate(_KEPT))
        print(told)
        asked = [url for url in visitor.requested if url.endswith(".glb")]
        assert len(asked) > len(set(asked)), "tiles were thrown away and fetched anew"
        for kept in told:
            assert kept["parts"] == kept["models"]
            assert kept["geometries"] <= kept["models"]
