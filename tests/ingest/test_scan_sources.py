"""Every kind of scan arrives whole: from a table, a folder or a ZIP, with what its format says of unit and axis."""

import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from museum import db
from museum.catalog import store
from museum.catalog.record import Media
from museum.geometry import child
from museum.ingest import run
from museum.ingest.made import Made
from museum.ingest.parts import open_parts
from museum.ingest.report import Progress, Report
from tests.founded import founded
from tests.geometry.shapes import (
    CUBE_POINTS,
    OBJ_TEXT,
    dae_text,
    off_text,
    picture,
    ply_text,
    stl_binary,
    threemf,
    threemf_model,
)
from tests.ingest.test_pipeline import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    settings, engine = founded(tmp_path / "bao-tang")
    yield Home(settings, engine)
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "nguồn"
    here.mkdir()
    return here


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models and pictures are made by what other tests are about; here two empty files stand for them."""

    def derive(path: Path, work: Path, **_: object) -> list[Made]:
        (work / "web.glb").write_bytes(b"glTF")
        return [Made(name="web.glb", media_type="model/gltf-binary", files=(work / "web.glb",))]

    monkeypatch.setattr("museum.ingest.scans.derive", derive)


def scans(home: Home) -> dict[str, Media]:
    """The scans of all records, by inventory number and file name."""
    with db.reading(home.engine) as session:
        records = store.all_records(session)
        return {
            f"{r.identifier('object_id') or r.identifier('accession_number')}/{m.file_name}": m
            for r in records for m in r.media if m.kind == "scan"
        }  # fmt: skip


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems}


def table(folder: Path, rows: str, *, columns: str = "Mã hiện vật,Tên hiện vật,Cao (cm),Đơn vị,Tệp") -> None:
    (folder / "danh-muc.csv").write_text(f"{columns}\n{rows}", encoding="utf-8")


def cloud_text() -> str:
    rng = np.random.default_rng(5)
    turn, height = rng.uniform(0, 2 * np.pi, 400), rng.uniform(0, 2, 400)
    places = zip(np.cos(turn), np.sin(turn), height, strict=True)
    return "".join(f"{x:.4f} {y:.4f} {z:.4f} 120 80 {i % 250}\n" for i, (x, y, z) in enumerate(places))


def test_a_3mf_and_a_point_cloud_go_through_the_whole_pipeline(
    home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("museum.ingest.scans.POSTER_PX", (160, 120))
    (folder / "ấn.3mf").write_bytes(threemf(threemf_model(unit="centimeter")))
    (folder / "tháp.xyz").write_text(cloud_text())
    table(folder, "S-1,Ấn,1,,ấn.3mf\nS-2,Tháp,200,,tháp.xyz\n")
    report = home.ingest(folder)
    assert report.errors == []
    assert report.published == 2
    found = scans(home)
    seal, tower = found["S-1/ấn.3mf"], found["S-2/tháp.xyz"]
    assert (seal.unit, seal.up_axis, seal.unit_source, seal.media_type) == ("cm", "Z", "format", "model/3mf")
    assert seal.facts["extent_mm"] == [10, 10, 10]
    assert seal.facts["transform"][:6] == [10, 0, 0, 0, 0, 10]
    assert (tower.unit, tower.facts["points"], tower.facts["has_vertex_color"]) == ("", 400, True)
    assert "ingest.scale_hint" in codes(report)
    hint = next(p for p in report.problems if p.code == "ingest.scale_hint")
    assert hint.values["unit"] == "m"
    with db.reading(home.engine) as session:
        for media in (seal, tower):
            assert {"web.glb", "open.glb"} <= {d.name for d in store.derivatives(session, [media.sha256])[media.sha256]}
    before = home.state()
    assert home.ingest(folder).count("unchanged") == 2
    assert home.state() == before


def test_the_unit_said_later_establishes_the_scale(unseen: None, home: Home, folder: Path) -> None:
    (folder / "tháp.xyz").write_text(cloud_text())
    table(folder, "S-2,Tháp,200,,tháp.xyz\n")
    assert "ingest.scale_hint" in codes(home.ingest(folder, publish=False))
    table(folder, "S-2,Tháp,200,m,tháp.xyz\n")
    report = home.ingest(folder, publish=False)
    assert "ingest.scale_hint" not in codes(report)
    assert scans(home)["S-2/tháp.xyz"].unit_source == "table"


def test_a_zip_stands_for_its_folder_whatever_way_names_are_encoded(unseen: None, home: Home, folder: Path) -> None:
    """macOS writes NFD names in UTF-8 without saying so; the OBJ asks for them in NFC."""
    with zipfile.ZipFile(folder / "Tượng Phật.zip", "w") as archive:
        for name, data in {
            "tượng/tượng.obj": OBJ_TEXT.encode(), "tượng/tượng.mtl": "newmtl gốm\nmap_Kd men ngọc.png\n".encode(),
            "tượng/men ngọc.png": picture().data, "__MACOSX/._tượng.obj": b"x", ".DS_Store": b"x",
        }.items():  # fmt: skip
            member = zipfile.ZipInfo(unicodedata.normalize("NFD", name))
            member.flag_bits &= ~0x800
            archive.writestr(member, data)
    table(folder, "S-3,Tượng,,mm,Tượng Phật.zip\n")
    report = home.ingest(folder)
    assert report.errors == []
    found = scans(home)["S-3/tượng.obj"]
    assert found.facts["has_texture"]
    assert list((home.settings.media / "work").iterdir()) == []
    assert home.ingest(folder).count("unchanged") == 1


def test_a_zip_may_be_what_is_taken_in(unseen: None, home: Home, folder: Path) -> None:
    (folder / "khối.off").write_text(off_text())
    table(folder, "S-4,Khối,,mm,khối.off\n")
    whole = folder.parent / "giao nộp.zip"
    with zipfile.ZipFile(whole, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert home.ingest(whole, publish=False).errors == []
    assert scans(home)["S-4/khối.off"].media_type == "model/x-off"


def test_zips_in_a_folder_without_a_table_are_named_by_their_number(unseen: None, home: Home, folder: Path) -> None:
    with zipfile.ZipFile(folder / "76.AD.34.zip", "w") as archive:
        archive.writestr("scan/mesh.dae", dae_text())
    (folder / "hỏng.zip").write_bytes(b"PK\x03\x04 rest")
    report = home.ingest(folder, publish=False)
    assert {p.code for p in report.errors} == {"archive.damaged"}
    assert scans(home)["76.AD.34/mesh.dae"].unit == "cm"


def _bomb(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("lớn.ply", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(bytes(1 << 20))


def _named(*names: str, links: bool = False) -> Any:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                member = zipfile.ZipInfo(name)
                member.external_attr = (0o120777 if links else 0o100644) << 16
                archive.writestr(member, b"ply\n")

    return make


HOSTILE = {
    "archive.bomb": _bomb,
    "archive.outside": _named("../../etc/cron.d/x.ply"),
    "archive.outside ": _named("/etc/x.ply"),
    "archive.outside  ": _named("C:\\x.ply"),
    "archive.outside   ": _named("x.ply", links=True),
    "archive.twice": _named("Ấn.ply", unicodedata.normalize("NFD", "Ấn.ply")),
    "archive.nested": _named("trong.zip"),
}


@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_zips_are_refused_and_leave_nothing(unseen: None, home: Home, folder: Path, code: str) -> None:
    HOSTILE[code](folder / "bẫy.zip")
    table(folder, "S-5,Bẫy,,,bẫy.zip\n")
    report = home.ingest(folder, publish=False)
    (problem,) = report.errors
    assert problem.code == code.strip()
    assert "bẫy.zip" in problem.message("vi") and "bẫy.zip" in problem.message("en")
    outside = [p for p in folder.parent.rglob("*") if p.name in ("x.ply", "lớn.ply")]
    assert outside == []


def test_scans_of_one_object_in_different_units_are_told(unseen: None, home: Home, folder: Path) -> None:
    with zipfile.ZipFile(folder / "lẫn.zip", "w") as archive:
        archive.writestr("a.ply", ply_text(CUBE_POINTS * 0.211))
        archive.writestr("b.stl", stl_binary().replace(b"\x00\x00\x80\x3f", b"\x00\x00\x53\x43"))  # 1.0 → 211.0
    table(folder, "S-6,Lẫn,,,lẫn.zip\n")
    assert "ingest.mixed_units" in codes(home.ingest(folder, publish=False))


def test_good_parts_are_kept_only_when_somebody_says_so(unseen: None, home: Home, folder: Path) -> None:
    damaged = ply_text().replace("0.0 0.0 0.0", "0.0 1e30 0.0", 1)
    (folder / "vỡ.ply").write_text(damaged)
    table(folder, "S-7,Vỡ,,mm,vỡ.ply\n")
    refused = home.ingest(folder)
    assert {p.code for p in refused.errors} == {"scan.absurd_place"}
    kept = home.ingest(folder, keep_good=True)
    assert kept.errors == []
    assert (kept.published, "ingest.scan_salvaged" in codes(kept)) == (1, True)
    facts = scans(home)["S-7/vỡ.ply"].facts
    assert facts["salvaged"]["vertices"] == 1
    assert facts["extent"] == [1, 1, 1]


def test_progress_names_the_scan_its_step_and_its_memory(
    unseen: None, home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_LOOK_EVERY_S", 0.01)  # a machine without other work has read it before half a second
    rows = 60_000
    points = np.random.default_rng(1).uniform(0, 1, (rows, 3))
    (folder / "mây.xyz").write_text("\n".join(f"{x:.6f} {y:.6f} {z:.6f}" for x, y, z in points) + "\n")
    table(folder, "S-8,Mây,,mm,mây.xyz\n")
    heard: list[Progress] = []
    run.ingest(
        home.settings, home.engine, folder, options=run.Options(workers=0), on_progress=heard.append,
        parts=open_parts(home.settings, home.engine, fsync=False),
    )  # fmt: skip
    reading = [p for p in heard if p.file]
    assert reading and {p.file for p in reading} == {"mây.xyz"}
    assert max(p.memory_mib for p in reading) > 1


def test_an_ingest_that_is_stopped_while_it_reads_goes_on_where_it_was(unseen: None, home: Home, folder: Path) -> None:
    (folder / "trước.off").write_text(off_text())
    (folder / "sau.xyz").write_text(cloud_text() * 200)
    table(folder, "S-9,Trước,,mm,trước.off\nS-10,Sau,,mm,sau.xyz\n")

    def stop(progress: Progress) -> None:
        if progress.file == "sau.xyz":
            raise KeyboardInterrupt

    parts = open_parts(home.settings, home.engine, fsync=False)
    with pytest.raises(KeyboardInterrupt):
        run.ingest(home.settings, home.engine, folder, options=run.Options(workers=0), on_progress=stop, parts=parts)
    assert set(scans(home)) == {"S-9/trước.off"}
    report = home.ingest(folder, publish=False)
    assert (report.count("created"), report.count("unchanged")) == (1, 1)
    assert set(scans(home)) == {"S-9/trước.off", "S-10/sau.xyz"}
    work = home.settings.media / "work"
    assert not work.is_dir() or list(work.iterdir()) == []
