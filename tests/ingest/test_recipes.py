"""The recipes a museum copies: each runs as it stands, is short, and needs nothing but ingest, settings and errors."""

import ast
import runpy
import shutil
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from museum import db
from museum.catalog import store
from museum.catalog.record import Record
from museum.ingest import scans
from museum.ingest.worker import Crew
from tests.founded import founded
from tests.ingest.elsewhere import Service, canvas, image, manifest, standing_in
from tests.ingest.test_documents import make_pdf

RECIPES = Path(__file__).parents[2] / "ingest_scripts"
NAMES = ("photos", "scans", "point_clouds", "av", "documents", "spreadsheet", "manifests")
Recipe = Callable[..., int]


@pytest.fixture
def museum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A founded museum; derivatives are made in this process, to be quick."""
    monkeypatch.setattr(Crew, "start", lambda _: None)
    settings, engine = founded(tmp_path / "bao-tang")
    engine.dispose()
    return settings.home


@pytest.fixture
def recipe(museum: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """Run a recipe as a program and give its exit code."""

    def run(name: str, *arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", [name, str(museum), *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(RECIPES / f"{name}.py"), run_name="__main__")
        return int(ended.value.code or 0)

    return run


def _records(museum: Path) -> list[Record]:
    engine = db.open_engine(f"sqlite:///{museum / 'museum.db'}")
    with db.reading(engine) as session:
        found = store.all_records(session)
    engine.dispose()
    return found


def _cube(path: Path) -> None:
    """A binary STL of a cube with sides of 50."""
    corners = [(x, y, z) for x in (0, 50) for y in (0, 50) for z in (0, 50)]
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [f for a, b, c, d in quads for f in ((a, b, c), (a, c, d))]
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *(v for i in face for v in corners[i]), 0) for face in faces)
    path.write_bytes(b"\0" * 80 + struct.pack("<I", len(faces)) + body)


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_short_and_stands_on_ingest_alone(name: str) -> None:
    text = (RECIPES / f"{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    modules = {n.module or "" for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)}
    ours = {m for m in modules if m.startswith("museum")}
    assert all(m.startswith(("museum.ingest", "museum.config", "museum.errors")) for m in ours)


@pytest.mark.shared
def test_photographs_get_their_licence(museum: Path, recipe: Recipe, tmp_path: Path, shared_data: Path) -> None:
    source = tmp_path / "anh"
    source.mkdir()
    shutil.copy(shared_data / "photos" / "misc" / "coins.png", source / "SĐK 1_01.png")
    code = recipe("photos", source, "--licence", "CC BY 4.0", "--attribution", "Bảo tàng Huế", "--publish")
    assert code == 0
    (record,) = _records(museum)
    assert record.state == "published"
    assert record.media[0].rights == "http://creativecommons.org/licenses/by/4.0/"
    assert record.media[0].attribution == "Bảo tàng Huế"


def test_scans_get_their_unit(museum: Path, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "derive", lambda *_, **__: [])  # rendering is tested elsewhere, and takes its time
    source = tmp_path / "quet"
    source.mkdir()
    _cube(source / "SĐK 2.stl")
    assert recipe("scans", source, "--unit", "mm", "--up", "Z") == 0
    (record,) = _records(museum)
    (scan,) = record.media
    assert (scan.unit, scan.unit_source, scan.up_axis) == ("mm", "person", "Z")
    assert scan.facts["volume_mm3"] == pytest.approx(125_000)


def test_point_clouds_get_their_campaign_and_other_files_stay_out(
    museum: Path, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scans, "derive", lambda *_, **__: [])
    source = tmp_path / "mây"
    source.mkdir()
    (source / "Tháp C1.xyz").write_text("0 0 0\n1000 0 0\n0 2000 9000\n")
    _cube(source / "SĐK 2.stl")
    given = (source, "--unit", "mm", "--up", "Z", "--epoch", "Đợt 1, 2026", "--device", "quét laser mặt đất")
    assert recipe("point_clouds", *given, "--dry-run") == 0
    assert _records(museum) == []
    assert recipe("point_clouds", *given) == 0
    (record,) = _records(museum)
    (cloud,) = record.media
    assert (cloud.unit, cloud.up_axis, cloud.epoch) == ("mm", "Z", "Đợt 1, 2026")
    assert (cloud.facts["points"], cloud.facts["extent_mm"]) == (3, [1000, 2000, 9000])
    assert record.values["technique"][0].value == "quét laser mặt đất"


@pytest.mark.shared
def test_recordings_get_their_captions(museum: Path, recipe: Recipe, tmp_path: Path, shared_data: Path) -> None:
    source = tmp_path / "phim"
    source.mkdir()
    shutil.copy(shared_data / "av" / "narration-vi_synthetic.ogg", source / "SĐK 3.ogg")
    (source / "SĐK 3.vi.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nXin chào\n", encoding="utf-8")
    assert recipe("av", source, "--language", "vi") == 0
    (record,) = _records(museum)
    sound, text = record.media
    assert (sound.kind, sound.language, text.of) == ("sound", "vi", sound.id)


def test_documents_take_their_own_title(museum: Path, recipe: Recipe, tmp_path: Path) -> None:
    source = tmp_path / "tai-lieu"
    source.mkdir()
    make_pdf(source / "TL 4.pdf")
    assert recipe("documents", source) == 0
    (record,) = _records(museum)
    assert (record.kind, record.title.say("vi")) == ("document", "Ho so hien vat")


def test_manifests_get_the_rights_that_were_agreed(
    museum: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with standing_in() as there:
        for name, value in (("PEERS", "127.0.0.0/8"), ("PORTS", there.url.rpartition(":")[2])):
            monkeypatch.setenv(f"MUSEUM_FETCH_{name}", value)
        there.services["/img/a"] = Service()
        url = f"{there.url}/m/1"
        address = there.put("/m/1", manifest(url, canvas(url, 1, image(there.url, "/img/a")), rights=""))
        assert recipe("manifests", address, "--dry-run") == 0
        assert _records(museum) == []
        assert recipe("manifests", address, "--licence", "CC BY 4.0", "--kind", "document", "--publish") == 0
        (record,) = _records(museum)
        assert (record.kind, record.state) == ("document", "published")
        assert record.media[0].licence == "CC BY 4.0"
        assert recipe("manifests", address, "--licence", "CC BY 4.0", "--kind", "document", "--publish") == 0
        assert "1 giữ nguyên" in capsys.readouterr().out


def test_a_spreadsheet_is_tried_out_before_it_is_taken_in(
    museum: Path, recipe: Recipe, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "danh-muc.csv").write_text("Mã hiện vật,Tên hiện vật\nBT-01,Ấn\n,Không số\n", encoding="utf-8")
    assert recipe("spreadsheet", tmp_path) == 3
    said = capsys.readouterr().out
    assert "BT-01: created" in said
    assert "hàng 3" in said
    assert _records(museum) == []
    assert recipe("spreadsheet", tmp_path, "--yes") == 3
    assert [r.identifier("object_id") for r in _records(museum)] == ["BT-01"]
