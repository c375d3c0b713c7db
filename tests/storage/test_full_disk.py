"""A disk that is full at any level: nothing is corrupt or half there, and all works again when there is space."""

import itertools
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from museum.errors import BackendError
from museum.storage.key import Key
from museum.storage.local import LocalBlobs
from museum.storage.ocfl import Masters
from tests.full_disk import PAGE_BYTES, SmallDisk, small_disk
from tests.storage.conftest import CREATED, URN

LEVELS = range(0, 50 * PAGE_BYTES, PAGE_BYTES)  # 50 levels, from nothing to more than each work needs
OTHER = "urn:museum:hue:9vx3m1tc2"
PHOTO, FRESH = os.urandom(100_000), os.urandom(150_000)
_count = itertools.count()


def _publish(masters: Masters, object_id: str, files: dict[str, bytes], *, carry: tuple[str, ...] = ()) -> int:
    with masters.stage(f"stage-{next(_count)}") as stage:
        for path, data in files.items():
            stage.add_bytes(path, data)
        for path in carry:
            stage.carry(path)
        return stage.publish(object_id, message="m", user_name="An", created=CREATED)


def _refused(work: Callable[[], object]) -> bool:
    """Whether the disk refused the work, in words that say what to do."""
    try:
        work()
    except BackendError as error:
        assert error.code == "storage.disk_full"
        assert "giải phóng" in error.message("vi")
        assert "free some space" in error.message("en")
        return True
    return False


def _corrupt(masters: Masters, blobs: LocalBlobs, *, is_new: bool, is_second: bool, is_put: bool) -> list[str]:
    """Everything that is not as it was before the try, or as the whole try leaves it."""
    found = [f"{id_}: {p}" for id_ in masters.object_ids() for p in masters.validate(id_) if p.is_error]
    found += [f"left {path}" for path in masters.places.staging.iterdir()]
    found += [f"left {path}" for path in (blobs.root / ".incoming").glob("*")]
    if masters.exists(OTHER) != is_new or masters.versions(URN) != (2 if is_second else 1):
        found.append("a version that was refused is seen, or one that was taken is not")
    if masters.read(URN, "ảnh/1.jpg") != PHOTO:
        found.append("a master was lost")
    if blobs.open_range(Key("a/poster.jpg"), 0, 200_000) != (FRESH if is_put else PHOTO):
        found.append("a derivative is half written")
    return found


def _try(disk: SmallDisk, folder: Path, level: int) -> tuple[Counter[str], list[str]]:
    """Write at one level of filling, then with space again: what was refused, and what was found corrupt."""
    masters = Masters(folder / "masters", folder / "staging")
    masters.initialize()
    blobs = LocalBlobs(folder / "derived")
    _publish(masters, URN, {"record.json": b"{}", "ảnh/1.jpg": PHOTO})
    blobs.put(Key("a/poster.jpg"), [PHOTO])
    works: dict[str, Callable[[], object]] = {
        "new object": lambda: _publish(masters, OTHER, {"record.json": b"{}", "ảnh/2.jpg": FRESH}),
        "new version": lambda: _publish(masters, URN, {"ảnh/2.jpg": FRESH[::-1]}, carry=("ảnh/1.jpg",)),
        "derivative": lambda: blobs.put(Key("a/poster.jpg"), [FRESH[:70_000], FRESH[70_000:]]),
    }
    refused, wrong = Counter[str](), []
    for name, work in works.items():
        with disk.leaving(level):
            is_refused = _refused(work)
            refused[name] += is_refused
            done = {"new object": masters.exists(OTHER), "new version": masters.versions(URN) == 2}
            wrong += _corrupt(
                masters,
                blobs,
                is_new=done["new object"],
                is_second=done["new version"],
                is_put=name == "derivative" and not is_refused,
            )
        if name in done and done[name] == is_refused:
            wrong.append(f"{name}: the answer and the disk differ")
    masters.recover(every_object=True)
    for name, work in works.items():
        if refused[name]:
            work()
    wrong += _corrupt(masters, blobs, is_new=True, is_second=True, is_put=True)
    return refused, wrong


def test_at_fifty_levels_of_filling_nothing_is_corrupt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused, wrong, tried = Counter[str](), [], 0
    place = tmp_path / "disk"
    place.mkdir()
    with small_disk(place, size=16 * 2**20) as disk:
        for level in LEVELS:
            folder = place / f"{level}"
            folder.mkdir()
            some, found = _try(disk, folder, level)
            refused += some
            wrong += [f"{level}: {one}" for one in found]
            shutil.rmtree(folder)
            tried += 1
        kind = disk.kind
    with capsys.disabled():
        print(f"\n{tried} levels of {kind}: refused {dict(refused)}; corrupt: {len(wrong)}")
    assert wrong == []
    assert tried == 50
    assert all(30 < refused[name] < tried for name in ("new object", "new version", "derivative")), refused


def test_writing_in_place_would_be_caught(tmp_path: Path) -> None:
    """The control: a store that writes over what it holds is found corrupt by the same look."""
    place = tmp_path / "disk"
    place.mkdir()
    with small_disk(place, size=16 * 2**20) as disk:
        masters, blobs = Masters(place / "masters", place / "staging"), LocalBlobs(place / "derived")
        masters.initialize()
        _publish(masters, URN, {"record.json": b"{}", "ảnh/1.jpg": PHOTO})
        blobs.put(Key("a/poster.jpg"), [PHOTO])
        path = blobs.local_path(Key("a/poster.jpg"))
        assert path is not None
        with disk.leaving(5 * PAGE_BYTES), pytest.raises(OSError, match=r"No space left|File too large"):
            path.write_bytes(FRESH)
        said = _corrupt(masters, blobs, is_new=False, is_second=False, is_put=False)
    assert said == ["a derivative is half written"]
