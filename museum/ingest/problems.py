"""What is wrong with a table, a row or a file: one line of the report each, with place, cause and cure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from museum.errors import MuseumError, message_of

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One report line. An "error" refuses its row (or file), a "warning" lets it pass, a "note" only tells.

    `row` counts as a spreadsheet program does, the header included; 0 when the whole file is meant.
    `column` is the header as written in the table.
    """

    code: str
    file: str = ""
    row: int = 0
    column: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    @property
    def is_error(self) -> bool:
        """True when this refuses the row or the file."""
        return self.severity == "error"

    def message(self, language: str = "vi") -> str:
        """Place, cause and cure in one line, in `language` ("vi" or "en")."""
        words = message_of(self.code, language, {"file": self.file, "row": self.row, **self.values})
        place = self.place(language)
        return " ".join(f"{place}: {words}".split()) if place else " ".join(words.split())

    def place(self, language: str = "vi") -> str:
        """Only where: "catalog.csv, hàng 12, cột «Cao (cm)»"."""
        if self.column and self.row:
            code = "sheet.place_cell"
        elif self.row:
            code = "sheet.place_row"
        elif self.column:
            code = "sheet.place_column"
        else:
            return self.file
        return message_of(code, language, {"file": self.file, "row": self.row, "column": self.column})

    def to_json(self) -> dict[str, Any]:
        """Plain JSON with the message in both languages."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "message": {"vi": self.message("vi"), "en": self.message("en")},
        }


def from_error(error: MuseumError, *, file: str = "", row: int = 0, column: str = "") -> Problem:
    """The report line of an error raised further down."""
    return Problem(code=error.code, file=file, row=row, column=column, values=error.values)
