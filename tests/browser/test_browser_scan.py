"""The scan viewer's tools in a real browser, on a box of known size and a vase that streams: no museum is needed."""

import base64
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from museum.geometry.tileset import building
from tests.browser.axe import judge
from tests.browser.conftest import Visit, until
from tests.browser.scan_pages import DIST, box_glb, page_of, serving_files
from tests.geometry.tilesets import vase
from tests.museums import Served

pytestmark = [pytest.mark.browser]

SMALL = (520, 560)
SCRIPT_BYTES = 190_000  # three.js, glTF, 3D Tiles and all of ours, gzip; decoders come on demand
SPOTS = [
    {"at": [0, 0, 1], "label": "Mặt trước", "text": "Vết mẻ dài 4 mm."},
    {"at": [1, 0, 0], "label": "Mặt phải", "camera": {"azimuth_deg": 90, "elevation_deg": 30, "distance": 6}},
]
TURNTABLE = {"frames": 4, "columns": 2, "rows": 2, "frame_width_px": 40, "frame_height_px": 30}
AR = {"glb": "/box.glb", "usdz": "/box.usdz", "title": "Hộp"}
Visitors = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Pages of a box with and without a scale, of rungs, of a vase in tiles."""
    folder = tmp_path_factory.mktemp("tiles")
    building.build(vase(20_000), folder / "vase.3tz", most=700)
    with zipfile.ZipFile(folder / "vase.3tz") as packed:
        files = {f"/s/vase/{name}": packed.read(name) for name in packed.namelist()}
    coarse, fine = box_glb(cells=2), box_glb(cells=110)
    rungs = [
        {"name": "thumb", "address": "/thumb.glb", "bytes": len(coarse), "faces": 48},
        {"name": "medium", "address": "/box.glb", "bytes": len(fine), "faces": 145_200, "deviation_p99": 0.12},
    ]
    rungs[1]["deviation_unit"] = "mm"
    turntable = {**TURNTABLE, "address": "/turn.png", "azimuth_start_deg": 0, "azimuth_step_deg": 90}
    box = {"model": "/box.glb", "unit": "m", "ar": AR, "turntable": turntable}
    pages: dict[str, dict[str, Any]] = {
        "/box": {"model": "/thumb.glb", "unit": "m", "ar": AR, "turntable": turntable, "hotspots": SPOTS},
        "/unscaled": {"model": "/thumb.glb", "ar": AR},
        "/rungs": {**box, "rungs": rungs},
        "/dots": {"model": "/dots.glb", "unit": "m"},
        "/hall": {"model": "/hall.glb", "unit": "m", "walk": True},
        "/vase": {"model": "/thumb.glb", "unit": "m", "tileset": "/s/vase/tileset.json"},
        "/torn": {"model": "/thumb.glb", "unit": "m", "tileset": "/s/gone/tileset.json"},
        "/gone": {"model": "/gone.glb", "unit": "m"},
    }
    files |= {"/thumb.glb": coarse, "/box.glb": fine, "/dots.glb": box_glb(cells=12, as_points=True)}
    files |= {"/hall.glb": box_glb((9000.0, 4000.0, 6000.0)), "/turn.png": _sheet(folder / "turn.png")}
    files |= {path: page_of(options) for path, options in pages.items()}
    files["/en"] = page_of(pages["/box"], language="en")
    with serving_files(files) as served:
        yield served


def _sheet(path: Path) -> bytes:
    sheet = Image.new("RGB", (80, 60))
    for frame, color in enumerate(("#a33", "#3a3", "#33a", "#aa3")):
        sheet.paste(color, (frame % 2 * 40, frame // 2 * 30, frame % 2 * 40 + 40, frame // 2 * 30 + 30))
    sheet.save(path)
    return path.read_bytes()


def state(page: Page, name: str) -> Any:
    """A value of the viewer's state object."""
    return page.evaluate("name => document.querySelector('figure.viewer').museumViewer?.[name]", name)


def spoken(page: Page) -> str:
    """What the viewer's live region says now."""
    return page.locator("figure.viewer [role=status]").inner_text().strip()


def says(page: Page, words: str) -> None:
    """Wait until the live region says this."""
    until(lambda: words in spoken(page), f"“{words}” in words")


