"""Whatever is bad is told in two languages with its place and its cure; what is good goes in; nothing is half there."""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from museum import db
from museum.catalog import store
from museum.ingest import run
from museum.ingest.parts import open_parts
from museum.ingest.problems import Problem
from museum.ingest.report import Report
from museum.ingest.run import Options
from museum.search import indexer
from museum.search.location import Location
from tests.flows.bad_files import BAD_FILES, photograph
from tests.flows.looking import Museum, look_around, look_inside, look_outside
from tests.founded import founded

COLUMNS = ("Mã hiện vật", "Số kiểm kê", "Tên hiện vật", "Niên đại", "Cao (cm)", "Tệp")
_CURE_VI = re.compile(r"[Hh]ãy|Có phải là|Cần ít nhất")
_CURE_EN = re.compile(
    r"\b([Cc]heck|[Cc]opy|[Cc]orrect|[Ee]xport|Fill|Give|Is it|Mend|Merge|Name|Open|Paste|Put|Rename|Save|Scan|Send|"
    r"Split|State|Take|Type|Use|Write|Look|Make|Reduce|Remove|Repair|Delete|Convert|needed|[Aa]sk|save)\b"
)
Found = Callable[[Path], Museum]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """Makes a museum in a folder."""
    made: list[Museum] = []

    def _found(home: Path) -> Museum:
        settings, engine = founded(home)
        engine.dispose()
        made.append(Museum(settings))
        return made[-1]

    yield _found
    for museum in made:
        museum.close()


def take_in(museum: Museum, folder: Path) -> Report:
    """Ingest and publish, the index too."""
    parts = open_parts(museum.settings, museum.engine, fsync=False)
    report = run.ingest(museum.settings, museum.engine, folder, options=Options(publish=True, workers=0), parts=parts)
    indexer.index_once(museum.engine, Location(museum.settings.index), patience_s=30)
    return report


def table(folder: Path, *rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS, encoding: str = "utf-8") -> Path:
    """Write danh-muc.csv; rows may be shorter than the header."""
    room = io.StringIO()
    writer = csv.writer(room, lineterminator="\n")
    writer.writerows([columns, *(row + ("",) * (len(columns) - len(row)) for row in rows)])
    path = folder / "danh-muc.csv"
    path.write_bytes(room.getvalue().encode(encoding))
    return path


def speaks(problem: Problem, *, row: int, column: str = "") -> None:
    """A report line says file, row, column, cause and cure in both languages."""
    vi, en = problem.message("vi"), problem.message("en")
    assert vi != en
    for line in (vi, en):
        assert line.startswith("danh-muc."), line
        assert not re.search(r"\{\w+\}", line), line
        assert column in line
    if row:
        assert f"hàng {row}" in vi
        assert f"row {row}" in en
    assert _CURE_VI.search(vi), vi
    assert _CURE_EN.search(en), en


def assert_whole(museum: Museum, numbers: set[str]) -> None:
    """Exactly these objects are in: records, masters, pages, index; and nothing lies about."""
    records = {r.identifier("object_id") or r.identifier("accession_number"): r for r in museum.records()}
    assert set(records) == numbers
    assert {r.state for r in records.values()} <= {"published"}
    assert [*look_inside(museum), *look_around(museum)] == []
    assert len(list(museum.parts.masters.object_ids())) == len(numbers)
    assert indexer.verify(museum.engine, Location(museum.settings.index)).is_clean
    wanted = {m.sha256 for r in records.values() for m in r.media}
    assert {p.name for p in museum.settings.derived.glob("??/??/*")} <= wanted
    for address in (f"/o/{r.id}" for r in records.values()):
        assert museum.status(address) == 200


@dataclass(frozen=True)
class Mixed:
    """One folder with a good row before and after many bad ones, taken in."""

    museum: Museum
    report: Report
    rows: dict[str, int]
    folder: Path


