"""The cells of one row by field: texts by language, numbers with units, words; what is wrong becomes a problem."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from museum.ingest import words
from museum.ingest.cells import Cell, Flaw, SheetRow, is_blank, long_text_of, number_of, text_of, year_of
from museum.ingest.columns import Column, Header
from museum.ingest.problems import Problem
from museum.text import Text, tidy

_MOJIBAKE = re.compile("[ÃÄÆ][\u0080-\u00bf\u2018-\u2122]|á[º»][\u0080-\u00bf\u2018-\u2122\u00a0-\u00bf]|\ufffd")
_DECISIVE = re.compile("[ơưđƠƯĐ\u1ea0-\u1ef9]")
_MARKED = re.compile("[àáâãèéêìíòóôõùúýăđĩũơưÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ\u1ea0-\u1ef9]")


def language_of(text: str) -> str:
    """ "vi" when more than half of the words bear Vietnamese marks, one of them found in no other language; else ""."""
    pieces = re.findall(r"\w+", text)
    marked = sum(1 for piece in pieces if _MARKED.search(piece))
    return "vi" if marked * 2 > len(pieces) and _DECISIVE.search(text) else ""


@dataclass
class Fields:
    """One row read through its header. Readers return nothing for a bad cell and note a problem."""

    file: str
    header: Header
    row: SheetRow
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cells: dict[tuple[str, str], tuple[Column, Cell]] = {}
        self._flawed: set[int] = set()
        for column in self.header.columns:
            cell = self.row.cells[column.index] if column.index < len(self.row.cells) else None
            if isinstance(cell, Flaw):
                self.problem(cell.code, column, values=cell.values)
                cell = None
                self._flawed.add(column.index)
            elif isinstance(cell, str) and _MOJIBAKE.search(cell):
                self.problem("sheet.garbled_text", column, values={"text": tidy(cell)[:60]})
            self._cells[column.field, column.language] = (column, cell)
        extra = [cell for cell in self.row.cells[self.header.width :] if not is_blank(cell)]
        if extra:
            values = {"cells": len(self.row.cells), "width": self.header.width}
            self.problems.append(
                Problem(code="sheet.too_many_cells", file=self.file, row=self.row.number, values=values)
            )

    @property
    def is_refused(self) -> bool:
        """True once an error was found."""
        return any(problem.is_error for problem in self.problems)

    @property
    def columns(self) -> frozenset[str]:
        """Fields that the table has a column for."""
        return frozenset(column.field for column in self.header.columns)

    @property
    def blanks(self) -> frozenset[str]:
        """Fields whose cells in this row are all empty."""
        filled = {name for (name, _), (_, cell) in self._cells.items() if not is_blank(cell)}
        return self.columns - filled

    def problem(
        self, code: str, column: Column | None, *, values: Mapping[str, Any] | None = None, severity: Any = "error"
    ) -> None:
        """Note a problem of this row."""
        self.problems.append(
            Problem(code=code, file=self.file, row=self.row.number, column=column.header if column else "",
                    values=values or {}, severity=severity)
        )  # fmt: skip

    def column(self, name: str) -> Column | None:
        """The first column of a field, or None."""
        return next((column for (found, _), (column, _) in self._cells.items() if found == name), None)

    def cells(self, name: str) -> list[tuple[Column, Cell]]:
        """The filled cells of a field, one for each language column."""
        return [pair for (found, _), pair in self._cells.items() if found == name and not is_blank(pair[1])]

    def text(self, name: str) -> str:
        """The field's first text, or ""."""
        return next((text_of(cell) for _, cell in self.cells(name)), "")

    def texts(self, name: str) -> list[tuple[str, str]]:
        """(language, words) of a field: the column's language, else what the words themselves prove, else ""."""
        found: list[tuple[str, str]] = []
        stated = {column.language for column, _ in self.cells(name) if column.language}
        for column, cell in self.cells(name):
            words_here = long_text_of(cell) if column.kind == "long_text" else text_of(cell)
            language = column.language or language_of(words_here)
            if not language and stated in ({"en"}, {"vi"}):
                language = "vi" if stated == {"en"} else "en"
            found.append((language, words_here))
        return found

    def by_language(self, name: str) -> Text:
        """The field as a Text; words without a language stand under "und"."""
        return Text({language or "und": text for language, text in reversed(self.texts(name))})

    def identifier(self, name: str) -> str:
        """A number or code; a cell that a spreadsheet program turned into a date is refused."""
        for column, cell in self.cells(name):
            if hasattr(cell, "isoformat"):
                self.problem("sheet.identifier_is_date", column, values={"text": text_of(cell)})
                return ""
        return self.text(name)

    def year(self, name: str) -> int | None:
        """A year, or None when the cell is empty or wrong."""
        for column, cell in self.cells(name):
            year = year_of(cell)
            if year is None:
                self.problem("sheet.not_a_year", column, values={"text": text_of(cell)})
            return year
        return None

    def number(self, name: str) -> float | None:
        """A plain number, or None."""
        for column, cell in self.cells(name):
            number = number_of(cell)
            if number is None or number.unit:
                self.problem("sheet.not_a_number", column, values={"text": text_of(cell)})
                return None
            return number.value
        return None

    def word(self, name: str, group: str) -> str:
        """The code of a word from a closed list, or ""."""
        for column, cell in self.cells(name):
            code = words.code_of(group, text_of(cell))
            if not code:
                values = {"text": text_of(cell), "known": ", ".join(words.known(group))}
                self.problem("sheet.unknown_word", column, values=values)
            return code
        return ""

    def items(self, name: str) -> list[str]:
        """The parts of a cell that holds a list, parted by ";" or line breaks."""
        return [item for item in self.slots(name) if item]

    def slots(self, name: str) -> list[str]:
        """As `items`, empty parts kept, so that the n-th of one column goes with the n-th of another."""
        return [tidy(item) for _, cell in self.cells(name) for item in re.split(r"[;\n]", long_text_of(cell))]
