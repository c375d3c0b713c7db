"""Tiles in WebP come later, by jobs of their own: nobody waits for them, and building them twice changes nothing."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from museum import db
from museum.catalog import store
from museum.config import Settings
from museum.errors import SourceError
from museum.iiif.service import ImageService
from museum.ingest import later, run, webp
from museum.ingest.parts import Parts, open_parts
from museum.ingest.run import Options
from museum.jobs import queue
from museum.jobs.tables import JobRow, State
from museum.jobs.worker import Worker
from museum.storage.derivatives import Derivatives
from museum.storage.key import Key
from museum.storage.opening import open_derivatives
from museum.web.locating import locator
from tests.founded import founded
from tests.imaging.conftest import picture

WAIT_S = 60


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A museum with two published photographs, one grey."""
    settings, engine = founded(tmp_path / "bao-tang")
    folder = tmp_path / "nguon"
    folder.mkdir()
    picture(600, 300).save(folder / "dinh.png")
    picture(300, 257, seed=8).convert("L").save(folder / "an.png")
    table = "Mã hiện vật,Tên hiện vật,Loại hình,Giấy phép,Ghi công,Tệp\n"
    table += "T-1,Cao đỉnh,đỉnh,CC0 1.0,Bảo tàng,dinh.png\nT-2,Ấn,ấn,CC0 1.0,Bảo tàng,an.png\n"
    (folder / "danh-muc.csv").write_text(table, encoding="utf-8")
    opened = open_parts(settings, engine, fsync=False)
    report = run.ingest(settings, engine, folder, options=Options(publish=True, workers=0), parts=opened)
    assert report.errors == [] and report.published == 2, "public without any WebP"
    yield opened
    engine.dispose()


def media_ids(engine: Engine) -> list[str]:
    with db.reading(engine) as session:
        return sorted(m.id for record in store.published(session) for m in record.media)


def jobs(engine: Engine) -> list[JobRow]:
    with db.reading(engine) as session:
        return list(session.scalars(select(JobRow).where(JobRow.kind == webp.JOB)))


def work(parts: Parts) -> int:
    handlers = {webp.JOB: lambda payload: webp.build(parts, payload)}
    return Worker(parts.engine, handlers, poll_s=0.05).run_until_idle()


def service_of(settings: Settings, engine: Engine) -> ImageService:
    return ImageService(locator(engine, open_derivatives(settings)), trust_s=0)


def test_tiles_come_later_and_are_then_preferred(parts: Parts) -> None:
    service = service_of(parts.settings, parts.engine)
    ids = media_ids(parts.engine)

    def told(media_id: str, rest: str = "info.json") -> bytes:
        answer = service.answer(media_id, rest, version=3, base_url="")
        assert answer.status == 200, answer.body
        return answer.body

    assert not any(b"preferredFormats" in told(i) for i in ids) and jobs(parts.engine) == []
    assert webp.ask(parts) == 2 and webp.ask(parts) == 0, "asked for once"
    assert {job.priority for job in jobs(parts.engine)} == {-10}, "after everything else"
    assert work(parts) == 2
    assert all(b'"preferredFormats":["webp","jpg"]' in told(i) for i in ids)
    tiles = [told(i, f"0,0,256,256/256,256/0/default.{kind}") for i in ids for kind in ("webp", "jpg")]
    assert [t[8:12] for t in tiles[::2]] == [b"WEBP"] * 2 and {t[:2] for t in tiles[1::2]} == {b"\xff\xd8"}
    assert webp.ask(parts) == 0 and work(parts) == 0, "nothing is left to do"


def test_building_again_changes_nothing(parts: Parts) -> None:
    webp.ask(parts)
    payloads = [job.payload for job in jobs(parts.engine)]
    work(parts)
    files = sorted((p, p.stat().st_mtime_ns) for p in parts.settings.derived.rglob("*") if p.is_file())
    for payload in payloads:
        webp.build(parts, payload)
    assert files == sorted((p, p.stat().st_mtime_ns) for p in parts.settings.derived.rglob("*") if p.is_file())
    webp.build(parts, {"record": "gone", "media": "gone"})
    with db.writing(parts.engine) as session:  # another recipe made it
        sha256 = store.find_media(session, payloads[0]["media"]).sha256
        old = next(d for d in store.derivatives(session, (sha256,))[sha256] if d.name == webp.NAME)
        store.put_derivative(session, store.Derivative(**{**vars(old), "facts": {**old.facts, "recipe": "webp-0"}}))
    assert webp.ask(parts) == 1