_PICTURE = """() => {
  const { view } = document.querySelector("figure.viewer").museumViewer;
  view?.scene.draw();
  return document.querySelector(".viewer-surface canvas").toDataURL("image/png");
}"""


def pixels(page: Page) -> bytes:
    """What the canvas shows, drawn now."""
    return base64.b64decode(page.evaluate(_PICTURE).partition(",")[2])


def press(page: Page, *keys: str) -> None:
    """Press keys on the surface, one after another."""
    page.locator(".viewer-surface").focus()
    for key in keys:
        page.keyboard.press(key)


def open_scan(visitor: Visit, address: str) -> Page:
    """Open the page and the viewer on it, as a visitor does."""
    page = visitor.open(address)
    page.locator(".viewer-start button").first.click()
    page.wait_for_selector("figure.viewer.is-open")
    page.evaluate(
        "() => document.fonts.ready.then(() => 1)"
    )  # the tools take their final size, and the object its place
    page.evaluate("() => new Promise(requestAnimationFrame)")
    return page


def place_of(page: Page, point_m: tuple[float, float, float]) -> tuple[float, float]:
    """Where a point of the scene is on the page, in CSS pixels."""
    at = page.evaluate("p => document.querySelector('figure.viewer').museumViewer.view.scene.seen(p)", list(point_m))
    surface = page.locator(".viewer-surface").bounding_box()
    assert surface is not None
    return surface["x"] + at["x"], surface["y"] + at["y"]


def _numbers(page: Page) -> list[float]:
    """The camera as it stands."""
    return [*(state(page, name) for name in ("azimuth", "polar", "roll", "zoom")), *state(page, "target")]


