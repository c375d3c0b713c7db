"""The scan viewer on weak devices and slow lines, without WebGL, when graphics are lost and files are gone."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, until
from tests.browser.scan_pages import DIST, page_of, serving_files
from tests.browser.scan_site import scan_site
from tests.browser.scan_visits import SMALL, far, open_scan, pixels, press, says, state
from tests.museums import Served

pytestmark = [pytest.mark.browser]
SCRIPT_BYTES = 190_000  # three.js, glTF, 3D Tiles and all of ours, gzip; decoders come on demand
Visitors = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Pages of a box with and without a scale, of rungs, of a vase in tiles."""
    with scan_site(tmp_path_factory.mktemp("site")) as served:
        yield served


def test_lost_graphics_come_back_with_the_same_view(visitors: Visitors, site: Served) -> None:
    lose = "() => { window.lost = document.querySelector('.viewer-surface canvas').getContext('webgl2')"
    lose += ".getExtension('WEBGL_lose_context'); window.lost.loseContext(); }"
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        press(page, "ArrowRight", "ArrowUp")
        told, picture = state(page, "azimuth"), pixels(page)
        page.evaluate(lose)
        says(page, "Đang mở lại")
        page.evaluate("() => window.lost.restoreContext()")
        until(lambda: state(page, "regained") == 1, "the context again")
        says(page, "nhìn từ")
        assert far(pixels(page), picture) < 0.01
        page.evaluate(lose)
        until(lambda: state(page, "reopened") == 1 and state(page, "isOpen"), "a new context")
        until(lambda: state(page, "azimuth") == pytest.approx(told, abs=0.01), "the same view")
        page.wait_for_selector("figure.viewer.is-drawn")
        assert far(pixels(page), picture) < 0.01


def test_pictures_turn_where_webgl_is_missing(visitors: Visitors, site: Served) -> None:
    missing = "() => { delete window.WebGL2RenderingContext; "
    missing += "const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext ="
    missing += (
        " function (kind, ...rest) { return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest); }; }"
    )
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        visitor.page.add_init_script(f"({missing})()")
        page = open_scan(visitor, "/box")
        assert state(page, "isTurntable")
        expect(page.get_by_text("không hiển thị được 3D")).to_be_visible()
        first, frame = pixels(page), state(page, "frame")
        press(page, "ArrowRight")
        assert state(page, "frame") == (frame + 1) % 4
        assert pixels(page) != first
        says(page, "Ảnh")
        page.get_by_role("button", name="Sang trái một bước").click()
        assert pixels(page) == first
        assert not [url for url in visitor.requested if url.endswith(".glb")], "nothing of 3D is fetched"
        assert not [url for url in visitor.requested if "scan_sketch" in url], "nor what would draw it"
        page = visitor.open("/unscaled")
        page.locator(".viewer-start button").first.click()
        says(page, "WebGL")


@pytest.mark.parametrize(
    ("device", "wanted"),
    [
        ({"deviceMemory": 8, "connection": {"effectiveType": "4g"}}, ["/thumb.glb", "/box.glb"]),
        ({"deviceMemory": 8, "connection": {"effectiveType": "4g", "saveData": True}}, ["/thumb.glb"]),
        ({"deviceMemory": 1, "connection": {"effectiveType": "4g"}}, ["/thumb.glb"]),
        ({"deviceMemory": 8, "connection": {"effectiveType": "2g"}}, ["/thumb.glb"]),
    ],
    ids=["strong", "saves data", "little memory", "slow line"],
)
def test_copy_suits_device_and_line(
    visitors: Visitors, site: Served, device: dict[str, Any], wanted: list[str]
) -> None:
    with visitors(site, size=(1100, 900), reduced_motion="reduce") as visitor:
        told = "; ".join(
            f"Object.defineProperty(navigator, '{name}', {{ value: {json.dumps(value)} }})"
            for name, value in device.items()
        )
        visitor.page.add_init_script(told)
        page = open_scan(visitor, "/rungs")
        rung = "() => document.querySelector('figure.viewer').museumViewer.refined?.then(() => 1)"
        page.evaluate(rung)
        got = [url.removeprefix(site.url) for url in visitor.requested if url.endswith(".glb")]
        assert got == wanted
        assert state(page, "rung")["address"] == wanted[-1]


def test_scripts_of_a_scan_that_streams_keep_their_budget(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        open_scan(visitor, "/vase")
        scripts = {
            url.partition("?")[0].rpartition("/")[2] for url in visitor.requested if re.search(r"\.js(\?|$)", url)
        }
        decoders = {name for name in scripts if "decoder" in name}
        weights = {name: len(gzip.compress((DIST / name).read_bytes(), 9)) for name in scripts - decoders}
    print(f"{len(weights)} scripts of {sum(weights.values()):,} bytes, {len(decoders)} decoder on demand")
    assert len(weights) > 8 and max(weights.values()) > 100_000
    assert sum(weights.values()) <= SCRIPT_BYTES


@pytest.mark.shared
def test_decoder_of_draco_comes_on_demand_and_reads_the_whole(visitors: Visitors, shared_data: Path) -> None:
    model = (shared_data / "scans" / "saxophone_smithsonian_draco.glb").read_bytes()
    box = "() => document.querySelector('figure.viewer').museumViewer.view.scene.orbit.bounds.halves.toArray()"
    files = {"/sax.glb": model, "/sax": page_of({"model": "/sax.glb", "unit": "m"})}
    with serving_files(files) as served, visitors(served, size=(360, 420), reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/sax")
        assert [url for url in visitor.requested if "draco_decoder.wasm" in url]
        assert state(page, "drawn")["triangles"] == 100_000
        assert np.multiply(page.evaluate(box), 2) == pytest.approx([0.265, 0.665, 0.121], abs=0.002)


def test_copy_stands_in_where_tiles_or_all_are_gone(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/torn")
        assert state(page, "rung")["address"] == "/thumb.glb"
        page = visitor.open("/gone")
        page.locator(".viewer-start button").first.click()
        says(page, "Không tải được")
        assert not state(page, "isOpen")
        visitor.complaints = [words for words in visitor.complaints if "404" not in words]
