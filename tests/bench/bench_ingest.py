"""Ingest: a sheet of 5,000 rows at an even pace and in even memory, its second run, and the kill points."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image

from museum import db
from museum.catalog import changes, store
from museum.ingest import run as pipeline
from museum.ingest.report import Progress
from museum.ingest.run import Options
from tests.founded import founded

ROWS = 5_000
WINDOW = 500
HOUSE = Path(__file__).resolve().parents[2]
_HEADER = "Mã hiện vật,Số kiểm kê,Tên hiện vật,name (en),Loại hình,Niên đại,Cao (cm),Chất liệu,Mô tả,Nguồn,Giấy phép\n"


def run() -> list[dict[str, Any]]:
    """Rows: pace and memory of 5,000 rows, the second run, and an ingest killed before each of its changes."""
    with tempfile.TemporaryDirectory() as folder:
        told = _child("sheet", folder)
        trials = _kill_trials(Path(folder))
    pace, memory = told["seconds"], told["memory_mib"]
    first, last = statistics.median(pace[1:4]), statistics.median(pace[-3:])
    return [
        {
            "name": f"sheet of {ROWS} rows: a row at the end against one at the start",
            "ours": round(last * 1000, 2),
            "peer": round(first * 1000, 2),
            "ratio": round(last / first, 2),
            "limit": 1.5,
            "unit": "ms",
            "note": f"CPU time, medians of windows of {WINDOW} rows; {told['wall_s']:.0f} s in all",
        },
        {
            "name": f"sheet of {ROWS} rows: memory at the end against row {WINDOW}",
            "ours": round(memory[-1], 1),
            "peer": round(memory[0], 1),
            "ratio": round(memory[-1] / memory[0], 3),
            "limit": 1.1,
            "unit": "MiB",
            "note": "resident",
        },
        {
            "name": f"the same sheet again: what changed, in {told['again_s']:.0f} s",
            "ours": told["differences"],
            "limit": 0,
            "unit": "differences",
            "note": "canonical dump, change-log count, derivatives",
        },
        {
            "name": "ingest killed before each change: wrong afterwards",
            "ours": len(trials["wrong"]),
            "limit": 0,
            "unit": "points",
            "note": f"{trials['tried']} of {trials['points']} points tried",
        },
    ]


def _child(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.bench_ingest", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HOUSE)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _kill_trials(folder: Path) -> dict[str, Any]:
    source, homes = folder / "nguon", folder / "killed"
    source.mkdir()
    homes.mkdir()
    Image.radial_gradient("L").save(source / "dong-tien.png")
    (source / "loi.txt").write_text("Tiền cổ tìm thấy ở Huế", encoding="utf-8")
    (source / "danh-muc.csv").write_text(
        "Mã hiện vật,Tên hiện vật,Tệp\nT-1,Tiền cổ,dong-tien.png;loi.txt\nT-2,Ấn,\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "tests.ingest.kill_trials", str(homes), str(source), "1000", "yes"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HOUSE)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _sheet(folder: Path) -> None:
    """In a process of its own: ingest twice, and print what was seen."""
    source = folder / "source"
    source.mkdir()
    (source / "danh-muc.csv").write_text(_HEADER + "".join(_row(n) for n in range(1, ROWS + 1)), encoding="utf-8")
    settings, engine = founded(folder / "museum")
    times: list[float] = []
    memory: list[float] = []

    def tell(progress: Progress) -> None:
        if progress.stage == "rows" and progress.done % WINDOW == 0:
            times.append(time.process_time())
            memory.append(_resident_mib())

    options = Options(workers=0, publish=True)
    times.append(time.process_time())
    wall = time.perf_counter()
    pipeline.ingest(settings, engine, source, options=options, on_progress=tell)
    seconds = [(b - a) / WINDOW for a, b in pairwise(times)]
    wall = time.perf_counter() - wall
    before, seen = _state(engine), memory[:]
    began = time.perf_counter()
    pipeline.ingest(settings, engine, source, options=options)
    told = {
        "seconds": seconds,
        "memory_mib": seen,
        "wall_s": wall,
        "again_s": time.perf_counter() - began,
        "differences": sum(a != b for a, b in zip(before, _state(engine), strict=True)),
    }
    print(json.dumps(told))


def _row(number: int) -> str:
    return (
        f"HV-{number},SĐK {number},Chuông đồng số {number},Bronze bell {number},chuông,{1800 + number % 100},"
        f'"{number % 90 + 10},5",đồng,Chuông đúc có hoa văn rồng và mây,Sổ kiểm kê {number},CC BY 4.0\n'
    )


def _state(engine: Any) -> tuple[object, ...]:
    with db.reading(engine) as session:
        return store.canonical_dump(session), changes.count(session)


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    _sheet(Path(sys.argv[2]))
