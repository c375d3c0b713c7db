"""Derivatives lie by the digest of their master, and can all be dropped."""

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from museum.errors import Invalid, NotFound
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs

ONE, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def derivatives(tmp_path: Path) -> Derivatives:
    """An empty store."""
    return Derivatives(LocalBlobs(tmp_path / "derived"))


def test_put_find_and_drop(derivatives: Derivatives, tmp_path: Path) -> None:
    made = tmp_path / "pyramid.tif"
    made.write_bytes(b"II*")
    derivatives.put(ONE, "pyramid-256-q85/pyramid.tif", made)
    derivatives.put(ONE, "poster-1200/poster.avif", b"avif")
    derivatives.put(OTHER, "poster-1200/poster.avif", b"other")
    assert derivatives.names(ONE) == ["poster-1200/poster.avif", "pyramid-256-q85/pyramid.tif"]
    assert derivatives.has(ONE, "poster-1200/poster.avif")
    assert derivatives.path(ONE, "poster-1200/poster.avif").read_bytes() == b"avif"
    assert (derivatives.path(ONE, "pyramid-256-q85") / "pyramid.tif").read_bytes() == b"II*"
    assert made.exists()
    derivatives.drop(ONE)
    assert derivatives.names(ONE) == []
    assert derivatives.names(OTHER) == ["poster-1200/poster.avif"]
    with pytest.raises(NotFound, match=r"storage\.no_derivative"):
        derivatives.path(ONE, "poster-1200/poster.avif")


def test_moved_file_is_taken(derivatives: Derivatives, tmp_path: Path) -> None:
    made = tmp_path / "scan.glb"
    made.write_bytes(b"glTF")
    derivatives.put(ONE, "web/scan.glb", made, move=True)
    assert not made.exists()
    assert derivatives.path(ONE, "web/scan.glb").read_bytes() == b"glTF"


@pytest.mark.parametrize(("digest", "name"), [("A" * 64, "a"), ("a" * 63, "a"), (ONE, "../../x"), (ONE, "/x")])
def test_address_that_could_leave_the_store_is_refused(derivatives: Derivatives, digest: str, name: str) -> None:
    with pytest.raises(Invalid):
        derivatives.put(digest, name, b"x")


def test_rests_of_killed_writers_are_dropped(derivatives: Derivatives, tmp_path: Path) -> None:
    derivatives.put("ab" * 32, "poster.jpg", b"whole")
    incoming = tmp_path / "derived" / ".incoming"
    for name, age_s in (("old", 100_000), ("new", 10)):
        (incoming / name).write_bytes(b"half")
        at = time.time() - age_s
        os.utime(incoming / name, (at, at))
    assert derivatives.blobs.drop_unfinished(older_than=dt.timedelta(days=1)) == 1
    assert [path.name for path in incoming.iterdir()] == ["new"]
    assert derivatives.has("ab" * 32, "poster.jpg")
