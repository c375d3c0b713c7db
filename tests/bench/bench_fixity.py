"""Fixity: reading masters again, against nothing but reading and hashing the same files."""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from blake3 import blake3

from museum.config import Settings
from museum.db import open_engine
from museum.migrations import schema
from museum.storage.fixity_rolling import check_masters
from museum.storage.ocfl import Masters
from tests.bench.bench_masters import _CHUNK, CREATED

ROUNDS = 5
SMALL_OBJECTS, FILES, FILE_BYTES = 1_000, 5, 20_000
LARGE_OBJECTS, LARGE_BYTES = 4, 2**28
_QUICK_ENOUGH = 1 / 0.9  # of large files, the time that 0.9 of the raw rate takes
_QUICK_ENOUGH_SMALL = 1 / 0.5


def run() -> list[dict[str, Any]]:
    """Whole rounds: listing, inventories, every file, results in the database. In memory where possible."""
    memory = Path("/dev/shm")
    base = memory if memory.is_dir() and shutil.disk_usage(memory).free > 4 * LARGE_OBJECTS * LARGE_BYTES else None
    rows = []
    with tempfile.TemporaryDirectory(dir=base) as name:
        block = os.urandom(2**24)
        large = [{"scan.ply": [block] * (LARGE_BYTES // len(block))}] * LARGE_OBJECTS
        rows += _rows(Path(name), large, f"{LARGE_OBJECTS} files of {LARGE_BYTES >> 20} MiB", _QUICK_ENOUGH)
    with tempfile.TemporaryDirectory(dir=base) as name:
        small = [{f"{part}.jpg": [os.urandom(FILE_BYTES)] for part in range(FILES)} for _ in range(SMALL_OBJECTS)]
        what = f"{SMALL_OBJECTS:,} objects of {FILES} × {FILE_BYTES // 1000} KB"
        rows += _rows(Path(name), small, what, _QUICK_ENOUGH_SMALL)
    return rows


def _rows(folder: Path, objects: list[dict[str, list[bytes]]], what: str, limit: float) -> list[dict[str, Any]]:
    settings = Settings(home=folder, media=folder / "media", fixity_mb_per_s=0)
    engine = open_engine(settings.database)
    schema.upgrade(engine)
    paths = _fill(settings, objects, folder / "source")
    content = [path for path in paths if path.parent.name == "content"]
    size = sum(path.stat().st_size for path in paths)
    first = _seconds(lambda: check_masters(settings, engine))
    times: dict[str, list[float]] = {"raw": [], "ours": [], "content": []}
    for _ in range(ROUNDS):
        times["raw"].append(_seconds(lambda: _raw(paths)))
        times["ours"].append(_seconds(lambda: _sound(settings, engine, len(content))))
        times["content"].append(_seconds(lambda: _raw(content)))
    engine.dispose()
    peer, mine, bare = (statistics.median(times[name]) for name in ("raw", "ours", "content"))
    rates = f"{size / mine / 1e6:,.0f} MB/s against {size / peer / 1e6:,.0f}"
    note = f"{rates}; peer: open, read, BLAKE3 of the same files, inventories and sidecars too"
    return [
        _row(f"{what}, read again", mine, peer, limit, note),
        _row(f"{what}, against their content alone", mine, bare, None, "the same, without the inventories"),
        _row(f"{what}, read for the first time", first, peer, None, "SHA-512 proved, BLAKE3 taken and stored"),
    ]


def _fill(settings: Settings, objects: list[dict[str, list[bytes]]], source: Path) -> list[Path]:
    """Publish the objects; gives all their files in the order in which they are read again."""
    masters = Masters(settings.masters_root, settings.staging, fsync=False, verify=False)
    masters.initialize()
    for number, files in enumerate(objects):
        with masters.stage(f"{number}") as stage:
            for name, blocks in files.items():
                with source.open("wb") as out:
                    out.write(number.to_bytes(8, "big"))
                    out.writelines(blocks)
                stage.add_file(name, source)
            stage.publish(f"urn:museum:bench:{number}", message="Bench", user_name="Bench", created=CREATED)
    source.unlink()
    return sorted(path for path in settings.masters_root.glob("???/*/**/*") if path.is_file())


def _raw(paths: list[Path]) -> None:
    for path in paths:
        digest = blake3()
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        digest.hexdigest()


def _sound(settings: Settings, engine: Any, files: int) -> None:
    report = check_masters(settings, engine, every=True)
    if report.damaged or report.files != files:
        raise AssertionError(f"{report.files} files of {files}, damaged: {report.damaged}")


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _row(name: str, ours: float, peer: float, limit: float | None, note: str) -> dict[str, Any]:
    ratio = ours / peer
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "limit": limit, "unit": "s", "note": note}
