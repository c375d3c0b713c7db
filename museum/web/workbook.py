"""A table of any length as an Excel workbook (ECMA-376, Office Open XML), written while it is read: never in memory.

Words stand in the cells themselves and are words, whatever they begin with: no formula, no date that Excel guessed.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 1_048_576  # of a sheet, its header among them
LETTERS = 32_767  # of a cell
_CUT = " …"
_MOST_SHEET_BYTES = 1_500_000_000  # before packing; from 2 GiB on a sheet would need ZIP64, which Excel takes amiss
_ROWS_A_PIECE = 200
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel reads _x0041_ as A
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def workbook(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, title: str, most_rows: int = ROWS
) -> Iterator[bytes]:
    """The workbook's bytes, piece by piece. Its sheets are called `title`, each begins with `header`, which stays in
    sight; where one is full, the next goes on.

    A text longer than a cell may hold is cut, and ends with "…".
    """
    drain = _Drain()
    waiting = iter(rows)
    sheets = 0
    with zipfile.ZipFile(drain, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        row = next(waiting, None)
        while row is not None or not sheets:
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                sheet.write(_beginning(header))
                written, size = 1, 0
                while row is not None and written < most_rows and size < _MOST_SHEET_BYTES:
                    piece: list[str] = []
                    while row is not None and len(piece) < _ROWS_A_PIECE and written < most_rows:
                        piece.append(_row(row))
                        written += 1
                        row = next(waiting, None)
                    packed = "".join(piece).encode()
                    size += len(packed)
                    sheet.write(packed)
                    yield drain.taken()
                sheet.write(b"</sheetData></worksheet>")
        for name, body in _frame(title, sheets):
            archive.writestr(name, _XML + body)
    yield drain.taken()


class _Drain(io.RawIOBase):
    """A file that forgets what was taken from it; a ZIP archive needs no more."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]  # io's is any buffer
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found


def _beginning(header: Sequence[str]) -> bytes:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    return f'{_XML}<worksheet xmlns="{_MAIN}">{view}<sheetData>{_row(header)}'.encode()


def _row(cells: Sequence[str]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(words: str) -> str:
    if not words:
        return "<c/>"
    if len(words) > LETTERS:
        words = words[: LETTERS - len(_CUT)] + _CUT
    safe = escape(_LIKE_AN_ESCAPE.sub("_x005F_", _NOT_XML.sub("\ufffd", words))).replace("\r", "&#13;")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _frame(title: str, sheets: int) -> Iterator[tuple[str, str]]:
    """The parts that say what the others are."""
    numbers = range(1, sheets + 1)
    names = [_sheet_name(title, n) for n in numbers]
    listed = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, start=1))
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
    parts = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in numbers
    )
    yield "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_RELATIONS}">{parts}</Relationships>'
    whole = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f'<Relationships xmlns="{_RELATIONS}">{whole}</Relationships>'
    kinds = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    kinds += f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    kinds += "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{_KIND}.worksheet+xml"/>' for i in numbers
    )
    yield "[Content_Types].xml", f'<Types xmlns="{_TYPES}">{kinds}</Types>'


def _sheet_name(title: str, number: int) -> str:
    """At most 31 letters, none of those that Excel refuses."""
    name = re.sub(r"[][\\/?*:']", " ", _NOT_XML.sub("", title)).strip()[:25] or "1"
    return escape(name if number == 1 else f"{name} {number}", {'"': "&quot;"})