@pytest.fixture(scope="module")
def mixed(found: Found, tmp_path_factory: pytest.TempPathFactory) -> Mixed:
    base = tmp_path_factory.mktemp("xấu")
    folder = base / "nguồn"
    folder.mkdir()
    (folder / "tốt.jpg").write_bytes(photograph(seed=100))
    rows: list[tuple[str, ...]] = [("TỐT-1", "SĐK 1", "Cao đỉnh", "1835", "12,5", "tốt.jpg")]
    at: dict[str, int] = {}
    for number, (name, (write, _)) in enumerate(BAD_FILES.items()):
        reference = write(folder)
        rows.append((f"XẤU-{number}", "", f"Hỏng {name}", "", "", reference))
        at[name] = len(rows) + 1
    rows.append(("TỐT-2", "", "Nhân đỉnh"))
    table(folder, *rows)
    museum = found(base / "bảo tàng")
    return Mixed(museum=museum, report=take_in(museum, folder), rows=at, folder=folder)


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_told_and_refuses_its_row(mixed: Mixed, name: str) -> None:
    row, code = mixed.rows[name], BAD_FILES[name][1]
    problems = [p for p in mixed.report.problems if p.row == row and p.is_error]
    assert [p.code[: len(code)] for p in problems] == [code]
    speaks(problems[0], row=row, column="Tệp")
    assert [r.action for r in mixed.report.results if r.row == row] == ["refused"]


def test_beside_bad_files_the_good_rows_are_in_and_nothing_else(mixed: Mixed) -> None:
    assert_whole(mixed.museum, {"TỐT-1", "TỐT-2"})
    assert look_outside(mixed.museum) == []
    stored = {p.read_bytes() for p in mixed.museum.settings.masters_root.rglob("*") if p.is_file()}
    given = {p for p in mixed.folder.rglob("*") if p.is_file() and p.name not in ("tốt.jpg", "danh-muc.csv")}
    assert not [p.name for p in given if p.read_bytes() and p.read_bytes() in stored]
    assert (mixed.folder / "tốt.jpg").read_bytes() in stored
    assert {hashlib.sha256(p.read_bytes()).hexdigest() for p in given}.isdisjoint(
        p.name for p in mixed.museum.settings.derived.glob("??/??/*")
    )


def test_a_row_without_number_or_date_publishes_saying_so(mixed: Mixed) -> None:
    record = next(r for r in mixed.museum.records() if r.identifier("object_id") == "TỐT-2")
    page = mixed.museum.page(f"/o/{record.id}")
    assert "chưa có số" in page.lower()
    assert "chưa rõ niên đại" in page.lower()


ROWS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "neither id nor number": (("", "", "Không số"), "sheet.no_identifier", ""),
    "id used twice": (("TỐT-1", "", "Trùng mã"), "sheet.duplicate_object_id", "Mã hiện vật"),
    "number used twice": (("X-3", "SĐK 1", "Trùng số"), "sheet.duplicate_accession_number", "Số kiểm kê"),
    "impossible date": (("X-4", "", "Bia", "31/02/1835"), "catalog.impossible_date", "Niên đại"),
    "formula": (("X-5", "", '=HYPERLINK("http://x","y")'), "sheet.formula", "Tên hiện vật"),
    "error of a spreadsheet": (("X-6", "", "#REF!"), "sheet.error_value", "Tên hiện vật"),
    "not a number": (("X-7", "", "Vạc", "", "cao lắm"), "sheet.not_a_number", "Cao (cm)"),
    "garbled text": (("X-8", "", "Báº£o vật"), "sheet.garbled_text", "Tên hiện vật"),
}


@pytest.fixture(scope="module")
def bad_rows(found: Found, tmp_path_factory: pytest.TempPathFactory) -> Mixed:
    base = tmp_path_factory.mktemp("hàng")
    folder = base / "nguồn"
    folder.mkdir()
    rows: list[tuple[str, ...]] = [("TỐT-1", "SĐK 1", "Cao đỉnh", "1835")]
    at: dict[str, int] = {}
    for name, (cells, _, _) in ROWS.items():
        rows.append(cells)
        at[name] = len(rows) + 1
    rows.append(("TỐT-2", "", "Nhân đỉnh"))
    table(folder, *rows)
    museum = found(base / "bảo tàng")
    return Mixed(museum=museum, report=take_in(museum, folder), rows=at, folder=folder)


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_is_told_and_refused(bad_rows: Mixed, name: str) -> None:
    _, code, column = ROWS[name]
    (problem,) = [p for p in bad_rows.report.problems if p.row == bad_rows.rows[name] and p.is_error]
    assert problem.code == code
    speaks(problem, row=bad_rows.rows[name], column=column)


