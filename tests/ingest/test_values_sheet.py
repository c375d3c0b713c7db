"""Further statements beside those of the object table: contradictions stand side by side, with source and doubt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from museum import db
from museum.catalog import changes, store
from museum.catalog.record import Designation, Record, Value
from museum.config import Settings
from museum.ingest import plan, run
from museum.ingest.drafts import LinkDraft
from museum.ingest.parts import open_parts
from museum.ingest.report import Report
from tests.founded import founded
from tests.ingest.conftest import Read

Table = Callable[..., Path]
Reader = Callable[..., Read]

OBJECTS = "Mã hiện vật,Tên hiện vật,Tên (tiếng Anh),Niên đại,Trọng lượng,Nguồn\n"
URN = OBJECTS + "CĐ-01,Cao đỉnh,Cao urn,1835,4307 cân,Minh văn\n"
VALUES = (
    "Mã hiện vật,Trường,Giá trị,Ngôn ngữ,Đơn vị,Nguyên văn,Nguồn,Độ tin cậy,Ưu tiên\n"
    "CĐ-01,trọng lượng,2601.4,,kg,,Bảng lưu hành,chưa kiểm chứng,không\n"
    "CĐ-01,Cao (cm),250,,,,Trang giới thiệu,,\n"
    'CĐ-01,niên đại,1835-12/1837,,,"Đúc tháng Chạp năm Ất Mùi, xong năm 1837",Sách,,không\n'
    "CĐ-01,tên gọi khác,高鼎,Hán,,,Minh văn,,\n"
    "CĐ-01,tên gọi khác,Cao,tiếng Việt,,,Sách,,có\n"
)


def test_statements_stand_beside_those_of_the_table_preferred_first(table: Table, tmp_path: Path, read: Reader) -> None:
    table(URN)
    table(VALUES, name="gia-tri.csv")
    found = read(tmp_path)
    assert found.codes == []
    values = found.drafts["CĐ-01"].values
    assert values["weight"] == (
        Value(value=4307, unit="can", as_written="4307 cân", source="Minh văn"),
        Value(value=2601.4, unit="kg", as_written="2601.4", source="Bảng lưu hành", certainty="unverified",
              preferred=False),
    )  # fmt: skip
    assert values["height"] == (Value(value=250, unit="cm", as_written="250", source="Trang giới thiệu"),)
    assert [(v.value, v.preferred) for v in values["date"]] == [("1835", True), ("1835-12/1837", False)]
    assert values["date"][1].as_written.startswith("Đúc tháng Chạp")
    assert [(v.value, v.language, v.preferred) for v in values["other_names"]] == [
        ("高鼎", "zh", True),
        ("Cao", "vi", True),
    ]


def test_a_preferred_statement_of_a_measure_goes_before_the_tables(table: Table, tmp_path: Path, read: Reader) -> None:
    table(URN)
    table("object_id,field,value,unit,source,preferred\nCĐ-01,weight,2602,kg,Cân lại năm 2010,yes\n", name="values.csv")
    weights = read(tmp_path).drafts["CĐ-01"].values["weight"]
    assert [(v.value, v.unit, v.preferred) for v in weights] == [(2602, "kg", True), (4307, "can", False)]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("CĐ-01,trọng lượng,nặng lắm,,kg,,,,", "sheet.not_a_number", "Giá trị"),
        ("CĐ-01,trọng lượng,2601.4,,,,,,", "sheet.unit_missing", "Giá trị"),
        ("CĐ-01,trọng lượng,2601.4,,cm,,,,", "sheet.unknown_unit", "Đơn vị"),
        ("CĐ-01,trọng lượng,-3,,kg,,,,", "sheet.not_positive", "Giá trị"),
        ("CĐ-01,trong luongg,3,,kg,,,,", "sheet.unknown_field", "Trường"),
        ("CĐ-01,giấy phép,CC0,,,,,,", "sheet.unknown_field", "Trường"),
        ("CĐ-01,trọng lượng,,,kg,,,,", "sheet.cell_missing", "Giá trị"),
        ("CĐ-01,,3,,kg,,,,", "sheet.cell_missing", "Trường"),
        ("CĐ-01,trọng lượng,3,,kg,,,có vẻ,", "sheet.unknown_word", "Độ tin cậy"),
        ("CĐ-01,niên đại,31/02/1835,,,,,,", "catalog.impossible_date", "Giá trị"),
        ("CĐ-09,trọng lượng,3,,kg,,,,", "sheet.value_orphan", "Mã hiện vật"),
    ],
)
def test_a_wrong_cell_is_told_with_file_row_column_and_cure(
    table: Table, tmp_path: Path, read: Reader, row: str, code: str, column: str
) -> None:
    table(URN)
    table(VALUES.split("\n")[0] + "\n" + row + "\n", name="gia-tri.csv")
    found = read(tmp_path)
    assert found.codes == [code]
    problem = found.problem(code)
    assert (problem.file, problem.row, problem.column) == ("gia-tri.csv", 2, column)
    assert "Hãy" in problem.message("vi")
    assert problem.message("en") != problem.message("vi")


def test_a_workbook_may_hold_every_sheet(tmp_path: Path, read: Reader) -> None:
    book = openpyxl.Workbook()
    sheets = (
        ("Danh mục", URN.replace("CĐ-01,", "CĐ-00,Cửu đỉnh,Nine urns,,,\nCĐ-01,", 1)),
        ("values", VALUES),
        ("Liên hệ", "Từ,Quan hệ,Đến,Thứ tự\nCĐ-01,thuộc bộ,CĐ-00,7\n"),
    )
    for number, (name, text) in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = name
        for line in text.replace('"Đúc tháng Chạp năm Ất Mùi, xong năm 1837"', "Đúc tháng Chạp").strip().split("\n"):
            sheet.append([cell or None for cell in line.split(",")])
    book.save(tmp_path / "so.xlsx")
    found = read(tmp_path)
    assert found.codes == []
    draft = found.drafts["CĐ-01"]
    assert [v.unit for v in draft.values["weight"]] == ["can", "kg"]
    assert draft.links == (LinkDraft(predicate="member_of", number="CĐ-00", order=7),)


def test_links_with_unknown_words_or_without_an_end_are_told(table: Table, tmp_path: Path, read: Reader) -> None:
    table(URN)
    table("from,predicate,to,order\nCĐ-01,loves,CĐ-02,\nCĐ-01,part of,,\nCĐ-07,part of,CĐ-01,\n", name="links.csv")
    found = read(tmp_path)
    assert found.codes == ["sheet.unknown_word", "sheet.cell_missing", "sheet.link_orphan"]
    assert [p.row for p in found.problems] == [2, 3, 4]


def test_several_designations_keep_their_own_decision_date_batch_and_source(
    table: Table, tmp_path: Path, read: Reader
) -> None:
    table(
        "Mã hiện vật,Tên di tích,Loại hồ sơ,Danh hiệu,Số quyết định,Ngày quyết định,Đợt,Nguồn danh hiệu,Mẫu\n"
        "DT-1,Hoàng thành,di tích,di sản thế giới; di tích quốc gia đặc biệt,; 1272/QĐ-TTg,1993-12-11; 2009-08-12,;1,"
        "UNESCO; Cổng thông tin,có\n"
    )
    draft = read(tmp_path).drafts["DT-1"]
    assert (draft.kind, draft.is_sample) == ("monument", True)
    assert draft.designations == (
        Designation(scheme="world_heritage", date="1993-12-11", source="UNESCO"),
        Designation(
            scheme="special_national_monument", decision_number="1272/QĐ-TTg", date="2009-08-12", batch="1",
            source="Cổng thông tin",
        ),
    )  # fmt: skip


@dataclass
class Home:
    """A museum in a temporary folder."""

    settings: Settings
    engine: Engine

    def ingest(self, folder: Path, **options: object) -> Report:
        parts = open_parts(self.settings, self.engine, fsync=False)
        chosen = run.Options(workers=0, **options)  # type: ignore[arg-type]  # names of Options
        return run.ingest(self.settings, self.engine, folder, options=chosen, parts=parts)

    def state(self) -> tuple[bytes, int]:
        with db.reading(self.engine) as session:
            return store.canonical_dump(session), changes.count(session)

    def record(self, number: str) -> Record:
        with db.reading(self.engine) as session:
            return store.get(session, store.find(session, "object_id", number) or "")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    settings, engine = founded(tmp_path / "bao-tang")
    yield Home(settings, engine)
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "nguon"
    here.mkdir()
    rows = "CĐ-00,Cửu đỉnh,Nine urns,,,\nKB-1,Thế Miếu,The Mieu,,,\n"
    (here / "danh-muc.csv").write_text(URN + rows, encoding="utf-8")
    (here / "gia-tri.csv").write_text(VALUES, encoding="utf-8")
    links = "from,predicate,to,order\nCĐ-01,member of,CĐ-00,1\nCĐ-01,located at,KB-1,\n"
    (here / "lien-he.csv").write_text(links, encoding="utf-8")
    return here


def test_the_same_folder_again_changes_nothing(home: Home, folder: Path) -> None:
    assert home.ingest(folder).count("created") == 3
    record = home.record("CĐ-01")
    assert [v.unit for v in record.values["weight"]] == ["can", "kg"]
    assert [(link.predicate, link.order) for link in record.links] == [("member_of", 1), ("located_at", 1)]
    before = home.state()
    again = home.ingest(folder)
    assert again.count("unchanged") == 3
    assert home.state() == before


def test_a_dry_run_shows_further_statements_and_writes_nothing(home: Home, folder: Path) -> None:
    home.ingest(folder)
    before = home.state()
    changed = VALUES.replace("2601.4", "2602.0")
    (folder / "gia-tri.csv").write_text(changed, encoding="utf-8")
    report = plan.plan(home.settings, home.engine, folder)
    result = next(r for r in report.results if r.key == "CĐ-01")
    assert [d.field for d in result.differences] == ["weight"]
    assert [v["value"] for v in result.differences[0].before] == [4307, 2601.4]
    assert [v["value"] for v in result.differences[0].after] == [4307, 2602]
    assert home.state() == before
    assert home.ingest(folder).count("updated") == 1
    assert [v.value for v in home.record("CĐ-01").values["weight"]] == [4307, 2602]


def test_the_table_alone_leaves_further_statements_in_place(home: Home, folder: Path) -> None:
    home.ingest(folder)
    (folder / "gia-tri.csv").unlink()
    before = home.state()
    assert home.ingest(folder).count("unchanged") == 3
    assert home.state() == before
    (folder / "danh-muc.csv").write_text(URN.replace("4307", "4310"), encoding="utf-8")
    home.ingest(folder)
    assert [(v.value, v.preferred) for v in home.record("CĐ-01").values["weight"]] == [(4310, True), (2601.4, False)]


def test_a_row_taken_out_of_the_values_sheet_is_gone(home: Home, folder: Path) -> None:
    home.ingest(folder)
    lines = [line for line in VALUES.split("\n") if "2601.4" not in line]
    (folder / "gia-tri.csv").write_text("\n".join(lines), encoding="utf-8")
    home.ingest(folder)
    assert [v.unit for v in home.record("CĐ-01").values["weight"]] == ["can"]


def test_a_sample_is_one_until_the_table_says_otherwise(home: Home, folder: Path) -> None:
    (folder / "danh-muc.csv").write_text("Mã hiện vật,Tên hiện vật,Mẫu\nCĐ-01,Cao đỉnh,có\n", encoding="utf-8")
    (folder / "lien-he.csv").unlink()
    home.ingest(folder)
    assert home.record("CĐ-01").is_sample
    (folder / "danh-muc.csv").write_text(URN, encoding="utf-8")
    home.ingest(folder)
    assert home.record("CĐ-01").is_sample
    (folder / "danh-muc.csv").write_text("Mã hiện vật,Tên hiện vật,Mẫu\nCĐ-01,Cao đỉnh,không\n", encoding="utf-8")
    home.ingest(folder)
    assert not home.record("CĐ-01").is_sample
