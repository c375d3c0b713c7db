"""History, comparison, restore, deletion, merge and undo at the workbench: seen and done by those who may, only."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from museum.accounts.roles import Role
from museum.addresses import new_id
from museum.catalog import batches, changes, store
from museum.catalog.record import Identifier, Record, Value
from museum.db import reading, writing
from tests.web.conftest import House, make_house, text
from tests.web.markup import read
from tests.web.signing_in import CONTRIBUTOR, CURATOR, Forms, person, signed_in_as

ELSEWHERE = person(Role.CURATOR, institution="another", name="Phạm Thị Xa")
SECRET = "Kho số 7, kệ 12"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A museum that a test may change."""
    yield from make_house(tmp_path, language="vi")


def save(house: House, *records: Record, batch: str, who: str = "u-curator") -> None:
    with writing(house.engine) as session:
        batches.begin(session, batch, person=who, kind="form", title="Sửa tên")
        for record in records:
            store.save(session, record, person=who, batch=batch)


def get(house: House, record_id: str) -> Record:
    with reading(house.engine) as session:
        return store.get(session, record_id)


def urn(number: str, *, name: str = "Cao đỉnh", state: str = "draft") -> Record:
    return Record(
        id=new_id(),
        kind="object",
        institution="museum",
        state=state,  # type: ignore[arg-type]  # one of the states
        values={"title": text(name, "Cao urn"), "description": (Value(value="Đúc năm 1835 ở Huế.", language="vi"),)},
        identifiers=(Identifier(scheme="accession_number", value=number),),
    )


def renamed(record: Record, name: str) -> Record:
    said = (Value(value="Đúc xong năm 1837 ở Huế.", language="vi"),)
    return replace(record, values={**record.values, "title": text(name, "Cao urn"), "description": said})


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_whole_in_both_languages(house: House, language: str) -> None:
    first, second = urn("1"), urn("2", name="Nhân đỉnh")
    save(house, first, second, batch="đầu")
    save(house, renamed(first, "Cao đỉnh (vạc cao)"), batch="sửa")
    base = f"/work/o/{first.id}"
    pages = [
        "/work/records",
        "/work/records?q=cao&state=draft",
        "/work/records?state=deleted",
        "/work/changes",
        "/work/changes/sửa",
        "/work/changes/sửa/undo",
        f"{base}/history",
        f"{base}/compare",
        f"{base}/compare?from=1&to=2",
        f"{base}/delete",
        f"{base}/merge",
        f"{base}/merge?with=2",
    ]
    with signed_in_as(house.app, CURATOR):
        for path in pages:
            answer = house.client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert answer.status_code == 200, path
            assert read(answer.text).problems == [], path
            assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_comparison_marks_words(house: House) -> None:
    record = urn("1")
    save(house, record, batch="đầu")
    save(house, renamed(record, "Cao đỉnh (vạc cao)"), batch="sửa")
    with signed_in_as(house.app, CURATOR):
        page = house.client.get(f"/work/o/{record.id}/compare?from=1&to=2").text
    assert "<del>1835</del>" in page
    assert "<ins>1837</ins>" in page
    assert "Mô tả" in page


def test_a_revision_is_restored_and_a_stale_form_is_refused(house: House) -> None:
    record = urn("1")
    save(house, record, batch="đầu")
    save(house, renamed(record, "Tên sai"), batch="sửa")
    base = f"/work/o/{record.id}"
    with signed_in_as(house.app, CURATOR):
        forms = Forms(house.app)
        page = f"{base}/compare?from=1&to=2"
        save(house, renamed(record, "Tên khác"), batch="giữa chừng")
        refused = forms.post(f"{base}/restore", page=page, revision="1", expected="2")
        assert refused.status_code == 409
        assert get(house, record.id).title.say("vi") == "Tên khác"
        assert forms.post(f"{base}/restore", page=page, revision="1", expected="3").status_code == 303
    assert get(house, record.id) == record
    with reading(house.engine) as session:
        assert changes.history(session, record.id)[-1].person == CURATOR.user_id


def test_a_record_is_deleted_and_brought_back(house: House) -> None:
    record = urn("1", state="published")
    save(house, record, batch="đầu")
    base = f"/work/o/{record.id}"
    with signed_in_as(house.app, CURATOR):
        forms = Forms(house.app)
        assert forms.post(f"{base}/delete", expected="1").status_code == 303
        assert house.client.get(f"/o/{record.id}").status_code == 410
        assert record.id in house.client.get("/work/records?state=deleted").text
        assert forms.post(f"{base}/bring-back", page=f"{base}/history").status_code == 303
    assert house.client.get(f"/o/{record.id}").status_code == 200


