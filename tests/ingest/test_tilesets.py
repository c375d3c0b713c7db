"""A large scan is cut into tiles later, by a job of its own, and served tile by tile to whoever may see the scan."""

import gzip
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from museum import addresses, db
from museum.catalog import store
from museum.catalog.record import Media, Record
from museum.catalog.store import Derivative
from museum.config import Settings
from museum.geometry.mesh import Mesh
from museum.ingest import founding, photos, run, scans, tilesets
from museum.ingest.made import Made
from museum.ingest.parts import Parts, open_parts
from museum.ingest.run import Options
from museum.jobs.tables import JobRow
from museum.jobs.worker import Worker
from museum.migrations import schema
from museum.web.app import create_app
from tests.geometry.shapes import sphere
from tests.geometry.tilesets import Tile, vase

FACES, FROM = 24_000, 20_000


def ply(mesh: Mesh) -> bytes:
    """The mesh as a binary PLY."""
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(mesh.vertices_mm)}\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz")
    head += "".join(f"property uchar {color}\n" for color in ("red", "green", "blue"))
    head += f"element face {len(mesh.faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    vertices = np.empty(len(mesh.vertices_mm), [("at", "<f4", 3), ("color", "u1", 3)])
    vertices["at"] = mesh.vertices_mm
    vertices["color"] = 128 if mesh.colors is None else mesh.colors[:, :3]
    faces = np.empty(len(mesh.faces), [("count", "u1"), ("corners", "<i4", 3)])
    faces["count"], faces["corners"] = 3, mesh.faces
    return head.encode() + vertices.tobytes() + faces.tobytes()


