"""Memory of a museum that serves: two web workers, at rest, after visits, and once libvips had to compute."""

import csv
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from museum.imaging.memory import PAUSE_S
from tests.bench.tile_peers import memory_mib
from tests.museums import Served, run_json, serving
from tests.museums import run as run_museum

_ALONE_MIB, _SITE_MIB = 120, 250
_PICTURES, _SIDES = 3, (3000, 2000)
_PAGES = ("/", "/search?q=chu%C3%B4ng", "/exhibitions", "/about", "/c/all")
_TILES, _REGIONS = 300, 40

Row = dict[str, Any]


def run() -> list[Row]:
    """Rows in MiB, proportional set size of the supervisor and everything below it."""
    with tempfile.TemporaryDirectory() as folder:
        home = _museum(Path(folder))
        media = [m["id"] for record in run_json("list", home=home) for m in record["media"]]
        return [*_alone(home, media), *_site(home, media)]


def _alone(home: Path, media: list[str]) -> list[Row]:
    with serving(home, "--only", "iiif") as served:
        resting = memory_mib(served.process_id)
        _ask_tiles(served, media)
        visited = memory_mib(served.process_id)
        _ask_regions(served, media)
        computing = memory_mib(served.process_id)
        time.sleep(PAUSE_S + 1)
        after = memory_mib(served.process_id)
    name = "museum serve --only iiif"
    return [
        _row(f"{name}, at rest", resting, _ALONE_MIB, "supervisor and two workers"),
        _row(f"{name}, after {_TILES} tiles", visited, _ALONE_MIB, "libvips isn't loaded"),
        _row(
            f"{name}, after {_REGIONS} computed regions", computing, None, "libvips in each worker, its threads' memory"
        ),
        _row(f"{name}, {PAUSE_S:.0f} s later", after, _ALONE_MIB, "what libvips freed is back with the system"),
    ]


def _site(home: Path, media: list[str]) -> list[Row]:
    with serving(home) as served:
        resting = memory_mib(served.process_id)
        for address in _PAGES * 10:
            _ask(served, address)
        _ask_tiles(served, media)
        visited = memory_mib(served.process_id)
        _ask_regions(served, media)
        computing = memory_mib(served.process_id)
    return [
        _row("museum serve, at rest", resting, _SITE_MIB, "supervisor, two workers, and the one for jobs and index"),
        _row(f"museum serve, after {len(_PAGES) * 10} pages and {_TILES} tiles", visited, _SITE_MIB, ""),
        _row(f"museum serve, after {_REGIONS} computed regions", computing, None, "libvips in each worker"),
    ]


def _ask_tiles(served: Served, media: list[str]) -> None:
    for number in range(_TILES):
        x, y = number % 11 * 256, number % 7 * 256
        _ask(served, f"/iiif/image/3/{media[number % len(media)]}/{x},{y},256,256/256,256/0/default.jpg")


def _ask_regions(served: Served, media: list[str]) -> None:
    for number in range(_REGIONS):
        _ask(served, f"/iiif/image/3/{media[number % len(media)]}/{number},{number},1200,900/800,600/0/default.jpg")


def _ask(served: Served, address: str) -> None:
    status, _, _ = served.get(address)
    if status not in (200, 404):
        raise AssertionError(f"{address} was answered with {status}")


def _museum(folder: Path) -> Path:
    """A museum of a few published photographs with noise in them."""
    source, home = folder / "in", folder / "museum"
    source.mkdir()
    chance = np.random.default_rng(7)
    with (source / "danh-muc.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Số kiểm kê", "Tên hiện vật", "Loại hình", "Niên đại", "Tệp phương tiện", "Giấy phép"])
        for number in range(_PICTURES):
            small = chance.integers(60, 200, (_SIDES[1] // 8, _SIDES[0] // 8, 3), np.uint8)
            Image.fromarray(small, "RGB").resize(_SIDES).save(source / f"anh-{number}.jpg", quality=90)
            writer.writerow([f"BT.{number}", "Chuông chùa", "chuông", "1822", f"anh-{number}.jpg", "CC0 1.0"])
    for words in (("init", home), ("ingest", source, "--publish")):
        done = run_museum(*words, home=None if words[0] == "init" else home)
        if done.returncode:
            raise AssertionError(done.stderr)
    return home


def _row(name: str, ours: float, limit: int | None, note: str) -> Row:
    return {
        "name": name,
        "ours": round(ours, 1),
        "peer": None,
        "ratio": None,
        "limit": limit,
        "unit": "MiB",
        "note": note,
    }
