"""A full disk, a folder nobody may write, an ingest beside another: told in both languages, nothing half there."""

import contextlib
import ctypes
import os
import resource
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from museum import db
from museum.errors import BackendError
from museum.ingest.lock import only_ingest
from tests.flows.bad_files import photograph
from tests.flows.looking import look_outside
from tests.flows.test_bad_input import Found, assert_whole, found, table, take_in
from tests.full_disk import files_up_to
from tests.museums import MUSEUM

__all__ = ["found"]  # a fixture: found by name
_PR_CAPBSET_DROP = 24
_MAY_WRITE_ANYWHERE = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def _as_any_user() -> None:
    """In a child before exec: even root must then ask for permission."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in _MAY_WRITE_ANYWHERE:
            assert libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0, os.strerror(ctypes.get_errno())


def _museum(
    *arguments: str | Path, language: str, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MUSEUM, *map(str, arguments)],
        env={**os.environ, "MUSEUM_LANGUAGE": language},
        preexec_fn=before,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two objects, the second with a large photograph."""
    here = tmp_path / "nguồn"
    here.mkdir()
    (here / "nhỏ.png").write_bytes(photograph(kind="PNG", seed=1))
    (here / "lớn.png").write_bytes(photograph(kind="PNG", seed=2, size=(900, 700)))
    table(here, ("T-1", "", "Cao đỉnh", "", "", "nhỏ.png"), ("T-2", "", "Nhân đỉnh", "", "", "lớn.png"))
    return here


def test_a_disk_that_fills_up_stops_the_ingest_and_what_was_in_stands(
    found: Found, folder: Path, tmp_path: Path
) -> None:
    museum = found(tmp_path / "home")
    with files_up_to(1_500_000), pytest.raises(BackendError) as caught:
        take_in(museum, folder)
    assert caught.value.code == "storage.disk_full"
    assert "hãy giải phóng" in caught.value.message("vi")
    assert caught.value.message("en") != caught.value.message("vi")
    assert {r.identifier("object_id") for r in museum.records()} == {"T-1"}
    assert list(museum.settings.staging.iterdir()) == []
    assert look_outside(museum) == []
    assert take_in(museum, folder).errors == []
    assert_whole(museum, {"T-1", "T-2"})


def test_a_really_full_disk_in_both_languages(found: Found, folder: Path, tmp_path: Path) -> None:
    """A disk of its own (needs root); without root the test above has the kernel refuse in the same places."""
    home = tmp_path / "home"
    home.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2500k", "none", home], check=False, capture_output=True
        ).returncode
    )
    museum = found(home)
    try:
        settings = home / "museum.toml"
        settings.write_text(settings.read_text(encoding="utf-8") + "\nkeep_free_mib = 0\n", encoding="utf-8")
        limit = None if mounted else lambda: _limit(1_500_000)
        for language, words in (("vi", ("Ổ đĩa", "giải phóng")), ("en", ("disk", "ree some space"))):
            done = _museum("--home", home, "ingest", folder, "--publish", language=language, before=limit)
            assert done.returncode == BackendError.exit_code, done.stderr
            assert "Traceback" not in done.stderr
            for word in words:
                assert word in done.stderr
        assert "T-2" not in {r.identifier("object_id") for r in museum.records()}
        assert list(museum.settings.staging.iterdir()) == []
        assert look_outside(museum) == []
        if mounted:
            subprocess.run(["mount", "-o", "remount,size=400m", home], check=True)
        assert take_in(museum, folder).errors == []
        assert_whole(museum, {"T-1", "T-2"})
    finally:
        museum.close()
        if mounted:
            subprocess.run(["umount", "-l", home], check=True)


def _limit(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@contextlib.contextmanager
def _read_only(top: Path) -> Iterator[None]:
    """Nobody may write below `top`."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (top, *top.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.mark.parametrize("part", ["media", ""])
def test_a_museum_nobody_may_write_is_told(found: Found, folder: Path, tmp_path: Path, part: str) -> None:
    museum = found(tmp_path / "home")
    museum.close()
    with _read_only(tmp_path / "home" / part):
        for language, words in (("vi", "quyền"), ("en", "ermission")):
            done = _museum("--home", tmp_path / "home", "ingest", folder, language=language, before=_as_any_user)
            assert done.returncode == BackendError.exit_code, done.stderr[-3000:]
            assert "Traceback" not in done.stderr
            assert words in done.stderr
    assert_whole(museum, set())


def test_a_source_nobody_may_write_is_enough(found: Found, folder: Path, tmp_path: Path) -> None:
    museum = found(tmp_path / "home")
    with _read_only(folder):
        done = _museum("--home", tmp_path / "home", "ingest", folder, "--publish", language="vi", before=_as_any_user)
    assert done.returncode == 0, done.stderr
    assert_whole(museum, {"T-1", "T-2"})


def test_a_file_nobody_may_read_refuses_its_row(found: Found, folder: Path, tmp_path: Path) -> None:
    museum = found(tmp_path / "home")
    (folder / "lớn.png").chmod(0)
    for language, words in (("vi", ("hàng 3", "quyền đọc")), ("en", ("row 3", "may be read"))):
        done = _museum(
            "--home", tmp_path / "home", "ingest", folder, "--publish", language=language, before=_as_any_user
        )
        assert done.returncode == 3, done.stderr
        for word in words:
            assert word in done.stderr
    (folder / "lớn.png").chmod(0o600)
    assert_whole(museum, {"T-1"})


def test_a_second_ingest_beside_another_is_refused(found: Found, folder: Path, tmp_path: Path) -> None:
    museum = found(tmp_path / "home")
    with only_ingest(museum.settings):
        for language, words in (("vi", "đang chạy"), ("en", "Another ingest is running")):
            done = _museum("--home", tmp_path / "home", "ingest", folder, language=language)
            assert done.returncode == 6, done.stderr
            assert words in done.stderr
            assert str(os.getpid()) in done.stderr
    with db.reading(museum.engine):
        assert museum.records() == []
    assert take_in(museum, folder).errors == []
    assert_whole(museum, {"T-1", "T-2"})
