"""The whole pipeline on real files: everything arrives, nothing twice, bad rows stay out."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from museum import db
from museum.catalog import changes, store
from museum.catalog.tables import DerivativeRow
from museum.config import Settings
from museum.errors import BackendError, Conflict
from museum.ingest import plan, run
from museum.ingest.lock import only_ingest
from museum.ingest.parts import open_parts
from museum.ingest.report import Report
from museum.ingest.run import Options
from tests.founded import founded


@dataclass
class Home:
    """A museum in a temporary folder."""

    settings: Settings
    engine: Engine

    def ingest(self, folder: Path, *, publish: bool = True, **options: object) -> Report:
        parts = open_parts(self.settings, self.engine, fsync=False)
        chosen = Options(publish=publish, workers=0, **options)  # type: ignore[arg-type]  # names of Options
        return run.ingest(self.settings, self.engine, folder, options=chosen, parts=parts)

    def state(self) -> tuple[bytes, int, list[tuple[object, ...]]]:
        with db.reading(self.engine) as session:
            made = [(d.sha256, d.name, d.made_at) for d in session.scalars(select(DerivativeRow))]
            return store.canonical_dump(session), changes.count(session), sorted(made, key=repr)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    settings, engine = founded(tmp_path / "bao-tang")
    yield Home(settings, engine)
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path, shared_data: Path) -> Path:
    """Two objects with small real photographs, a caption, a scan."""
    here = tmp_path / "nguon"
    here.mkdir()
    for name in ("photos/misc/coins.png", "photos/misc/china.jpg", "photos/monuments-webp/parthenon.webp"):
        shutil.copy(shared_data / name, here)
    (here / "danh-muc.csv").write_text(
        "Mã hiện vật,Tên hiện vật,Loại hình,Niên đại,Giấy phép,Ghi công,Tệp\n"
        "T-1,Tiền cổ,tiền cổ,thế kỷ XIX,CC0 1.0,Brooklyn Museum,coins.png\n"
        "T-2,Lầu bát giác,di tích,,CC BY 2.0,danielbuechele,china.jpg;parthenon.webp\n"
        "T-3,Ấn chưa có ảnh,ấn,,,,\n",
        encoding="utf-8",
    )
    return here


pytestmark = pytest.mark.shared


def test_rows_become_published_records_and_a_second_run_changes_nothing(home: Home, folder: Path) -> None:
    first = home.ingest(folder)
    assert first.errors == []
    assert (first.count("created"), first.published, first.files) == (3, 3, 3)
    with db.reading(home.engine) as session:
        records = store.published(session)
        assert len(records) == 3
        coin = next(r for r in records if r.identifier("object_id") == "T-1")
        made = store.derivatives(session, [coin.media[0].sha256])[coin.media[0].sha256]
        assert {"pyramid", "poster-480.avif", "poster-480.jpg"} == {d.name for d in made}
        assert coin.media[0].facts["width_px"] == 384
        assert coin.media[0].rights == "http://creativecommons.org/publicdomain/zero/1.0/"
        assert b"Brooklyn Museum" in store.manifest(session, coin.id)[0]
    parts = open_parts(home.settings, home.engine)
    for record in records:
        assert [p for p in parts.masters.validate(parts.object_id(record.id)) if p.is_error] == []
    before = home.state()
    second = home.ingest(folder)
    assert (second.count("unchanged"), second.published, second.files) == (3, 0, 0)
    assert home.state() == before


def test_a_dry_run_tells_every_field_and_writes_nothing(home: Home, folder: Path) -> None:
    before = home.state()
    files = sorted(home.settings.media.rglob("*"))
    told = plan.plan(home.settings, home.engine, folder)
    assert told.count("created") == 3
    assert home.state() == before
    assert sorted(home.settings.media.rglob("*")) == files
    home.ingest(folder)
    table = folder / "danh-muc.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Tiền cổ,", "Tiền đồng,"), encoding="utf-8")
    told = plan.plan(home.settings, home.engine, folder)
    assert (told.count("updated"), told.count("unchanged")) == (1, 2)
    (difference,) = next(r for r in told.results if r.action == "updated").differences
    assert difference.field == "title"
    assert difference.before[0]["value"] == "Tiền cổ"
    assert difference.after[0]["value"] == "Tiền đồng"


def test_what_the_table_has_no_column_for_stays(home: Home, folder: Path) -> None:
    home.ingest(folder)
    (folder / "danh-muc.csv").write_text("Mã hiện vật,Chất liệu\nT-1,đồng\n", encoding="utf-8")
    report = home.ingest(folder)
    assert report.count("updated") == 1
    with db.reading(home.engine) as session:
        record = store.get(session, report.results[0].record_id)
    assert record.title["vi"] == "Tiền cổ"
    assert record.values["material"][0].value == "đồng"
    assert len(record.media) == 1
    assert record.state == "published"


def test_a_new_photograph_of_a_public_record_appears_whole(home: Home, folder: Path) -> None:
    home.ingest(folder)
    table = folder / "danh-muc.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",coins.png", ",coins.png;parthenon.webp"), "utf-8")
    report = home.ingest(folder)
    assert report.errors == []
    with db.reading(home.engine) as session:
        record = next(r for r in store.published(session) if r.identifier("object_id") == "T-1")
        assert len(record.media) == 2
        manifest = store.manifest(session, record.id)[0]
    assert record.media[1].id.encode() in manifest
    parts = open_parts(home.settings, home.engine)
    assert parts.masters.versions(parts.object_id(record.id)) == 2


def test_a_new_record_whose_photograph_another_has_already_is_public_at_once(home: Home, folder: Path) -> None:
    """Its derivatives are known before it is: record and manifest are saved in one transaction, the record first."""
    assert home.ingest(folder).errors == []
    table = folder / "danh-muc.csv"
    table.write_text(
        table.read_text(encoding="utf-8") + "T-4,Tiền cổ khác,tiền cổ,,CC0 1.0,Brooklyn Museum,coins.png\n",
        encoding="utf-8",
    )
    report = home.ingest(folder)
    assert report.errors == []
    assert (report.count("created"), report.count("unchanged"), report.published) == (1, 3, 1)
    with db.reading(home.engine) as session:
        bearers = [r for r in store.published(session) if r.media and r.media[0].file_name == "coins.png"]
        assert [r.identifier("object_id") for r in bearers] == ["T-1", "T-4"]
        assert bearers[0].media[0].sha256 == bearers[1].media[0].sha256
        for record in bearers:
            assert record.media[0].id.encode() in store.manifest(session, record.id)[0]


def test_a_bad_file_refuses_its_whole_row_and_the_others_go_on(home: Home, folder: Path) -> None:
    whole = (folder / "china.jpg").read_bytes()
    (folder / "china.jpg").write_bytes(whole[: len(whole) // 2])
    report = home.ingest(folder)
    assert (report.count("created"), report.count("refused"), report.published) == (2, 1, 2)
    (problem,) = report.errors
    assert (problem.row, problem.column) == (3, "Tệp")
    assert problem.code.startswith("image.")
    with db.reading(home.engine) as session:
        assert store.find(session, "object_id", "T-2") is None
    (folder / "china.jpg").write_bytes(whole)
    assert home.ingest(folder).count("created") == 1


def test_a_wrong_digest_in_the_table_refuses_the_row(home: Home, folder: Path) -> None:
    (folder / "media.csv").write_text(f"object_id,path,sha256\nT-1,coins.png,{'0' * 64}\n", encoding="utf-8")
    report = home.ingest(folder)
    assert [p.code for p in report.errors] == ["ingest.digest_differs"]
    assert report.errors[0].file == "media.csv"


def test_a_second_ingest_at_the_same_time_is_refused_with_words(home: Home, folder: Path) -> None:
    with only_ingest(home.settings), pytest.raises(Conflict) as caught:
        home.ingest(folder)
    assert caught.value.code == "ingest.already_running"


def test_a_full_disk_stops_before_anything_is_written(home: Home, folder: Path) -> None:
    from dataclasses import replace

    tight = Home(replace(home.settings, keep_free_mib=1 << 30), home.engine)
    with pytest.raises(BackendError) as caught:
        tight.ingest(folder)
    assert caught.value.code == "ingest.disk_low"
    assert home.state()[1] == 0


def test_an_object_that_lost_its_number_to_another_is_refused(home: Home, folder: Path) -> None:
    home.ingest(folder)
    (folder / "danh-muc.csv").write_text(
        "Mã hiện vật,Số kiểm kê,Tên hiện vật\nT-1,SĐK 1,Tiền cổ\nT-2,SĐK 2,Lầu\n", encoding="utf-8"
    )
    home.ingest(folder)
    (folder / "danh-muc.csv").write_text("Mã hiện vật,Số kiểm kê,Tên hiện vật\nT-1,SĐK 2,Tiền cổ\n", encoding="utf-8")
    report = home.ingest(folder)
    assert [p.code for p in report.errors] == ["ingest.two_records"]


def test_a_folder_without_a_table_gives_drafts_and_adds_to_what_is_there(home: Home, folder: Path) -> None:
    plain = folder.parent / "khong-bang"
    plain.mkdir()
    shutil.copy(folder / "coins.png", plain / "SĐK 9_01.png")
    report = home.ingest(plain, publish=False)
    assert report.count("created") == 1
    (plain / "SĐK 9_01.png").unlink()
    shutil.copy(folder / "parthenon.webp", plain / "SĐK 9_02.webp")
    assert home.ingest(plain, publish=False).count("updated") == 1
    with db.reading(home.engine) as session:
        record = store.get(session, report.results[0].record_id)
    assert record.state == "draft"
    assert [m.file_name for m in record.media] == ["SĐK 9_01.png", "SĐK 9_02.webp"]


def test_links_to_rows_further_down_are_made(home: Home, folder: Path) -> None:
    (folder / "danh-muc.csv").write_text(
        "Mã hiện vật,Tên hiện vật,Thuộc bộ\nC-1,Cao đỉnh,C-0\nC-2,Nhân đỉnh,C-9\nC-0,Cửu đỉnh,\n", encoding="utf-8"
    )
    report = home.ingest(folder)
    assert [p.code for p in report.problems] == ["sheet.link_unknown"]
    with db.reading(home.engine) as session:
        whole = store.find(session, "object_id", "C-0")
        part = store.get(session, store.find(session, "object_id", "C-1") or "")
    assert [(link.predicate, link.target) for link in part.links] == [("part_of", whole)]
    before = home.state()
    home.ingest(folder)
    assert home.state() == before


def test_a_crew_of_processes_makes_the_derivatives(home: Home, folder: Path) -> None:
    told: list[object] = []
    report = run.ingest(
        home.settings,
        home.engine,
        folder,
        options=Options(publish=True, workers=2),
        on_progress=lambda progress: told.append((progress.stage, progress.done, progress.total)),
    )
    assert (report.errors, report.published) == ([], 3)
    assert ("rows", 3, 3) in told
    assert ("derivatives", 3, 3) in told
    assert list((home.settings.media / "work").iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(home: Home, folder: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    (tmp_path / "tep").write_text("")
    shut = Home(replace(home.settings, media=tmp_path / "tep" / "media"), home.engine)
    with pytest.raises(BackendError) as caught:
        shut.ingest(folder)
    assert caught.value.code == "ingest.cannot_write"
    assert home.state()[1] == 0


def test_what_cannot_be_shown_is_stored_and_reported_but_not_public(
    home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from museum.errors import SourceError
    from museum.ingest import photos

    def fail(path: Path, work: Path, *, name: str) -> object:
        raise SourceError("image.corrupt", name=name, reason="x")

    with monkeypatch.context() as broken:
        broken.setattr(photos, "derive", fail)
        report = home.ingest(folder)
    assert [p.code for p in report.errors] == ["ingest.derivative_failed"] * 3
    assert report.published == 1
    again = home.ingest(folder)
    assert (again.errors, again.published) == ([], 2)


def test_a_number_that_is_taken_refuses_the_row_before_anything_is_stored(home: Home, folder: Path) -> None:
    table = folder / "danh-muc.csv"
    table.write_text("Mã hiện vật,Số phiếu,Tên hiện vật\nP-1,KH 7,Ấn\nP-2,KH 7,Bia\nP-3,KH 8,Đỉnh\n", encoding="utf-8")
    report = home.ingest(folder)
    assert [(p.code, p.row) for p in report.errors] == [("catalog.identifier_taken", 3)]
    assert (report.count("created"), report.count("refused")) == (2, 1)
    parts = open_parts(home.settings, home.engine)
    assert len(list(parts.masters.object_ids())) == 2
