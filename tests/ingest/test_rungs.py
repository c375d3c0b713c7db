"""A scan's further models, frames and measures come later, by a job of their own: nobody waits for them."""

import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Engine, select

from museum import db
from museum.catalog import store
from museum.catalog.store import Derivative
from museum.geometry.ply_writer import ply
from museum.ingest import later, run, rungs, scan_models
from museum.ingest.parts import Parts, open_parts
from museum.ingest.run import Options
from museum.jobs import queue
from museum.jobs.tables import JobRow, State
from museum.jobs.worker import Worker
from tests.founded import founded
from tests.geometry.shapes import sphere

RINGS = 110  # 48,180 triangles: more than the smallest rung has
TABLE = "Mã hiện vật,Tên hiện vật,Loại hình,Giấy phép,Ghi công,Tệp,Đơn vị,Trục đứng\n"


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A museum with one published scan of a painted ball."""
    home = tmp_path_factory.mktemp("rungs")
    settings, engine = founded(home / "bao-tang")
    folder = home / "nguon"
    folder.mkdir()
    ball = sphere(rings=RINGS)
    paint = np.full((len(ball.vertices_mm), 3), (180, 90, 40), np.uint8)
    (folder / "cau.ply").write_bytes(ply(ball, colors=paint))
    (folder / "danh-muc.csv").write_text(TABLE + "Q-1,Quả cầu,cầu,CC0 1.0,Bảo tàng,cau.ply,mm,Y\n", encoding="utf-8")
    opened = open_parts(settings, engine, fsync=False)
    report = run.ingest(settings, engine, folder, options=Options(publish=True, workers=0), parts=opened)
    assert report.errors == [] and report.published == 1, "public without any rung"
    yield opened
    engine.dispose()


def made(engine: Engine) -> dict[str, Derivative]:
    with db.reading(engine) as session:
        record = store.published(session)[0]
        return {d.name: d for d in store.derivatives(session, (record.media[0].sha256,))[record.media[0].sha256]}


def jobs(engine: Engine) -> list[JobRow]:
    with db.reading(engine) as session:
        return list(session.scalars(select(JobRow).where(JobRow.kind == rungs.JOB)))


def work(parts: Parts) -> int:
    handlers = {rungs.JOB: lambda payload: rungs.build(parts, payload)}
    return Worker(parts.engine, handlers, poll_s=0.05).run_until_idle()


def test_rungs_come_later_and_each_tells_its_deviation(parts: Parts) -> None:
    first = made(parts.engine)
    assert set(first) & set(rungs.OWN) == set() and jobs(parts.engine) == []
    assert first["web.glb"].facts["deviation_largest"] < 0.01, "quantised, nothing more"
    assert rungs.ask(parts) == 1 and rungs.ask(parts) == 0, "asked for once"
    assert work(parts) == 1
    found = made(parts.engine)
    assert set(rungs.OWN) & set(found) == {
        "thumb.glb", "ar.glb", "ar.usdz", "model.ply", "turntable.webp", rungs.MEASURES,
    }  # fmt: skip
    models = [d for d in found.values() if "deviation_rms" in d.facts]
    assert len(models) == 6, "the five that hold the surface, and the plain copy"
    for one in models:
        facts = one.facts
        assert 0 <= facts["deviation_rms"] <= facts["deviation_p99"] <= facts["deviation_largest"] < 0.3, one.name
        assert facts["deviation_unit"] == "mm" and facts["deviation_samples"] == 80_000
    assert found["thumb.glb"].facts["faces"] <= 20_000 and found["thumb.glb"].facts["rung"] == "thumb"
    assert found["thumb.glb"].facts["deviation_rms"] > found["ar.glb"].facts["deviation_rms"]
    measured = json.loads(parts.shelf.read(found[rungs.MEASURES].sha256, rungs.MEASURES))
    assert measured["borders"] == 0 and measured["crossing_triangles"] == 0
    assert measured["extent"] == pytest.approx([100, 100, 100], rel=1e-3)
    assert measured["volume"] == pytest.approx(4 / 3 * np.pi * 50**3, rel=1e-3)
    assert measured["mirror_share"] < 0.002
    assert rungs.ask(parts) == 0 and work(parts) == 0, "nothing is left to do"
    with Image.open(parts.shelf.path(measured_of(found), "turntable.webp")) as sheet:
        assert sheet.size == (6 * 640, 4 * 480)
    with zipfile.ZipFile(parts.shelf.path(measured_of(found), "ar.usdz")) as archive:
        assert archive.namelist() == ["model.usda", "textures/0.jpg"]


def measured_of(found: dict[str, Derivative]) -> str:
    return found[rungs.MEASURES].sha256


def test_an_older_recipe_is_made_anew_and_what_no_longer_applies_goes(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = made(parts.engine)
    assert "ar.glb" in found
    old = found[rungs.MEASURES]
    with db.writing(parts.engine) as session:
        store.put_derivative(session, replace(old, facts={**old.facts, "recipe": "rungs-0"}))

    def only_measures(_order: object, work: Path) -> list[scan_models.Made]:
        out = work / rungs.MEASURES
        out.write_text("{}")
        return [scan_models.Made(name=rungs.MEASURES, media_type="application/json", files=(out,))]

    monkeypatch.setattr(rungs, "_gently", lambda _p, _r, _m, work, _s: only_measures(None, work))
    assert rungs.ask(parts) == 1
    assert work(parts) == 1
    again = made(parts.engine)
    assert set(again) & set(rungs.OWN) == {rungs.MEASURES} and "web.glb" in again
    assert not parts.shelf.has(old.sha256, "ar.glb"), "its file is gone too"
    rungs.build(parts, {"record": "gone", "media": "gone"})


def test_a_job_in_hand_goes_back_untried_when_the_worker_ends(parts: Parts) -> None:
    found = made(parts.engine)[rungs.MEASURES]
    with db.writing(parts.engine) as session:
        store.put_derivative(session, replace(found, facts={**found.facts, "recipe": ""}))
    assert rungs.ask(parts) == 1
    stop = threading.Event()
    stop.set()
    worker = Worker(parts.engine, {rungs.JOB: lambda payload: rungs.build(parts, payload, stop=stop)})
    job = queue.claim(parts.engine, worker.owner, kinds=(rungs.JOB,), lease_s=60)
    assert job is not None
    with pytest.raises(later.Stopped):
        worker.run(job)
    last = max(jobs(parts.engine), key=lambda row: row.id)
    assert (last.state, last.tries) == (State.QUEUED, 0)
