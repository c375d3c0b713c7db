"""A full or read-only disk is named in words, and nothing is half-published."""

import errno
import os
from pathlib import Path

import pytest

from museum.errors import BackendError
from museum.storage.key import Key
from museum.storage.local import LocalBlobs
from museum.storage.ocfl import Masters
from tests.storage.conftest import CREATED, URN, Publish


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "storage.disk_full"), (errno.EROFS, "storage.not_writable"), (errno.EIO, "storage.disk_failed")],
)
@pytest.mark.parametrize("call", ["write", "mkdir", "rename", "fsync"])
def test_disk_error_is_named_at_every_call(
    masters: Masters, publish: Publish, monkeypatch: pytest.MonkeyPatch, number: int, code: str, call: str
) -> None:
    publish({"record.json": b"{}"})
    real = getattr(os, call)
    reached = 0
    for allowed in range(100):
        left = allowed

        def refuse(*arguments: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(number, os.strerror(number), str(arguments[0]))
            return real(*arguments, **named)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, refuse)
            try:
                publish({"record.json": b"[%d]" % allowed})
            except BackendError as error:
                reached += 1
                assert error.code == code
                assert error.message("vi") != error.message("en")
            else:
                break
        masters.recover()
        assert [problem for problem in masters.validate(URN) if problem.is_error] == []
        assert list(masters.places.staging.iterdir()) == []
    assert reached >= 2
    assert masters.read(URN, "record.json") == b"[%d]" % allowed


def test_really_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's own refusal: a file-size limit (EFBIG stands for a full disk here; no mount is needed)."""
    import resource
    import signal

    source = tmp_path / "cửu đỉnh.jpg"
    source.write_bytes(os.urandom(200_000))
    masters = Masters(tmp_path / "masters", tmp_path / "staging")
    masters.initialize()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with masters.stage("a") as stage, pytest.raises(BackendError, match=r"storage\.disk_full"):
            stage.add_file("ảnh.jpg", source)
        with pytest.raises(BackendError, match=r"storage\.disk_full"):
            LocalBlobs(tmp_path / "derived").put(Key("a"), [bytes(200_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(masters.places.staging.iterdir()) == []
    assert LocalBlobs(tmp_path / "derived").list() == []
    with masters.stage("a") as stage:
        stage.add_file("ảnh.jpg", source)
        assert stage.publish(URN, message="m", user_name="An", created=CREATED) == 1
