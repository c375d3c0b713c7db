"""Rows become drafts; a bad row is refused with its place and cure, and the good ones go on."""

import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from museum.catalog.record import Value
from museum.errors import known_codes
from tests.ingest.conftest import JPEG, Read

HEADER = "Mã hiện vật,Số kiểm kê,Tên hiện vật,Niên đại,Từ năm,Đến năm,Cao (cm),Giấy phép,Tệp\n"
Table = Callable[..., Path]
Reader = Callable[..., Read]


def test_a_row_becomes_values_with_language_unit_and_source(table: Table, tmp_path: Path, read: Reader) -> None:
    table(
        'Mã hiện vật,Tên hiện vật,name (en),Loại hình,Niên đại,"Cao (cm)",Nguồn,Giấy phép,Trưng bày,'
        "Danh hiệu,Số quyết định\n"
        'CĐ-01,Cao đỉnh,Cao urn,đỉnh,Minh Mạng năm thứ 16,"khoảng 250,5",Huế 2012,CC BY-SA 4.0,đang trưng bày,'
        "bảo vật quốc gia,1426/QĐ-TTg\n"
    )
    draft = read(tmp_path).drafts["CĐ-01"]
    assert draft.values["title"] == (
        Value(value="Cao đỉnh", language="vi", source="Huế 2012"),
        Value(value="Cao urn", language="en", source="Huế 2012"),
    )
    assert draft.values["date"][0].value == "1835"
    assert draft.values["date"][0].as_written == "Minh Mạng năm thứ 16"
    height = draft.values["height"][0]
    assert (height.value, height.unit, height.as_written, height.certainty) == (
        250.5,
        "cm",
        "khoảng 250,5",
        "uncertain",
    )
    assert draft.rights == "http://creativecommons.org/licenses/by-sa/4.0/"
    assert draft.display == "on_display"
    assert draft.designations[0].scheme == "national_treasure"
    assert draft.designations[0].decision_number == "1426/QĐ-TTg"


def test_blank_cells_are_told_apart_from_absent_columns(table: Table, tmp_path: Path, read: Reader) -> None:
    table("Mã hiện vật,Tên hiện vật,Chất liệu\nBT-01,Ấn,\n")
    draft = read(tmp_path).drafts["BT-01"]
    assert draft.blanks == {"material"}
    assert "technique" not in draft.columns


def test_good_rows_go_on_beside_bad_ones_and_every_line_says_where_why_and_what_to_do(
    table: Table, tmp_path: Path, read: Reader
) -> None:
    table(
        HEADER
        + "BT-01,1,Ấn,1835,,,12.8,,\n"
        + ",,Không số,1835,,,1,,\n"
        + "BT-03,3,Bia,31/02/1835,,,1,,\n"
        + "BT-04,4,Chuông,,1840,1830,1,,\n"
        + "BT-05,5,Vạc,1835,,,cao lắm,,\n"
        + "BT-01,6,Ấn khác,1835,,,1,,\n"
        + "BT-07,1,Ấn trùng số,1835,,,1,,\n"
        + "BT-08,8,=A1,1835,,,1,,\n"
        + 'BT-09,9,Tượng,1835,,,"1,5",,\n'
    )
    found = read(tmp_path)
    assert set(found.drafts) == {"BT-01", "BT-09"}
    assert found.codes == [
        "sheet.no_identifier", "catalog.impossible_date", "catalog.impossible_date", "sheet.not_a_number",
        "sheet.duplicate_object_id", "sheet.duplicate_accession_number", "sheet.formula",
    ]  # fmt: skip
    assert [p.row for p in found.problems] == [3, 4, 5, 6, 7, 8, 9]
    line = found.problem("sheet.not_a_number").message("vi")
    assert line.startswith("danh-muc.csv, hàng 6, cột «Cao (cm)»: «cao lắm»")
    assert "\n" not in line


def test_missing_number_or_date_is_no_error(table: Table, tmp_path: Path, read: Reader) -> None:
    table(HEADER + "BT-01,,Ấn,,,,,,\n")
    found = read(tmp_path)
    assert found.codes == []
    assert "date" not in found.drafts["BT-01"].values


