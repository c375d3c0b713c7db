"""A museum whose derivatives lie in an S3 service: taken in, served, checked, mended; nothing of them on its disk."""

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Engine
from werkzeug.test import Client

from museum import addresses, config, db
from museum.catalog import store
from museum.catalog.record import Media
from museum.catalog.store import Derivative
from museum.config import Settings
from museum.errors import NotFound
from museum.ingest import check, founding, rebuild, run
from museum.ingest.parts import open_parts
from museum.ingest.run import Options
from museum.keeping import doctor
from museum.migrations import schema
from museum.storage.blob_stream import PIECE_BYTES, BlobStream
from museum.storage.key import Key
from museum.storage.opening import open_derivatives
from museum.storage.s3 import S3Blobs
from museum.web.app import wsgi
from tests.ceph import Gateway

pytestmark = pytest.mark.ceph


@dataclass(frozen=True)
class Home:
    """The museum, and a visitor's browser."""

    settings: Settings
    engine: Engine
    client: Client

    def media(self, kind: str) -> Media:
        with db.reading(self.engine) as session:
            return next(m for r in store.all_records(session) for m in r.media if m.kind == kind)

    def made(self, item: Media) -> dict[str, Derivative]:
        with db.reading(self.engine) as session:
            return {d.name: d for d in store.derivatives(session, (item.sha256,))[item.sha256]}

    def address(self, item: Media, name: str) -> str:
        return addresses.derivative(item.id, name, self.made(item)[name].digest)

    def codes(self) -> set[str]:
        return {finding.code for finding in check.check(self.settings, self.engine)}


@pytest.fixture(scope="module")
def home(s3_gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A photograph and a text, published."""
    base = tmp_path_factory.mktemp("s3")
    source = base / "nguồn"
    source.mkdir()
    noise = np.random.default_rng(7).integers(60, 200, (90, 130, 3), np.uint8)
    Image.fromarray(np.kron(noise, np.ones((8, 8, 1), np.uint8))).save(source / "vạc.jpg", quality=90)
    (source / "chuông.txt").write_text("Chuông đúc năm 1710. " * 40_000, encoding="utf-8")
    with (source / "danh-muc.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Số kiểm kê", "Tên hiện vật", "Loại hình", "Tệp phương tiện", "Giấy phép"])
        writer.writerow(["BTH.01", "Vạc đồng", "hiện vật", "vạc.jpg", "CC0 1.0"])
        writer.writerow(["BTH.02", "Chuông", "hiện vật", "chuông.txt", "CC0 1.0"])
    folder = base / "bảo tàng"
    founding.write_settings(folder, name_vi="Bảo tàng", name_en="Museum", language="vi")
    place = s3_gateway.place()
    with (folder / config.FILE_NAME).open("a", encoding="utf-8") as out:
        out.write(f'\nderived_url = "s3://{place.bucket}/{place.prefix}"\n[s3]\nendpoint = "{s3_gateway.endpoint}"\n')
        out.write(f'access_key = "{s3_gateway.access_key}"\nsecret_key = "{s3_gateway.secret_key}"\n')
    settings = config.load(folder, {})
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    report = run.ingest(
        settings, engine, source, options=Options(publish=True, workers=0), parts=open_parts(settings, engine)
    )
    assert not report.errors, list(report.lines("en"))
    yield Home(settings, engine, Client(wsgi(settings, engine=engine)))
    engine.dispose()


def test_no_derivative_lies_on_the_museum_s_disk(home: Home) -> None:
    assert [path for path in home.settings.derived.rglob("*") if path.is_file()] == []
    assert {"pyramid", "poster-480.jpg"} <= home.made(home.media("photo")).keys()
    assert home.made(home.media("document"))["document.txt"].size_bytes > 3 * PIECE_BYTES
    assert "check.derivatives_ok" in home.codes()


@pytest.mark.parametrize(("kind", "name"), [("photo", "poster-480.jpg"), ("document", "document.txt")])
def test_file_is_sent_whole_in_ranges_and_not_again(home: Home, s3_gateway: Gateway, kind: str, name: str) -> None:
    item = home.media(kind)
    address = home.address(item, name)
    whole = home.client.get(address)
    made = home.made(item)[name]
    assert (whole.status_code, len(whole.data)) == (200, made.size_bytes)
    assert hashlib.sha256(whole.data).hexdigest() == made.digest
    assert whole.headers["Content-Length"] == str(made.size_bytes)
    assert whole.headers["Content-Type"].partition(";")[0] == made.media_type
    for asked, start, stop in (("100-199", 100, 200), ("500-", 500, None), ("-50", -50, None)):
        part = home.client.get(address, headers={"Range": f"bytes={asked}"})
        assert (part.status_code, part.data) == (206, whole.data[start:stop])
        assert part.headers["Content-Range"].endswith(f"/{made.size_bytes}")
    assert home.client.get(address, headers={"Range": f"bytes={made.size_bytes}-"}).status_code == 416
    before = len(s3_gateway.requests(open_derivatives(home.settings).blobs.place))
    again = home.client.get(address, headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert len(s3_gateway.requests(open_derivatives(home.settings).blobs.place)) == before
    head = home.client.head(address)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(made.size_bytes))
    assert home.client.get(address, query_string="download").headers["Content-Disposition"].startswith("attachment")


def test_pictures_are_served(home: Home) -> None:
    item = home.media("photo")
    info = home.client.get(f"{addresses.image_service(item.id, 3)}/info.json")
    assert info.status_code == 200
    assert (info.json["width"], info.json["height"]) == (1040, 720)
    for path in ("0,0,256,256/256,256/0/default.jpg", "11,12,300,200/150,/90/gray.png"):
        assert home.client.get(f"{addresses.image_service(item.id, 3)}/{path}").status_code == 200


def test_what_is_lost_is_found_and_made_anew(home: Home) -> None:
    shelf, item = open_derivatives(home.settings), home.media("photo")
    key = shelf.key(item.sha256, "pyramid/edges.bin")
    shelf.blobs.delete(key)
    assert "check.derivative_missing" in home.codes()
    with pytest.raises(NotFound):
        shelf.read(item.sha256, "pyramid/edges.bin")
    rebuild.rebuild(home.settings, home.engine, workers=0)
    assert shelf.blobs.stat(key) is not None
    assert "check.derivatives_ok" in home.codes()
    assert home.client.get(f"{addresses.image_service(item.id, 3)}/full/200,/0/default.jpg").status_code == 200


def test_doctor_tries_the_store_and_sees_strangers(home: Home) -> None:
    def codes() -> set[str]:
        return {finding.code for finding in doctor.examine(home.settings, home.engine).findings}

    found = codes()
    assert "doctor.storage_ok" in found
    assert "doctor.orphans" not in found
    shelf = open_derivatives(home.settings)
    shelf.put("c" * 64, "poster.jpg", b"nobody's")
    assert "doctor.orphans" in codes()
    shelf.drop("c" * 64)


def test_long_blob_is_read_piece_by_piece(s3_gateway: Gateway) -> None:
    blobs, data = S3Blobs(s3_gateway.place()), os.urandom(2 * PIECE_BYTES + 777)
    blobs.put(Key("a"), [data])
    before = len(s3_gateway.requests(blobs.place))
    with BlobStream(blobs, Key("a")) as stream:
        assert stream.readall() == data
        stream.seek(-800, os.SEEK_END)
        assert stream.read(30) == data[-800:-770]
    assert len(s3_gateway.requests(blobs.place)) - before == 3 + 1
