"""Tilesets of large scans: how long, how much memory, and what the first view of 800 pixels moves.

Real scans first: three of the shared data, each subdivided (every triangle into four, once or more) because none has a
million triangles; then a generated vase of 1, 5, 20 and 50 million. Of clouds a real one, each point ten times, and
the vase's vertices, beside py3dtiles. No program that builds such tilesets from meshes is to be had from pip, npm or
Debian; the first view is compared with the whole scan as one GLB of the same codecs.
"""

import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from museum.geometry import glb, scan
from tests.bench import cloud_peer, cloud_view
from tests.bench.tileset_scans import subdivided, thickened, write_ply, write_vase
from tests.bench.watching import watched
from tests.conformance import tiles_site
from tests.conftest import FLAGS, SHARED
from tests.geometry.tilesets import Tileset

Row = dict[str, Any]
REAL = (("venus-statue_vertexcolour.ply", 1), ("saxophone_smithsonian_draco.glb", 2), ("plato-bust_threedscans.stl", 3))
GENERATED = (1, 5, 20, 50)
REAL_CLOUD = ("venus-statue_pointcloud.ply", 10)
_COMPILED = "from museum.geometry import kernels; kernels.tilesets()"
CLOUD = 5  # million points
_SECONDS_US, _MEMORY, _SHARE, _FIRST_BYTES = 2.5, 4.0, 1 / 20, 600_000
_LIMITED = 20  # million: the limits of time and memory are of this size
_WHOLE = 2  # million: up to here the whole scan is written as one GLB, beyond it the leaves stand for it


@dataclass(frozen=True)
class Scan:
    """One scan of the bench. `millions` is 0 of real ones."""

    name: str
    path: Path
    millions: int = 0
    times: int = 0
    is_cloud: bool = False


def run() -> list[Row]:
    """All scans one after the other; each in a process of its own."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="tileset-") as name:
        folder = Path(name)
        script = tiles_site.bundle(folder)
        subprocess.run([sys.executable, "-c", _COMPILED], check=True)
        for file, times in REAL:
            rows += _rows(Scan(f"{file} (subdivided)", SHARED / "scans" / file, times=times), folder, script)
        for millions in GENERATED:
            rows += generated(millions, folder, script)
        rows += clouds(folder, script)
    return rows


def clouds(folder: Path, script: str) -> list[Row]:
    """The rows of the real cloud and of the generated one."""
    file, times = REAL_CLOUD
    rows: list[Row] = []
    path = folder / "cloud.ply"
    write_ply(path, thickened(scan.open_scan(SHARED / "scans" / file, fallback_unit="mm").mesh, times))
    rows += _cloud(Scan(f"{file} (each point {times} times)", path, is_cloud=True), folder, script)
    write_vase(path, 2 * CLOUD * 1_000_000, as_points=True)
    return rows + _cloud(Scan(f"vase of {CLOUD} M points", path, millions=CLOUD, is_cloud=True), folder, script)


def _cloud(one: Scan, folder: Path, script: str) -> list[Row]:
    """What every scan tells, and the whole process beside py3dtiles' one."""
    rows = _rows(one, folder, script)
    moved, requests, shown = cloud_view.first_view(folder / "scan.3tz")
    told = f"a window of {cloud_view.SIDE_PX} px; {requests} requests, {shown:,} points, drawn as wide as their gaps"
    rows.append({"name": f"{one.name}: first view in our own viewer", "ours": moved, "limit": _FIRST_BYTES,
                 "unit": "bytes", "note": told})  # fmt: skip
    seconds, mib, _ = watched(_command(one, folder / "scan.3tz"))
    peer_s, peer_mib = cloud_peer.tiled(one.path, folder / "peer")
    note = f"memory {mib:.0f} against {peer_mib:.0f} MiB, processes together; peer: {cloud_peer.REQUIREMENT}, two jobs"
    row: Row = {"name": f"{one.name}: the whole process, reading included", "ours": round(seconds, 2),
                "peer": round(peer_s, 2), "ratio": round(seconds / peer_s, 3), "unit": "s", "note": note}  # fmt: skip
    return [*rows, row]


def generated(millions: int, folder: Path, script: str) -> list[Row]:
    """The rows of a vase of so many million triangles."""
    path = folder / f"vase-{millions}.ply"
    write_vase(path, millions * 1_000_000)
    try:
        return _rows(Scan(f"vase of {millions} M", path, millions=millions), folder, script)
    finally:
        path.unlink()