def test_every_way_of_looking_has_a_key_and_a_button(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        told = {name: state(page, name) for name in ("azimuth", "polar", "roll", "zoom", "target")}
        first = _numbers(page)
        moves = {"ArrowLeft": "azimuth", "ArrowUp": "polar", ",": "roll", "+": "zoom", "Shift+ArrowRight": "target"}
        for key, name in moves.items():
            press(page, key)
            assert state(page, name) != told[name], key
        press(page, "0")
        assert _numbers(page) == pytest.approx(first)

        page.get_by_role("button", name="Di chuyển", exact=True).click()
        panel = page.get_by_role("group", name="Di chuyển", exact=True)
        for words, name in {
            "Sang phải một bước": "azimuth",
            "Lên một bước": "polar",
            "Nghiêng sang trái": "roll",
        }.items():
            panel.get_by_role("button", name=words, exact=True).click()
            assert state(page, name) != told[name], words
        panel.get_by_role("button", name="Dời", exact=True).click()
        panel.get_by_role("button", name="Sang trái một bước", exact=True).click()
        assert state(page, "target") != told["target"]
        panel.get_by_role("combobox").select_option("back")
        until(lambda: state(page, "azimuth") == pytest.approx(180), "the back")
        says(page, "phía sau; ngang tầm")
        page.get_by_role("button", name="Xem toàn bộ").click()
        assert _numbers(page) == pytest.approx(first)
        page.keyboard.press("Escape")
        expect(page.locator(".viewer-surface")).to_have_count(1)


def test_light_surface_and_section_change_the_picture_and_come_back(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        seen = [pixels(page)]

        def differs(what: str) -> None:
            seen.append(pixels(page))
            assert seen[-1] not in seen[:-1], what

        press(page, "m")
        says(page, "Thạch cao")
        differs("plaster")
        press(page, "m")
        differs("mesh")
        press(page, "m", "c")
        says(page, "Mặt cắt dọc")
        differs("section")
        page.get_by_role("button", name="Bề mặt", exact=True).click()
        page.get_by_role("button", name="Đổi phía").click()
        differs("the other side")
        page.get_by_role("button", name="Không cắt").click()
        page.get_by_role("button", name="Ánh sáng", exact=True).click()
        page.get_by_role("button", name="Chiếu xiên từ bên trái").click()
        assert state(page, "lamp")["azimuth"] == pytest.approx(-82)
        says(page, "bên trái")
        differs("raking light")
        page.get_by_role("button", name="Đèn thường").click()
        page.get_by_role("button", name="Ánh sáng", exact=True).click()
        assert pixels(page) == seen[0], "as it was at first"


def test_length_is_true_and_told_with_its_unit(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        press(page, "1", "d")
        for x in (-0.04, 0.04):
            page.mouse.click(*place_of(page, (x, 0.01, 0.02)))
        assert state(page, "length") == pytest.approx(80, abs=0.6)
        says(page, "Khoảng cách 8")
        expect(page.locator(".scan-figure")).to_have_text(re.compile(r"^(7,9\d|8|8,0\d)\scm$"))
        page.get_by_role("button", name="Đo lại").click()
        press(page, "Enter")
        says(page, "điểm thứ nhất")
        press(page, "Shift+ArrowRight", "Enter")
        assert state(page, "length") > 1, "two points set by keys alone"
        page.mouse.click(8, 120)
        says(page, "không có bề mặt")


def test_nothing_is_measured_without_a_scale(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce", user_agent="Android") as visitor:
        page = open_scan(visitor, "/unscaled")
        page.get_by_role("button", name="Đo", exact=True).click()
        expect(page.get_by_role("group", name="Đo", exact=True)).to_have_text(re.compile("Chưa xác định tỷ lệ"))
        expect(page.get_by_role("button", name="Đặt điểm")).to_have_count(0)
        press(page, "Enter", "Enter")
        assert state(page, "length") is None
        page.get_by_role("button", name="Thêm", exact=True).click()
        expect(page.get_by_text("Đặt vào không gian của bạn")).to_have_count(0)


def test_room_is_offered_to_a_phone_at_true_size(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce", user_agent="Mozilla Android") as visitor:
        page = open_scan(visitor, "/box")
        page.get_by_role("button", name="Thêm", exact=True).click()
        link = page.get_by_role("link", name="Đặt vào không gian của bạn").get_attribute("href") or ""
        assert link.startswith("intent://arvr.google.com/scene-viewer/1.2?file=http")
        assert "resizable=false" in link and "box.glb" in link and "package=com.google.ar.core" in link


def test_link_brings_the_very_view_back(visitors: Visitors, site: Served) -> None:
    names = ("azimuth", "polar", "roll", "zoom", "target", "lamp", "look", "cut")
    with visitors(site, size=SMALL, reduced_motion="reduce", permissions=["clipboard-write"]) as visitor:
        page = open_scan(visitor, "/box")
        press(page, "ArrowRight", "ArrowUp", ",", "+", "+", "Shift+ArrowUp", "m", "c", "l", "ArrowLeft", "l")
        told, picture = {name: state(page, name) for name in names}, pixels(page)
        page.get_by_role("button", name="Thêm", exact=True).click()
        page.get_by_role("button", name="Chia sẻ góc nhìn").click()
        link = page.get_by_role("textbox", name="Liên kết").input_value()
        says(page, "liên kết")
        visitor.open("/dots")
        page = visitor.open(link.removeprefix(site.url))
        page.wait_for_selector("figure.viewer.is-open")
        for name in names:
            now = state(page, name)
            known = told[name]
            assert now == (pytest.approx(known, abs=0.06) if not isinstance(known, str) else known), name
        page.wait_for_selector("figure.viewer.is-drawn")
        assert _far(pixels(page), picture) < 0.02


def _far(one: bytes, other: bytes) -> float:
    """Share of pixels that differ visibly."""
    a, b = (np.asarray(Image.open(io.BytesIO(p)).convert("RGB"), dtype=np.int16) for p in (one, other))
    return float((np.abs(a - b).max(axis=2) > 24).mean())


def test_points_lead_the_camera_and_say_what_is_there(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/box")
        spot = page.get_by_role("button", name="Điểm 2: Mặt phải")
        spot.focus()
        page.keyboard.press("Enter")
        until(lambda: state(page, "azimuth") == pytest.approx(90), "the point's own camera")
        assert state(page, "polar") == pytest.approx(60)
        press(page, "n")
        says(page, "Mặt trước. Vết mẻ dài 4 mm.")
        until(lambda: abs(state(page, "azimuth")) < 1, "a camera before the point")
        page.get_by_role("button", name="Điểm 2: Mặt phải").wait_for(state="attached")
        hidden = page.locator(".scan-spots > li.is-behind")
        front = hidden.filter(has=page.get_by_role("button", name="Điểm 1: Mặt trước"))
        until(lambda: hidden.count() == 1 and not front.count(), "the point in front to be seen, the other not")
        press(page, "3")
        until(lambda: front.count() == 1, "the point in front is behind the box now")


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
        assert _far(pixels(page), picture) < 0.01
        page.evaluate(lose)
        until(lambda: state(page, "reopened") == 1 and state(page, "isOpen"), "a new context")
        until(lambda: state(page, "azimuth") == pytest.approx(told, abs=0.01), "the same view")
        page.wait_for_selector("figure.viewer.is-drawn")
        assert _far(pixels(page), picture) < 0.01


def test_pictures_turn_where_webgl_is_missing(visitors: Visitors, site: Served) -> None:
    missing = "() => { const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext ="
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


def _frames_in(page: Page, ms: int) -> int:
    """Frames drawn in so many milliseconds."""
    before = int(state(page, "framesDrawn"))
    page.wait_for_timeout(ms)
    return int(state(page, "framesDrawn")) - before


def test_tiles_are_shown_and_a_still_view_asks_for_no_more(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/vase")
        until(lambda: _frames_in(page, 500) == 0, "a still view, which draws no frames")
        got = [url for url in visitor.requested if "/s/vase/" in url and url.endswith(".glb")]
        assert got and len(got) == len(set(got)), "no tile twice"
        assert not [url for url in visitor.requested if url.endswith("/thumb.glb")]
        told = state(page, "tiles")
        assert told["failed"] == 0 and 0 < told["triangles"] <= 20_000
        assert state(page, "drawn")["triangles"] == told["triangles"]


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


def test_visitor_walks_at_eye_height_and_does_not_pass_walls(visitors: Visitors, site: Served) -> None:
    eye = "() => document.querySelector('figure.viewer').museumViewer.view.scene.stands().position"
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/hall")
        press(page, "w")
        says(page, "Đang đi bộ")
        start = page.evaluate(eye)
        assert start[1] == pytest.approx(-2 + 1.6, abs=0.01), "1.6 m over the floor"
        press(page, "ArrowDown", "ArrowDown")
        back = page.evaluate(eye)
        assert np.hypot(back[0] - start[0], back[2] - start[2]) == pytest.approx(1.4, abs=0.01)
        assert back[1] == pytest.approx(start[1])
        before = state(page, "azimuth")
        press(page, "ArrowRight")
        assert state(page, "azimuth") != before
        assert page.evaluate(eye) == pytest.approx(back), "turning the head moves no foot"
        page.get_by_role("button", name="Di chuyển", exact=True).click()
        page.get_by_role("button", name="Xoay", exact=True).click()
        assert state(page, "mode") == "turn"


def test_points_of_a_cloud_take_a_size(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/dots")
        page.get_by_role("button", name="Bề mặt", exact=True).click()
        small = pixels(page)
        page.get_by_role("slider", name="Cỡ điểm").focus()
        for _ in range(6):
            page.keyboard.press("ArrowRight")
        assert pixels(page) != small
        expect(page.get_by_role("group", name="Bề mặt", exact=True).get_by_text("Thạch cao")).to_be_hidden()


@pytest.mark.parametrize("address", ["/box", "/en"], ids=["vi", "en"])
def test_axe_finds_no_fault_in_any_panel(visitors: Visitors, site: Served, address: str) -> None:
    judged, faults = 0, []
    with visitors(site, size=(360, 740), reduced_motion="reduce") as visitor:
        page = open_scan(visitor, address)
        for tab in page.locator(".scan-tab").all():
            tab.click()
            if panel := page.locator(".scan-panel:visible [aria-expanded=false]").all():
                panel[-1].click()
            verdict = judge(page)
            judged += 1
            assert verdict.rules_held >= 15
            faults += [f"{tab.inner_text()}: {fault}" for fault in verdict.faults]
    print(f"{judged} panels judged by axe, {len(faults)} faults")
    assert judged == 5 and not faults, "\n".join(faults)