def test_records_are_merged_after_a_preview(house: House) -> None:
    winner, other = urn("1", state="published"), urn("2", name="Cao Đỉnh", state="published")
    save(house, winner, other, batch="đầu")
    base = f"/work/o/{winner.id}/merge"
    with signed_in_as(house.app, CURATOR):
        assert "Cao Đỉnh" in house.client.get(f"{base}?with=2").text
        fields = {"other": other.id, "revision": "1", "other_revision": "1"}
        assert Forms(house.app).post(base, page=f"{base}?with=2", **fields).status_code == 303
    answer = house.client.get(f"/o/{other.id}?lang=en")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/o/{winner.id}?lang=en")
    assert house.client.get(f"/o/{other.id}.json").headers["Location"] == f"/o/{winner.id}.json"


def test_an_undo_shows_its_conflicts_and_asks(house: House) -> None:
    touched, free = urn("1"), urn("2")
    save(house, touched, free, batch="đầu")
    save(house, renamed(touched, "Nhập sai"), renamed(free, "Nhập sai"), batch="nhập")
    save(house, renamed(touched, "Sửa tay"), batch="tay", who="cli:binh")
    with signed_in_as(house.app, CURATOR):
        page = house.client.get("/work/changes/nhập/undo").text
        assert "Dòng lệnh (binh)" in page
        assert f'name="choice-{touched.id}"' in page and f'name="choice-{free.id}"' not in page
        forms = Forms(house.app)
        assert forms.post("/work/changes/nhập/undo", **{f"choice-{touched.id}": "skip"}).status_code == 303
        assert get(house, free.id) == free
        assert get(house, touched.id).title.say("vi") == "Sửa tay"
        assert forms.post("/work/changes/nhập/undo", **{f"choice-{touched.id}": "force"}).status_code == 303
        assert get(house, touched.id) == touched


def test_others_see_and_do_nothing(house: House) -> None:
    record = urn("1")
    save(house, record, batch="đầu")
    save(house, renamed(record, "Khác"), batch="sửa")
    base = f"/work/o/{record.id}"
    reads = [f"{base}/history", f"{base}/compare", f"{base}/delete", f"{base}/merge"]
    writes = [f"{base}/restore", f"{base}/delete", f"{base}/bring-back", f"{base}/merge", "/work/changes/sửa/undo"]
    fields = {"revision": "1", "expected": "2", "other": record.id, "other_revision": "2"}
    with signed_in_as(house.app, ELSEWHERE):
        for path in reads:
            assert house.client.get(path).status_code in (403, 404), path
        assert house.client.get("/work/changes/sửa").status_code == 404
        assert record.id not in house.client.get("/work/records").text
        assert "Sửa tên" not in house.client.get("/work/changes").text
        forms = Forms(house.app)
        for path in writes:
            assert forms.post(path, page="/work/keys", **fields).status_code in (403, 404), path
    with signed_in_as(house.app, CONTRIBUTOR):
        forms = Forms(house.app)
        for path in writes:
            assert forms.post(path, page="/work/keys", **fields).status_code in (403, 404), path
    for path in (*reads, "/work/records", "/work/changes", "/work/changes/sửa"):
        assert house.client.get(path).status_code == 303, path  # a visitor is led to the door
    with reading(house.engine) as session:
        assert changes.count_of(session, record.id) == 2


def test_what_lies_above_ones_level_stays_out_of_the_history(house: House) -> None:
    """A contributor sees that a record changed, and nothing of where it lies."""
    record = urn("1")
    save(house, record, batch="đầu")
    place = (Value(value=SECRET, language="vi", level="confidential"),)
    save(house, replace(record, values={**record.values, "place": place}), batch="kho")
    paths = [f"/work/o/{record.id}/history", f"/work/o/{record.id}/compare", "/work/changes/kho"]
    with signed_in_as(house.app, CURATOR):
        assert SECRET in house.client.get(paths[1]).text
    with signed_in_as(house.app, CONTRIBUTOR):
        for path in paths:
            answer = house.client.get(path)
            assert SECRET not in answer.text, path
