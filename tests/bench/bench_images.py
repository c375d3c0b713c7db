"""Photographs: from a 100-megapixel file to its first published state, and tiles without decoding."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROUNDS = 3
_WIDTH, _HEIGHT = 12_000, 9_000

# Each runs in a child of its own, so that memory is that task's alone: VmHWM above what the process had before.
_CHILD = """
import json, sys, time
from pathlib import Path
task, source, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
if task == "ours":
    from museum.imaging import pyramid, poster, pixels
else:
    import pyvips
def status(field):
    return int(next(l for l in open("/proc/self/status") if l.startswith(field)).split()[1]) / 1024
idle, start, busy = status("VmRSS"), time.perf_counter(), time.process_time()
if task == "ours":
    pyramid.build(source, folder)
    poster.poster(folder, folder / "poster.avif", long_side_px=1200)
else:
    image = pyvips.Image.new_from_file(str(source), access="sequential")
    image.tiffsave(str(folder / "bare.tif"), tile=True, pyramid=True, compression="jpeg", Q=85,
                   tile_width=256, tile_height=256)
end = time.perf_counter()
cpu = time.process_time() - busy
print(json.dumps({"seconds": end - start, "cpu": cpu, "mib": status("VmHWM") - idle}))
"""


def photograph(path: Path) -> None:
    """Write a seeded 12,000 × 9,000 picture with fields of colour and grain, as JPEG or TIFF by `path`'s suffix."""
    noise = np.random.default_rng(20)
    x = np.arange(_WIDTH, dtype=np.float32)
    pixels = np.empty((_HEIGHT, _WIDTH, 3), np.uint8)
    for top in range(0, _HEIGHT, 500):
        y = np.arange(top, top + 500, dtype=np.float32)[:, None]
        grain = noise.normal(0, 4, (500, _WIDTH)).astype(np.float32)
        for band in range(3):
            field = 120 + 60 * np.sin(x / 700 + band) * np.cos(y / 500) + 25 * np.sin((x + 2 * y) / (40 + 9 * band))
            pixels[top : top + 500, :, band] = np.clip(field + grain, 0, 255)
    Image.fromarray(pixels, "RGB").save(path, **({"quality": 92} if path.suffix == ".jpg" else {}))


def _measure(task: str, source: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _CHILD, task, str(source), folder]
        return dict(json.loads(subprocess.check_output(command)))


def _median(rounds: list[dict[str, float]], field: str) -> float:
    return statistics.median(one[field] for one in rounds)


def _publishing(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for suffix in ("jpg", "tif"):
        source = folder / f"photograph.{suffix}"
        photograph(source)
        ours: list[dict[str, float]] = []
        bare: list[dict[str, float]] = []
        for _ in range(ROUNDS):
            bare.append(_measure("bare", source))
            ours.append(_measure("ours", source))
        ratio = statistics.median(a["seconds"] / b["seconds"] for a, b in zip(ours, bare, strict=True))
        cpu = f"CPU {_median(ours, 'cpu'):.2f} against {_median(bare, 'cpu'):.2f} s"
        name = "JPEG" if suffix == "jpg" else "TIFF"
        rows.append(
            {
                "name": f"108 Mpx {name} to first published state (pyramid, edge tiles, poster)",
                "ours": _median(ours, "seconds"),
                "peer": _median(bare, "seconds"),
                "ratio": ratio,
                "limit": 1.5,
                "unit": "s",
                "note": f"peer: bare pyvips tiffsave; {cpu}",
            }
        )
        rows.append(
            {
                "name": f"108 Mpx {name}: memory above idle",
                "ours": _median(ours, "mib"),
                "peer": _median(bare, "mib"),
                "ratio": None,
                "limit": 200,
                "unit": "MiB",
                "note": "child process, VmHWM",
            }
        )
    return rows


def _tiles(folder: Path) -> dict[str, Any]:
    from museum.iiif.service import ImageService, Located
    from museum.imaging import pyramid
    from museum.imaging.folder import LocalFolder

    facts = pyramid.build(folder / "photograph.jpg", folder / "pyramid")
    located = Located("0" * 64, LocalFolder(folder / "pyramid"), facts.width_px, facts.height_px, "", True)
    service = ImageService(lambda _identifier: located)
    paths = [f"{x},{y},256,256/256,256/0/default.jpg" for y in range(0, 8704, 256) for x in range(0, 11776, 256)]
    spent: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for path in paths:
            service.answer("x", path, version=3, base_url="http://127.0.0.1")
        spent.append((time.perf_counter() - start) / len(paths) * 1e6)
    return {
        "name": "One tile through the image service, in process",
        "ours": statistics.median(spent),
        "peer": None,
        "ratio": None,
        "limit": None,
        "unit": "µs",
        "note": f"{len(paths)} different tiles of 256 px, no sockets, warm page cache",
    }


_TYPICAL = {
    "700 × 500 → 400": "5000,4000,700,500/400,/0/default.jpg",
    "whole → 90": "full/90,/0/default.jpg",
    "whole → 1,000 (no level)": "full/1000,/0/default.jpg",
    "quarter → 800, WebP": "0,0,6000,4500/800,/0/default.webp",
    "quarter → 800, AVIF": "0,0,6000,4500/800,/0/default.avif",
    "quarter → 800, PNG": "0,0,6000,4500/800,/0/default.png",
    "700 × 500 turned by 33°": "5000,4000,700,500/max/33/default.jpg",
}


def _regions(folder: Path) -> list[dict[str, Any]]:
    """Computed images, each request a little different so that none is at hand."""
    from museum.iiif.service import ImageService, Located
    from museum.imaging.folder import LocalFolder

    located = Located("0" * 64, LocalFolder(folder / "pyramid"), _WIDTH, _HEIGHT, "", True)
    spent: dict[str, list[float]] = {name: [] for name in _TYPICAL}
    for _ in range(ROUNDS):
        service = ImageService(lambda _identifier: located)  # nothing kept from the round before
        for name, path in _TYPICAL.items():
            start = time.perf_counter()
            answer = service.answer("x", path, version=3, base_url="http://127.0.0.1")
            spent[name].append((time.perf_counter() - start) * 1e3)
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}")
    return [
        {
            "name": f"Computed image: {name}",
            "ours": statistics.median(times),
            "peer": None,
            "ratio": None,
            "limit": None,
            "unit": "ms",
            "note": "in process, first time",
        }
        for name, times in spent.items()
    ]


def run() -> list[dict[str, Any]]:
    """Measure, three interleaved rounds."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_publishing(Path(folder)), _tiles(Path(folder)), *_regions(Path(folder))]
