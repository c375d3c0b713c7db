"""The same folder again changes nothing; a killed ingest goes on; a dry run writes nothing; CSV and XLSX agree."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from museum import db
from museum.catalog import changes, store
from museum.catalog.tables import DerivativeRow
from museum.config import load
from tests.flows.looking import Museum, look_around, look_inside
from tests.geometry.shapes import ply_text
from tests.museums import MUSEUM, built_once, run, run_json

pytestmark = pytest.mark.shared


@pytest.fixture
def folder(tmp_path: Path, shared_data: Path) -> Path:
    """Real photographs and sound, and a small scan."""
    here = tmp_path / "nguồn"
    here.mkdir()
    for name in (
        "photos/misc/coins.png",
        "photos/misc/china.jpg",
        "photos/monuments-webp/parthenon.webp",
        "av/narration-vi_synthetic.ogg",
    ):
        shutil.copy(shared_data / name, here)
    (here / "hộp.ply").write_text(ply_text())
    (here / "danh-muc.csv").write_text(
        "Mã hiện vật,Số kiểm kê,Tên hiện vật,Niên đại,Tệp\n"
        "T-1,SĐK 1,Tiền cổ,thế kỷ XIX,coins.png\n"
        "T-2,SĐK 2,Lầu bát giác,,china.jpg;parthenon.webp\n"
        "T-3,,Hộp ấn,,hộp.ply\n"
        "T-4,,Lời kể,,narration-vi_synthetic.ogg\n"
        "T-5,,Ấn chưa có ảnh,,\n",
        encoding="utf-8",
    )
    return here


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty museum."""
    assert run("init", tmp_path / "bảo tàng").returncode == 0
    return tmp_path / "bảo tàng"


def _everything(home: Path) -> dict[str, Any]:
    """What must not move: dump, change log, rows of every table, files with size and time."""
    museum = Museum(load(home, {}))
    with db.reading(museum.engine) as session:
        made = session.query(DerivativeRow).order_by(DerivativeRow.sha256, DerivativeRow.name)
        found = {
            "dump": store.canonical_dump(session),
            "changes": changes.count(session),
            "derivatives": [(d.sha256, d.name, d.digest, d.made_at) for d in made],
            "rows": {name: session.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in db.Base.metadata.tables},
        }
    museum.close()
    files = [*museum.settings.masters_root.rglob("*"), *museum.settings.derived.rglob("*")]
    found["files"] = {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in files if p.is_file()}
    return found


def _sound(home: Path) -> list[str]:
    museum = Museum(load(home, {}))
    wrong = [*look_inside(museum), *look_around(museum), *museum.unfinished()]
    museum.close()
    return wrong


def test_the_same_folder_again_changes_nothing(home: Path, folder: Path) -> None:
    first = run_json("ingest", folder, "--publish", home=home)
    assert first["counts"]["published"] == 5
    before = _everything(home)
    second = run_json("ingest", folder, "--publish", home=home)
    assert (second["counts"]["unchanged"], second["counts"]["published"], second["counts"]["files"]) == (5, 0, 0)
    assert _everything(home) == before
    assert before["changes"] > 0
    assert len(before["derivatives"]) > 8


def test_a_dry_run_writes_nothing_and_names_every_field(home: Path, folder: Path) -> None:
    tree = {p: p.stat().st_mtime_ns for p in home.rglob("*") if "museum.db" not in p.name}
    empty = _everything(home)
    told = run_json("ingest", folder, "--dry-run", home=home)
    assert (told["dry_run"], told["counts"]["created"], told["counts"]["files"]) == (True, 5, 5)
    assert _everything(home) == empty
    assert {p: p.stat().st_mtime_ns for p in home.rglob("*") if "museum.db" not in p.name} == tree
    run_json("ingest", folder, "--publish", home=home)
    table = folder / "danh-muc.csv"
    changed = table.read_text(encoding="utf-8").replace("Tiền cổ,thế kỷ XIX,coins.png", "Tiền đồng,1835,")
    table.write_text(changed.replace("Lời kể", "Lời kể về chuông"), encoding="utf-8")
    before = _everything(home)
    told = run_json("ingest", folder, "--dry-run", home=home)
    assert (told["counts"]["updated"], told["counts"]["unchanged"]) == (2, 3)
    rows = {row["key"]: {d["field"]: d for d in row.get("differences", ())} for row in told["rows"]}
    assert {"title", "date"} <= set(rows["T-1"])
    assert set(rows["T-4"]) == {"title"}
    assert rows["T-1"]["title"]["before"][0]["value"] == "Tiền cổ"
    assert rows["T-1"]["title"]["after"][0]["value"] == "Tiền đồng"
    assert _everything(home) == before


def test_an_ingest_killed_on_its_way_goes_on(home: Path, folder: Path, tmp_path: Path) -> None:
    peer = tmp_path / "không bị ngắt"
    assert run("init", peer).returncode == 0
    run_json("ingest", folder, "--publish", home=peer)
    museum, judge = Museum(load(home, {})), Museum(load(peer, {}))
    wanted = judge.dump()
    kills = 0
    for masters in (1, 3, 5):
        process = subprocess.Popen(
            [*MUSEUM, "--home", home, "ingest", folder, "--publish"],
            start_new_session=True,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        while process.poll() is None and len(list(museum.parts.masters.object_ids())) < masters:
            time.sleep(0.01)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
    museum.let_leases_end()
    last = run_json("ingest", folder, "--publish", home=home)
    assert kills >= 2
    assert last["counts"]["refused"] == 0
    assert museum.dump() == wanted
    assert _sound(home) == []
    before = _everything(home)
    assert run_json("ingest", folder, "--publish", home=home)["counts"]["unchanged"] == 5
    assert _everything(home) == before
    museum.close()
    judge.close()


def test_the_csv_and_the_workbook_give_the_same_museum(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    workbook = shared_data / "tables" / "catalogue_vi.xlsx"
    from_workbook = built_once(base / "workbook", shared_data, "--table", str(workbook))
    from_csv = built_once(base / "real", shared_data)  # the one of the fixture `real_museum`
    theirs = {_number(r): _said(r) for r in run_json("list", home=from_workbook)}
    ours = {_number(r): _said(r) for r in run_json("list", home=from_csv)}
    assert len(ours) == 28
    assert sum(len(r["media"]) for r in ours.values()) == sum(len(r["media"]) for r in theirs.values()) >= 57
    assert set(ours) == set(theirs)
    for number, said in ours.items():
        assert said == theirs[number], number


def _number(record: dict[str, Any]) -> str:
    return str(next(i["value"] for i in record["identifiers"] if i["scheme"] == "object_id"))


def _said(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what differs by nature: ids, addresses, and which cell of which table a value came from."""
    ids = {record["id"]: _number(record)} | {m["id"]: m["file_name"] for m in record["media"]}
    whole = json.dumps({k: v for k, v in record.items() if k not in ("page", "manifest", "links")}, sort_keys=True)
    for id_, name in ids.items():
        whole = whole.replace(id_, name)
    body: dict[str, Any] = json.loads(whole)
    body["links"] = sorted(link["predicate"] for link in record["links"])
    for values in body["values"].values():
        for value in values:
            value.pop("source", None)
    for media in body["media"]:
        media["derivatives"] = sorted(d["name"] for d in media["derivatives"])
    return body
