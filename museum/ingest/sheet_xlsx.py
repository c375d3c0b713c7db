"""XLSX workbooks (the only importer of openpyxl): bounded before opening, read row by row."""

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from museum.errors import SourceError
from museum.ingest.cells import Cell, Flaw, SheetRow
from museum.ingest.problems import Problem
from museum.text import nfc

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 1 << 30
MAX_RATIO = 100  # only where more than _FREE_BYTES come out: a small table of equal rows packs better than that
_FREE_BYTES = 64 << 20
_BAD = (  # what openpyxl and zipfile raise on files that are not what they seem
    InvalidFileException,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    OSError,
    SyntaxError,
    TypeError,
    IndexError,
    AttributeError,
)


@dataclass(frozen=True, kw_only=True)
class XlsxSheet:
    """One visible sheet; `rows()` opens the workbook anew."""

    name: str
    rows: Callable[[], Iterator[SheetRow]]
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Traits:
    has_formulas: bool
    covered: Mapping[int, Mapping[int, str]]  # row → column index → range: cells hidden under a merge


def sheets(path: Path, *, file: str) -> list[XlsxSheet]:
    """The visible sheets with content. Raises SourceError sheet.not_xlsx, sheet.too_large, sheet.protected."""
    _guard(path, file=file)
    notes: list[Problem] = []
    names: list[tuple[str, str]] = []
    with _workbook(path, file=file, data_only=True) as book:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                notes.append(
                    Problem(code="sheet.hidden_sheet", file=file, values={"sheet": sheet.title}, severity="note")
                )
                continue
            names.append((sheet.title, sheet._worksheet_path))
    found = [XlsxSheet(name=nfc(name), rows=_reader(path, file=file, name=name, part=part)) for name, part in names]
    if found and notes:
        found[0] = XlsxSheet(name=found[0].name, rows=found[0].rows, notes=tuple(notes))
    return found


def _guard(path: Path, *, file: str) -> None:
    """Refuse a ZIP bomb, a DTD, and what is no workbook, before any of it is parsed."""
    with path.open("rb") as stream:
        start = stream.read(8)
    if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise SourceError("sheet.protected", path=file)  # an OLE file: encrypted, or an old .xls renamed
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            unpacked = sum(m.file_size for m in members)
            packed = max(1, sum(m.compress_size for m in members))
            if (
                len(members) > MAX_MEMBERS
                or unpacked > MAX_UNPACKED_BYTES
                or (unpacked > _FREE_BYTES and unpacked / packed > MAX_RATIO)
            ):
                raise SourceError("sheet.too_large", path=file, unpacked_mib=unpacked >> 20, members=len(members))
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        if b"<!DOCTYPE" in part.read(4096).replace(b"\0", b""):
                            raise SourceError("sheet.not_xlsx", path=file, reason="DTD")
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise SourceError("sheet.not_xlsx", path=file, reason=str(error)) from error


def _workbook(path: Path, *, file: str, data_only: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
            return closing(load_workbook(path, read_only=True, data_only=data_only, keep_links=False))
    except _BAD as error:
        raise SourceError("sheet.not_xlsx", path=file, reason=str(error)) from error


def _traits(path: Path, part: str) -> _Traits:
    """Formulas and merges of a sheet, from its bytes: openpyxl's streaming reader shows neither."""
    covered: dict[int, dict[int, str]] = {}
    has_formulas, tail = False, b""
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as stream:
        while piece := stream.read(1 << 20):
            text = tail + piece
            has_formulas = has_formulas or re.search(rb"<(?:\w+:)?f[\s>/]", text) is not None
            for match in re.finditer(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+\d+:[A-Z]+\d+)[\"']", text):
                _cover(covered, match[1].decode("ascii"))
            tail = text[-200:]
    return _Traits(has_formulas=has_formulas, covered=covered)


def _cover(covered: dict[int, dict[int, str]], reference: str) -> None:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        return
    if (bottom - top + 1) * (right - left + 1) > 100_000:
        return
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                covered.setdefault(row, {})[column - 1] = reference


def _reader(path: Path, *, file: str, name: str, part: str) -> Callable[[], Iterator[SheetRow]]:
    def rows() -> Iterator[SheetRow]:
        try:
            traits = _traits(path, part)
            with _workbook(path, file=file, data_only=True) as book:
                values = book[name].iter_rows()
                if not traits.has_formulas:
                    for number, row in enumerate(values, start=1):
                        yield _row(number, row, (), traits)
                    return
                with _workbook(path, file=file, data_only=False) as formulas:
                    pairs = zip(values, formulas[name].iter_rows(), strict=True)
                    for number, (row, written) in enumerate(pairs, start=1):
                        yield _row(number, row, written, traits)
        except _BAD as error:
            raise SourceError("sheet.not_xlsx", path=file, reason=str(error)) from error

    return rows


def _row(number: int, row: Any, written: Any, traits: _Traits) -> SheetRow:
    cells = [_cell(cell, written[i] if i < len(written) else None) for i, cell in enumerate(row)]
    for column, reference in traits.covered.get(number, {}).items():
        if column < len(cells):
            cells[column] = Flaw(code="sheet.merged", values={"range": reference})
    while cells and cells[-1] is None:
        cells.pop()
    return SheetRow(number, tuple(cells))


def _cell(cell: Any, written: Any) -> Cell:
    value = cell.value
    formula = getattr(written, "value", None) if getattr(written, "data_type", "") == "f" else None
    if formula is not None and value is None:
        return Flaw(code="sheet.formula_without_result", values={"formula": str(formula)[:60]})
    if value is None:
        return None
    if cell.data_type == "e":
        return Flaw(code="sheet.error_value", values={"text": str(value)})
    if isinstance(value, str):
        if not value.strip():
            return None
        if value.lstrip().startswith("="):
            return Flaw(code="sheet.formula", values={"formula": value.strip()[:60]})
        return nfc(value)
    if isinstance(value, bool | int | float | dt.datetime | dt.date):
        return value
    return str(value)  # a time of day or a duration: its own words
