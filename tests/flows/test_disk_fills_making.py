"""A disk that fills while derivatives are made: told, nothing half made is seen, and with space all is made."""

import csv
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from museum import addresses, db
from museum.catalog import store
from museum.errors import BackendError, MuseumError
from museum.ingest import copies, run
from museum.ingest.parts import open_parts
from museum.ingest.run import Options
from museum.ingest.worker import handlers
from museum.jobs import queue
from museum.jobs.worker import Worker
from tests.flows.bad_files import photograph
from tests.flows.looking import Museum, look_around, look_inside
from tests.founded import founded
from tests.full_disk import SmallDisk, small_disk
from tests.geometry import shapes

KIB = 2**10
LEVELS = tuple(n * KIB for n in (0, 24, 100, 900))
FILES = {"lớn.png": "photo", "cầu.ply": "scan", "chuông.wav": "sound", "lời.txt": "document"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One object of each kind of file."""
    folder = tmp_path / "nguồn"
    folder.mkdir()
    (folder / "lớn.png").write_bytes(photograph(kind="PNG", seed=2, size=(600, 500)))
    ball = shapes.sphere(rings=12)
    (folder / "cầu.ply").write_text(shapes.ply_text(ball.vertices_mm, ball.faces), encoding="ascii")
    with wave.open(str(folder / "chuông.wav"), "wb") as sound:
        sound.setparams((1, 2, 44_100, 0, "NONE", ""))
        time_s = np.arange(44_100) / 44_100
        sound.writeframes((np.sin(time_s * 2764) * np.exp(-time_s) * 20_000).astype("<i2").tobytes())
    (folder / "lời.txt").write_text("Chuông chùa Thiên Mụ đúc năm 1710.\n" * 300, encoding="utf-8")
    with (folder / "danh-muc.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Mã hiện vật", "Tên hiện vật", "Tệp"])
        writer.writerows([f"T-{number}", f"Hiện vật {number}", name] for number, name in enumerate(FILES, start=1))
    return folder


@pytest.fixture
def museum(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Museum, SmallDisk]]:
    """A museum whose masters are in and whose derivatives are still to be made, its media on a small disk."""
    home = tmp_path / "home"
    (home / "media").mkdir(parents=True)
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(home / "media", size=64 * 2**20))
        settings, engine = founded(home)
        engine.dispose()
        settings = replace(settings, keep_free_mib=0)
        museum = Museum(settings)
        stack.callback(museum.close)
        with monkeypatch.context() as patch:
            patch.setattr(Worker, "run_until_idle", _nobody_works)
            patch.setattr(queue, "waiting", lambda *_: 0)
            parts = open_parts(settings, museum.engine, fsync=False)
            options = Options(publish=True, workers=0)
            assert run.ingest(settings, museum.engine, source, options=options, parts=parts).errors == []
        yield museum, disk


def _nobody_works(_: Worker) -> int:
    return 0


def _once(museum: Museum) -> dict[str, Exception | None]:
    """Try each waiting job once; gives what came of it by the kind of its file."""
    museum.let_leases_end()
    worker = Worker(museum.engine, handlers(museum.parts))
    with db.reading(museum.engine) as session:
        kinds = {m.id: m.kind for r in store.all_records(session) for m in r.media}
    came: dict[str, Exception | None] = {}
    while (job := queue.claim(museum.engine, worker.owner, lease_s=60)) is not None:
        came[kinds[job.payload["media"]]] = worker.run(job)
    return came


def _wrong(museum: Museum) -> list[str]:
    """Whatever is half there, lost or left lying."""
    found = look_inside(museum) + look_around(museum)
    with db.reading(museum.engine) as session:
        records = store.all_records(session)
        made = store.derivatives(session, (m.sha256 for r in records for m in r.media))
    for record in records:
        noted = [derivative for media in record.media for derivative in made[media.sha256]]
        found += [
            f"{d.name} is noted and not whole"
            for d in noted
            if not copies.is_kept(museum.parts.shelf.sizes(d.sha256), d)
        ]
        if bool(noted) != (record.state == "published"):
            found.append(f"{record.id}: a {record.state} with {len(noted)} derivatives")
        if (museum.status(addresses.object_page(record.id)) == 200) != (record.state == "published"):
            found.append(
                f"{record.id}: a {record.state} whose page answers {museum.status(addresses.object_page(record.id))}"
            )
    return found


def test_at_every_level_it_is_told_and_nothing_half_is_seen(
    museum: tuple[Museum, SmallDisk], capsys: pytest.CaptureFixture[str]
) -> None:
    here, disk = museum
    told: dict[str, int] = dict.fromkeys(FILES.values(), 0)
    wrong: list[str] = []
    for level in LEVELS:
        with disk.leaving(level):
            came = _once(here)
            for kind, error in came.items():
                if error is None:
                    continue
                told[kind] += 1
                wrong += [f"{level}: {kind}: {error!r}"] if not _says_full(error) else []
            wrong += [f"{level}: {one}" for one in _wrong(here)]
        with db.writing(here.engine) as session:
            queue.revive(session)
    with capsys.disabled():
        print(f"\n{len(LEVELS)} levels of {disk.kind}: refused {told}; wrong: {len(wrong)}")
    assert wrong == []
    assert min(told.values()) >= 1
    _once(here)
    assert here.unfinished() == []
    assert {r.state for r in here.records()} == {"published"}
    assert _wrong(here) == []
    with db.reading(here.engine) as session:
        (one, *_) = store.derivatives(session, (m.sha256 for r in here.records() for m in r.media)).values()
    cut = here.parts.shelf.path(one[0].sha256, one[0].name)
    cut = next(cut.iterdir()) if cut.is_dir() else cut
    cut.write_bytes(cut.read_bytes()[:-1])
    assert _wrong(here) == [f"{one[0].name} is noted and not whole"]  # the control: what is half is seen


def _says_full(error: Exception) -> bool:
    """A museum's own error that says in both languages that the disk is full, and what to do."""
    if not isinstance(error, MuseumError) or not isinstance(error, BackendError):
        return False
    return "đầy" in error.message("vi") and "giải phóng" in error.message("vi") and "full" in error.message("en")
