"""Things that can be made again are kept within a bound, whole or not at all."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest

from museum.storage.bounded import BoundedFolder

BOUND = 1 << 20


@pytest.fixture
def kept(tmp_path: Path) -> BoundedFolder:
    return BoundedFolder(tmp_path / "kept", most_bytes=BOUND, touch_s=0)


def entries(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.name != "count")


def on_disk(folder: Path) -> int:
    """What the folder's entries take, in blocks of 4,096 bytes."""
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in entries(folder))


def fill(folder: str, name: str, count: int) -> None:
    kept = BoundedFolder(Path(folder), most_bytes=BOUND)
    for number in range(count):
        assert kept.put(f"{name} {number}", b"\1" * 9_000)


def test_what_was_put_comes_back(kept: BoundedFolder) -> None:
    assert kept.get("Cửu Đỉnh") is None
    assert kept.put("Cửu Đỉnh", b"nine urns") and kept.put("Mỹ Sơn", b"")
    assert (kept.get("Cửu Đỉnh"), kept.get("Mỹ Sơn")) == (b"nine urns", b"")
    assert kept.put("Cửu Đỉnh", b"other bytes") and kept.get("Cửu Đỉnh") == b"other bytes"


def test_thousands_of_entries_stay_within_the_bound(kept: BoundedFolder, tmp_path: Path) -> None:
    largest = 0
    for number in range(2_000):
        assert kept.put(f"region {number}", bytes([number % 256]) * 3_000)
        if number % 100 == 99:
            largest = max(largest, on_disk(tmp_path / "kept"))
            assert kept.get("region 0") is not None, "what is asked for stays"
    print(f"2,000 entries put, at most {largest:,} of {BOUND:,} bytes on the disk")
    assert BOUND // 2 < largest <= BOUND
    assert kept.get("region 1999") is not None and kept.get("region 1") is None
    unbounded = BoundedFolder(tmp_path / "control", most_bytes=1 << 40)  # control: without the bound they are all there
    for number in range(500):
        unbounded.put(f"region {number}", b"\0" * 3_000)
    assert on_disk(tmp_path / "control") == 500 * 4096 > BOUND


def test_processes_share_the_bound(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    folder = str(tmp_path / "kept")
    workers = [context.Process(target=fill, args=(folder, name, 150)) for name in ("a", "b", "c")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert 0 < on_disk(Path(folder)) <= BOUND
    whole = BoundedFolder(Path(folder), most_bytes=BOUND)
    found = [whole.get(f"{name} {number}") for name in "abc" for number in range(150)]
    assert {data for data in found if data is not None} == {b"\1" * 9_000}


@pytest.mark.parametrize("damage", ["cut", "grown", "changed", "empty", "another's"])
def test_a_damaged_entry_is_none(kept: BoundedFolder, tmp_path: Path, damage: str) -> None:
    kept.put("urn", b"pixels " * 400)
    kept.put("bell", b"others " * 400)
    path, other = (next(p for p in entries(tmp_path) if word in p.read_bytes()) for word in (b"pixels", b"others"))
    whole = path.read_bytes()
    changed = whole[:900] + bytes([whole[900] ^ 1]) + whole[901:]
    path.write_bytes(
        {
            "cut": whole[:-1],
            "grown": whole + b"\0",
            "changed": changed,
            "empty": b"",
            "another's": other.read_bytes(),
        }[damage]
    )
    assert kept.get("urn") is None, "never served"
    assert not path.exists(), "and gone"
    assert kept.get("bell") == b"others " * 400


def test_a_full_disk_or_a_large_entry_is_not_kept_and_nothing_is_raised(tmp_path: Path) -> None:
    greedy = BoundedFolder(tmp_path / "a", most_bytes=BOUND, keep_free_bytes=1 << 60)
    assert not greedy.put("urn", b"pixels") and greedy.get("urn") is None
    assert not BoundedFolder(tmp_path / "b", most_bytes=BOUND).put("urn", b"\0" * (BOUND // 4))
    (tmp_path / "file").write_text("no folder")
    assert not BoundedFolder(tmp_path / "file", most_bytes=BOUND).put("urn", b"pixels")


def test_a_lost_count_is_counted_anew(kept: BoundedFolder, tmp_path: Path) -> None:
    for number in range(200):
        kept.put(f"region {number}", b"\0" * 3_000)
    for words in (b"", b"nonsense", b"0                       "):
        (tmp_path / "kept" / "count").write_bytes(words)
        for number in range(300):
            kept.put(f"{words!r} {number}", b"\0" * 3_000)
        if not words.startswith(b"0"):
            assert on_disk(tmp_path / "kept") <= BOUND
    assert kept.size_bytes() == on_disk(tmp_path / "kept")
