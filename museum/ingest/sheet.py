"""Tables as rows of typed cells, whatever the file: CSV or XLSX. Streamed: memory does not grow with the rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from museum.errors import SourceError
from museum.ingest import sheet_csv, sheet_xlsx
from museum.ingest.cells import Cell, SheetRow
from museum.ingest.problems import Problem

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
XLSX_SUFFIXES = (".xlsx", ".xlsm")
OTHER_SUFFIXES = (".xls", ".ods", ".numbers", ".xlsb")

__all__ = ["Cell", "Sheet", "SheetRow", "open_sheets"]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet of one file. `rows()` reads it from the start, each time anew."""

    file: str
    name: str
    rows: Callable[[], Iterator[SheetRow]]
    notes: tuple[Problem, ...] = ()


def open_sheets(path: Path, *, shown_as: str = "") -> list[Sheet]:
    """The visible sheets of a table file, in order.

    `shown_as` is the file's name in the report. Raises SourceError: sheet.kind_unknown, sheet.not_xlsx,
    sheet.encoding, sheet.too_large, sheet.empty, sheet.missing.
    """
    file = shown_as or path.name
    suffix = path.suffix.lower()
    if not path.is_file():
        raise SourceError("sheet.missing", path=file)
    if path.stat().st_size == 0:
        raise SourceError("sheet.empty", path=file)
    if suffix in XLSX_SUFFIXES:
        return [
            Sheet(file=file, name=found.name, rows=found.rows, notes=found.notes)
            for found in sheet_xlsx.sheets(path, file=file)
        ]
    if suffix in CSV_SUFFIXES:
        table = sheet_csv.table(path, file=file)
        return [Sheet(file=file, name="", rows=table.rows, notes=table.notes)]
    raise SourceError("sheet.kind_unknown", path=file, suffix=suffix)
