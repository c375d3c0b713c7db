"""CSV tables: encoding and separator found without guessing in silence, rows streamed."""

import codecs
import csv
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from museum.errors import SourceError
from museum.ingest.cells import Cell, Flaw, SheetRow
from museum.ingest.problems import Problem
from museum.text import nfc

SEPARATORS = (",", ";", "\t")
MAX_CELL_CHARACTERS = 1_000_000
_CHUNK = 1 << 20
# What a spreadsheet program shows, and saves into a CSV, where a formula failed (ECMA-376 Part 1 §18.17.3).
_ERROR_VALUES = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
# CP1258 writes a tone as a mark of its own behind the vowel; anywhere else the bytes are another encoding's letters.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VOWELS = frozenset("aăâeêioôơuưyAĂÂEÊIOÔƠUƯY")


@dataclass(frozen=True, kw_only=True)
class CsvTable:
    """A CSV file ready to be read; `notes` tell what had to be found out (encoding)."""

    encoding: str
    separator: str
    rows: Callable[[], Iterator[SheetRow]]
    notes: tuple[Problem, ...] = ()


def table(path: Path, *, file: str) -> CsvTable:
    """The table at `path`. Raises SourceError sheet.encoding (with row and byte), sheet.empty."""
    encoding = find_encoding(path, file=file)
    separator, skip = find_separator(path, encoding=encoding)
    notes: tuple[Problem, ...] = ()
    if encoding == "cp1258":
        notes = (Problem(code="sheet.read_as_cp1258", file=file, severity="note"),)
    return CsvTable(
        encoding=encoding,
        separator=separator,
        rows=lambda: _rows(path, encoding=encoding, separator=separator, skip=skip),
        notes=notes,
    )


def find_encoding(path: Path, *, file: str) -> str:
    """ "utf-8-sig", "utf-16" (by its mark), "utf-16-le", "utf-16-be", or "cp1258" when the bytes prove Vietnamese.

    Anything else raises SourceError sheet.encoding, with row and byte where UTF-8 ends: Latin-1 is never guessed.
    """
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(codecs.BOM_UTF8):
        candidate = "utf-8-sig"
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidate = "utf-16"
    elif start[1::2].count(0) * 2 > len(start) // 2:
        candidate = "utf-16-le"
    elif start[0::2].count(0) * 2 > len(start) // 2:
        candidate = "utf-16-be"
    else:
        candidate = "utf-8-sig"
    failure = _failure(path, candidate)
    if failure is None:
        return candidate
    if candidate == "utf-8-sig" and not start.startswith(codecs.BOM_UTF8) and _is_vietnamese_cp1258(path):
        return "cp1258"
    offset, row, byte = failure
    raise SourceError("sheet.encoding", path=file, tried=candidate.removesuffix("-sig").upper(), row=row,
                      byte=f"0x{byte:02X}", offset=offset)  # fmt: skip


def _failure(path: Path, encoding: str) -> tuple[int, int, int] | None:
    """(byte offset, row, byte) where decoding fails, or None; the file passes through in pieces."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    row, done = 1, 0
    with path.open("rb") as stream:
        while True:
            piece = stream.read(_CHUNK)
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                at = done - held + error.start
                good = error.object[: error.start].decode(encoding, "ignore")
                return at, row + good.count("\n"), error.object[error.start]
            row += text.count("\n")
            done += len(piece)
            if not piece:
                return None


def _is_vietnamese_cp1258(path: Path) -> bool:
    """True when the bytes read as CP1258 put every tone mark behind a vowel, and there is a tone mark or a đ."""
    seen, before = False, ""
    try:
        with path.open(encoding="cp1258", newline="") as stream:
            while text := stream.read(_CHUNK):
                for c in text:
                    if c in _TONES:
                        if before not in _VOWELS:
                            return False
                        seen = True
                    elif c in "đĐ":
                        seen = True
                    before = c
    except UnicodeDecodeError:
        return False
    return seen


def find_separator(path: Path, *, encoding: str) -> tuple[str, int]:
    """(separator, lines to skip): Excel's own "sep=;" line counts, else what cuts the first rows evenly and most."""
    with path.open(encoding=encoding, newline="") as stream:
        lines = [line for _, line in zip(range(30), iter(lambda: stream.readline(200_000), ""), strict=False)]
    if lines and (stated := re.fullmatch(r"sep=(.)\s*", lines[0], re.I)):
        return stated[1], 1
    best, best_score = ",", (-1, -1)
    for separator in SEPARATORS:
        counts = [len(row) for row in csv.reader(lines, delimiter=separator) if any(c.strip() for c in row)]
        widest = max(counts, default=0)
        score = (sum(1 for count in counts if count == widest) if widest > 1 else 0, widest)
        if widest > 1 and (score[1] * score[0], score[1]) > best_score:
            best, best_score = separator, (score[1] * score[0], score[1])
    return best, 0


def _rows(path: Path, *, encoding: str, separator: str, skip: int) -> Iterator[SheetRow]:
    if csv.field_size_limit() < MAX_CELL_CHARACTERS:
        csv.field_size_limit(MAX_CELL_CHARACTERS)
    with path.open(encoding=encoding, newline="") as stream:
        for _ in range(skip):
            stream.readline()
        reader = csv.reader(stream, delimiter=separator, strict=True)
        number = skip
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # What follows a lost quotation mark cannot be cut into cells any more.
                yield SheetRow(number, (Flaw(code="sheet.csv_broken", values={"reason": str(error)}),))
                return
            yield SheetRow(number, tuple(_cell(cell) for cell in cells))


def _cell(raw: str) -> Cell:
    if not raw or raw.isspace():
        return None
    text = nfc(raw)
    if text.lstrip().startswith("="):
        return Flaw(code="sheet.formula", values={"formula": text.strip()[:60]})
    if text.strip() in _ERROR_VALUES:
        return Flaw(code="sheet.error_value", values={"text": text.strip()})
    if any(unicodedata.category(c) == "Cc" and c not in "\t\n\r" for c in text):
        return Flaw(code="sheet.control_character", values={"text": ascii(text[:40])})
    return text