def test_beside_bad_rows_the_good_ones_are_in(bad_rows: Mixed) -> None:
    assert_whole(bad_rows.museum, {"TỐT-1", "TỐT-2"})


def test_formula_cells_of_a_workbook_are_told(found: Found, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (COLUMNS, ("T-1", "", "Vạc", "", 12.5), ("T-2", "", '=CONCAT("B","ia")'), ("T-3", "", "Ấn")):
        sheet.append(list(cells))
    (tmp_path / "nguồn").mkdir()
    book.save(tmp_path / "nguồn" / "danh-muc.xlsx")
    museum = found(tmp_path / "home")
    (problem,) = take_in(museum, tmp_path / "nguồn").errors
    assert problem.code == "sheet.formula_without_result"
    speaks(problem, row=3, column="Tên hiện vật")
    assert_whole(museum, {"T-1", "T-3"})


def test_an_unknown_column_is_told_and_its_rows_go_in(found: Found, tmp_path: Path) -> None:
    table(tmp_path, ("T-1", "Vạc", "đồng", "?"), columns=("Mã hiện vật", "Tên hiện vật", "Chât liệuu", "Zzz 7"))
    museum = found(tmp_path / "home")
    report = take_in(museum, tmp_path)
    assert [p.code for p in report.problems] == ["sheet.unknown_column_near", "sheet.unknown_column"]
    speaks(report.problems[0], row=0, column="Chât liệuu")
    speaks(report.problems[1], row=0, column="Zzz 7")
    assert_whole(museum, {"T-1"})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1258"])
def test_tables_that_are_not_utf_8_are_read(found: Found, tmp_path: Path, encoding: str) -> None:
    title = "Đỉnh đồng triều Nguyễn"
    told = unicodedata.normalize("NFD", title).replace("o\u0302", "ô").replace("e\u0302", "ê")
    table(tmp_path, ("T-1", told if encoding == "cp1258" else title), columns=("Ma hien vat", "title"),
          encoding=encoding)  # fmt: skip
    museum = found(tmp_path / "home")
    report = take_in(museum, tmp_path)
    assert report.errors == []
    assert ("sheet.read_as_cp1258" in [p.code for p in report.problems]) == (encoding == "cp1258")
    assert museum.records()[0].title.say("vi") == title


def test_an_undecodable_table_is_refused_with_row_and_byte(found: Found, tmp_path: Path) -> None:
    lines = ["Mã hiện vật,Tên hiện vật".encode(), b"T-1,V\x81\x8d\x90c", b"T-2,x"]
    (tmp_path / "danh-muc.csv").write_bytes(b"\n".join(lines))
    museum = found(tmp_path / "home")
    report = take_in(museum, tmp_path)
    problem = next(p for p in report.errors if p.code == "sheet.encoding")
    speaks(problem, row=0)
    assert "hàng 2" in problem.message("vi")
    assert_whole(museum, set())


def test_right_to_left_and_decomposed_names_go_in(found: Found, tmp_path: Path) -> None:
    names = ("صورة ‏المتحف.jpg", unicodedata.normalize("NFD", "Ảnh vạc đồng.jpg"), "ảnh\u202egnp.jpg")
    for seed, name in enumerate(names):
        (tmp_path / name).write_bytes(photograph(seed=30 + seed))
    table(
        tmp_path,
        ("T-1", "", "متحف هوی", "", "", names[0]),
        ("T-2", "", unicodedata.normalize("NFD", "Vạc đồng"), "", "", unicodedata.normalize("NFC", names[1])),
        ("T-3", "", "Ấn", "", "", names[2]),
    )
    museum = found(tmp_path / "home")
    report = take_in(museum, tmp_path)
    records = {r.identifier("object_id"): r for r in museum.records()}
    assert records["T-2"].title.say("vi") == unicodedata.normalize("NFC", "Vạc đồng")
    assert records["T-2"].media[0].file_name == "Ảnh vạc đồng.jpg"
    assert records["T-1"].media[0].file_name.startswith("صورة")
    shown = [m.file_name + m.path for r in records.values() for m in r.media]
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "".join(shown))
    assert set(records) | {r.key for r in report.results if r.action == "refused"} == {"T-1", "T-2", "T-3"}
    assert_whole(museum, set(records) - {None})
    assert look_outside(museum) == []
    with db.reading(museum.engine) as session:
        assert store.find(session, "object_id", "T-2")