def test_unreadable_dates_are_kept_as_written_and_told(table: Table, tmp_path: Path, read: Reader) -> None:
    table(HEADER + "BT-01,,Ấn,lâu lắm rồi,,,,,\n")
    found = read(tmp_path)
    assert found.codes == ["catalog.unreadable_date"]
    assert found.drafts["BT-01"].values["date"][0].as_written == "lâu lắm rồi"


def test_a_date_text_that_contradicts_the_years_is_told(table: Table, tmp_path: Path, read: Reader) -> None:
    table(HEADER + "BT-01,,Ấn,1913,1904,1904,,,\n")
    found = read(tmp_path)
    assert found.codes == ["sheet.date_contradiction"]
    assert found.drafts["BT-01"].values["date"][0].value == "1904"


def test_unknown_columns_are_told_with_the_nearest_name(table: Table, tmp_path: Path, read: Reader) -> None:
    table("Mã hiện vật,Tên hiện vật,Chât liệuu,Zzz 7\nBT-01,Ấn,đồng,x\n")
    found = read(tmp_path)
    assert found.codes == ["sheet.unknown_column_near", "sheet.unknown_column"]
    assert "BT-01" in found.drafts
    assert "chất liệu" in found.problems[0].message("vi")


def test_two_columns_of_one_meaning_refuse_the_table(table: Table, tmp_path: Path, read: Reader) -> None:
    table("Mã hiện vật,Tên hiện vật,Tên gọi\nBT-01,Ấn,Ấn vàng\n")
    found = read(tmp_path)
    assert "sheet.duplicate_column" in found.codes
    assert not found.drafts


def test_measurements_without_a_unit_are_refused_not_guessed(table: Table, tmp_path: Path, read: Reader) -> None:
    table("Mã hiện vật,Tên hiện vật,Cao\nBT-01,Ấn,12\nBT-02,Bia,12 cm\n")
    found = read(tmp_path)
    assert set(found.drafts) == {"BT-02"}
    assert found.codes == ["sheet.unit_missing"]


def test_a_title_line_above_the_header_is_passed_over(tmp_path: Path, read: Reader) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["DANH MỤC HIỆN VẬT BẢO TÀNG"])
    sheet.merge_cells("A1:C1")
    sheet.append([])
    sheet.append(["Mã hiện vật", "Tên hiện vật", "Cao (cm)"])
    sheet.append(["BT-01", "Ấn", 12.8])
    book.save(tmp_path / "danh-muc.xlsx")
    found = read(tmp_path)
    assert found.codes == []
    assert found.drafts["BT-01"].row == 4


def test_a_number_that_excel_turned_into_a_date_is_refused(tmp_path: Path, read: Reader) -> None:
    import datetime as dt

    book = openpyxl.Workbook()
    book.active.append(["Số kiểm kê", "Tên hiện vật"])
    book.active.append([dt.date(2026, 5, 12), "Ấn"])
    book.save(tmp_path / "danh-muc.xlsx")
    assert read(tmp_path).codes == ["sheet.identifier_is_date"]


def test_the_media_sheet_gives_role_label_unit_and_licence(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "anh").mkdir()
    (tmp_path / "anh" / "xien.jpg").write_bytes(JPEG)
    (tmp_path / "luoi.stl").write_bytes(b"solid x\nendsolid x\n")
    book = openpyxl.Workbook()
    book.active.append(["Mã hiện vật", "Tên hiện vật", "Giấy phép"])
    book.active.append(["BT-01", "Ấn", "CC BY 4.0"])
    media = book.create_sheet("media")
    media.append(["Mã hiện vật", "Tệp", "Nhãn (vi)", "Vai trò", "Đơn vị", "Trục đứng", "Giấy phép", "alt (en)"])
    media.append(["BT-01", "anh/xien.jpg", "Ánh sáng xiên", "khảo sát", None, None, "CC0 1.0", "Seal, raking light"])
    media.append(["BT-01", "luoi.stl", None, None, "mm", "Z", None, None])
    media.append(["BT-99", "anh/xien.jpg", None, None, None, None, None, None])
    book.save(tmp_path / "danh-muc.xlsx")
    found = read(tmp_path)
    photo, scan = found.drafts["BT-01"].media
    assert (photo.role, photo.rights) == ("raking", "http://creativecommons.org/publicdomain/zero/1.0/")
    assert photo.alt["en"] == "Seal, raking light"
    assert (scan.unit, scan.up_axis, scan.rights) == ("mm", "Z", "http://creativecommons.org/licenses/by/4.0/")
    assert found.codes == ["sheet.media_orphan"]


