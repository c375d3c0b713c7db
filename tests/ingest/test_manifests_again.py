"""The same manifest again, changed there or here, dry, by its collection, or after a run that broke off."""

import json
from dataclasses import replace
from pathlib import Path

from museum import db
from museum.catalog import store
from tests.ingest.borrowing import RICH, Home, codes, in_both_languages, shown, simple
from tests.ingest.elsewhere import (
    V3,
    Elsewhere,
)


def test_the_same_again_changes_nothing_and_asks_for_the_manifest_only(home: Home, there: Elsewhere) -> None:
    address = simple(there, **RICH)
    home.ingest(address)
    before = home.state()
    there.asked.clear()
    report = home.ingest(address)
    assert (report.count("unchanged"), report.files) == (1, 0)
    assert home.state() == before
    assert dict(there.asked) == {"/m/1": 1}
    assert not list((home.settings.media / "fetched").iterdir())


def test_http_and_https_file_and_address_are_one_manifest(home: Home, there: Elsewhere, tmp_path: Path) -> None:
    home.ingest(simple(there))
    document = json.loads(there.bodies["/m/1"])
    document["id"] = document["id"].replace("http://", "https://") + "#top"
    (tmp_path / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
    report = home.ingest(tmp_path / "manifest.json")
    assert report.count("created") == 0
    assert len(home.records()) == 1


def test_what_changes_there_changes_here_and_corrections_here_stay(home: Home, there: Elsewhere) -> None:
    address = simple(there, summary={"vi": ["Cũ"]})
    home.ingest(address)
    (record,) = home.records()
    title = (
        replace(record.values["title"][0], value="Trống Ngọc Lũ", source="Sổ kiểm kê"),
        *record.values["title"][1:],
    )
    alone = replace(record, values={**record.values, "title": title})
    with db.writing(home.engine) as session:
        store.save(session, alone, person="Lan", batch="b1")
    document = json.loads(there.bodies["/m/1"])
    document["label"] = {"vi": ["Trống đồng lớn"]}
    del document["summary"]
    del document["items"][1]
    there.put("/m/1", document)
    report = home.ingest(address)
    assert report.count("updated") == 1
    (record,) = home.records()
    assert [(v.value, v.preferred) for v in record.values["title"]] == [
        ("Trống Ngọc Lũ", True), ("Trống đồng lớn", False)]  # fmt: skip
    assert "description" not in record.values
    assert [m.facts["fetched_from"] for m in shown(record)] == [f"{there.url}/img/a"]
    assert home.ingest(address).count("unchanged") == 1


def test_a_file_added_here_stays(home: Home, there: Elsewhere) -> None:
    address = simple(there)
    home.ingest(address)
    (record,) = home.records()
    own = replace(record.media[0], id="m-own", file_name="own.jpg", facts={"width_px": 64}, order=9)
    with db.writing(home.engine) as session:
        store.save(session, replace(record, media=(*record.media, own)), person="Lan", batch="b1")
    home.ingest(address)
    assert "m-own" in {m.id for m in home.records()[0].media}


def test_a_collection_is_taken_in_member_by_member_and_ends_at_its_limit(home: Home, there: Elsewhere) -> None:
    members = [simple(there, f"/m/{n}") for n in range(1, 5)]
    inner = there.url + "/c/inner"
    listed = [{"id": a, "type": "Manifest", "label": {"en": ["x"]}} for a in members]
    top = {"@context": V3, "id": f"{there.url}/c/top", "type": "Collection", "label": {"vi": ["Bộ sưu tập"]}}
    there.put(
        "/c/inner", {**top, "id": inner, "items": [*listed[2:], {"id": f"{there.url}/c/top", "type": "Collection"}]}
    )
    address = there.put("/c/top", {**top, "items": [*listed[:2], {"id": inner, "type": "Collection"}]})
    told = home.plan(address)
    assert told.count("created") == 4
    assert home.records() == []
    assert "manifest.would_fetch" in codes(told)
    few = home.ingest(address, limit=2)
    assert (few.count("created"), "manifest.limit" in codes(few)) == (2, True)
    rest = home.ingest(address)
    assert (rest.count("created"), rest.count("unchanged")) == (2, 2)
    assert "manifest.met_again" in codes(rest)  # the circle
    assert any(v.value == "Thuộc: Bộ sưu tập" for v in home.records()[0].values["stated_elsewhere"])
    in_both_languages(rest)


def test_a_dry_run_fetches_documents_only_and_writes_nothing(home: Home, there: Elsewhere) -> None:
    address = simple(there)
    files = sorted(home.settings.media.rglob("*"))
    told = home.plan(address)
    assert told.count("created") == 1
    assert dict(there.asked) == {"/m/1": 1}
    assert sorted(home.settings.media.rglob("*")) == files
    home.ingest(address)
    assert home.plan(address).count("unchanged") == 1


def test_a_run_that_broke_off_goes_on_where_it_was(home: Home, there: Elsewhere) -> None:
    address = simple(there)
    for path in ("/img/b/info.json", "/img/b/full/max/0/default.jpg"):
        there.says[path] = lambda _, __: (500, {}, b"")
    report = home.ingest(address)
    assert codes(report) == {"manifest.server_said"}
    assert "canvas 2 (tr. 2)" in report.problems[0].message("vi")
    assert home.records() == []
    there.asked.clear()
    there.says.clear()
    report = home.ingest(address)
    assert report.count("created") == 1
    assert not [path for path in there.asked if path.startswith("/img/a")]


def test_a_folder_may_hold_manifests_beside_its_table(home: Home, there: Elsewhere, tmp_path: Path) -> None:
    folder = tmp_path / "nguon"
    (folder / "manifests").mkdir(parents=True)
    (folder / "danh-muc.csv").write_text("Mã hiện vật,Tên hiện vật\nT-1,Ấn\n", encoding="utf-8")
    address = simple(there)
    (folder / "manifest.json").write_bytes(there.bodies["/m/1"])
    member = {"id": address, "type": "Manifest", "label": {}}
    top = {"@context": V3, "id": f"{there.url}/c/top", "type": "Collection", "label": {}, "items": [member]}
    (folder / "manifests" / "bo.json").write_text(json.dumps(top), encoding="utf-8")
    (folder / "other.json").write_text("{}", encoding="utf-8")
    report = home.ingest(folder)
    assert report.count("created") == 2
    assert report.errors == []
    assert there.asked["/m/1"] == 0  # it lay in the folder