def _rows(one: Scan, folder: Path, script: str) -> list[Row]:
    out = folder / "scan.3tz"
    loop_ms = _calibrate()
    done = subprocess.run(_command(one, out), capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    cost = said["build_s"] / said["count"] * 1e6
    is_limited = one.millions == _LIMITED
    unit = "point" if one.is_cloud else "triangle"
    told = (
        f"{said['count']:,} {unit}s in {said['build_s']:.1f} s, {said['tiles']} tiles of {said['size_bytes']:,} bytes"
    )
    beside = f"reading {said['read_s']:.1f} s; {said['cpu_s'] / said['count'] * 1e6:.2f} µs of processor time"
    rows: list[Row] = [
        {"name": f"{one.name}: build, a {unit}", "ours": round(cost, 2), "limit": _SECONDS_US if is_limited else None,
         "unit": "µs", "note": f"{told}; {beside}"},
        {"name": f"{one.name}: a million {unit}s, in calibration loops", "ours": round(cost * 1000 / loop_ms),
         "note": f"the loop: ten thousand squares in plain Python, {loop_ms:.2f} ms"},
    ]  # fmt: skip
    if one.millions:
        size = one.path.stat().st_size / 1e6
        peak = max(said["peak_mb"], said["reader_mb"])
        rows.append(
            {"name": f"{one.name}: peak memory against the PLY", "ours": round(peak), "peer": round(size),
             "ratio": round(peak / size, 2), "limit": _MEMORY if is_limited or one.is_cloud else None, "unit": "MB",
             "note": f"building {said['peak_mb']:.0f} MB, the process that parses {said['reader_mb']:.0f} MB"}
        )  # fmt: skip
    return [*rows, *_first_view(one, out, said, script)]


def _command(one: Scan, out: Path) -> list[str]:
    return [sys.executable, "-m", "tests.bench.tileset_child", str(one.path), str(out), str(one.times)]


def _first_view(one: Scan, out: Path, said: dict[str, Any], script: str) -> list[Row]:
    """Bytes of the first view at 800 px and 2 px of error, tileset.json among them, as they go over the line."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 800, "height": 800})
        asked = tiles_site.show(page, out, script, errorTarget=2)
        seen = page.evaluate("window.look()")
        browser.close()
    assert seen["failed"] == []
    with zipfile.ZipFile(out) as packed:
        moved = sum(packed.getinfo(name).compress_size + 18 for name in asked)
        # Tiles of a cloud add to each other.
        finest = [n for n in packed.namelist() if n.endswith(".glb")] if one.is_cloud else Tileset(out).leaves
        leaves = sum(packed.getinfo(name).compress_size + 18 for name in finest)
    whole, how = (_one_glb(one, out), "one GLB") if said["count"] < _WHOLE * 1e6 else (leaves, "all leaves")
    shown = f"{seen['points']:,} points" if one.is_cloud else f"{seen['triangles']:,} triangles"
    # A cloud without gaps has a point each two pixels, front and back: no limit is set for it where points are dots.
    share, most = (None, None) if one.is_cloud else (_SHARE, _FIRST_BYTES)
    note = f"{sum(asked.values())} requests, {shown}; against {how}, gzip on both"
    return [
        {"name": f"{one.name}: first view against the whole scan", "ours": moved, "peer": whole,
         "ratio": round(moved / whole, 4), "limit": share, "unit": "bytes", "note": note},
        {"name": f"{one.name}: first view", "ours": moved, "limit": most, "unit": "bytes"},
    ]  # fmt: skip


def _one_glb(one: Scan, beside: Path) -> int:
    mesh = subdivided(scan.open_scan(one.path, fallback_unit="mm").mesh, one.times)
    out = beside.with_name("whole.glb")
    glb.write_web_glb(
        mesh, out, max_faces=len(mesh.faces), max_points=len(mesh.vertices_mm), texture_px=16_384, is_measured=False
    )
    return len(gzip.compress(out.read_bytes(), 6))


def _calibrate() -> float:
    """Milliseconds of a fixed piece of plain Python: what this machine is worth at this hour."""
    took = []
    for _ in range(15):
        began = time.perf_counter()
        sum(number * number for number in range(10_000))
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)
