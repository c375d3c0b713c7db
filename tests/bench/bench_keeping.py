"""Keeping: what a backup costs beyond copying the same files, and a second one beside it."""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from museum import db
from museum.config import Settings
from museum.ingest.parts import open_parts
from museum.keeping import restoring
from museum.keeping.backing_up import backup
from tests.founded import founded

OBJECTS, ROUNDS = 1250, 1  # 10 GB, more than the page cache of most machines holds
FEWER_OBJECTS, FEWER_ROUNDS = 250, 3  # where the disk has no room for four times that
ROOM_BYTES = 45 * 10**9
LARGE_BYTES = 8_000_000  # a photograph
SMALL_BYTES = 20_000


def run(objects: int = 0, rounds: int = 0, folder: Path | None = None) -> list[dict[str, Any]]:
    """Objects of a photograph and four small files each, on a real disk; peer: cp -a of the same, synced."""
    has_room = shutil.disk_usage(folder or tempfile.gettempdir()).free >= ROOM_BYTES
    objects = objects or (OBJECTS if has_room else FEWER_OBJECTS)
    rounds = rounds or (ROUNDS if has_room else FEWER_ROUNDS)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        base = Path(name)
        settings, size = _museum(base / "museum", objects)
        engine = db.open_engine(settings.database)
        ways: dict[str, Callable[[], object]] = {
            "peer": lambda: _plain_copy(settings.home, base / "plain"),
            "ours": lambda: backup(settings, engine, base / "backup"),
        }
        times: dict[str, list[float]] = {"peer": [], "ours": [], "again": [], "restore": []}
        for turn in range(rounds):
            for way in ("peer", "ours") if turn % 2 == 0 else ("ours", "peer"):
                times[way].append(_timed(ways[way]))
            times["again"].append(_timed(ways["ours"]))
            times["restore"].append(_timed(lambda: restoring.restore(base / "backup", base / "new", derive=False)))
            for left in ("plain", "backup", "new"):
                shutil.rmtree(base / left)
            os.sync()
        engine.dispose()
    median = {way: statistics.median(found) for way, found in times.items()}
    note = f"{size / 1e9:.1f} GB in {objects} objects, {5 * objects} files; hashing included"
    return [
        _row("backup", median["ours"], median["peer"], limit=2.0, note=note),
        _row(
            "second backup, nothing changed", median["again"], median["peer"], limit=0.5, note="files are hard-linked"
        ),
        _row(
            "restore, everything read again",
            median["restore"],
            median["peer"],
            limit=4.0 if has_room else 0.0,  # a plain copy of little data is measured in memory, not on the disk
            note="copy, compare, judge",
        ),
    ]


def _row(name: str, ours: float, peer: float, *, limit: float, note: str) -> dict[str, Any]:
    """A limit of 0 is none."""
    return {
        "name": name,
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "ratio": round(ours / peer, 2),
        **({"limit": limit} if limit else {}),
        "unit": "s",
        "note": note,
    }


def _museum(home: Path, objects: int) -> tuple[Settings, int]:
    settings, engine = founded(home)
    parts = open_parts(settings, engine, fsync=False)
    sources = home / "sources"
    sources.mkdir()
    for number in range(4):
        (sources / f"{number}").write_bytes(os.urandom(SMALL_BYTES))
    for number in range(objects):
        (sources / "photo").write_bytes(os.urandom(LARGE_BYTES))
        with parts.masters.stage(f"stage-{number}") as stage:
            stage.add_file("photo.jpg", sources / "photo")
            for small in range(4):
                stage.add_bytes(f"{small}.json", os.urandom(SMALL_BYTES))
            stage.publish(f"urn:museum:museum:b{number:08d}", message="", user_name="bench", created=db.utc_now())
    shutil.rmtree(sources)
    engine.dispose()
    os.sync()
    return settings, objects * (LARGE_BYTES + 4 * SMALL_BYTES)


def _plain_copy(home: Path, target: Path) -> None:
    target.mkdir()
    subprocess.run(["cp", "-a", str(home / "media" / "masters"), str(home / "museum.db"), str(target)], check=True)
    os.sync()


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
