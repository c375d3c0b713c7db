"""Masters: what the OCFL root costs beyond hashing and copying."""

import datetime as dt
import hashlib
import os
import resource
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from museum.storage.digests import copy_file, digest_file
from museum.storage.ocfl import Masters

OBJECTS = 1_000
FILES = 5
FILE_BYTES = 20_000
LARGE_BYTES = 2 * 2**30
ROUNDS = 3
SLICE = 20
_CHUNK = 2**20
CREATED = dt.datetime(2026, 4, 30, tzinfo=dt.UTC)


def run() -> list[dict[str, Any]]:
    """Small objects against one-pass SHA-512 + copy; a large file against raw SHA-512. In memory where possible."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        rows = _small(folder)
    large_in = memory if memory.is_dir() and shutil.disk_usage(memory).free > 3 * LARGE_BYTES else None
    with tempfile.TemporaryDirectory(dir=large_in) as name:
        rows += _large(Path(name))
    return rows


def _small(folder: Path) -> list[dict[str, Any]]:
    sources = folder / "sources"
    sources.mkdir()
    for number in range(OBJECTS * FILES):
        (sources / f"{number}").write_bytes(os.urandom(FILE_BYTES))
    target = folder / "target"
    timed = _sliced(sources, target)
    with tempfile.TemporaryDirectory() as name:  # the default folder: a real disk, so that fsync means something
        on_disk = Path(name) / "target"
        synced = _interleaved(
            {
                "no": lambda: _publish_some(sources, on_disk, fsync=False, objects=100),
                "yes": lambda: _publish_some(sources, on_disk, fsync=True, objects=100),
            },
            after=lambda: shutil.rmtree(on_disk),
        )
    what = f"{OBJECTS:,} objects of {FILES} × {FILE_BYTES // 1000} KB"
    return [
        _row(
            f"{what}, fsync off",
            timed["ours"],
            timed["peer"],
            1.6,
            "ours: two digests and two inventories; peer: one-pass SHA-512 + copy; one core each, turns of 20 objects",
        ),
        _row(f"{what}, read back and compared", timed["verified"], timed["peer"], None, "fsync off on both sides"),
        _row("100 such objects on disk, fsync on", synced["yes"], synced["no"], None, "peer: ours with fsync off"),
    ]


def _large(folder: Path) -> list[dict[str, Any]]:
    source, target = folder / "large", folder / "copy"
    block = os.urandom(16 * _CHUNK)
    with source.open("wb") as file:
        for _ in range(LARGE_BYTES // len(block)):
            file.write(block)
    timed = _interleaved(
        {
            "raw": lambda: _raw_sha512(source),
            "digests": lambda: digest_file(source),
            "copied": lambda: copy_file(source, target, fsync=False),
        },
        after=lambda: target.unlink(missing_ok=True),
    )
    grown = _growth_mib(lambda: copy_file(source, target, fsync=False))
    size = f"{LARGE_BYTES / 2**30:g} GiB file"
    return [
        _row(f"{size}, both digests and the copy in one pass", timed["copied"], timed["raw"], 1.5, "peer: raw SHA-512"),
        _row(f"{size}, both digests in one pass", timed["digests"], timed["raw"], 1.5, "peer: raw SHA-512"),
        {
            "name": f"{size}, growth of resident memory while copying",
            "ours": grown,
            "peer": None,
            "ratio": None,
            "limit": 32,
            "unit": "MiB",
            "note": "16 buffers of 256 KiB",
        },
    ]


def _row(name: str, ours: float, peer: float, limit: float | None, note: str) -> dict[str, Any]:
    ratio = ours / peer
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "limit": limit, "unit": "s", "note": note}


def _interleaved(works: dict[str, Callable[[], Any]], *, after: Callable[[], Any]) -> dict[str, float]:
    """The median seconds of each work over rounds in which all take turns; `after` isn't timed."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - start)
            after()
    return {name: statistics.median(times) for name, times in seconds.items()}


def _sliced(sources: Path, target: Path) -> dict[str, float]:
    """Seconds for all objects, medians of rounds in which the works take turns every few objects.

    So whatever else the machine does in a round falls on all of them alike.
    """
    seconds: dict[str, list[float]] = {"peer": [], "ours": [], "verified": []}
    for _ in range(ROUNDS):
        stores = {
            name: Masters(target / name, target / f"{name}-staging", fsync=False, verify=name == "verified")
            for name in ("ours", "verified")
        }
        for store in stores.values():
            store.initialize()
        spent = dict.fromkeys(seconds, 0.0)
        for first in range(0, OBJECTS, SLICE):
            numbers = range(first, first + SLICE)
            for name in seconds:
                start = time.perf_counter()
                if name == "peer":
                    _copy(sources, target / name, numbers)
                else:
                    _publish(stores[name], sources, numbers)
                spent[name] += time.perf_counter() - start
        for name, found in spent.items():
            seconds[name].append(found)
        shutil.rmtree(target)
    return {name: statistics.median(times) for name, times in seconds.items()}


def _copy(sources: Path, target: Path, numbers: range) -> None:
    for number in numbers:
        folder = target / f"{number}"
        folder.mkdir(parents=True)
        for part in range(FILES):
            digest = hashlib.sha512()
            source = sources / f"{number * FILES + part}"
            with source.open("rb") as reading, (folder / f"{part}.jpg").open("wb") as writing:
                while chunk := reading.read(_CHUNK):
                    digest.update(chunk)
                    writing.write(chunk)
            digest.hexdigest()


def _publish(masters: Masters, sources: Path, numbers: range) -> None:
    for number in numbers:
        files = {f"{part}.jpg": sources / f"{number * FILES + part}" for part in range(FILES)}
        with masters.stage(f"{number}") as stage:
            stage.add_files(files)
            stage.publish(f"urn:museum:bench:{number}", message="Bench", user_name="Bench", created=CREATED)


def _publish_some(sources: Path, target: Path, *, fsync: bool, objects: int) -> None:
    masters = Masters(target / "masters", target / "staging", fsync=fsync, verify=False)
    masters.initialize()
    _publish(masters, sources, range(objects))


def _raw_sha512(path: Path) -> None:
    digest = hashlib.sha512()
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)


def _growth_mib(work: Callable[[], Any]) -> float:
    """By how much resident memory grows at most while `work` runs, in MiB (sampled every 10 ms)."""
    done = threading.Event()
    seen = [_resident_mib()]

    def sample() -> None:
        while not done.wait(0.01):
            seen.append(_resident_mib())

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        work()
    finally:
        done.set()
        sampler.join()
    return max(seen) - seen[0]


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20
