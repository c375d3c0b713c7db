"""From museum to museum: what one publishes as manifests another takes in with titles, rights, names and bytes."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from museum import db
from museum.addresses import iiif_collection
from museum.catalog.record import Record
from museum.iiif.collection import ALL
from museum.ingest import collecting, founding, run
from museum.migrations import schema
from tests.ingest.borrowing import Home, hurry, shown
from tests.ingest.elsewhere import Elsewhere
from tests.museums import Served, serving

pytestmark = pytest.mark.shared
_TABLE = """\
Mã hiện vật,Tên hiện vật,Tên hiện vật (tiếng Anh),Loại hình,Niên đại,Cao (cm),Mô tả,Giấy phép,Ghi công,Tệp
T-1,Tiền cổ,Old coins,tiền cổ,thế kỷ XIX,2,Tiền đồng & kẽm,CC0 1.0,Brooklyn Museum,coins.png
T-2,Lầu bát giác,Octagonal pavilion,di tích,,,,CC BY 2.0,danielbuechele,china.jpg;parthenon.webp
"""


def _museum(home: Path, name: str) -> Home:
    settings = founding.write_settings(home, name_vi=name, name_en=name, language="vi")
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    return Home(settings, engine)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[tuple[Served, dict[str, Record]]]:
    """Museum A, served, and its records by title."""
    folder = tmp_path_factory.mktemp("a")
    source = folder / "nguon"
    source.mkdir()
    for name in ("photos/misc/coins.png", "photos/misc/china.jpg", "photos/monuments-webp/parthenon.webp"):
        shutil.copy(shared_data / name, source)
    (source / "danh-muc.csv").write_text(_TABLE, encoding="utf-8")
    home = _museum(folder / "bao-tang", "Bảo tàng A")
    assert home.ingest(source).published == 2
    collecting.collect(home.engine, home.settings)
    records = {record.title.say("vi"): record for record in home.records()}
    home.engine.dispose()
    with serving(folder / "bao-tang", "--no-work", "--workers", "1") as served:
        yield served, records


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: tuple[Served, dict[str, Record]]) -> Iterator[Home]:
    """Museum B, for which A is a peer."""
    hurry(monkeypatch)
    monkeypatch.setattr(run._Run, "_await", lambda *_: None)
    made = _museum(tmp_path / "bao-tang", "Bảo tàng B")
    made.settings = Elsewhere(url=first[0].url).settings(made.settings)
    yield made
    made.engine.dispose()


def test_titles_rights_names_and_bytes_arrive(first: tuple[Served, dict[str, Record]], second: Home) -> None:
    served, records = first
    for theirs in records.values():
        address = f"{served.url}/iiif/presentation/3/{theirs.id}/manifest"
        report = second.ingest(address, publish=False)
        assert report.errors == [], report.lines("en")
    taken = {record.title.say("vi"): record for record in second.records()}
    assert taken.keys() == records.keys()
    for title, theirs in records.items():
        ours = taken[title]
        assert dict(ours.title) == dict(theirs.title)
        assert ours.text("description").say("vi") == theirs.text("description").say("vi")
        assert [v.as_written for v in ours.values.get("date", ())] == [
            v.as_written for v in theirs.values.get("date", ())
        ]
        assert [(v.value, v.unit) for v in ours.values.get("height", ())] == [
            (v.value, v.unit) for v in theirs.values.get("height", ())
        ]
        assert [(m.rights, m.licence) for m in shown(ours)] == [(m.rights, m.licence) for m in theirs.media]
        for mine, master in zip(shown(ours), theirs.media, strict=True):
            assert master.attribution in mine.attribution
            assert "Bảo tàng A" in mine.attribution
            assert mine.facts["width_px"] == master.facts["width_px"]
            status, _, body = served.get(f"/iiif/image/3/{master.id}/full/max/0/default.jpg")
            assert (status, mine.sha256) == (200, hashlib.sha256(body).hexdigest())
    before = second.state()
    for theirs in records.values():
        assert second.ingest(f"{served.url}/iiif/presentation/3/{theirs.id}/manifest").count("unchanged") == 1
    assert second.state() == before


def test_a_collection_of_ours_is_taken_in_whole(first: tuple[Served, dict[str, Record]], second: Home) -> None:
    served, records = first
    report = second.ingest(served.url + iiif_collection(ALL), publish=False)
    assert report.errors == [], report.lines("en")
    assert report.count("created") == len(records)
