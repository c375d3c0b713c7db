"""The image service alone: images and health, the right address under any proxy, and nothing loaded beside."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import InternalError, OperationalError
from werkzeug.test import Client

from museum.db import open_engine, reading, writing
from museum.migrations import schema
from museum.web import alone
from tests.museums import serving
from tests.web.planted import HIDDEN_PHOTO, OPEN_PHOTO, Planted, plant

TILE = f"/iiif/image/3/{OPEN_PHOTO}/full/max/0/default.jpg"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    made = plant(tmp_path_factory.mktemp("alone") / "museum")
    with writing(made.engine) as session:  # the tables were made without migrations
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.head()})
    return made


@pytest.fixture
def client(planted: Planted) -> Iterator[Client]:
    engine = open_engine(planted.settings.database)
    yield Client(alone.images_only(replace(planted.settings, public_url="", proxies=1), engine).application)
    engine.dispose()


def test_images_are_the_same_as_the_whole_site_s(client: Client) -> None:
    answer = client.get(TILE)
    assert answer.status_code == 200
    with Image.open(io.BytesIO(answer.data)) as image:
        image.load()
        assert min(image.size) > 1
    computed = client.get(TILE.replace("max", "30,20"))
    with Image.open(io.BytesIO(computed.data)) as image:
        assert image.size == (30, 20)


def test_what_visitors_may_not_see_is_not_here_either(client: Client) -> None:
    assert client.get(f"/iiif/image/3/{HIDDEN_PHOTO}/info.json").status_code == 404
    assert client.get(f"/iiif/image/3/{OPEN_PHOTO}/info.json").status_code == 200


@pytest.mark.parametrize("path", ["/", "/o/anything", "/login", "/iiif/presentation/3/x/manifest", "/metrics"])
def test_everything_else_says_what_this_host_is_for(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/healthz" in answer.text
    assert not client.head(path).data


def test_it_is_well_and_says_so(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.headers["Cache-Control"]) == (200, "ok\n", "no-store")


def test_under_a_path_every_address_carries_it(client: Client) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "hue.example", "X-Forwarded-Prefix": "/anh/iiif"}
    base = f"https://hue.example/anh/iiif/iiif/image/3/{OPEN_PHOTO}"
    assert json.loads(client.get(f"/iiif/image/3/{OPEN_PHOTO}/info.json", headers=headers).data)["id"] == base
    assert f"<{base}/" in client.get(TILE, headers=headers).headers["Link"]
    assert client.get(f"/iiif/image/3/{OPEN_PHOTO}", headers=headers).headers["Location"] == f"{base}/info.json"


def test_it_only_reads_the_database(planted: Planted) -> None:
    engine = open_engine(planted.settings.database)
    alone.images_only(planted.settings, engine)
    with pytest.raises(OperationalError, match="readonly"), writing(engine) as session:
        session.execute(text("DELETE FROM record"))
    engine.dispose()


@pytest.mark.postgresql
def test_it_only_reads_postgresql_too(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    reader = alone.only_reading(engine)
    with reading(reader) as session:
        assert session.execute(text("SELECT 1")).scalar() == 1
    with pytest.raises(InternalError, match="read-only transaction"), writing(reader) as session:
        session.execute(text("CREATE TABLE scratch (one INTEGER)"))
    with writing(engine) as session:  # control: who may write can
        session.execute(text("CREATE TABLE scratch (one INTEGER)"))
        session.execute(text("DROP TABLE scratch"))
    engine.dispose()


def test_an_unexpected_failure_is_answered_and_told_without_the_asker_s_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(environ: object, start_response: object) -> list[bytes]:
        raise ValueError("/iiif/image/3/secret")

    root = alone.logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        alone.configure_logging()
        answer = Client(alone.Guarded(broken)).get("/x")
    finally:
        root.handlers[:], root.level = before, level
    said = capsys.readouterr().err
    assert answer.status_code == 500
    assert json.loads(said)["error"] == "ValueError"
    assert "secret" not in said


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    heavy = ("flask", "pyvips", "numpy", "numba", "structlog", "rich", "jinja2", "boto3", "iiif_prezi3")
    code = f"import sys, museum.web.alone; print(*(set(sys.modules) & set({heavy})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    whole = code.replace("museum.web.alone", "museum.web.entry")  # control: it would be noticed
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True)
    assert {"flask", "structlog"} <= set(done.stdout.split())


def test_a_second_host_serves_and_ends_cleanly(planted: Planted) -> None:
    (planted.settings.home / "museum.toml").write_text('name_vi = "Bảo tàng"\nshow_samples = false\n', encoding="utf-8")
    with serving(planted.settings.home, "--only", "iiif") as served:
        status, headers, body = served.get(TILE)
        assert status == 200
        assert int(headers["content-length"]) == len(body)
        assert served.get("/")[0] == 404
        _, _, info = served.get(f"/iiif/image/2/{OPEN_PHOTO}/info.json")
        assert json.loads(info)["@id"] == f"{served.url}/iiif/image/2/{OPEN_PHOTO}"
        assert len(_children(served.process_id)) == 2, "two workers, and nobody who works on jobs"


def test_a_killed_worker_is_replaced_and_none_outlives_its_supervisor(planted: Planted) -> None:
    (planted.settings.home / "museum.toml").write_text("show_samples = false\n", encoding="utf-8")
    with serving(planted.settings.home, "--only", "iiif", "--workers", "2") as served:
        first = _children(served.process_id)
        os.kill(first[0], signal.SIGKILL)
        _await(lambda: len(found := _children(served.process_id)) == 2 and first[0] not in found, "a new worker")
        for _ in range(20):
            assert served.get("/healthz")[0] == 200
        left = _children(served.process_id)
        os.kill(served.process_id, signal.SIGKILL)
        _await(lambda: not any(_is_alive(child) for child in left), "the workers' end")


def _children(process_id: int) -> list[int]:
    return [int(c) for c in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


def _is_alive(process_id: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process_id}/status").read_text()
    except FileNotFoundError:
        return False


def _await(is_so: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited a minute for {what}")
