"""Tables say who may see what; a table that says nothing of it opens nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from museum.catalog.record import Procedure, Record, Value
from museum.ingest.drafts import RowDraft
from museum.ingest.inspection import Inspected
from museum.ingest.merging import Looked, merged
from tests.ingest.conftest import JPEG, Read

Table = Callable[..., Path]
Reader = Callable[..., Read]
OBJECTS = "Mã hiện vật,Tên hiện vật,Định giá,Vị trí kho,Tọa độ,Người hiến tặng\n"
ROW = OBJECTS + "BT-01,Ấn,9 tỷ đồng,Kho 2 kệ 5,16.46; 107.59,Lê Thị Hoa\n"


def _folder(tmp_path: Path, table: Table, *, levels: bool) -> None:
    def said(word: str) -> str:
        return f",{word}" if levels else ""

    (tmp_path / "truoc.jpg").write_bytes(JPEG)
    table(ROW)
    table(f"Mã hiện vật,Tệp{said('Phạm vi xem')}\nBT-01,truoc.jpg{said('nội bộ')}\n", name="media.csv")
    table(
        f"Mã hiện vật,Trường,Giá trị{said('visibility')}\nBT-01,nơi xuất xứ,Hầm số 2{said('mật')}\n", name="values.csv"
    )
    table(f"object,kind,date,text{said('visibility')}\nBT-01,tu bổ,2024-05-12,Vá{said('internal')}\n", name="care.csv")


def _record(found: Read, existing: Record | None = None) -> Record:
    draft = found.drafts["BT-01"]
    files = [Looked(draft=m, sha256="a" * 64, inspected=Inspected()) for m in draft.media]
    return merged(draft, existing, record_id="vv000001v", institution="museum", files=files)


def _levels(record: Record) -> tuple[str, str, str]:
    (media,), (event,) = record.media, record.procedures
    return media.level, record.values["place"][0].level, event.level


def test_sheets_state_who_may_see_a_file_a_statement_and_an_event(tmp_path: Path, table: Table, read: Reader) -> None:
    _folder(tmp_path, table, levels=True)
    found = read(tmp_path)
    assert found.codes == []
    assert _levels(_record(found)) == ("internal", "confidential", "internal")


def test_the_object_table_has_columns_for_what_few_may_see(tmp_path: Path, table: Table, read: Reader) -> None:
    table(ROW)
    values = read(tmp_path).drafts["BT-01"].values
    told = {name: values[name][0].value for name in ("valuation", "storage_location", "coordinates", "donor")}
    assert told == {"valuation": "9 tỷ đồng", "storage_location": "Kho 2 kệ 5", "coordinates": "16.46; 107.59",
                    "donor": "Lê Thị Hoa"}  # fmt: skip


def test_a_table_without_the_column_opens_nothing(tmp_path: Path, table: Table, read: Reader) -> None:
    _folder(tmp_path, table, levels=True)
    hidden = _record(read(tmp_path))
    _folder(tmp_path, table, levels=False)
    assert _record(read(tmp_path), hidden) == hidden
    (tmp_path / "values.csv").write_text("Mã hiện vật,Trường,Giá trị\nBT-01,nơi xuất xứ,Hầm số 3\n", encoding="utf-8")
    moved = _record(read(tmp_path), hidden).values["place"]
    assert [(v.value, v.level) for v in moved] == [("Hầm số 3", "confidential")], "what takes its place is as hidden"


def test_a_table_that_says_public_opens(tmp_path: Path, table: Table, read: Reader) -> None:
    _folder(tmp_path, table, levels=True)
    hidden = _record(read(tmp_path))
    table("Mã hiện vật,Tệp,Phạm vi xem\nBT-01,truoc.jpg,công khai\n", name="media.csv")
    opened = _record(read(tmp_path), hidden)
    assert opened.media[0].level == "public"
    assert opened.values["place"][0].level == "confidential"


@pytest.mark.parametrize("word", ["geheim", "1"])
def test_a_word_nobody_knows_refuses_the_row(tmp_path: Path, table: Table, read: Reader, word: str) -> None:
    (tmp_path / "truoc.jpg").write_bytes(JPEG)
    table(ROW)
    table(f"Mã hiện vật,Tệp,Phạm vi xem\nBT-01,truoc.jpg,{word}\n", name="media.csv")
    assert "sheet.unknown_word" in read(tmp_path).codes


@pytest.mark.parametrize(
    "header", ["Nơi xuất xứ (phạm vi xem)", "place_visibility", "Visibility: place", "Phạm vi xem nơi xuất xứ"]
)
def test_a_column_of_the_object_table_sets_the_level_of_a_field(
    tmp_path: Path, table: Table, read: Reader, header: str
) -> None:
    table(
        f"Mã hiện vật,Tên hiện vật,Tên (en),Nơi xuất xứ,{header},Niên đại,Niên đại (phạm vi xem)\n"
        "BT-01,Ấn,Seal,Hầm số 2,mật,1835,nội bộ\nBT-02,Trống,Drum,Đông Sơn,,1836,\n"
    )
    found = read(tmp_path)
    assert found.codes == []
    hidden, open_one = found.drafts["BT-01"].values, found.drafts["BT-02"].values
    assert [v.level for v in hidden["place"]] == ["confidential"]
    assert [v.level for v in hidden["date"]] == ["internal"]
    assert [v.level for v in hidden["title"]] == ["", ""]
    assert [v.level for v in (*open_one["place"], *open_one["date"])] == ["", ""]


def test_a_level_column_opens_and_hides_again_in_every_language(tmp_path: Path, table: Table, read: Reader) -> None:
    """What was hidden stays hidden while the cell is empty, and opens where it says so."""
    head = "Mã hiện vật,Tên,Mô tả (vi),Mô tả (en),Mô tả (phạm vi xem)\n"
    record = None
    for word, expected in (
        ("mật", "confidential"),
        ("", "confidential"),
        ("công khai", "public"),
        ("nội bộ", "internal"),
    ):
        table(f"{head}BT-01,Ấn,Chỗ cất,Where it is kept,{word}\n")
        record = _record_without_files(read(tmp_path), record)
        assert {value.level for value in record.values["description"]} == {expected}, word
    assert record is not None
    assert {value.level for value in record.values["title"]} == {""}


def _record_without_files(found: Read, existing: Record | None) -> Record:
    draft = found.drafts["BT-01"]
    return merged(draft, existing, record_id="vv000001v", institution="museum", files=[])


def test_a_wrong_level_refuses_the_row_and_a_level_of_nothing_is_told(
    tmp_path: Path, table: Table, read: Reader
) -> None:
    table("Mã hiện vật,Tên,Nơi xuất xứ,Nơi xuất xứ (phạm vi xem)\nBT-01,Ấn,Hầm số 2,ai đó\nBT-02,Trống,,mật\n")
    found = read(tmp_path)
    assert sorted(found.codes) == ["sheet.level_of_nothing", "sheet.unknown_word"]
    assert list(found.drafts) == ["BT-02"]


def test_the_narrowest_level_of_a_language_stays_with_what_replaces_it() -> None:
    before = (
        Value(value="Huế", language="vi"),
        Value(value="Hầm", language="vi", level="internal", preferred=False),
        Value(value="Vault", language="en", level="confidential"),
    )
    record = Record(id="vv000001v", kind="object", institution="m", values={"place": before},
                    media=(), procedures=(Procedure(id="p", kind="scan"),))  # fmt: skip
    given = (Value(value="Huế", language="vi"), Value(value="Kho", language="vi"), Value(value="Store", language="en"))
    draft = RowDraft(table="t", row=1, object_id="1", accession_number="", kind=None, values={"place": given},
                     is_complete=True)  # fmt: skip
    found = merged(draft, record, record_id=record.id, institution="m", files=())
    assert [(v.value, v.level) for v in found.values["place"]] == [
        ("Huế", ""), ("Kho", "internal"), ("Store", "confidential"),
    ]  # fmt: skip
