"""A result to take away: every record of it, in each format, as others' programs read them."""

import csv
import gzip
import html
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import orjson
import pytest
from flask.testing import FlaskClient
from openpyxl.utils.escape import unescape

from museum.search.hits import Hit
from museum.web import exporting, workbook
from museum.web.turns import AT_ONCE, Turns
from tests.web.collection import HOST, MANY, collection, record_id
from tests.web.conftest import House

FORMATS = ("csv", "jsonl", "xlsx")
NEVER = 10**9  # no change has this number


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A museum of many records that differ in title, year and place."""
    with collection(tmp_path_factory.mktemp("many")) as made:
        yield made


def hit(record_id: str) -> Hit:
    """A hit of an index that holds everything."""
    return Hit(record_id, 0.0, (), orjson.dumps({"id": record_id, "kind": "object", "institution": "museum"}))


def taken(client: FlaskClient, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200
    body = answer.get_data()
    answer.close()
    return body


def table(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def sheet(body: bytes) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    return [tuple(row) for name in book.sheetnames for row in book[name].iter_rows(values_only=True)]


@pytest.mark.parametrize("query", ["", "q=đỉnh&sort=title&lang=en", "place=Huế&sort=year_down", "q=nichts"])
def test_each_format_holds_every_record_in_the_order_of_the_result(client: FlaskClient, query: str) -> None:
    listed = orjson.loads(taken(client, f"/api/search?{query}&limit=500"))
    ids = [item["id"] for item in listed["items"]]
    assert len(ids) == listed["total"]
    found = {suffix: taken(client, f"/api/search.{suffix}?{query}&after=nowhere&limit=1") for suffix in FORMATS}
    assert [row["id"] for row in table(found["csv"])] == ids
    assert [orjson.loads(line)["id"] for line in found["jsonl"].splitlines()] == ids
    assert [row[0] for row in sheet(found["xlsx"])[1:]] == ids
    print(f"{len(ids)} records in each of {len(FORMATS)} formats, 0 lost")


def test_words_come_out_as_they_went_in(client: FlaskClient) -> None:
    rows = {row["id"]: row for row in table(taken(client, "/api/search.csv"))}
    row = rows[record_id(6)]
    assert row["title_vi"] == "Đỉnh đồng, số 6; “nhỏ”"
    assert row["title_en"] == "Bronze urn\nno. 6"
    assert row["material_vi"] == "đồng; gỗ"
    assert row["page"] == f"{HOST}/o/{record_id(6)}"
    head, *cells = sheet(taken(client, "/api/search.xlsx?lang=en"))
    assert head[:3] == ("Permanent identifier", "Numbers", "Title (Vietnamese)")
    by_id = {one[0]: dict(zip(exporting.COLUMNS, one, strict=True)) for one in cells}
    assert {k: v or "" for k, v in by_id[record_id(6)].items()} == row


def test_no_cell_is_a_formula(client: FlaskClient) -> None:
    """A spreadsheet calculates what begins with a sign; in a workbook the same words are words."""
    titles = [row["title_vi"] for row in table(taken(client, "/api/search.csv"))]
    assert not [title for title in titles if title.startswith("=")]
    assert sum(title.startswith("'=") for title in titles) == MANY // 5
    book = openpyxl.load_workbook(io.BytesIO(taken(client, "/api/search.xlsx")))
    column = list(exporting.COLUMNS).index("title_vi")
    cells = [row[column] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert sum(str(cell.value).startswith("=") for cell in cells) == MANY // 5
    assert {cell.data_type for cell in cells} == {"s"}  # "f" would be a formula


@pytest.mark.parametrize(
    ("cell", "is_marked"),
    [("=1+1", True), ("+84", True), ("@sum", True), ("\tx", True), ("-cmd|", True), ("-0349/-0299", False),
     ("-0350", False), ("Đỉnh", False), ("", False), ("1802", False)],
)  # fmt: skip
def test_only_what_a_spreadsheet_would_calculate_is_marked(cell: str, is_marked: bool) -> None:
    (body,) = exporting.as_csv([[cell]])
    written = body.decode("utf-8-sig").splitlines()[1].strip('"')
    assert written.startswith("'") is is_marked


def test_a_record_whole_is_that_of_its_own_address(house: House) -> None:
    lines = [orjson.loads(line) for line in taken(house.client, "/api/search.jsonl").splitlines()]
    by_id = {line["id"]: line for line in lines}
    assert by_id.keys() == {house.ids[name] for name in ("whole", "venus", "bare", "film")}
    for record in by_id:
        assert by_id[record] == orjson.loads(taken(house.client, f"/o/{record}.json"))


def test_the_header_tells_how_many_there_are(client: FlaskClient) -> None:
    for suffix in FORMATS:
        answer = client.get(f"/api/search.{suffix}?place=Huế", headers={"Accept-Encoding": "gzip"})
        assert int(answer.headers["X-Total-Count"]) == 44
        assert answer.headers["Content-Disposition"] == f"attachment; filename=ket-qua-tim-kiem.{suffix}"
        assert "Content-Length" not in answer.headers
        body = answer.get_data()
        answer.close()
        if suffix == "xlsx":
            assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None
        else:
            assert gzip.decompress(body) == taken(client, f"/api/search.{suffix}?place=Huế")


def test_a_head_request_makes_nothing_and_keeps_no_turn(client: FlaskClient) -> None:
    for _ in range(3 * AT_ONCE):
        answer = client.head("/api/search.csv")
        assert answer.status_code == 200
        answer.close()


def test_more_than_so_many_at_once_are_asked_to_wait(client: FlaskClient) -> None:
    open_ones = [client.get("/api/search.csv", buffered=False) for _ in range(AT_ONCE)]
    refused = client.get("/api/search.csv")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert orjson.loads(refused.data)["error"] == "web.exports_busy"
    for answer in open_ones:
        answer.close()  # whoever goes away in the middle gives the turn back
    assert taken(client, "/api/search.csv")


def test_a_turn_is_given_back_once() -> None:
    turns = Turns(1)
    end = turns.take()
    assert end is not None
    assert turns.take() is None
    end()
    end()
    assert turns.take() is not None


def test_what_is_withdrawn_meanwhile_is_left_out(house: House) -> None:
    """The index may be behind by a moment; what was changed since is read from the catalogue."""
    found = table(taken(house.client, "/api/search.csv"))
    assert house.ids["withdrawn"] not in [row["id"] for row in found]
    with house.app.test_request_context():
        hits = [hit(house.ids[name]) for name in ("whole", "draft", "withdrawn", "deleted", "bare")]
        rows = list(exporting.rows(house.engine, hits, known=0, base=HOST))
        behind = list(exporting.rows(house.engine, hits, known=NEVER, base=HOST))
    assert [row[0] for row in rows] == [house.ids["whole"], house.ids["bare"]]
    assert len(behind) == len(hits), "control: nothing but the log keeps them back"


def test_a_sheet_that_is_full_goes_on_in_the_next() -> None:
    rows = [(str(n), f"dòng {n}") for n in range(25)]
    body = b"".join(workbook.workbook(("số", "chữ"), rows, title="Tìm: [kết quả]/1", most_rows=11))
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert [len(list(page.rows)) for page in book.worksheets] == [11, 11, 6]
    assert all(page["A1"].value == "số" for page in book.worksheets)
    assert [page["A2"].value for page in book.worksheets] == ["0", "10", "20"]
    assert book.worksheets[0].freeze_panes == "A2"
    empty = openpyxl.load_workbook(io.BytesIO(b"".join(workbook.workbook(("số",), [], title="*"))))
    assert [[cell.value for cell in row] for row in empty.worksheets[0].rows] == [["số"]]


def test_a_workbook_keeps_whatever_a_cell_may_hold() -> None:
    words = ["a\x00b\x1f", "_x0041_", "<b>&amp;", "  hai  ", "dòng\nhai", "x" * 40_000, "\ud800", "=1+1", "𠀀九鼎"]
    body = b"".join(workbook.workbook(("a",), [[w] for w in words], title="t"))
    got = [unescape(row[0]) for row in sheet(body)[1:]]  # what Excel does, and openpyxl leaves to its user
    assert got[:5] == ["a\ufffdb\ufffd", "_x0041_", "<b>&amp;", "  hai  ", "dòng\nhai"]
    assert len(got[5]) == workbook.LETTERS
    assert got[5].endswith("…")
    assert got[6:] == ["\ufffd", "=1+1", "𠀀九鼎"]


def test_the_search_page_offers_the_result_in_every_form(house: House) -> None:
    page = house.client.get("/search?q=tượng&sort=year&lang=en").get_data(as_text=True)
    links = re.findall(r'<li><a href="(/(?:api|iiif)/[^"]+)" type="([^"]+)" rel="nofollow">', page)
    assert len(links) == 6
    for link, media_type in links:
        assert "lang=en" in link
        answer = house.client.get(html.unescape(link))
        assert answer.status_code in (200, 404)  # what was found may have nothing to show as a collection
        assert answer.mimetype == media_type or answer.status_code == 404
        answer.close()
    assert '<link rel="alternate" type="application/atom+xml"' in page
    assert "result-files" not in house.client.get("/search?q=nichts").get_data(as_text=True)


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_first_bytes_go_out_long_before_the_last_record_is_read(client: FlaskClient, suffix: str) -> None:
    """As many records as are asked for at once are in memory, whatever the length of the result."""
    read = 0

    def ids() -> Iterator[str]:
        nonlocal read
        for n in range(100_000):
            read += 1
            yield record_id(n % MANY)

    engine = client.application.extensions["museum"].engine
    rows = exporting.rows(engine, map(hit, ids()), known=NEVER, base=HOST)
    pieces: Iterator[bytes] = {
        "csv": lambda: exporting.as_csv(rows),
        "jsonl": lambda: exporting.as_json_lines(engine, ids(), base=HOST),
        "xlsx": lambda: workbook.workbook(tuple(exporting.COLUMNS), rows, title="t"),
    }[suffix]()
    with client.application.app_context():
        sent = sum(len(next(pieces)) for _ in range(3))
    print(f"{suffix}: {sent} bytes after {read} of 100,000 records")
    assert sent > 0
    assert read <= 2_000