def first_model(path: Path, work: Path, **_said: object) -> list[Made]:
    """A scan's poster and model of the first hour, which have to be there before anything else is made."""
    (work / "web.glb").write_bytes(path.name.encode())
    Image.new("RGB", (64, 48)).save(work / "poster.png")
    shown = photos.posters(work / "poster.png", work, long_side_px=64, name=path.name)
    return [*shown, Made(name="web.glb", media_type="model/gltf-binary", files=(work / "web.glb",))]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A museum that cuts scans of 20,000 triangles and more, with a larger and a smaller one."""
    home = tmp_path_factory.mktemp("tiles")
    settings = founding.write_settings(home / "bao-tang", name_vi="Bảo tàng", name_en="Museum", language="vi")
    settings = Settings(**{**vars(settings), "scan_tiles_from": FROM})
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    folder = home / "nguon"
    folder.mkdir()
    (folder / "binh.ply").write_bytes(ply(vase(FACES)))
    (folder / "cau.ply").write_bytes(ply(sphere(rings=12)))
    table = "Mã hiện vật,Tên hiện vật,Loại hình,Giấy phép,Ghi công,Tệp\n"
    table += "T-1,Bình gốm,bình,CC0 1.0,Bảo tàng,binh.ply\nT-2,Quả cầu,cầu,CC0 1.0,Bảo tàng,cau.ply\n"
    (folder / "danh-muc.csv").write_text(table, encoding="utf-8")
    opened = open_parts(settings, engine, fsync=False)
    with pytest.MonkeyPatch.context() as patch:  # what is made first has tests of its own, and takes long
        patch.setattr(scans, "derive", first_model)
        report = run.ingest(settings, engine, folder, options=Options(publish=True, workers=0, unit="mm"), parts=opened)
    assert report.errors == [] and report.published == 2, "public without any tile"
    yield opened
    engine.dispose()


@pytest.fixture(scope="module")
def vase_made(parts: Parts) -> tuple[Record, Media, Derivative]:
    """The large scan after its job was done."""
    assert tilesets.ask(parts) == 1 and tilesets.ask(parts) == 0, "the small scan needs none, and one job is enough"
    done = Worker(parts.engine, {tilesets.JOB: lambda payload: tilesets.build(parts, payload)}).run_until_idle()
    assert done == 1 and tilesets.ask(parts) == 0, "nothing is left to do"
    with db.reading(parts.engine) as session:
        record = next(r for r in store.published(session) if r.media[0].file_name == "binh.ply")
        made = store.derivatives(session, (record.media[0].sha256,))[record.media[0].sha256]
    return record, record.media[0], next(d for d in made if d.name == tilesets.NAME)


@pytest.fixture
def client(parts: Parts) -> FlaskClient:
    return create_app(parts.settings, engine=parts.engine).test_client()


def test_the_page_and_the_record_lead_to_a_tileset_whose_tiles_all_answer(
    client: FlaskClient, vase_made: tuple[Record, Media, Derivative]
) -> None:
    record, media, made = vase_made
    address = addresses.tileset(media.id, made.digest)
    assert f'"tileset":"{address}"' in client.get(addresses.object_page(record.id)).text
    told = client.get(addresses.record_json(record.id)).json
    assert told["media"][0]["tileset"].endswith(address)
    names, faces = ["tileset.json"], 0
    while names:
        name = names.pop()
        answer = client.get(address.replace("tileset.json", name), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"] and answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        plain = client.get(address.replace("tileset.json", name))
        assert plain.data == gzip.decompress(answer.data) and "Content-Encoding" not in plain.headers
        assert plain.headers["ETag"] != answer.headers["ETag"], "another validator for other bytes (RFC 9110 §8.8.3.3)"
        again = client.get(
            address.replace("tileset.json", name),
            headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]},
        )
        assert again.status_code == 304 and again.data == b""
        if name == "tileset.json":
            assert answer.mimetype == "application/json"
            tiles = [json.loads(plain.data)["root"]]
            for tile in tiles:
                tiles += tile.get("children", [])
                names.append(tile["content"]["uri"])
            leaves = {tile["content"]["uri"] for tile in tiles if "children" not in tile}
        else:
            assert answer.mimetype == "model/gltf-binary"
            faces += len(Tile.of(plain.data).faces) if name in leaves else 0
    assert faces == media.facts["faces"] == made.facts["faces"]
    whole = client.get(addresses.derivative(media.id, made.name, made.digest))
    with whole, zipfile.ZipFile(io.BytesIO(whole.data)) as opened:
        assert opened.testzip() is None and len(opened.namelist()) == made.facts["tiles"] + 1


def test_nobody_gets_tiles_of_a_scan_that_is_hidden(
    parts: Parts, client: FlaskClient, vase_made: tuple[Record, Media, Derivative]
) -> None:
    record, media, made = vase_made
    asked = [addresses.tileset(media.id, made.digest).replace("tileset.json", n) for n in ("tileset.json", "0.glb")]
    asked.append(addresses.derivative(media.id, made.name, made.digest))

    def statuses() -> list[int]:
        found = []
        for path in asked:
            with client.get(path) as answer:
                found.append(answer.status_code)
        return found

    def change(state: str, level: str) -> None:
        with db.writing(parts.engine) as session:
            now = store.get(session, record.id)
            hidden = replace(now, state=state, media=tuple(replace(m, level=level) for m in now.media))
            store.save(session, hidden, person="test", batch="test")

    tried = []
    for state, level in (("published", "internal"), ("published", "confidential"), ("draft", ""), ("withdrawn", "")):
        change(state, level)
        tried += statuses()
        assert "tileset" not in client.get(addresses.object_page(record.id)).text
    change("published", "")
    print(f"hidden tiles: {len(tried)} requests, {sum(status < 400 for status in tried)} answered")
    assert set(tried) == {404} and set(statuses()) == {200}


@pytest.mark.parametrize(
    "name", ["1.bin", "00.glb", "-1.glb", "9999.glb", "..%2Ftileset.json", "tileset.json%00", "0.GLB", "%2e%2e", "0"]
)
def test_other_names_are_not_found(client: FlaskClient, vase_made: tuple[Record, Media, Derivative], name: str) -> None:
    _, media, made = vase_made
    assert client.get(addresses.tileset(media.id, made.digest).replace("tileset.json", name)).status_code == 404
    assert client.get(f"/s/{media.id}/{'0' * 12}/tileset.json").status_code == 404


def test_building_again_changes_nothing_and_a_museum_may_do_without(
    parts: Parts, vase_made: tuple[Record, Media, Derivative]
) -> None:
    record, media, made = vase_made
    path = parts.shelf.path(media.sha256, made.name)
    before = path.stat().st_mtime_ns
    tilesets.build(parts, {"record": record.id, "media": media.id})
    tilesets.build(parts, {"record": "gone", "media": "gone"})
    assert path.stat().st_mtime_ns == before
    without = Parts(**{**vars(parts), "settings": Settings(**{**vars(parts.settings), "scan_tiles_from": 0})})
    tilesets.follow(without, threading.Event())  # returns at once
    with db.reading(parts.engine) as session:
        assert len(list(session.scalars(select(JobRow).where(JobRow.kind == tilesets.JOB)))) == 1
