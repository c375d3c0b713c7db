"""Sources of scans: what reading and taking in the largest takes of memory and time, beside trimesh's plain loading.

Whole ingests are those of the public page; what `museum work` makes later of the largest PLY is measured like them.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.watching import watched

Row = dict[str, Any]
ROOT = Path(__file__).parents[2]
REAL = ("venus-statue_vertexcolour.ply", "plato-bust_threedscans.stl", "saxophone_obj/saxophone.obj")
SIDE = 3163  # 20 million triangles over 10 million vertices
POINTS = 40_000_000
_LATER_KINDS = {"rungs": "rungs, frames and measures, made later", "tileset": "tileset, made later"}
ROUNDS = 3
_TABLE = """Mã hiện vật,Tên hiện vật,Loại hình,Giấy phép,Ghi công,Tệp,Đơn vị,Trục đứng
L-1,Lớn,tượng,CC0 1.0,Bảo tàng,{name},mm,Y
"""
_OURS = """import sys
from pathlib import Path
from museum.geometry.scan import inspect
facts = inspect(Path(sys.argv[1]), work=Path(sys.argv[2]))
print(facts.vertices, facts.faces)"""
_LATER = """import sys
from pathlib import Path
from museum import config
from museum.db import open_engine
from museum.ingest import rungs, tilesets
from museum.ingest.parts import open_parts
from museum.jobs.worker import Worker
settings = config.load(Path(sys.argv[1]))
parts = open_parts(settings, open_engine(settings.database))
chosen = {"rungs": rungs, "tileset": tilesets}[sys.argv[2]]
asked = chosen.ask(parts)
done = Worker(parts.engine, {chosen.JOB: lambda payload: chosen.build(parts, payload)}).run_until_idle()
assert asked == done == 1, (asked, done)"""
_PEER = """import sys, trimesh
mesh = trimesh.load(sys.argv[1], process=False)
print(len(mesh.vertices))"""


def run() -> list[Row]:
    """Real scans first, each named; then generated ones: 20 million triangles, 40 million points."""
    rows = _real()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for make, what, factor, most_mib, has_peer in (
            (_ply, f"PLY, {_millions(2 * (SIDE - 1) ** 2)} coloured triangles", 4.0, None, True),
            (_obj, f"OBJ, {_millions(2 * (SIDE - 1) ** 2)} triangles", None, 2048, True),
            (_las, f"LAS, {_millions(POINTS)} points without colour", 4.0, None, False),
        ):
            path = make(folder)
            rows += _large(path, folder, what, factor=factor, most_mib=most_mib, has_peer=has_peer)
            if path.suffix != ".las":
                rows += _taken_in(path, folder, what, factor=factor, most_mib=most_mib)
            path.unlink()
    return rows


def _millions(count: int) -> str:
    return f"{count / 1e6:.3g} M"


def _loop_s() -> float:
    """Seconds of a calibration loop: what this machine is worth at this hour."""
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        numbers = np.random.default_rng(1).random(8_000_000)
        np.sort(np.sort(numbers)[::-1])
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def _real() -> list[Row]:
    shared = ROOT.parent / "shared" / "data" / "scans"
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        for scan in REAL if shared.is_dir() else ():
            ours, peer = [], []
            for _ in range(ROUNDS):
                ours.append(_measured(_OURS, shared / scan, Path(name))[0])
                peer.append(_measured(_PEER, shared / scan, Path(name))[0])
            took, beside = statistics.median(ours), statistics.median(peer)
            rows.append(
                {"name": f"{Path(scan).name}: read, checked by a second reader and measured, start included",
                 "ours": took, "peer": beside, "ratio": took / beside, "limit": None, "unit": "s",
                 "note": "ours: two processes, edges counted; peer: trimesh, loading alone"}
            )  # fmt: skip
    return rows


def _large(
    path: Path, folder: Path, what: str, *, factor: float | None, most_mib: int | None, has_peer: bool
) -> list[Row]:
    size_mib = path.stat().st_size / 2**20
    seconds, mib, own_mib = _measured(_OURS, path, folder)
    peer_s, peer_mib, _ = _measured(_PEER, path, folder) if has_peer else (None, None, None)
    note = f"file {size_mib:,.0f} MiB; all processes together, pages of files counted; {own_mib:,.0f} MiB without those"
    if has_peer:
        note += f"; peer: trimesh, loading alone: {peer_mib:,.0f} MiB"
    limit_row: Row = (
        {"name": f"{what}: peak memory", "ours": mib, "peer": None, "ratio": None, "limit": most_mib, "unit": "MiB",
         "note": note}
        if factor is None
        else {"name": f"{what}: peak memory against the file's size", "ours": mib, "peer": size_mib,
              "ratio": mib / size_mib, "limit": factor, "unit": "MiB", "note": note}
    )  # fmt: skip
    timed: Row = {
        "name": f"{what}: read, checked and measured", "ours": seconds, "peer": peer_s,
        "ratio": None if peer_s is None else seconds / peer_s, "limit": None, "unit": "s",
        "note": f"single run; {seconds / _loop_s():.2g} × a calibration loop (sorting 8 million numbers twice)"
        + ("; peer: trimesh, loading alone" if has_peer else ""),
    }  # fmt: skip
    return [limit_row, timed]


def _taken_in(path: Path, folder: Path, what: str, *, factor: float | None, most_mib: int | None) -> list[Row]:
    """The whole way to a public page: read, kept, model for the web made and measured, posters drawn."""
    museum, home, source = str(Path(sys.executable).parent / "museum"), folder / "museum", folder / "source"
    source.mkdir()
    (source / path.name).hardlink_to(path)
    (source / "danh-muc.csv").write_text(_TABLE.format(name=path.name), encoding="utf-8")
    subprocess.run([museum, "init", str(home)], check=True, capture_output=True)
    ingest = [museum, "ingest", "--home", str(home), "--publish", str(source)]
    rows = [_peak(path, f"{what}: whole ingest", ingest, factor, most_mib, "published in")]
    for kind in _LATER_KINDS if factor is not None else ():
        later = [sys.executable, "-c", _LATER, str(home), kind]
        rows.append(_peak(path, f"{what}: {_LATER_KINDS[kind]}", later, factor, most_mib, "done in"))
    shutil.rmtree(home)
    shutil.rmtree(source)
    return rows


def _peak(path: Path, name: str, command: list[str], factor: float | None, most_mib: int | None, done: str) -> Row:
    size_mib = path.stat().st_size / 2**20
    seconds, mib, own_mib = watched(command)
    note = f"file {size_mib:,.0f} MiB, {done} {seconds:,.0f} s; all processes together, what they share counted once, "
    note += f"pages of files counted; {own_mib:,.0f} MiB without those"
    row: Row = {"name": f"{name}, peak memory", "ours": mib, "limit": most_mib, "unit": "MiB", "note": note}
    if factor is not None:
        row |= {"peer": size_mib, "ratio": mib / size_mib, "limit": factor}
    return row


def _measured(program: str, path: Path, folder: Path) -> tuple[float, float, float]:
    """(seconds, peak MiB of a program and its children, the same without pages of files)."""
    return watched([sys.executable, "-c", program, str(path), str(folder)])


def _sheet() -> "np.ndarray[Any, Any]":
    """(n, 3) float32 of a waved sheet."""
    line = np.linspace(0, 1, SIDE, dtype=np.float32)
    x, y = np.meshgrid(line, line, indexing="ij")
    z = 0.05 * np.sin(40 * x) * np.cos(30 * y) + 0.5
    return np.stack([x, y, z.astype(np.float32)], axis=2).reshape(-1, 3)


def _faces(rows: slice) -> "np.ndarray[Any, Any]":
    """(k, 3) int32: the triangles of some rows of the sheet."""
    i, j = np.meshgrid(np.arange(rows.start, rows.stop), np.arange(SIDE - 1), indexing="ij")
    a = (i * SIDE + j).ravel()
    first, second = np.stack([a, a + SIDE, a + 1], axis=1), np.stack([a + 1, a + SIDE, a + SIDE + 1], axis=1)
    return np.stack([first, second], axis=1).reshape(-1, 3).astype(np.int32)


def _strips() -> list[slice]:
    return [slice(start, min(start + 200, SIDE - 1)) for start in range(0, SIDE - 1, 200)]


def _ply(folder: Path) -> Path:
    path, points = folder / "lớn.ply", _sheet()
    count = 2 * (SIDE - 1) ** 2
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz")
    head += "".join(f"property uchar {color}\n" for color in ("red", "green", "blue"))
    head += f"element face {count}\nproperty list uchar int vertex_indices\nend_header\n"
    table = np.zeros(len(points), np.dtype([("p", "<f4", 3), ("c", "u1", 3)]))
    table["p"], table["c"] = points, (points * 255).astype(np.uint8)
    with path.open("wb") as file:
        file.write(head.encode())
        table.tofile(file)
        for rows in _strips():
            corners = _faces(rows)
            piece = np.zeros(len(corners), np.dtype([("n", "u1"), ("v", "<i4", 3)]))
            piece["n"], piece["v"] = 3, corners
            piece.tofile(file)
    return path


def _digits(numbers: "np.ndarray[Any, Any]", width: int) -> "np.ndarray[Any, Any]":
    """(k, width) uint8: whole numbers as text of one width."""
    powers = 10 ** np.arange(width - 1, -1, -1)
    return (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)


def _obj(folder: Path) -> Path:
    path, points = folder / "lớn.obj", _sheet()
    with path.open("wb") as file:
        for start in range(0, len(points), 500_000):
            whole = np.rint(points[start : start + 500_000].astype(np.float64) * 1e6).astype(np.int64)
            columns = [np.full((len(whole), 1), ord("v"), np.uint8)]
            for axis in range(3):
                text = _digits(whole[:, axis], 7)
                dot = np.full((len(whole), 1), ord("."), np.uint8)
                columns += [np.full((len(whole), 1), 32, np.uint8), text[:, :1], dot, text[:, 1:]]
            columns.append(np.full((len(whole), 1), 10, np.uint8))
            np.concatenate(columns, axis=1).tofile(file)
        for rows in _strips():
            corners = _faces(rows).astype(np.int64) + 1
            columns = [np.full((len(corners), 1), ord("f"), np.uint8)]
            for corner in range(3):
                columns += [np.full((len(corners), 1), 32, np.uint8), _digits(corners[:, corner], 8)]
            columns.append(np.full((len(corners), 1), 10, np.uint8))
            np.concatenate(columns, axis=1).tofile(file)
    return path


def _las(folder: Path) -> Path:
    """LAS 1.2, point format 0, written by hand: 20 bytes a point."""
    path = folder / "lớn.las"
    head = bytearray(227)
    head[:4], head[24:26] = b"LASF", bytes((1, 2))
    head[94:104] = (227).to_bytes(2, "little") + (227).to_bytes(4, "little") + bytes(4)
    head[104:111] = bytes((0,)) + (20).to_bytes(2, "little") + POINTS.to_bytes(4, "little")
    head[111:115] = POINTS.to_bytes(4, "little")
    side = 100_000
    high = side * 0.001
    head[131:227] = np.array([0.001] * 3 + [0.0] * 3 + [high, 0, high, 0, high, 0], "<f8").tobytes()
    generator = np.random.default_rng(1)
    kind = np.dtype([("p", "<i4", 3), ("rest", "u1", 8)])
    with path.open("wb") as file:
        file.write(head)
        for number in range(40):
            piece = np.zeros(POINTS // 40, kind)
            piece["p"] = generator.integers(0, side + 1, (len(piece), 3))
            if not number:
                piece["p"][0], piece["p"][1] = 0, side
            piece["rest"][:, 2] = 9  # one return of one
            piece.tofile(file)
    return path