def test_procedures_come_with_their_files(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "truoc.jpg").write_bytes(JPEG)
    book = openpyxl.Workbook()
    book.active.append(["Mã hiện vật", "Tên hiện vật"])
    book.active.append(["BT-01", "Ấn"])
    sheet = book.create_sheet("procedures")
    sheet.append(["object", "kind", "date", "person", "text", "files", "unit"])
    sheet.append(
        ["BT-01", "tu bổ", "12/05/2024", "Nguyễn Thị Lan; Trần Văn Minh", "Làm sạch gỉ đồng", "truoc.jpg", None]
    )
    book.save(tmp_path / "danh-muc.xlsx")
    draft = read(tmp_path).drafts["BT-01"]
    (event,) = draft.procedures
    assert (event.kind, event.date, event.people) == ("treatment", "2024-05-12", ("Nguyễn Thị Lan", "Trần Văn Minh"))
    assert event.files == ("truoc.jpg",)
    assert [m.reference for m in draft.media] == ["truoc.jpg"]


def test_every_code_has_words_in_both_languages() -> None:
    import re

    folder = Path(__file__).parents[2] / "museum" / "ingest"
    used: set[str] = set()
    for path in folder.glob("*.py"):
        used |= set(re.findall(r'"((?:sheet|ingest|av|document)\.[a-z_0-9]+)"', path.read_text(encoding="utf-8")))
    used = {code for code in used if not code.endswith((".txt", ".pdf", ".lock"))}
    assert used
    assert not used - known_codes()


@pytest.mark.shared
def test_csv_and_vietnamese_xlsx_say_the_same(shared_data: Path, read: Reader) -> None:
    by_csv = read(shared_data, shared_data / "tables" / "catalogue.csv")
    by_xlsx = read(shared_data, shared_data / "tables" / "catalogue_vi.xlsx")
    assert by_csv.codes == by_xlsx.codes == []
    assert len(by_csv.drafts) == len(by_xlsx.drafts) == 28
    for key, draft in by_csv.drafts.items():
        other = by_xlsx.drafts[key]
        assert _without_place(draft) == _without_place(other)


@pytest.mark.shared
def test_the_whole_folder_gives_28_objects_and_57_files_once(shared_data: Path, read: Reader) -> None:
    found = read(shared_data)
    assert len(found.drafts) == 28
    assert sum(len(draft.media) for draft in found.drafts.values()) == 57
    assert found.codes == ["sheet.rows_repeated"]
    roles = [m.role for m in found.drafts["DEMO-MUM-01"].media]
    assert roles == ["normal", "raking", "uv", "infrared", "x-ray", "composite"]
    parts = [(m.reference, m.of) for m in found.drafts["DEMO-SCN-02"].media if m.kind == "part"]
    assert [of for _, of in parts] == ["scans/saxophone_obj/saxophone.obj"] * 2
    captions = next(m for m in found.drafts["DEMO-TER-01"].media if m.kind == "captions")
    assert (captions.language, captions.of) == ("vi", "av/terracotta-turntable.mp4")


@pytest.mark.shared
def test_decomposed_names_on_disk_and_in_the_table_meet(shared_data: Path, tmp_path: Path, read: Reader) -> None:
    composed, decomposed = "Ảnh Chuông Thiên Mụ.jpg", unicodedata.normalize("NFD", "Ảnh Chuông Thiên Mụ.jpg")
    shutil.copy(shared_data / "photos" / "misc" / "china.jpg", tmp_path / decomposed)
    (tmp_path / "danh-muc.csv").write_text(f"Mã hiện vật,Tên hiện vật,Tệp\nBT-01,Chuông,{composed}\n", encoding="utf-8")
    (media,) = read(tmp_path).drafts["BT-01"].media
    assert media.reference == composed
    assert media.path.is_file()


def _without_place(draft: object) -> object:
    media = tuple(replace(m, table="", row=0, column="") for m in draft.media)  # type: ignore[attr-defined]  # a RowDraft
    return replace(draft, table="", row=0, media=media)  # type: ignore[type-var]  # a RowDraft
