"""One cell of a table, and how its content becomes a text, a number, a year."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from museum.text import nfc, tidy


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """A cell whose content cannot be trusted: a formula without a stored result, an error value, a merged cell."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


Cell = str | int | float | bool | dt.date | dt.datetime | Flaw | None


@dataclass(frozen=True)
class SheetRow:
    """One row: its number as a spreadsheet program counts, and its cells from the first column on."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_blank(self) -> bool:
        """True when no cell holds anything."""
        return all(is_blank(cell) for cell in self.cells)


def is_blank(cell: Cell) -> bool:
    """True for nothing, and for text of white space only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Cell) -> str:
    """The cell as one line of NFC text: 12.0 is "12", a date is ISO."""
    return tidy(_plain(cell))


def long_text_of(cell: Cell) -> str:
    """The cell as NFC text that keeps its line breaks."""
    lines = nfc(_plain(cell)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(tidy(line) for line in lines).strip()


def _plain(cell: Cell) -> str:
    if cell is None or isinstance(cell, Flaw):
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


_NUMBER = re.compile(
    r"^(?P<about>khoảng|chừng|about|approx\.?|c\.|ca\.?|~|≈)?\s*"
    r"(?P<number>[+\-−]?[\d.,\s']+?)\s*"
    r"(?P<unit>[^\d\s.,][^\d]*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number as written: `unit` is what stood behind it ("cm"), `is_approximate` when "khoảng" stood before."""

    value: float
    unit: str = ""
    is_approximate: bool = False


def number_of(cell: Cell) -> Number | None:
    """The number in a cell, or None when there is none to be read without guessing.

    Vietnamese and English writing are both accepted: "12,8", "12.8", "1.234,5", "1,234.5", "2 500", "khoảng 12 cm".
    A single mark followed by exactly three digits is read as a decimal mark when it stands after a lone 0
    ("0,125"), otherwise it could be either, and None is returned ("1.234").
    """
    if isinstance(cell, bool) or is_blank(cell):
        return None
    if isinstance(cell, int | float):
        return Number(value=float(cell))
    found = _NUMBER.match(text_of(cell))
    if not found:
        return None
    value = _decimal(re.sub(r"[\s']", "", found["number"]).replace("−", "-"))
    if value is None:
        return None
    return Number(value=value, unit=(found["unit"] or "").strip(), is_approximate=bool(found["about"]))


def _decimal(digits: str) -> float | None:
    sign = -1.0 if digits.startswith("-") else 1.0
    digits = digits.lstrip("+-")
    marks = [c for c in digits if c in ".,"]
    if not digits or not digits[0].isdigit() or not digits[-1].isdigit():
        return None
    if not marks:
        return sign * float(digits)
    last = marks[-1]
    whole, _, part = digits.rpartition(last)
    if len(set(marks)) == 2:  # both marks: the last one is the decimal mark, the others group thousands
        other = "." if last == "," else ","
        if marks.count(last) > 1 or not _is_grouped(whole, other):
            return None
        return sign * float(whole.replace(other, "") + "." + part)
    if len(marks) > 1:  # the same mark again and again groups thousands
        return sign * float(digits.replace(last, "")) if _is_grouped(digits, last) else None
    if len(part) == 3 and whole.lstrip("0"):
        return None  # 1.234 or 1,234: a thousand in one language, one and a bit in the other
    return sign * float(f"{whole}.{part}")


def _is_grouped(digits: str, mark: str) -> bool:
    groups = digits.split(mark)
    return 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])


def year_of(cell: Cell) -> int | None:
    """A year: 1835, "1835", -350, "350 TCN", "350 BC"; a date gives its year; None when there is none."""
    if isinstance(cell, dt.date):
        return cell.year
    if isinstance(cell, bool) or is_blank(cell):
        return None
    if isinstance(cell, int | float):
        return int(cell) if float(cell).is_integer() else None
    found = re.fullmatch(
        r"(?:năm\s+|ad\s+)?([-−]?)(\d{1,5})\s*(tcn|trước công nguyên|bce?|b\.c\.(?:e\.)?|scn|sau công nguyên|ad|ce)?",
        text_of(cell).lower(),
    )
    if not found:
        return None
    year = int(found[2])
    before = (found[3] or "").startswith(("tcn", "trước", "b"))
    return -year if before or found[1] else year