def spied(monkeypatch: pytest.MonkeyPatch, seen: Callable[[str], None]) -> None:
    """Have each name told once it was put into the store."""
    put = Derivatives.put

    def told(shelf: Derivatives, sha256: str, name: str, source: Path | bytes, *, move: bool = False) -> Key:
        key = put(shelf, sha256, name, source, move=move)
        seen(name)
        return key

    monkeypatch.setattr(Derivatives, "put", told)


def test_nobody_meets_old_tiles_with_new_edges(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    webp.ask(parts)
    work(parts)
    payload = jobs(parts.engine)[0].payload
    monkeypatch.setattr(webp, "_ERRAND", replace(webp._ERRAND, recipe="webp-2"))
    service, offered = service_of(parts.settings, parts.engine), list[tuple[str, bool]]()

    def look(name: str) -> None:
        told = service.answer(payload["media"], "info.json", version=3, base_url="")
        tile = service.answer(payload["media"], "0,0,256,256/256,256/0/default.webp", version=3, base_url="")
        assert (told.status, tile.status) == (200, 200), "the picture is there all the time"
        offered.append((name, b"preferredFormats" in told.body))

    look("before")
    spied(monkeypatch, look)
    webp.build(parts, payload)
    assert offered == [("before", True), (f"{webp.NAME}/edges.bin", False), (f"{webp.NAME}/pyramid.tif", True)]


def test_of_a_pyramid_the_tiles_are_put_last(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opened old tiles with new edges looks anew once the tiles are new; the other way nobody would."""
    names: list[str] = []
    spied(monkeypatch, names.append)
    with db.reading(parts.engine) as session:
        record = next(iter(store.published(session)))
    made = parts.kitchen(tmp_path / "work").make(record.media[0], record, parts.object_id(record.id))
    assert names[-2:] == ["pyramid/edges.bin", "pyramid/pyramid.tif"]
    whole = parts.settings.derived.rglob(f"{record.media[0].sha256}/pyramid/pyramid.tif")
    assert made[-1].digest == hashlib.sha256(next(whole).read_bytes()).hexdigest()


def test_what_was_given_up_is_not_asked_for_again(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise SourceError("image.corrupt", name="dinh.png", reason="cut off")

    monkeypatch.setattr(webp, "_gently", fail)
    webp.ask(parts)
    work(parts)
    assert {job.state for job in jobs(parts.engine)} == {State.DEAD}
    assert webp.ask(parts) == 0 and queue.counts(parts.engine)["queued"] == 0


def test_the_worker_finds_them_and_ends_when_told(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webp, "_EVERY_S", 0.05)
    stop = threading.Event()
    following = threading.Thread(target=webp.follow, args=(parts, stop), daemon=True)
    following.start()
    tick = threading.Event()
    for _ in range(WAIT_S * 20):
        with db.reading(parts.engine) as session:
            done = sum(d.name == webp.NAME for made in _made(session, parts).values() for d in made)
        if done == 2:
            break
        tick.wait(0.05)
    stop.set()
    following.join(WAIT_S)
    assert done == 2 and not following.is_alive()


def test_a_job_in_hand_goes_back_untried_when_the_worker_ends(parts: Parts) -> None:
    webp.ask(parts)
    stop = threading.Event()
    stop.set()
    worker = Worker(parts.engine, {webp.JOB: lambda payload: webp.build(parts, payload, stop=stop)})
    job = queue.claim(parts.engine, worker.owner, kinds=(webp.JOB,), lease_s=60)
    assert job is not None
    with pytest.raises(later.Stopped):
        worker.run(job)
    assert sorted((row.state, row.tries) for row in jobs(parts.engine)) == [(State.QUEUED, 0)] * 2


def test_a_museum_may_do_without(parts: Parts) -> None:
    settings = Settings(**{**vars(parts.settings), "webp_tiles": False})
    stop = threading.Event()
    webp.follow(Parts(**{**vars(parts), "settings": settings}), stop)  # returns at once
    assert jobs(parts.engine) == []


def _made(session: object, parts: Parts) -> dict[str, list[store.Derivative]]:
    digests = [m.sha256 for record in store.published(session) for m in record.media]  # type: ignore[arg-type]  # a session
    return store.derivatives(session, digests)  # type: ignore[arg-type]  # a session
