"""Tables are read in whatever encoding and kind they come; what cannot be trusted is told, never guessed."""

import datetime as dt
import unicodedata
import zipfile
from pathlib import Path

import openpyxl
import pytest

from museum.errors import SourceError
from museum.ingest.cells import Flaw, number_of, year_of
from museum.ingest.sheet import open_sheets

TEXT = "Mã hiện vật,Tên hiện vật\r\nBT-01,Vạc đồng thời chúa Nguyễn\r\nBT-02,Chuông chùa Thiên Mụ\r\n"


def _cells(path: Path) -> list[tuple[object, ...]]:
    (sheet,) = open_sheets(path)
    return [row.cells for row in sheet.rows()]


def _cp1258(text: str) -> bytes:
    """CP1258 as Windows writes it: letters composed, tones as marks behind them."""
    out = bytearray()
    for c in text:
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            base, tone = unicodedata.normalize("NFD", c)[0], ""
            parts = list(unicodedata.normalize("NFD", c))
            tone = next(p for p in parts if p in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", "".join(p for p in parts if p != tone))
            out += base.encode("cp1258") + tone.encode("cp1258")
    return bytes(out)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_encoding_gives_the_same_cells(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "danh-muc.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert _cells(path)[1] == ("BT-01", "Vạc đồng thời chúa Nguyễn")


def test_cp1258_with_its_combining_tones_becomes_nfc_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "danh-muc.csv"
    path.write_bytes(_cp1258(TEXT))
    (sheet,) = open_sheets(path)
    assert [row.cells for row in sheet.rows()][2] == ("BT-02", "Chuông chùa Thiên Mụ")
    assert [note.code for note in sheet.notes] == ["sheet.read_as_cp1258"]


@pytest.mark.parametrize("text", ["id,name\n1,Café Müller\n", "id,name\n1,però così\n", "id,name\n1,não\n"])
def test_latin_1_is_refused_with_row_and_byte(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SourceError) as caught:
        open_sheets(path)
    assert caught.value.code == "sheet.encoding"
    assert caught.value.values["row"] == 2
    at = caught.value.values["offset"]
    assert f"0x{path.read_bytes()[at]:02X}" == caught.value.values["byte"]


def test_a_bad_byte_far_into_a_large_file_is_placed_exactly(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    good = "Số đăng ký,Tên\n".encode() + "".join(f"{n},Đỉnh đồng\n" for n in range(120_000)).encode()
    path.write_bytes(good + b"x,\xff\n")
    with pytest.raises(SourceError) as caught:
        open_sheets(path)
    assert caught.value.values["offset"] == len(good) + 2
    assert caught.value.values["row"] == 120_002


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_found_even_when_cells_hold_the_others(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "list.csv"
    rows = [["object_id", "title", "media"], ["1", '"a, b; c"', "x.jpg"], ["2", '"cao 12,8"', '"a.jpg;b.jpg"']]
    path.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")
    assert [len(cells) for cells in _cells(path)] == [3, 3, 3]


def test_the_line_excel_puts_in_front_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("sep=;\nobject_id;title\n1;Ấn\n", encoding="utf-8")
    (sheet,) = open_sheets(path)
    assert next((row.number, row.cells) for row in sheet.rows()) == (2, ("object_id", "title"))


def test_a_lost_quotation_mark_ends_the_reading_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('object_id,title\n1,Ấn\n2,"Bia\n3,Chuông\n', encoding="utf-8")
    cells = _cells(path)
    assert cells[1] == ("1", "Ấn")
    assert isinstance(cells[2][0], Flaw)
    assert cells[2][0].code == "sheet.csv_broken"


def test_formulas_in_csv_are_flaws(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("object_id,title\n1,=HYPERLINK(1)\n", encoding="utf-8")
    flaw = _cells(path)[1][1]
    assert isinstance(flaw, Flaw)
    assert flaw.code == "sheet.formula"


def _workbook(path: Path) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Mã hiện vật", "Tên hiện vật", "Niên đại", "Cao (cm)"])
    sheet.append(["BT-01", "Ấn", dt.date(1835, 12, 1), 12.8])
    book.save(path)
    return book


def test_xlsx_cells_are_typed(tmp_path: Path) -> None:
    path = tmp_path / "danh-muc.xlsx"
    _workbook(path)
    assert _cells(path)[1] == ("BT-01", "Ấn", dt.datetime(1835, 12, 1), 12.8)


def test_formula_cells_without_a_stored_result_are_flaws_and_merged_cells_too(tmp_path: Path) -> None:
    path = tmp_path / "danh-muc.xlsx"
    book = _workbook(path)
    sheet = book.active
    sheet.append(["BT-02", "=CONCAT(A1,B1)", None, 3])
    sheet.append(["BT-03", "Bia", None, 4])
    sheet.merge_cells("D3:D4")
    book.save(path)
    cells = _cells(path)
    assert isinstance(cells[2][1], Flaw)
    assert cells[2][1].code == "sheet.formula_without_result"
    assert cells[2][3] == 3
    assert isinstance(cells[3][3], Flaw)
    assert cells[3][3].values["range"] == "D3:D4"


def test_a_formula_with_its_stored_result_is_its_result(tmp_path: Path) -> None:
    path = tmp_path / "danh-muc.xlsx"
    book = _workbook(path)
    book.active.append(["BT-02", "Ấn", None, "=1+1"])
    book.save(path)
    inner = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[inner] = members[inner].replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    members[inner] = members[inner].replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    assert _cells(path)[2][3] == 2


def test_hidden_sheets_are_not_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "danh-muc.xlsx"
    book = _workbook(path)
    book.create_sheet("Nháp").sheet_state = "hidden"
    book.save(path)
    (sheet,) = open_sheets(path)
    assert [note.code for note in sheet.notes] == ["sheet.hidden_sheet"]


def test_a_workbook_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "bom.xlsx"
    _workbook(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * (96 << 20))
    with pytest.raises(SourceError) as caught:
        open_sheets(path)
    assert caught.value.code == "sheet.too_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet.empty"),
        (b"PK\x03\x04broken", "sheet.not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheet.protected"),
    ],
)
def test_what_is_no_workbook_is_refused_with_words(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "danh-muc.xlsx"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        open_sheets(path)
    assert caught.value.code == code
    assert "danh-muc.xlsx" in caught.value.message("vi")


@pytest.mark.parametrize(
    ("written", "value"),
    [("12,8", 12.8), ("12.8", 12.8), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("2 500", 2500), ("0,125", 0.125),
     ("khoảng 12 cm", 12), ("1.234.567", 1234567), ("−3", -3), (661, 661), (270.5, 270.5)],
)  # fmt: skip
def test_numbers_of_both_languages_are_read(written: object, value: float) -> None:
    number = number_of(written)  # type: ignore[arg-type]  # a cell may be any of these
    assert number is not None
    assert number.value == value


@pytest.mark.parametrize("written", ["1.234", "1,234", "12 x 8", "cao", "12..8", "1,2,3", "", None, True])
def test_numbers_that_could_mean_two_things_are_not_guessed(written: object) -> None:
    assert number_of(written) is None  # type: ignore[arg-type]  # a cell may be any of these


@pytest.mark.parametrize(
    ("written", "year"), [("1835", 1835), (-350, -350), ("350 TCN", -350), ("350 BC", -350), ("AD 40", 40)]
)
def test_years(written: object, year: int) -> None:
    assert year_of(written) == year  # type: ignore[arg-type]  # a cell may be any of these
