"""What every store of blobs promises; each backend runs all of it."""

import datetime as dt
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from museum.errors import Conflict, Invalid, NotFound, SourceError
from museum.storage.blob_folder import BlobFolder
from museum.storage.blobs import Blobs
from museum.storage.key import Key
from museum.storage.local import LocalBlobs
from museum.storage.s3 import S3Blobs

Make = Callable[[Path, pytest.FixtureRequest], Blobs]


def _s3(part_bytes: int) -> Make:
    return lambda _, request: S3Blobs(request.getfixturevalue("s3_gateway").place(), part_bytes=part_bytes)


BACKENDS: dict[str, Make] = {
    "local": lambda folder, _: LocalBlobs(folder / "blobs"),
    "local without fsync": lambda folder, _: LocalBlobs(folder / "blobs", fsync=False),
    "s3": _s3(8 * 2**20),
    "s3 in parts": _s3(2**16),
}


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.ceph] if "s3" in name else []) for name in BACKENDS])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """An empty store of each kind."""
    return BACKENDS[request.param](tmp_path, request)


@pytest.mark.parametrize("name", ["a", "ab/cd/tượng Chăm.glb", "x/.hidden", "x/" * 20 + "deep", "x/100%~'\"*?.jpg"])
def test_what_is_put_comes_back(blobs: Blobs, name: str) -> None:
    data = os.urandom(70_000)
    stat = blobs.put(Key(name), [data[:10], b"", data[10:]])
    assert stat == blobs.stat(Key(name))
    assert stat.size_bytes == len(data)
    assert abs(stat.modified_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert blobs.open_range(Key(name), 0, len(data)) == data
    assert blobs.list() == [Key(name)]


def test_put_replaces_whole(blobs: Blobs) -> None:
    blobs.put(Key("a"), [b"long before"])
    blobs.put(Key("a"), [b"now"])
    assert blobs.open_range(Key("a"), 0, 100) == b"now"


def test_empty_blob_is_a_blob(blobs: Blobs) -> None:
    blobs.put(Key("a"), [])
    found = blobs.stat(Key("a"))
    assert found is not None
    assert found.size_bytes == 0
    assert blobs.open_range(Key("a"), 0, 10) == b""


def test_failing_source_changes_nothing(blobs: Blobs) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("the camera was unplugged")

    blobs.put(Key("a"), [b"before"])
    for key in ("a", "b"):
        with pytest.raises(RuntimeError):
            blobs.put(Key(key), chunks())
        with pytest.raises(RuntimeError):
            blobs.put_if_absent(Key(key + "2"), chunks())
    assert blobs.open_range(Key("a"), 0, 10) == b"before"
    assert blobs.list() == ["a"]


def test_what_is_being_written_is_no_rest(blobs: Blobs) -> None:
    dropped: list[int] = []

    def chunks() -> Iterator[bytes]:
        yield b"x" * 2**17
        dropped.append(blobs.drop_unfinished(older_than=dt.timedelta(days=1)))
        yield b"x"

    assert blobs.put(Key("a"), chunks()).size_bytes == 2**17 + 1
    assert dropped == [0]


def test_put_file_copies_or_takes(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "nguồn.jpg"
    source.write_bytes(b"x" * 3_000_000)
    assert blobs.put_file(Key("a/copy"), source).size_bytes == 3_000_000
    assert source.exists()
    assert blobs.put_file(Key("a/taken"), source, move=True).size_bytes == 3_000_000
    assert blobs.open_range(Key("a/taken"), 2_999_999, 10) == b"x"
    with pytest.raises(SourceError):
        blobs.put_file(Key("a/none"), tmp_path / "không có")


def test_put_if_absent_never_replaces(blobs: Blobs) -> None:
    assert blobs.put_if_absent(Key("a/b"), [b"first"]) is not None
    assert blobs.put_if_absent(Key("a/b"), [b"second"]) is None
    assert blobs.open_range(Key("a/b"), 0, 10) == b"first"


def test_of_many_put_if_absent_one_wins(blobs: Blobs) -> None:
    def run(number: int) -> bool:
        return blobs.put_if_absent(Key("a/b"), [b"%d" % number]) is not None

    with ThreadPoolExecutor(8) as pool:
        won = [number for number, first in enumerate(pool.map(run, range(8))) if first]
    assert len(won) == 1
    assert blobs.open_range(Key("a/b"), 0, 10) == b"%d" % won[0]
    assert blobs.list() == ["a/b"]


def test_ranges(blobs: Blobs) -> None:
    blobs.put(Key("a"), [b"0123456789"])
    assert blobs.open_range(Key("a"), 3, 4) == b"3456"
    assert blobs.open_range(Key("a"), 8, 100) == b"89"
    assert blobs.open_range(Key("a"), 10, 1) == b""
    assert blobs.open_range(Key("a"), 99, 1) == b""
    assert blobs.open_range(Key("a"), 0, 0) == b""
    for start, length in ((-1, 1), (0, -1)):
        with pytest.raises(Invalid):
            blobs.open_range(Key("a"), start, length)


def test_read_is_held_to_one_writing(blobs: Blobs) -> None:
    blobs.put(Key("a"), [b"0123456789"])
    stat, head = blobs.peek(Key("a"), 4)
    assert (stat, head) == (blobs.stat(Key("a")), b"0123")
    assert blobs.open_range(Key("a"), 4, 3, tag=stat.tag) == b"456"
    blobs.put(Key("a"), [b"abcdefghij"])
    assert blobs.open_range(Key("a"), 4, 3) == b"efg", "control: who doesn't ask gets what is there"
    with pytest.raises(Conflict, match=r"storage\.blob_changed"):
        blobs.open_range(Key("a"), 4, 3, tag=stat.tag)


def test_an_open_file_that_goes_has_changed(blobs: Blobs) -> None:
    blobs.put(Key("folder/a"), [b"0123456789"])
    opened = BlobFolder(blobs, Key("folder"), "1").open("a")
    assert opened.read(4, 3) == b"456"
    blobs.delete(Key("folder/a"))
    with pytest.raises(Conflict, match=r"storage\.blob_changed"):
        opened.read(4, 3)


def test_peek(blobs: Blobs) -> None:
    blobs.put(Key("empty"), [])
    stat, head = blobs.peek(Key("empty"), 100)
    assert (stat.size_bytes, head) == (0, b"")
    blobs.put(Key("a"), [b"0123456789"])
    stat, head = blobs.peek(Key("a"), 100)
    assert (stat.size_bytes, head) == (10, b"0123456789")
    with pytest.raises(NotFound):
        blobs.peek(Key("none"), 1)


def test_missing_blob(blobs: Blobs) -> None:
    blobs.put(Key("a/b"), [b"x"])
    for key in ("none", "a", "a/b/c"):
        assert blobs.stat(Key(key)) is None
        with pytest.raises(NotFound):
            blobs.open_range(Key(key), 0, 1)
        blobs.delete(Key(key))
    assert blobs.list() == ["a/b"]


def test_list_by_any_prefix_sorted(blobs: Blobs) -> None:
    for key in ("b/2", "a/10", "a/1/x", "ab", "ả", "a/2"):
        blobs.put(Key(key), [b"x"])
    assert blobs.list() == ["a/1/x", "a/10", "a/2", "ab", "b/2", "ả"]
    assert blobs.list("a/1") == ["a/1/x", "a/10"]
    assert blobs.list("a/") == ["a/1/x", "a/10", "a/2"]
    assert blobs.list("a") == ["a/1/x", "a/10", "a/2", "ab"]
    assert blobs.list("none/") == []
    blobs.put(Key("a/2"), [b"xyz"])
    assert blobs.sizes("a/") == {"a/1/x": 1, "a/10": 1, "a/2": 3}
    assert list(blobs.sizes()) == blobs.list()


def test_delete(blobs: Blobs) -> None:
    blobs.put(Key("a/b"), [b"x"])
    blobs.delete(Key("a/b"))
    blobs.delete(Key("a/b"))
    assert blobs.list() == []
    blobs.put(Key("a"), [b"now a file"])
    assert blobs.list() == ["a"]


def test_reader_sees_whole_blobs_while_they_are_replaced(blobs: Blobs) -> None:
    sizes = {1_000, 300_000}
    blobs.put(Key("a"), [b"\0" * 1_000])
    done = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not done.is_set():
            data = blobs.open_range(Key("a"), 0, 1_000_000)
            seen.add(len(data))
            assert len(set(data)) == 1

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read)
        for turn in range(30):
            size = 300_000 if turn % 2 else 1_000
            blobs.put(Key("a"), [bytes([turn % 2]) * (size // 2)] * 2)
        done.set()
        reader.result()
    assert seen <= sizes


def test_puts_and_deletes_in_one_folder_get_along(blobs: Blobs) -> None:
    def run(number: int) -> None:
        for _ in range(40):
            blobs.put(Key(f"shared/folder/{number}"), [b"x"])
            blobs.delete(Key(f"shared/folder/{number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert blobs.list() == []


@pytest.mark.parametrize("name", ["", "/", "../a", "a/../../b", "a//b", "a/", "a\\b", "a\0b", ".incoming/x"])
def test_key_that_could_leave_the_store_is_refused(blobs: Blobs, name: str) -> None:
    with pytest.raises(Invalid):
        blobs.put(Key(name), [b"x"])
