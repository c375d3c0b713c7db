"""A site of a few scans without a museum: a box with and without a scale, of rungs, as dots; a vase that streams."""

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from museum.geometry.tileset import building
from tests.browser.scan_pages import box_glb, page_of, serving_files
from tests.geometry.tilesets import vase
from tests.museums import Served

SPOTS = [
    {"at": [0, 0, 1], "label": "Mặt trước", "text": "Vết mẻ dài 4 mm."},
    {"at": [1, 0, 0], "label": "Mặt phải", "camera": {"azimuth_deg": 90, "elevation_deg": 30, "distance": 6}},
]
TURNTABLE = {"frames": 4, "columns": 2, "rows": 2, "frame_width_px": 40, "frame_height_px": 30}
AR = {"glb": "/box.glb", "usdz": "/box.usdz", "title": "Hộp"}


@contextlib.contextmanager
def scan_site(folder: Path) -> Iterator[Served]:
    """Serve them; tiles are cut in `folder`."""
    building.build(vase(20_000), folder / "vase.3tz", most=700, front_faces=100)
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
        "/tour": {"model": "/thumb.glb", "unit": "m", "tileset": "/s/vase/tileset.json", "hotspots": SPOTS},
        "/torn": {"model": "/thumb.glb", "unit": "m", "tileset": "/s/gone/tileset.json"},
        "/bronze": {"model": "/bronze.glb", "unit": "m"},
        "/gone": {"model": "/gone.glb", "unit": "m"},
    }
    files |= {"/thumb.glb": coarse, "/box.glb": fine, "/dots.glb": box_glb(cells=12, as_points=True)}
    files |= {"/bronze.glb": box_glb(metallic=1)}
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
